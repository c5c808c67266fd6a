"""Read who holds a state lock out of Terraform's refusal."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["StateLock", "parse_lock"]

_FIELD = re.compile(r"^\s*(ID|Path|Operation|Who|Created):\s*(.*?)\s*$", re.MULTILINE)
_OPERATIONS = {
    "OperationTypeApply": "apply",
    "OperationTypePlan": "plan",
    "OperationTypeRefresh": "refresh",
}


@dataclass(frozen=True, slots=True)
class StateLock:
    """A lock that somebody holds on a state."""

    id: str
    """What `force-unlock` needs."""

    path: str
    """Bucket and key, or the state file."""

    operation: str
    """What the holder does: apply, plan ..."""

    who: str
    """User and machine."""

    created: datetime | None
    """When it was taken; None where Terraform's text is not understood."""

    def sentence(self, directory: Path, now: datetime) -> str:
        """Name the holder and how to free the lock when the holder is gone."""
        age = "" if self.created is None else f" for {_age((now - self.created).total_seconds())}"
        command = f"terraform -chdir={shlex.quote(str(directory))} force-unlock {self.id}"
        return (
            f"the state is locked by {self.who} ({self.operation}){age}, lock {self.id}; wait until"
            f" that run has ended, or, when nothing runs there any more: {command}"
        )


def parse_lock(text: str) -> StateLock | None:
    """Find the `Lock Info` block in an error; None when the lock failed for another reason."""
    fields = {name: value for name, value in _FIELD.findall(text) if value}
    if "ID" not in fields:
        return None
    operation = fields.get("Operation", "")
    return StateLock(
        id=fields["ID"],
        path=fields.get("Path", ""),
        operation=_OPERATIONS.get(operation, operation or "unknown operation"),
        who=fields.get("Who", "somebody"),
        created=_created(fields.get("Created", "")),
    )


def _created(text: str) -> datetime | None:
    """Read Go's `2026-01-02 03:04:05.678901234 +0000 UTC`, more digits than Python reads."""
    found = re.match(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", text)
    if found is None or "+0000" not in text:
        return None
    return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _age(seconds: float) -> str:
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    count = max(int(seconds), 0)
    return f"{count} second{'' if count == 1 else 's'}"
