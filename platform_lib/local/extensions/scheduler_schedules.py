"""EventBridge Scheduler: groups and schedules that are checked, and go together.

Upstream gap: moto fails at a schedule in a group that does not exist, makes a group anew whose name is
taken, deletes one that is not there, and takes any expression, role and key.

No schedule is ever due: nothing is started.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote
from zoneinfo import available_timezones

from moto.core.exceptions import JsonRESTError
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.scheduler.exceptions import ScheduleGroupNotFound, ValidationException
from moto.scheduler.models import EventBridgeSchedulerBackend

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_EXPRESSION = re.compile(
    r"rate\(\d+ (minute|hour|day)s?\)"
    r"|at\(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\)"
    # Six fields: minutes, hours, day of month, month, day of week, year.
    r"|cron\((\S+ ){5}\S+\)"
)
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html"""

_RETRIES = range(186)
_AGE_SECONDS = range(60, 86_401)


class _ConflictError(JsonRESTError):
    code = 409

    def __init__(self, message: str) -> None:
        super().__init__("ConflictException", message)


def install() -> None:
    """Patch moto."""
    for method in (create_schedule, update_schedule, create_schedule_group, delete_schedule_group):
        replace(EventBridgeSchedulerBackend)(method)


def create_schedule(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check the schedule, and the group it is for."""

    def create(self: Any, **asked: Any) -> Any:
        self.get_schedule_group(asked["group_name"])
        _check(self, asked)
        return original(self, **asked)

    return create


def update_schedule(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check what it becomes; what is left out goes back to its default."""

    def update(self: Any, **asked: Any) -> Any:
        _check(self, asked)
        asked["state"] = asked["state"] or "ENABLED"
        asked["schedule_expression_timezone"] = asked["schedule_expression_timezone"] or "UTC"
        return original(self, **asked)

    return update


def create_schedule_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a name that is taken."""

    def create(self: Any, name: str, tags: Any) -> Any:
        if name in self.schedule_groups:
            raise _ConflictError(f"Schedule group {name} already exists.")
        return original(self, name, tags or [])

    return create


def delete_schedule_group(original: Callable[..., Any]) -> Callable[..., Any]:
    """Delete a group that is there, with its schedules and tags, and never the default one."""

    def delete(self: Any, name: str | None) -> None:
        if name in (None, "default"):
            raise ValidationException("Cannot delete the default schedule group.")
        if name not in self.schedule_groups:
            raise ScheduleGroupNotFound(str(name))
        self.tagger.delete_all_tags_for_resource(self.schedule_groups[name].arn)
        original(self, name)

    return delete


def _check(backend: Any, asked: dict[str, Any]) -> None:
    expression = asked["schedule_expression"]
    if not _EXPRESSION.fullmatch(expression or ""):
        raise ValidationException(f"Invalid Schedule Expression {expression}.")
    zone = asked["schedule_expression_timezone"]
    if zone and zone not in available_timezones():
        raise ValidationException(f"Invalid ScheduleExpressionTimezone {zone}.")
    retry = asked["target"].get("RetryPolicy") or {}
    if (
        retry.get("MaximumRetryAttempts", 0) not in _RETRIES
        or retry.get("MaximumEventAgeInSeconds", 60) not in _AGE_SECONDS
    ):
        raise ValidationException("Invalid RetryPolicy.")
    _check_role(backend, asked["target"]["RoleArn"])
    key = asked["kms_key_arn"]
    keys = kms_backends[backend.account_id][backend.region_name].keys
    if key and key.rpartition("/")[2] not in keys:
        raise ValidationException(f"The KMS key {key} does not exist.")


def _check_role(backend: Any, arn: str) -> None:
    roles = iam_backends[backend.account_id][backend.partition].roles.values()
    role = next((role for role in roles if role.arn == arn), None)
    document = role.assume_role_policy_document if role else ""
    text = document if isinstance(document, str) else json.dumps(document)
    if "scheduler.amazonaws.com" not in unquote(text):
        raise ValidationException(
            "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
        )
