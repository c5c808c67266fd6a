"""What came of each stack, and the exit code of it all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from platform_lib.errors import DestroyRefusedError, OperationError, PlatformError, Problem
from platform_lib.terraform.plan import Counts, Plan

__all__ = ["StackResult", "Status", "exit_code"]

Status = Literal[
    "planned",  # it has changes to apply
    "unchanged",  # there is nothing to do
    "applied",
    "destroyed",
    "waits",  # its upstream is not applied, or lacks an output that it reads
    "drifted",  # something was changed outside Terraform
    "pending",  # no drift, but the code is not applied yet
    "declined",  # the caller did not approve the plan
    "refused",  # the plan guard stopped it
    "failed",
    "not-started",  # because another one failed
]

DIFFERENCES = 4
"""Exit code for differences found."""


@dataclass(frozen=True, slots=True)
class StackResult:
    """What came of one stack."""

    stack: str
    """Name of the stack."""

    status: Status
    """How it ended."""

    counts: Counts = field(default_factory=Counts)
    """What the plan would do, or did."""

    plan: Plan | None = None
    """The plan, where there is one."""

    waits_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each stack that it waits for, the outputs that are missing."""

    error: PlatformError | None = None
    """What went wrong."""

    seconds: float = 0.0
    """How long it took."""

    message: str = ""
    """One line for people."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What went wrong, one line each."""
        return () if self.error is None else self.error.problems

    def to_json(self) -> dict[str, Any]:
        """Return a JSON-ready mapping, without values of the plan, which may be secret."""
        return {
            "stack": self.stack,
            "status": self.status,
            "add": self.counts.add,
            "change": self.counts.change,
            "destroy": self.counts.destroy,
            "waits_for": {name: list(outputs) for name, outputs in self.waits_for.items()},
            "problems": [str(problem) for problem in self.problems],
            "seconds": round(self.seconds, 1),
        }


def exit_code(results: Iterable[StackResult], *, detailed: bool = False) -> int:
    """Return the exit code: 3 where the guard refused, else the first failure's, else 4 or 0.

    What was not started, because of an interruption, or not approved is a failure too.

    Args:
        results: What came of each stack.
        detailed: Whether differences count: `drift`, and `plan --detailed-exitcode`.
    """
    found = tuple(results)
    codes = [result.error.exit_code for result in found if result.error is not None]
    if DestroyRefusedError.exit_code in codes:
        return DestroyRefusedError.exit_code
    if codes:
        return codes[0]
    if any(result.status in ("not-started", "declined") for result in found):
        return OperationError.exit_code
    differ = any(result.status in ("planned", "waits", "drifted", "pending") for result in found)
    return DIFFERENCES if detailed and differ else 0
