"""Read a plan: as `terraform show -json` prints it, or from the stream of `terraform plan -json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_lib.terraform.events import decode

__all__ = ["Change", "Counts", "Plan"]

_ACTIONS: Mapping[str, list[str]] = {
    "noop": ["no-op"],
    "move": ["no-op"],
    "import": ["no-op"],
    "remove": ["forget"],
    "replace": ["delete", "create"],
}
"""What the stream calls an action, and plan format 1; the other words are the same.
https://developer.hashicorp.com/terraform/internals/machine-readable-ui#planned-change"""


@dataclass(frozen=True, slots=True)
class Change:
    """What a plan does to one object."""

    address: str
    """Address of the resource."""

    type: str
    """Its resource type."""

    actions: tuple[str, ...]
    """Terraform's words: `("delete", "create")` replaces."""

    before: Mapping[str, Any]
    """Values in the state; empty when it does not exist yet."""

    reason: str
    """Terraform's `action_reason`, such as `replace_because_tainted`; empty where it gives none."""

    replace_paths: tuple[str, ...]
    """Arguments whose change forces the replacement, such as `cidr_block`."""

    previous_address: str | None = None
    """Where it was before a `moved` block."""

    deposed: str | None = None
    """Key of a deposed object: what an unfinished replacement has left over."""

    @property
    def destroys(self) -> bool:
        """Whether the object ends."""
        return "delete" in self.actions

    @property
    def creates(self) -> bool:
        """Whether a new object is made."""
        return "create" in self.actions


@dataclass(frozen=True, slots=True)
class Counts:
    """How many resources a plan touches; a replacement counts as add and destroy, as in Terraform."""

    add: int = 0
    """Made."""

    change: int = 0
    """Changed in place."""

    destroy: int = 0
    """Destroyed."""

    imported: int = 0
    """Adopted by `import` blocks."""

    moved: int = 0
    """Given a new address."""

    forgotten: int = 0
    """Let go without being destroyed."""

    def __str__(self) -> str:
        text = f"{self.add} to add, {self.change} to change, {self.destroy} to destroy"
        extra = (("import", self.imported), ("move", self.moved), ("forget", self.forgotten))
        return text + "".join(f", {count} to {verb}" for verb, count in extra if count)


@dataclass(frozen=True, slots=True)
class Plan:
    """A parsed plan."""

    content: Mapping[str, Any]
    """The JSON of plan format 1, or what the stream says of it: no values, no paths, no deposed keys."""

    @classmethod
    def of_stream(cls, text: str) -> Plan | None:
        """Read the stream of a plan that has something to apply; None where its own summary differs.

        It says what happens to which address, and nothing of values. What it leaves out needs
        `terraform show -json`, which starts every provider once more only to learn its schema.
        """
        content: dict[str, Any] = {"applyable": True}
        changes = content["resource_changes"] = []
        drift = content["resource_drift"] = []
        summary: Mapping[str, int] = {}
        for value in filter(None, map(decode, text.splitlines())):
            match value.get("type"):
                case "planned_change":
                    changes.append(_entry(value["change"]))
                case "resource_drift":
                    drift.append(_entry(value["change"]))
                case "change_summary":
                    summary = value["changes"]
                case "outputs":
                    content["output_changes"] = {
                        name: {"actions": _ACTIONS.get(output["action"], [output["action"]])}
                        for name, output in value["outputs"].items()
                    }
        changes.sort(key=lambda entry: str(entry["address"]))
        plan = cls(content)
        counted = plan.counts
        found = {"add": counted.add, "change": counted.change, "remove": counted.destroy}
        return plan if found.items() <= summary.items() else None

    @property
    def has_changes(self) -> bool:
        """Whether applying it would do anything, if only to outputs or addresses in the state."""
        return bool(self.content.get("applyable"))

    @property
    def destroys(self) -> bool:
        """Whether any object ends."""
        return any(change.destroys for change in self.changes)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What happens to managed resources, those without any action included."""
        return _changes(self.content.get("resource_changes"))

    @property
    def drift(self) -> tuple[Change, ...]:
        """What has changed outside Terraform."""
        return _changes(self.content.get("resource_drift"))

    @property
    def counts(self) -> Counts:
        """How much it does."""
        changes = self.changes
        return Counts(
            add=sum(change.creates for change in changes),
            change=sum("update" in change.actions for change in changes),
            destroy=sum(change.destroys for change in changes),
            imported=sum(
                "importing" in entry.get("change", {})
                for entry in self.content.get("resource_changes") or ()
            ),
            moved=sum(change.previous_address is not None for change in changes),
            forgotten=sum("forget" in change.actions for change in changes),
        )

    @property
    def removed_outputs(self) -> frozenset[str]:
        """Names of outputs that go away."""
        outputs = self.content.get("output_changes") or {}
        return frozenset(
            name for name, change in outputs.items() if change["actions"] == ["delete"]
        )


def _entry(change: Mapping[str, Any]) -> dict[str, Any]:
    """Write a change of the stream as plan format 1 would, as far as it is known."""
    resource, action = change["resource"], change["action"]
    body: dict[str, Any] = {"actions": _ACTIONS.get(action, [action])}
    if "importing" in change:
        body["importing"] = change["importing"]
    entry: dict[str, Any] = {
        "address": resource["addr"],
        "mode": "data" if resource["resource"].startswith("data.") else "managed",
        "type": resource["resource_type"],
        "change": body,
    }
    if "previous_resource" in change:
        entry["previous_address"] = change["previous_resource"]["addr"]
    return entry


def _changes(entries: Any) -> tuple[Change, ...]:
    return tuple(
        Change(
            address=entry["address"],
            type=entry["type"],
            actions=tuple(entry["change"]["actions"]),
            before=entry["change"].get("before") or {},
            reason=entry.get("action_reason", ""),
            replace_paths=tuple(
                ".".join(map(str, path)) for path in entry["change"].get("replace_paths") or ()
            ),
            previous_address=entry.get("previous_address"),
            deposed=entry.get("deposed"),
        )
        for entry in entries or ()
        if entry.get("mode") == "managed"
    )
