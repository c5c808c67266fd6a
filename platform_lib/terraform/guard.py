"""Refuse plans that would destroy what cannot be made again, or what another stack still uses.

Pure functions over plan JSON: `prevent_destroy` does not protect a block that is deleted from the
code, but the plan shows every deletion.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from platform_lib.errors import Problem
from platform_lib.terraform.plan import Change, Plan
from platform_lib.terraform.stack import Document
from platform_lib.terraform.state import Instance, State
from platform_lib.terraform.stateful import why_stateful

__all__ = ["destroyed_stateful", "still_read", "still_used", "tainted_stateful"]

_GENERATED_ID = re.compile(r"^[a-z]+(-[a-z]+)*-[0-9a-f]{8,17}$")
"""Ids that AWS makes up, such as `vpc-0f3b…`; others are names, which unrelated words may equal."""

_DESCRIPTIVE = frozenset({"tags", "tags_all", "description", "name", "name_prefix"})
"""Arguments whose value never is a reference by name."""

_BY_NAME_FROM = 8
"""A shorter name is not looked for in other states: it would be found by chance."""


def destroyed_stateful(
    plan: Plan,
    *,
    stack: str,
    directory: Path,
    document: Document,
    allow_destroy: bool = False,
    named: Collection[str] = (),
) -> list[Problem]:
    """Return one problem for each stateful object that the plan deletes or replaces without leave.

    Args:
        plan: The plan.
        stack: Name of the stack.
        directory: Its folder, for commands to copy.
        document: Its `cdk.tf.json`.
        allow_destroy: Whether the environment allows destroying.
        named: Addresses, or `stack/address`, that may be destroyed if it does.
    """
    problems = []
    for change in plan.changes:
        lost = why_stateful(change.type, change.before, document.resource(change.address))
        if not change.destroys or lost is None:
            continue
        if allow_destroy and {change.address, f"{stack}/{change.address}"} & set(named):
            continue
        fix = _fix(change, plan, directory, allowed=allow_destroy)
        message = f"would be {_what(change)}: {lost}; {fix}"
        problems.append(Problem(message, f"{stack}/{change.address}", "DestroyRefused"))
    return problems


def tainted_stateful(
    state: State, *, stack: str, directory: Path, document: Document
) -> list[Problem]:
    """Return one problem, with the command that heals it, for each stateful object left tainted."""
    return [
        Problem(
            "was left tainted by an unfinished apply, so the next one would replace it; look whether"
            f" it is in order and keep it: {_untaint(directory, instance.address)}",
            f"{stack}/{instance.address}",
            "Tainted",
        )
        for instance in state.instances
        if instance.tainted
        and why_stateful(instance.type, instance.attributes, document.resource(instance.address))
        is not None
    ]


def still_used(plan: Plan, *, stack: str, downstream: Mapping[str, State]) -> list[Problem]:
    """Return one problem for each object that goes away while resources of another stack use it.

    Only managed resources of the downstream states count: a data source or an output is read again
    anyway.

    Args:
        plan: The plan.
        stack: Name of the stack.
        downstream: State of each stack that is applied after it.
    """
    problems = []
    for change in plan.changes:
        identities = _identities(change.before) if change.destroys else frozenset()
        if not identities:
            continue
        for name, state in sorted(downstream.items()):
            users = sorted(i.address for i in state.instances if _uses(i, identities))
            if users:
                problems.append(
                    Problem(
                        f"would be {_what(change)}, but {name} still uses it in {_few(users)}; first"
                        f" apply {name} without it, then {stack}",
                        f"{stack}/{change.address}",
                        "StillUsed",
                    )
                )
    return problems


def still_read(plan: Plan, *, stack: str, readers: Mapping[str, Collection[str]]) -> list[Problem]:
    """Return one problem for each output that goes away while the JSON of another stack reads it.

    Args:
        plan: The plan.
        stack: Name of the stack.
        readers: For each downstream stack, the outputs of this one that its JSON reads.
    """
    return [
        Problem(
            f"output '{output}' would be removed, but {name} still reads it; take it out of {name}"
            " first, or keep it",
            stack,
            "StillUsed",
        )
        for output in sorted(plan.removed_outputs)
        for name, outputs in sorted(readers.items())
        if output in outputs
    ]


def _what(change: Change) -> str:
    """Say what happens and why: `replaced because cidr_block changes`."""
    if change.deposed is not None:
        return f"deleted (deposed object {change.deposed})"
    if not change.creates:
        gone = change.reason.startswith("delete_because_no_")
        return "deleted because it is no longer in the code" if gone else "deleted"
    if change.replace_paths:
        return f"replaced because {', '.join(change.replace_paths)} changes"
    if change.reason == "replace_because_tainted":
        return "replaced because it is tainted"
    return "replaced"


def _fix(change: Change, plan: Plan, directory: Path, *, allowed: bool) -> str:
    """Say what to do, most likely intention first."""
    name_it = f"give --allow-destroy {shlex.quote(change.address)}"
    leave = name_it if allowed else f"allow destroying in the environment and {name_it}"
    if change.reason == "replace_because_tainted":
        return f"keep it: {_untaint(directory, change.address)}; to lose it, {leave}"
    twins = [
        other.address
        for other in plan.changes
        if other.type == change.type
        and other.actions == ("create",)
        and other.address != change.address
    ]
    if twins and not change.creates:
        return f"if it is now {' or '.join(twins)}, say so with rename(); to lose it, {leave}"
    return f"keep it as it is, or, to lose it, {leave}"


def _few(addresses: Sequence[str], most: int = 3) -> str:
    more = len(addresses) - most
    return ", ".join(addresses[:most]) + (f" and {more} more" if more > 0 else "")


def _untaint(directory: Path, address: str) -> str:
    return f"terraform -chdir={shlex.quote(str(directory))} untaint {shlex.quote(address)}"


def _identities(before: Mapping[str, Any]) -> frozenset[str]:
    """Return by what other resources may refer to an object."""
    values = {str(before.get(name) or "") for name in ("id", "arn")}
    return frozenset(
        value
        for value in values
        if value.startswith("arn:") or _GENERATED_ID.match(value) or len(value) >= _BY_NAME_FROM
    )


def _uses(instance: Instance, identities: Collection[str]) -> bool:
    arns = [value for value in identities if value.startswith("arn:")]
    return any(
        text in identities or any(_mentions(text, arn) for arn in arns)
        for text in _references(instance.attributes)
    )


def _mentions(text: str, arn: str) -> bool:
    """Tell whether a longer text contains an ARN, and not one that only begins with it."""
    return arn in text and re.search(re.escape(arn) + r"(?![\w-])", text) is not None


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in _DESCRIPTIVE:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)
