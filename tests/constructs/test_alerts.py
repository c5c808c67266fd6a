"""Alerts: two encrypted topics, and alarms that publish to the one of their severity."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from platform_lib.alerts.alarm import Alarm, Metric, Missing, Share, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig, Severity
from platform_lib.core.stack import PlatformStack
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.testing.template import Block, Template, policy

METRIC = Metric("AWS/RDS", "CPUUtilization", {"DBInstanceIdentifier": "orders"})


def _alerts(stack: PlatformStack, config: AlertsConfig | None = None) -> Alerts:
    key = Key(stack, "Data", config=KeyConfig(description="Data at rest"))
    return Alerts(stack, "Alerts", config=config or AlertsConfig(), key=key)


def _alarm(
    stack: PlatformStack,
    threshold: Threshold,
    *,
    severity: Severity = Severity.P2,
    missing: Missing = "missing",
) -> Block:
    Alarm(
        _alerts(stack),
        "Cpu",
        metric=METRIC,
        threshold=threshold,
        severity=severity,
        description="The processor is busy; look at Performance Insights",
        alerts=_alerts_in(stack),
        missing=missing,
    )
    return Template(stack).only("aws_cloudwatch_metric_alarm")


def _alerts_in(stack: PlatformStack) -> Alerts:
    found = stack.node.find_child("Alerts")
    assert isinstance(found, Alerts)
    return found


def test_each_severity_has_an_encrypted_topic(stack: PlatformStack) -> None:
    """Two topics, named after environment and severity, encrypted with our key."""
    _alerts(stack)

    topics = Template(stack).all("aws_sns_topic").values()

    assert {topic["name"] for topic in topics} == {"shop-prod-alerts-p1", "shop-prod-alerts-p2"}
    assert {topic["kms_master_key_id"] for topic in topics} == {"${aws_kms_key.Data_666C94C7.arn}"}


def test_only_this_accounts_alarms_and_database_events_publish(stack: PlatformStack) -> None:
    """The policy names two services, this account, and encryption on the way."""
    _alerts(stack)

    block = Template(stack).only("aws_sns_topic_policy", path="/P1Policy")

    statements = {it["Sid"]: it for it in policy(block)["Statement"]}
    assert statements["OwnAlarmsAndEventsPublish"] == {
        "Sid": "OwnAlarmsAndEventsPublish",
        "Effect": "Allow",
        "Action": "sns:Publish",
        "Resource": block["arn"],
        "Principal": {"Service": ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"]},
        "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}},
    }
    assert statements["DenyWithoutTls"]["Effect"] == "Deny"
    assert statements["DenyWithoutTls"]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_each_address_is_subscribed_to_its_severity(stack: PlatformStack) -> None:
    """P1 and P2 may be read by different people."""
    _alerts(
        stack,
        AlertsConfig(
            p1_emails=("on-call@example.com", "duty@example.com"), p2_emails=("team@example.com",)
        ),
    )

    subscriptions = Template(stack).all("aws_sns_topic_subscription").values()

    heard = {it["endpoint"]: it["topic_arn"] for it in subscriptions}
    assert {it["protocol"] for it in subscriptions} == {"email"}
    assert heard["on-call@example.com"] == heard["duty@example.com"]
    assert heard["on-call@example.com"] != heard["team@example.com"]


def test_without_addresses_nobody_is_subscribed(stack: PlatformStack) -> None:
    """The topics are there for others to subscribe to."""
    _alerts(stack)

    assert Template(stack).count("aws_sns_topic_subscription") == 0


def test_refuses_what_is_no_address() -> None:
    """The sentence shows an address."""
    with pytest.raises(
        ValidationError,
        match=r"'on-call' is not an e-mail address; write it as in 'on-call@example.com'",
    ):
        AlertsConfig(p1_emails=("on-call",))


def test_an_alarm_is_named_after_what_it_watches(stack: PlatformStack) -> None:
    """Whoever is woken reads the thing, the metric and the severity in the name."""
    alarm = _alarm(stack, Threshold(80))

    assert alarm["alarm_name"] == "shop-prod-alerts-cpu-p2"
    assert alarm["alarm_description"] == "The processor is busy; look at Performance Insights"
    assert alarm["namespace"] == "AWS/RDS"
    assert alarm["dimensions"] == {"DBInstanceIdentifier": "orders"}


@pytest.mark.parametrize(
    ("threshold", "operator", "periods"),
    [
        (Threshold(80), "GreaterThanThreshold", 5),
        (Threshold(10, side="below", periods=3), "LessThanThreshold", 3),
    ],
)
def test_an_alarm_is_raised_on_the_side_of_its_threshold(
    stack: PlatformStack, threshold: Threshold, operator: str, periods: int
) -> None:
    """Above or below, for as many periods in a row as asked."""
    alarm = _alarm(stack, threshold)

    assert alarm["comparison_operator"] == operator
    assert alarm["threshold"] == threshold.value
    assert alarm["evaluation_periods"] == alarm["datapoints_to_alarm"] == periods


@pytest.mark.parametrize("severity", list(Severity))
def test_an_alarm_tells_the_topic_of_its_severity_of_trouble_and_of_its_end(
    stack: PlatformStack, severity: Severity
) -> None:
    """The same topic hears that it is over."""
    alarm = _alarm(stack, Threshold(80), severity=severity)

    topic = f"${{aws_sns_topic.Alerts_{severity.name}_"
    assert len(alarm["alarm_actions"]) == 1
    assert alarm["alarm_actions"][0].startswith(topic)
    assert alarm["ok_actions"] == alarm["alarm_actions"]


@pytest.mark.parametrize("missing", ["missing", "breaching"])
def test_an_alarm_says_what_silence_means(stack: PlatformStack, missing: Missing) -> None:
    """AWS's default is stated, and another choice is kept."""
    assert _alarm(stack, Threshold(1), missing=missing)["treat_missing_data"] == missing


def test_an_alarm_can_watch_a_share(stack: PlatformStack) -> None:
    """Two metrics are put into relation, and the percentage is held against the threshold."""
    of_broker = {"Broker": "jobs"}
    used = Metric("AWS/AmazonMQ", "RabbitMQMemUsed", of_broker, "Maximum")
    limit = Metric("AWS/AmazonMQ", "RabbitMQMemLimit", of_broker, "Maximum")

    Alarm(
        _alerts(stack),
        "Memory",
        metric=Share(used, limit),
        threshold=Threshold(80),
        severity=Severity.P1,
        description="Publishers are about to be blocked",
        alerts=_alerts_in(stack),
    )

    alarm = Template(stack).only("aws_cloudwatch_metric_alarm")
    assert "metric_name" not in alarm
    assert alarm["metric_query"] == [
        {
            "id": part,
            "metric": {
                "namespace": "AWS/AmazonMQ",
                "metric_name": name,
                "dimensions": of_broker,
                "stat": "Maximum",
                "period": 60,
            },
        }
        for part, name in (("part", "RabbitMQMemUsed"), ("whole", "RabbitMQMemLimit"))
    ] + [
        {
            "id": "percent",
            "expression": "100 * part / whole",
            "label": "RabbitMQMemUsed of RabbitMQMemLimit",
            "return_data": True,
        }
    ]
