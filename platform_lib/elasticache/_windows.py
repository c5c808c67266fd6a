"""Daily and weekly windows in UTC, and whether they meet; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR = 60
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
_DAILY = re.compile(f"{_CLOCK}-{_CLOCK}", re.ASCII)
_WEEKLY = re.compile(f"({'|'.join(_DAYS)}):{_CLOCK}-({'|'.join(_DAYS)}):{_CLOCK}", re.ASCII)

LEAST_MINUTES = 60
"""The shortest window that ElastiCache takes, for snapshots and for maintenance.
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time that comes back every day or every week."""

    start: int
    """Minutes after midnight, of Monday where it comes back every week."""

    minutes: int
    """How long it is."""

    cycle: int
    """Minutes after which it comes back."""

    def meets(self, other: Window) -> bool:
        """Tell whether the two ever share a minute."""
        return not self._minutes_of_week().isdisjoint(other._minutes_of_week())

    def _minutes_of_week(self) -> frozenset[int]:
        return frozenset(
            (start + passed) % _WEEK
            for start in range(self.start, _WEEK, self.cycle)
            for passed in range(self.minutes)
        )


def daily(text: str) -> Window:
    """Read a window such as ``03:00-04:00``.

    Raises:
        ValueError: It is not such a window, or too short.
    """
    match = _DAILY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a daily window in UTC; write it as in '03:00-04:00'")
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    start = first_hour * _HOUR + first_minute
    end = last_hour * _HOUR + last_minute
    return _long_enough(text, Window(start, (end - start) % _DAY, _DAY))


def weekly(text: str) -> Window:
    """Read a window such as ``sun:05:00-sun:06:00``.

    Raises:
        ValueError: It is not such a window, or too short.
    """
    match = _WEEKLY.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text!r} is not a weekly window in UTC; write it as in 'sun:05:00-sun:06:00'"
        )
    first_day, first_hour, first_minute, last_day, last_hour, last_minute = match.groups()
    start = _DAYS.index(first_day) * _DAY + int(first_hour) * _HOUR + int(first_minute)
    end = _DAYS.index(last_day) * _DAY + int(last_hour) * _HOUR + int(last_minute)
    return _long_enough(text, Window(start, (end - start) % _WEEK, _WEEK))


def _long_enough(text: str, window: Window) -> Window:
    if window.minutes < LEAST_MINUTES:
        raise ValueError(
            f"{text!r} is {window.minutes} minutes long; ElastiCache wants at least {LEAST_MINUTES}"
        )
    return window
