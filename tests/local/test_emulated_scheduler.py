"""Schedules and their groups are checked, read back, and go together."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def schedules(client: Callable[[str], Any]) -> Any:
    """Return the client of EventBridge Scheduler."""
    return client("scheduler")


@pytest.fixture
def group(schedules: Any) -> str:
    """Return the name of a new group."""
    name = f"group-{secrets.token_hex(4)}"
    schedules.create_schedule_group(Name=name, Tags=[{"Key": "Stack", "Value": "s"}])
    return name


@pytest.fixture
def asked(client: Callable[[str], Any], group: str) -> dict[str, Any]:
    """Return what is asked for a schedule."""
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "scheduler.amazonaws.com"},
    }
    role = client("iam").create_role(
        RoleName=f"role-{secrets.token_hex(4)}",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    return {
        "Name": "cleanup",
        "GroupName": group,
        "ScheduleExpression": "cron(0 3 * * ? *)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {
            "Arn": "arn:aws:ecs:eu-central-1:210987654321:cluster/shop",
            "RoleArn": role["Role"]["Arn"],
        },
    }


@pytest.mark.parametrize(
    "expression", ["cron(0 3 * * ? *)", "rate(1 day)", "at(2026-11-20T03:00:00)"]
)
def test_a_schedule_reads_back(schedules: Any, asked: dict[str, Any], expression: str) -> None:
    """It is enabled, in UTC."""
    schedules.create_schedule(**asked | {"ScheduleExpression": expression})

    found = schedules.get_schedule(Name="cleanup", GroupName=asked["GroupName"])

    assert found["ScheduleExpression"] == expression
    assert (found["State"], found["ScheduleExpressionTimezone"]) == ("ENABLED", "UTC")


def test_an_update_sets_defaults_again(schedules: Any, asked: dict[str, Any]) -> None:
    """What is left out of an update is not kept."""
    schedules.create_schedule(**asked, State="DISABLED", ScheduleExpressionTimezone="Europe/Berlin")

    schedules.update_schedule(**asked)

    found = schedules.get_schedule(Name="cleanup", GroupName=asked["GroupName"])
    assert (found["State"], found["ScheduleExpressionTimezone"]) == ("ENABLED", "UTC")


@pytest.mark.parametrize(
    "change",
    [
        {"ScheduleExpression": "cron(0 3 * * *)"},
        {"ScheduleExpression": "daily"},
        {"ScheduleExpressionTimezone": "Europe/Atlantis"},
        {"KmsKeyArn": "arn:aws:kms:eu-central-1:210987654321:key/nobody"},
    ],
)
@pytest.mark.parametrize("action", ["create_schedule", "update_schedule"])
def test_refuses_schedules_that_cannot_be(
    schedules: Any,
    asked: dict[str, Any],
    refused: Callable[..., str],
    action: str,
    change: dict[str, str],
) -> None:
    """Expressions, time zones and keys have to exist, at first and later."""
    if action == "update_schedule":
        schedules.create_schedule(**asked)

    assert refused(getattr(schedules, action), **asked | change) == "ValidationException"


@pytest.mark.parametrize(
    "change",
    [
        {"RoleArn": "arn:aws:iam::210987654321:role/nobody"},
        {"RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 86_400 + 1}},
        {"RetryPolicy": {"MaximumRetryAttempts": 186, "MaximumEventAgeInSeconds": 60}},
    ],
)
def test_refuses_targets_that_cannot_be(
    schedules: Any,
    asked: dict[str, Any],
    refused: Callable[..., str],
    change: dict[str, Any],
) -> None:
    """The scheduler assumes the role, and tries again within limits."""
    wrong = asked | {"Target": asked["Target"] | change}

    code = refused(schedules.create_schedule, **wrong)

    assert code == "ValidationException"


def test_refuses_a_group_that_is_not_there(
    schedules: Any, asked: dict[str, Any], refused: Callable[..., str]
) -> None:
    """For a schedule and for a deletion."""
    codes = {
        refused(schedules.create_schedule, **asked | {"GroupName": "nobody"}),
        refused(schedules.delete_schedule_group, Name="nobody"),
    }

    assert codes == {"ResourceNotFoundException"}


def test_a_group_is_made_once(schedules: Any, group: str, refused: Callable[..., str]) -> None:
    """And the one that every account has stays."""
    taken = refused(schedules.create_schedule_group, Name=group)
    default = refused(schedules.delete_schedule_group, Name="default")

    assert (taken, default) == ("ConflictException", "ValidationException")


def test_schedules_go_with_their_group(
    schedules: Any, asked: dict[str, Any], group: str, refused: Callable[..., str]
) -> None:
    """Nothing is left of it."""
    schedules.create_schedule(**asked)

    schedules.delete_schedule_group(Name=group)

    code = refused(schedules.get_schedule, Name="cleanup", GroupName=group)
    assert code == "ResourceNotFoundException"
