"""The addresses of all resources, to be recorded and compared.

A resource whose address changes is destroyed and made again, unless a ``moved`` block says
otherwise. A recorded list shows that in review.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from platform_lib.testing.project import SynthesisedStack


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where Terraform keeps one resource, and which construct defines it."""

    stack: str
    """Name of the stack."""

    address: str
    """Address in the stack's state, ``type.name``."""

    path: str
    """Construct path below the stack."""

    def __str__(self) -> str:
        return f"{self.stack} {self.address} {self.path}"

    @classmethod
    def parse(cls, line: str) -> Address:
        """Read what `str` wrote."""
        stack, address, path = line.split(" ", maxsplit=2)
        return cls(stack, address, path)


def addresses_in(stacks: Iterable[SynthesisedStack]) -> tuple[Address, ...]:
    """Return the addresses of all managed resources, sorted."""
    return tuple(
        sorted(
            Address(it.name, f"{kind}.{name}", _path(it.name, block))
            for it in stacks
            for kind, blocks in it.template.json.get("resource", {}).items()
            for name, block in blocks.items()
        )
    )


def differences(
    before: Iterable[Address], after: Iterable[Address], stacks: Iterable[SynthesisedStack] = ()
) -> list[str]:
    """Return what an apply would do to the recorded resources, one sentence each.

    Args:
        before: The recorded addresses.
        after: The addresses of today.
        stacks: The stacks of today, whose ``moved`` and ``removed`` blocks are taken into account.
    """
    gone = {(it.stack, it.address): it for it in set(before) - set(after)}
    new = {(it.stack, it.address): it for it in set(after) - set(before)}
    told = list(_explained(gone, new, stacks))
    for key in sorted(gone):
        it = gone[key]
        kind = it.address.partition(".")[0]
        like = [n for n in new.values() if n.stack == it.stack and n.address.startswith(f"{kind}.")]
        hint = f"; if it is now {like[0].path}, say so with rename()" if like else ""
        told.append(f"destroyed: {it}{hint}")
    return told + [f"created: {new[key]}" for key in sorted(new)]


def _explained(
    gone: dict[tuple[str, str], Address],
    new: dict[tuple[str, str], Address],
    stacks: Iterable[SynthesisedStack],
) -> Iterator[str]:
    """Take out what a block of the stack explains, and yield a sentence for each."""
    for stack in stacks:
        for block in stack.template.json.get("moved", ()):
            old, now = (stack.name, block["from"]), (stack.name, block["to"])
            if old in gone and now in new:
                yield f"moved: {gone.pop(old)} -> {new.pop(now)}"
        for block in stack.template.json.get("removed", ()):
            if (stack.name, block["from"]) in gone:
                yield f"forgotten: {gone.pop((stack.name, block['from']))}"
    for key in sorted(gone.keys() & new.keys()):
        yield f"renamed in the code, kept by Terraform: {gone.pop(key)} -> {new.pop(key).path}"


def _path(stack: str, block: dict[str, dict[str, dict[str, str]]]) -> str:
    return block["//"]["metadata"]["path"].removeprefix(f"{stack}/")
