"""What happens while Terraform runs, as values that a terminal, `--json` and a test can all use."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "Event",
    "Message",
    "OnEvent",
    "Phase",
    "ProvidersChosen",
    "ResourceProgress",
    "StackFinished",
    "StackStarted",
    "decode",
    "parse_line",
]


Phase = Literal["planned", "refreshed", "started", "working", "done", "failed"]
"""How far a resource is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something to report."""

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready mapping with the event's name under `event`."""
        return {"event": type(self).__name__, **dataclasses.asdict(self)}


OnEvent = Callable[[Event], None]
"""Receives every event; called from several threads when stacks run side by side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvidersChosen(Event):
    """Where provider plugins come from, reported when it is not what the user would expect."""

    message: str
    """The sentence to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackStarted(Event):
    """A stack's turn has come, or it goes over to the next step."""

    stack: str
    """Name of the stack."""

    step: Literal["init", "plan", "apply", "destroy", "drift"]
    """What is done now."""

    changes: int = 0
    """How many resources `apply` and `destroy` will work on, for a progress bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackFinished(Event):
    """A stack is done, well or badly."""

    stack: str
    """Name of the stack."""

    status: str
    """The status of its `StackResult`."""

    seconds: float
    """How long it took."""

    message: str
    """Summary, or the first problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceProgress(Event):
    """One resource moved on."""

    stack: str
    """Name of the stack."""

    address: str
    """Address of the resource."""

    phase: Phase
    """How far it is."""

    action: str = ""
    """Terraform's word: create, update, delete, replace, read, move, import."""

    seconds: int = 0
    """Time since it started, where known."""

    id: str | None = None
    """The provider's id, where known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message(Event):
    """A warning or an error of Terraform's."""

    stack: str
    """Name of the stack."""

    level: Literal["info", "warning", "error"]
    """How bad it is."""

    text: str
    """The summary."""

    detail: str = ""
    """The explanation."""

    address: str | None = None
    """The resource concerned, where there is one."""


_PHASES: Mapping[str, Phase] = {
    "planned_change": "planned",
    "refresh_complete": "refreshed",
    "apply_start": "started",
    "apply_progress": "working",
    "apply_complete": "done",
    "apply_errored": "failed",
}
"""Message types of https://developer.hashicorp.com/terraform/internals/machine-readable-ui."""

_QUIET = ('The parameter "dynamodb_table" is deprecated',)
"""Warnings that every run would repeat about a decision that is settled: the lock table."""


def decode(line: str) -> dict[str, Any] | None:
    """Read one line of a `-json` stream; None when it is not one, as some of `init`'s are not."""
    try:
        value = json.loads(line)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def parse_line(stack: str, line: str) -> Event | None:
    """Turn one line of a `-json` stream into an event; None when it says nothing to show."""
    value = decode(line)
    if value is None:
        return None
    kind = str(value.get("type"))
    if kind in _PHASES:
        subject = value.get("hook") or value.get("change") or {}
        if subject.get("action") == "read":
            return None
        return ResourceProgress(
            stack=stack,
            address=subject.get("resource", {}).get("addr", ""),
            phase=_PHASES[kind],
            action=subject.get("action", "refresh"),
            seconds=int(subject.get("elapsed_seconds", 0)),
            id=subject.get("id_value"),
        )
    if kind == "diagnostic":
        diagnostic = value["diagnostic"]
        if diagnostic.get("detail", "").startswith(_QUIET):
            return None
        return Message(
            stack=stack,
            level="error" if diagnostic.get("severity") == "error" else "warning",
            text=diagnostic.get("summary", ""),
            detail=diagnostic.get("detail", ""),
            address=diagnostic.get("address"),
        )
    return None
