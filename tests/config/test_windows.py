"""Backup and maintenance windows: their format, and whether they meet."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from platform_lib.rds.windows import BackupWindow, MaintenanceWindow
from platform_lib.windows import daily, weekly

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
WEEK = 7 * DAY


def refusal(kind: Any, value: str) -> str:
    """Return the sentence with which a window is refused."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


@pytest.mark.parametrize("value", ["02:00-03:00", "23:45-00:15", "00:00-23:59"])
def test_accepts_daily_windows(value: str) -> None:
    """Also one over midnight, and one of exactly half an hour."""
    assert TypeAdapter(BackupWindow).validate_python(value) == value


@pytest.mark.parametrize(
    "value", ["sun:04:00-sun:05:00", "sun:23:45-mon:00:15", "mon:00:00-tue:00:00"]
)
def test_accepts_weekly_windows(value: str) -> None:
    """Also one over the end of the week, and one of exactly a day."""
    assert TypeAdapter(MaintenanceWindow).validate_python(value) == value


@pytest.mark.parametrize(
    "value", ["2:00-3:00", "24:00-01:00", "02:60-03:30", "sun:02:00-sun:03:00"]
)
def test_refuses_what_is_no_daily_window(value: str) -> None:
    """The message shows the form."""
    assert refusal(BackupWindow, value) == (
        f"{value!r} is not a daily window in UTC; write it as in '03:00-04:00'"
    )


@pytest.mark.parametrize("value", ["04:00-05:00", "Sun:04:00-Sun:05:00", "sun:04:00-sun:25:00"])
def test_refuses_what_is_no_weekly_window(value: str) -> None:
    """The message shows the form."""
    assert refusal(MaintenanceWindow, value) == (
        f"{value!r} is not a weekly window in UTC; write it as in 'sun:05:00-sun:06:00'"
    )


@pytest.mark.parametrize(
    ("kind", "value", "message"),
    [
        (
            BackupWindow,
            "02:00-02:29",
            "'02:00-02:29' is 29 minutes long; RDS takes 30 minutes to 24 hours",
        ),
        (
            BackupWindow,
            "02:00-02:00",
            "'02:00-02:00' is 0 minutes long; RDS takes 30 minutes to 24 hours",
        ),
        (
            MaintenanceWindow,
            "sun:04:00-sun:04:29",
            "'sun:04:00-sun:04:29' is 29 minutes long; RDS takes 30 minutes to 24 hours",
        ),
        (
            MaintenanceWindow,
            "sun:04:00-mon:04:01",
            "'sun:04:00-mon:04:01' is 1441 minutes long; RDS takes 30 minutes to 24 hours",
        ),
    ],
)
def test_refuses_lengths_that_rds_does_not_take(kind: Any, value: str, message: str) -> None:
    """Both windows have a shortest length, the weekly one a longest."""
    assert refusal(kind, value) == message


@pytest.mark.parametrize(
    ("backup", "maintenance", "meets"),
    [
        ("02:00-03:00", "sun:04:00-sun:05:00", False),
        ("02:00-03:00", "sun:03:00-sun:04:00", False),
        ("02:00-03:00", "sun:02:59-sun:04:00", True),
        ("02:00-03:00", "sun:01:00-sun:02:00", False),
        ("02:00-03:00", "wed:02:15-wed:02:45", True),
        ("23:30-00:30", "mon:00:00-mon:00:30", True),
        ("23:30-00:30", "sun:23:00-sun:23:30", False),
        ("01:00-01:30", "sun:23:00-mon:02:00", True),
        ("23:30-00:30", "mon:00:30-mon:01:00", False),
    ],
)
def test_tells_whether_windows_meet(backup: str, maintenance: str, *, meets: bool) -> None:
    """A window that ends when the other starts does not meet it, also over midnight."""
    assert daily(backup).meets(weekly(maintenance)) is meets


def _day_of(minute: int) -> str:
    return f"{DAYS[minute // DAY % 7]}:{_time_of(minute)}"


def _time_of(minute: int) -> str:
    return f"{minute % DAY // 60:02}:{minute % 60:02}"


@given(
    st.integers(0, DAY - 1),
    st.integers(30, DAY - 1),
    st.integers(0, WEEK - 1),
    st.integers(30, DAY),
)
def test_windows_meet_when_a_minute_is_in_both(
    begin: int, length: int, start: int, duration: int
) -> None:
    """Held against a list of all minutes of the week."""
    backup = f"{_time_of(begin)}-{_time_of(begin + length)}"
    maintenance = f"{_day_of(start)}-{_day_of(start + duration)}"
    every_day = {
        (begin + day * DAY + minute) % WEEK for day in range(7) for minute in range(length)
    }
    every_week = {(start + minute) % WEEK for minute in range(duration)}

    assert daily(backup).meets(weekly(maintenance)) is not every_day.isdisjoint(every_week)
