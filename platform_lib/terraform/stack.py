"""Read what synth wrote: the stacks, their order, and what they read from one another."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_lib.errors import PlatformError

__all__ = [
    "Backend",
    "Document",
    "RemoteRead",
    "Stack",
    "ordered",
    "read_stacks",
    "select",
    "upstream_of",
]

_READ = re.compile(
    r"data\.terraform_remote_state\.([A-Za-z0-9_-]+)\.outputs(?:\.([A-Za-z0-9_-]+)|\[\"([^\"]+)\"\])"
)


@dataclass(frozen=True, slots=True)
class Backend:
    """Where a state is kept."""

    type: str
    """`s3`, `local` ..."""

    config: Mapping[str, Any]
    """The arguments of the block."""

    def identity(self, directory: Path) -> tuple[str, ...]:
        """Return what makes two backends the same state; a local path counts from `directory`."""
        if self.type == "s3":
            return ("s3", str(self.config.get("bucket")), str(self.config.get("key")))
        if self.type == "local":
            path = self.config.get("path") or "terraform.tfstate"
            return ("local", str((directory / path).resolve()))
        return (self.type, json.dumps(self.config, sort_keys=True))


@dataclass(frozen=True, slots=True)
class RemoteRead:
    """A `terraform_remote_state` block, and the outputs that the stack takes from it."""

    backend: Backend
    """The state that is read."""

    outputs: frozenset[str]
    """Names of the outputs that are used."""


@dataclass(frozen=True, slots=True)
class Document:
    """The content of one `cdk.tf.json`."""

    content: Mapping[str, Any]
    """The parsed JSON."""

    @property
    def backend(self) -> Backend:
        """The stack's own state; Terraform's default where none is given."""
        blocks = self.content.get("terraform", {}).get("backend") or {"local": {}}
        return next(Backend(kind, config or {}) for kind, config in blocks.items())

    @property
    def outputs(self) -> frozenset[str]:
        """Names of the outputs that the stack declares."""
        return frozenset(self.content.get("output") or {})

    @property
    def providers(self) -> tuple[str, ...]:
        """Sources of the providers that the stack requires, such as `hashicorp/aws`."""
        required = self.content.get("terraform", {}).get("required_providers") or {}
        return tuple(sorted(block["source"] for block in required.values() if "source" in block))

    def resource(self, address: str) -> Mapping[str, Any]:
        """Return the arguments of a managed resource; empty when there is none of that address."""
        kind, _, name = address.partition(".")
        block = (self.content.get("resource") or {}).get(kind, {}).get(name.partition("[")[0], {})
        return block if isinstance(block, Mapping) else {}

    def remote_reads(self) -> tuple[RemoteRead, ...]:
        """Return every remote state that is read, with the outputs used wherever they stand."""
        used: defaultdict[str, set[str]] = defaultdict(set)
        for text in strings(self.content):
            for name, dotted, quoted in _READ.findall(text):
                used[name].add(dotted or quoted)
        blocks = (self.content.get("data") or {}).get("terraform_remote_state") or {}
        return tuple(
            RemoteRead(Backend(block["backend"], block.get("config") or {}), frozenset(used[name]))
            for name, block in sorted(blocks.items())
        )


@dataclass(frozen=True, slots=True)
class Stack:
    """One Terraform root folder that synth wrote."""

    name: str
    """Name, unique in the app."""

    directory: Path
    """Folder that holds `cdk.tf.json`."""

    dependencies: tuple[str, ...] = ()
    """Stacks that are applied before this one."""

    @property
    def document(self) -> Document:
        """The stack's `cdk.tf.json`."""
        return Document(json.loads((self.directory / "cdk.tf.json").read_text()))

    @property
    def own(self) -> Path:
        """Folder of what this package keeps about the stack: plans, records, fingerprints."""
        return self.directory / ".platform"


def read_stacks(outdir: Path) -> dict[str, Stack]:
    """Read the manifest that CDKTF leaves beside the stacks, upstream first.

    Raises:
        PlatformError: Nothing has been synthesised there.
    """
    try:
        manifest = json.loads((outdir / "manifest.json").read_text())
    except FileNotFoundError:
        raise PlatformError(
            "NotSynthesised", f"{outdir} holds no manifest.json; run platformctl synth first"
        ) from None
    stacks = {
        name: Stack(
            name, (outdir / entry["workingDirectory"]).absolute(), tuple(entry["dependencies"])
        )
        for name, entry in manifest["stacks"].items()
    }
    return {stack.name: stack for stack in ordered(stacks, stacks)}


def ordered(stacks: Mapping[str, Stack], names: Collection[str]) -> list[Stack]:
    """Return the named stacks so that each follows everything it depends on, by name where free."""
    done: dict[str, Stack] = {}

    def visit(name: str) -> None:
        if name in stacks and name not in done:
            for upstream in sorted(stacks[name].dependencies):
                visit(upstream)
            done[name] = stacks[name]

    for name in sorted(stacks):
        visit(name)
    return [stack for stack in done.values() if stack.name in names]


def select(stacks: Mapping[str, Stack], names: Sequence[str]) -> list[Stack]:
    """Return the named stacks in order.

    Raises:
        PlatformError: A name is not that of a stack; one problem per name, with what there is.
    """
    unknown = [name for name in names if name not in stacks]
    if unknown:
        there = ", ".join(sorted(stacks)) or "none"
        errors = [
            PlatformError("UnknownStack", f"there is no stack '{name}'; there are: {there}")
            for name in unknown
        ]
        raise PlatformError.of(problem for error in errors for problem in error.problems)
    return ordered(stacks, names)


def upstream_of(stacks: Mapping[str, Stack], name: str) -> frozenset[str]:
    """Return the names of everything a stack depends on, directly or not."""
    found: set[str] = set()
    waiting = list(stacks[name].dependencies)
    while waiting:
        upstream = waiting.pop()
        if upstream in stacks and upstream not in found:
            found.add(upstream)
            waiting.extend(stacks[upstream].dependencies)
    return frozenset(found)


def strings(value: Any) -> Iterator[str]:
    """Walk every string of a JSON value; the keys of mappings are not values."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)
