"""CloudWatch: composite alarms.

Upstream gap: moto does not have PutCompositeAlarm, DescribeAlarms does not know AlarmTypes nor a
composite alarm's members, and DeleteAlarms deletes an alarm that a composite alarm still asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from platform_lib.local.extensions.support import AwsError, add, replace

__all__ = ["install"]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*
            (?:"(?P<double>[^"]+)"|'(?P<single>[^']+)'|(?P<bare>[^"'()\s]+))\s*\)
        | (?P<constant>TRUE|FALSE)\b
        | (?P<both>AND|OR)\b
        | (?P<not>NOT)\b
        | (?P<open>\()
        | (?P<close>\))
    )""",
    re.VERBOSE,
)
_MAX_RULE = 10240


def install() -> None:
    """Patch moto."""
    add(CloudWatchResponse)(put_composite_alarm)
    replace(CloudWatchResponse)(describe_alarms)
    replace(CloudWatchBackend)(delete_alarms)


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def _members(rule: str) -> set[str]:
    """Return the names or ARNs of the alarms that a rule asks.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
    """
    found: set[str] = set()
    position, depth, value_expected = 0, 0, True
    text = rule.rstrip()
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            raise _invalid(f"AlarmRule is invalid at position {position}")
        position = token.end()
        kind = token.lastgroup
        if (kind in ("both", "close")) == value_expected:
            raise _invalid(f"AlarmRule is invalid before position {position}")
        depth += {"open": 1, "close": -1}.get(kind or "", 0)
        name = token["double"] or token["single"] or token["bare"]
        if name:
            found.add(name)
        value_expected = kind in ("both", "not", "open")
    if value_expected or depth:
        raise _invalid("AlarmRule ends too early")
    return found


def _named(backend: Any, reference: str) -> Any:
    return backend.alarms.get(reference.rpartition(":alarm:")[2])


def put_composite_alarm(self: Any) -> ActionResult:
    """Create or replace a composite alarm whose members exist."""
    backend, name = self.cloudwatch_backend, self._get_param("AlarmName")
    rule = self._get_param("AlarmRule")
    if len(rule) > _MAX_RULE:
        raise _invalid(f"AlarmRule must not be longer than {_MAX_RULE} characters")
    existing = backend.alarms.get(name)
    if existing is not None and existing.rule is None:
        raise _invalid(f"An alarm of another type with the name {name} exists already")
    missing = sorted(one for one in _members(rule) if _named(backend, one) is None)
    if missing:
        raise _invalid(
            f"Could not save the composite alarm as alarms [{', '.join(missing)}] in the alarm"
            " rule do not exist"
        )
    suppressor = self._get_param("ActionsSuppressor")
    waits = [
        self._get_param(f"ActionsSuppressor{period}")
        for period in ("WaitPeriod", "ExtensionPeriod")
    ]
    if bool(suppressor) != all(wait is not None for wait in waits):
        raise _invalid(
            "ActionsSuppressor, ActionsSuppressorWaitPeriod and ActionsSuppressorExtensionPeriod"
            " must be given together"
        )
    if suppressor and _named(backend, suppressor) is None:
        raise _invalid(f"ActionsSuppressor {suppressor} does not exist")
    alarm = backend.put_metric_alarm(
        name=name,
        namespace=None,
        metric_name=None,
        comparison_operator=None,
        evaluation_periods=None,
        period=None,
        threshold=None,
        statistic=None,
        description=self._get_param("AlarmDescription"),
        dimensions=[],
        alarm_actions=self._get_param("AlarmActions", []),
        ok_actions=self._get_param("OKActions", []),
        insufficient_data_actions=self._get_param("InsufficientDataActions", []),
        actions_enabled=self._get_param("ActionsEnabled"),
        rule=rule,
        # Tags of a call that changes an alarm are ignored.
        tags=self._get_param("Tags", []) if existing is None else [],
    )
    alarm.suppression = (suppressor, *waits)
    return EmptyResult()


def describe_alarms(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the kinds that are asked for; without a kind, metric alarms only."""

    def describe(self: Any) -> ActionResult:
        answer: dict[str, Any] = original(self).result
        kinds = self._get_param("AlarmTypes") or ["MetricAlarm"]
        alarms: Iterable[Any] = answer["CompositeAlarms"]
        return ActionResult(
            {
                "MetricAlarms": answer["MetricAlarms"] if "MetricAlarm" in kinds else [],
                "CompositeAlarms": [_described(one) for one in alarms if "CompositeAlarm" in kinds],
            }
        )

    return describe


def _described(alarm: Any) -> dict[str, Any]:
    suppressor, wait, extension = alarm.suppression
    return {
        "AlarmName": alarm.name,
        "AlarmArn": alarm.alarm_arn,
        "AlarmDescription": alarm.description,
        "AlarmRule": alarm.rule,
        "ActionsEnabled": alarm.actions_enabled,
        "AlarmActions": alarm.alarm_actions,
        "OKActions": alarm.ok_actions,
        "InsufficientDataActions": alarm.insufficient_data_actions,
        "AlarmConfigurationUpdatedTimestamp": alarm.configuration_updated_timestamp,
        "StateValue": alarm.state_value,
        "StateReason": alarm.state_reason,
        "StateUpdatedTimestamp": alarm.state_updated_timestamp,
        "ActionsSuppressor": suppressor,
        "ActionsSuppressorWaitPeriod": wait,
        "ActionsSuppressorExtensionPeriod": extension,
    }


def delete_alarms(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete what a composite alarm asks."""

    def delete(self: Any, alarm_names: list[str]) -> None:
        for alarm in self.alarms.values():
            if alarm.rule is None or alarm.name in alarm_names:
                continue
            asked = {_named(self, member) for member in _members(alarm.rule)}
            for name in alarm_names:
                if self.alarms.get(name) in asked - {None}:
                    raise _invalid(
                        f"Cannot delete {name} as there are composite alarm(s) depending on it."
                    )
        original(self, alarm_names)

    return delete
