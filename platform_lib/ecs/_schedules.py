"""Expressions that say when something happens; pure.

EventBridge Scheduler and Application Auto Scaling read the same three forms.
https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from platform_lib.types import matching

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)(s?)\)")
_AT = re.compile(r"at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)")
_CRON = re.compile(r"cron\(([^()]*)\)")
_FIELDS = (
    # name, what its values look like, smallest and largest number
    ("minutes", r"[0-9,*/-]+", 0, 59),
    ("hours", r"[0-9,*/-]+", 0, 23),
    ("day of month", r"[0-9,*/LW?-]+", 1, 31),
    ("month", r"[0-9A-Z,*/-]+", 1, 12),
    ("day of week", r"[0-9A-Z,*/#?-]+", 1, 7),
    ("year", r"[0-9,*/-]+", 1970, 2199),
)
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4


def _is_schedule(value: str) -> str:
    problem = _problem(value)
    if problem is not None:
        raise ValueError(f"{value!r} is not a schedule: {problem}")
    return value


def _problem(value: str) -> str | None:
    if match := _RATE.fullmatch(value):
        count, unit, plural = match.groups()
        if count.startswith("0"):
            return "a rate is a whole number from 1"
        if (count == "1") == bool(plural):
            return f"write rate({count} {unit}{'' if count == '1' else 's'})"
        return None
    if _AT.fullmatch(value):
        return None
    if match := _CRON.fullmatch(value):
        return _cron_problem(match[1].split())
    return (
        "write cron(minutes hours day-of-month month day-of-week year), rate(5 minutes) or"
        " at(2030-01-31T06:00:00)"
    )


def _cron_problem(fields: list[str]) -> str | None:
    if len(fields) != len(_FIELDS):
        return (
            f"cron has {len(_FIELDS)} fields (minutes hours day-of-month month day-of-week year)"
            f" and this one has {len(fields)}"
        )
    for given, (name, pattern, smallest, largest) in zip(fields, _FIELDS, strict=True):
        if re.fullmatch(pattern, given) is None:
            return f"{given!r} is no {name}"
        # The number behind a slash is a step, the one behind # counts weeks.
        for number in re.findall(r"(?<![/#\d])\d+", given):
            if not smallest <= int(number) <= largest:
                return f"{name} is {smallest} to {largest}, not {number}"
    if (fields[_DAY_OF_MONTH] == "?") == (fields[_DAY_OF_WEEK] == "?"):
        return "exactly one of day-of-month and day-of-week has to be '?'"
    return None


Schedule = Annotated[str, AfterValidator(_is_schedule)]
"""When something happens: ``cron(...)``, ``rate(...)`` or ``at(...)``."""

TimeZone = Annotated[
    str,
    AfterValidator(
        # Not looked up: the database of this machine is not that of AWS.
        matching(
            r"UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z0-9_+-]+)+",
            "a time zone; write it as in 'UTC' or 'Europe/Berlin'",
        )
    ),
]
"""A time zone of the IANA database, for example ``Europe/Berlin``."""
