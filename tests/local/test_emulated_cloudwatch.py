"""CloudWatch's composite alarms ask alarms that exist, and are told from metric alarms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.server import LocalAws


@pytest.fixture
def cloudwatch(aws: LocalAws, client: Callable[[str], Any]) -> Any:
    """Return the CloudWatch client of an account with two alarms."""
    made = client("cloudwatch")
    for name in ("memory", "processor"):
        made.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/ElastiCache",
            MetricName=name,
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
        )
    return made


def _composites(cloudwatch: Any) -> list[Any]:
    found: list[Any] = cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"]
    return found


@pytest.mark.parametrize(
    "rule",
    [
        'ALARM("memory")',
        "ALARM(memory)",
        "ALARM('memory') OR OK(\"processor\")",
        '(ALARM("memory") AND NOT (INSUFFICIENT_DATA("processor"))) OR FALSE',
        'NOT ALARM("arn:aws:cloudwatch:eu-central-1:210987654321:alarm:memory")',
        "TRUE",
    ],
)
def test_a_rule_reads_back(cloudwatch: Any, rule: str) -> None:
    """Names bare or quoted, ARNs, words and brackets."""
    cloudwatch.put_composite_alarm(AlarmName="cache", AlarmRule=rule)

    assert [one["AlarmRule"] for one in _composites(cloudwatch)] == [rule]


@pytest.mark.parametrize(
    "rule",
    [
        'ALARM("none")',
        'ALARM("memory") ALARM("processor")',
        'ALARM("memory") AND',
        "AND TRUE",
        '(ALARM("memory")',
        'ALARM("memory"))',
        "BROKEN(memory)",
        "TRUE OR " * 1500 + "TRUE",
    ],
)
def test_refuses_a_rule(cloudwatch: Any, refused: Callable[..., str], rule: str) -> None:
    """Unknown alarms, and what is no sentence."""
    code = refused(cloudwatch.put_composite_alarm, AlarmName="cache", AlarmRule=rule)

    assert code == "ValidationError"
    assert _composites(cloudwatch) == []


def test_kinds_are_told_apart(cloudwatch: Any) -> None:
    """Without a kind, only metric alarms are returned."""
    cloudwatch.put_composite_alarm(AlarmName="cache", AlarmRule="TRUE")

    default = cloudwatch.describe_alarms()
    both = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm", "CompositeAlarm"])

    assert (len(default["MetricAlarms"]), default["CompositeAlarms"]) == (2, [])
    assert (len(both["MetricAlarms"]), len(both["CompositeAlarms"])) == (2, 1)


def test_settings_and_tags_read_back(cloudwatch: Any) -> None:
    """Actions, suppression, description; a change replaces them and leaves the tags."""
    topic = "arn:aws:sns:eu-central-1:210987654321:alerts"
    cloudwatch.put_composite_alarm(
        AlarmName="cache",
        AlarmRule="TRUE",
        AlarmActions=[topic],
        OKActions=[topic],
        AlarmDescription="first",
        ActionsEnabled=False,
        ActionsSuppressor="processor",
        ActionsSuppressorWaitPeriod=0,
        ActionsSuppressorExtensionPeriod=60,
        Tags=[{"Key": "a", "Value": "b"}],
    )
    made = _composites(cloudwatch)[0]

    cloudwatch.put_composite_alarm(
        AlarmName="cache", AlarmRule="FALSE", Tags=[{"Key": "c", "Value": "d"}]
    )

    changed = _composites(cloudwatch)[0]
    tags = cloudwatch.list_tags_for_resource(ResourceARN=changed["AlarmArn"])["Tags"]
    assert (made["AlarmActions"], made["OKActions"]) == ([topic], [topic])
    assert (made["AlarmDescription"], made["ActionsEnabled"]) == ("first", False)
    assert (made["ActionsSuppressor"], made["ActionsSuppressorWaitPeriod"]) == ("processor", 0)
    assert (changed["AlarmActions"], changed["ActionsEnabled"]) == ([], True)
    assert "ActionsSuppressor" not in changed
    assert tags == [{"Key": "a", "Value": "b"}]


@pytest.mark.parametrize(
    "given",
    [
        {"AlarmName": "memory"},
        {"ActionsSuppressor": "processor"},
        {"ActionsSuppressorWaitPeriod": 1, "ActionsSuppressorExtensionPeriod": 1},
        {
            "ActionsSuppressor": "none",
            "ActionsSuppressorWaitPeriod": 1,
            "ActionsSuppressorExtensionPeriod": 1,
        },
    ],
)
def test_refuses_an_alarm(
    cloudwatch: Any, refused: Callable[..., str], given: dict[str, Any]
) -> None:
    """The name of a metric alarm, and suppression by halves."""
    arguments = {"AlarmName": "cache", "AlarmRule": "TRUE"} | given

    assert refused(cloudwatch.put_composite_alarm, **arguments) == "ValidationError"


def test_an_alarm_that_is_asked_stays(cloudwatch: Any, refused: Callable[..., str]) -> None:
    """Until the composite alarm goes before it or with it."""
    cloudwatch.put_composite_alarm(AlarmName="cache", AlarmRule="ALARM(memory)")

    code = refused(cloudwatch.delete_alarms, AlarmNames=["memory"])
    cloudwatch.delete_alarms(AlarmNames=["processor"])
    cloudwatch.delete_alarms(AlarmNames=["cache", "memory"])

    assert code == "ValidationError"
    assert _composites(cloudwatch) == []
    assert cloudwatch.describe_alarms()["MetricAlarms"] == []
