"""Dates that have passed: `check` fails on them, `plan` and `apply` warn."""

from __future__ import annotations

from datetime import UTC, date, datetime

from platform_lib.cli.console import Output
from platform_lib.errors import PlatformError
from platform_lib.guardrails.review import review
from platform_lib.project import Project


def today() -> date:
    """Return today's date in UTC; the only place where the clock is read."""
    return datetime.now(tz=UTC).date()


def as_of_date(text: str | None) -> date:
    """Read ``--as-of``; today without it.

    Raises:
        PlatformError: ``DateInvalid``.
    """
    if text is None:
        return today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PlatformError(
            "DateInvalid", f"--as-of={text!r} is not a date; write it as in 2026-11-20"
        ) from error


def warn_of_dates(project: Project, output: Output) -> None:
    """Write a line for each date that has passed; a date must never block a rollback."""
    for problem in review(project.environments, as_of=today()).date_problems:
        output.note(f"warning: {problem}")
