"""The hours in which RDS backs up and maintains a database; pure.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d"
_DAY = f"({'|'.join(_DAYS)})"
_BACKUP = re.compile(f"({_TIME})-({_TIME})")
_MAINTENANCE = re.compile(f"{_DAY}:({_TIME})-{_DAY}:({_TIME})")
_SHORTEST = 30
_IN_A_DAY = 24 * 60
_IN_A_WEEK = 7 * _IN_A_DAY


def _is_backup_window(value: str) -> str:
    found = _BACKUP.fullmatch(value)
    if found is None:
        raise ValueError(f"{value!r} is not a daily window; write it in UTC as in '02:00-03:00'")
    _is_long_enough(value, (_minutes(found[2]) - _minutes(found[1])) % _IN_A_DAY)
    return value


def _is_maintenance_window(value: str) -> str:
    found = _MAINTENANCE.fullmatch(value)
    if found is None:
        raise ValueError(
            f"{value!r} is not a weekly window; write it in UTC as in 'sun:04:00-sun:05:00'"
        )
    start, end = _week(found)
    length = (end - start) % _IN_A_WEEK
    _is_long_enough(value, length)
    if length > _IN_A_DAY:
        raise ValueError(f"{value!r} is longer than a day; RDS takes 30 minutes to 24 hours")
    return value


def _is_long_enough(value: str, minutes: int) -> None:
    if minutes < _SHORTEST:
        raise ValueError(f"{value!r} is {minutes} minutes long; RDS needs at least {_SHORTEST}")


BackupWindow = Annotated[str, AfterValidator(_is_backup_window)]
"""A daily window in UTC, at least 30 minutes long, for example ``02:00-03:00``."""

MaintenanceWindow = Annotated[str, AfterValidator(_is_maintenance_window)]
"""A weekly window in UTC, 30 minutes to 24 hours, for example ``sun:04:00-sun:05:00``."""


def overlap(backup: str, maintenance: str) -> bool:
    """Tell whether the two windows, each of them valid, meet on any day; RDS refuses that."""
    daily, weekly = _BACKUP.fullmatch(backup), _MAINTENANCE.fullmatch(maintenance)
    if daily is None or weekly is None:
        raise TypeError(f"{backup!r} and {maintenance!r} are no windows")
    start, end = _week(weekly)
    maintained = (start, (end - start) % _IN_A_WEEK)
    begin = _minutes(daily[1])
    length = (_minutes(daily[2]) - begin) % _IN_A_DAY
    return any(_meet((begin + day * _IN_A_DAY, length), maintained) for day in range(len(_DAYS)))


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Tell whether two spans of the week, each a start and a length, have a minute in common."""
    apart = (other[0] - one[0]) % _IN_A_WEEK
    return apart < one[1] or _IN_A_WEEK - apart < other[1]


def _week(found: re.Match[str]) -> tuple[int, int]:
    """Return start and end as minutes since Monday."""
    first = _DAYS.index(found[1]) * _IN_A_DAY + _minutes(found[2])
    return first, _DAYS.index(found[3]) * _IN_A_DAY + _minutes(found[4])


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)
