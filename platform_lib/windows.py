"""Daily and weekly windows in UTC, in the form that RDS and ElastiCache take; pure.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR = 60
_DAY = 24 * _HOUR
_WEEK = 7 * _DAY
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d)"
_NAME = f"({'|'.join(_DAYS)})"
_DAILY = re.compile(f"{_CLOCK}-{_CLOCK}", re.ASCII)
_WEEKLY = re.compile(f"{_NAME}:{_CLOCK}-{_NAME}:{_CLOCK}", re.ASCII)


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
        return any(
            _share(one, self.minutes, two, other.minutes)
            for one in range(self.start, _WEEK, self.cycle)
            for two in range(other.start, _WEEK, other.cycle)
        )


def daily(text: str) -> Window:
    """Read a window such as ``03:00-04:00``.

    Raises:
        ValueError: It is not such a window.
    """
    match = _DAILY.fullmatch(text)
    if match is None:
        raise ValueError(f"{text!r} is not a daily window in UTC; write it as in '03:00-04:00'")
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    start = first_hour * _HOUR + first_minute
    end = last_hour * _HOUR + last_minute
    return Window(start, (end - start) % _DAY, _DAY)


def weekly(text: str) -> Window:
    """Read a window such as ``sun:05:00-sun:06:00``.

    Raises:
        ValueError: It is not such a window.
    """
    match = _WEEKLY.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{text!r} is not a weekly window in UTC; write it as in 'sun:05:00-sun:06:00'"
        )
    first_day, first_hour, first_minute, last_day, last_hour, last_minute = match.groups()
    start = _DAYS.index(first_day) * _DAY + int(first_hour) * _HOUR + int(first_minute)
    end = _DAYS.index(last_day) * _DAY + int(last_hour) * _HOUR + int(last_minute)
    return Window(start, (end - start) % _WEEK, _WEEK)


def window_check(
    read: Callable[[str], Window], *, service: str, least_minutes: int
) -> Callable[[str], str]:
    """Make a check of a field that holds a window.

    Args:
        read: `daily` or `weekly`.
        service: The service that sets the limit, as its name stands in the refusal.
        least_minutes: The shortest window that it takes; the longest is a day.
    """

    def check(text: str) -> str:
        minutes = read(text).minutes
        if not least_minutes <= minutes <= _DAY:
            raise ValueError(
                f"{text!r} is {minutes} minutes long; {service} takes {least_minutes} minutes to 24"
                " hours"
            )
        return text

    return check


def _share(one: int, minutes: int, other: int, others: int) -> bool:
    """Tell whether two stretches of one week have a minute in common."""
    apart = (other - one) % _WEEK
    return apart < minutes or _WEEK - apart < others
