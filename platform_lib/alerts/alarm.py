"""Alarm: one CloudWatch metric held against a threshold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import cdktf_cdktf_provider_aws.cloudwatch_metric_alarm as aws_alarm
from cdktf import TerraformProvider

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind, kebab
from platform_lib.types import TokenStr

Statistic = Literal["Average", "Maximum", "Minimum", "Sum", "SampleCount", "p50", "p90", "p99"]
Missing = Literal["breaching", "notBreaching", "ignore", "missing"]


@dataclass(frozen=True, slots=True)
class Metric:
    """A CloudWatch metric of one thing."""

    namespace: str
    """Namespace, for example ``AWS/RDS``."""

    name: str
    """Name of the metric, for example ``CPUUtilization``."""

    dimensions: Mapping[str, TokenStr] = field(default_factory=dict)
    """What it is measured of, for example ``{"DBInstanceIdentifier": ...}``."""

    statistic: Statistic = "Average"
    """How the samples of a period become one value."""

    period_seconds: int = 60
    """Length of a period; RDS, ElastiCache, Amazon MQ and DynamoDB report once a minute."""

    provider: TerraformProvider | None = None
    """Provider of another Region, where it is measured; the topics have to be there too."""


@dataclass(frozen=True, slots=True)
class Share:
    """How much of one metric another one is, in percent."""

    part: Metric
    """What is used, for example ``RabbitMQMemUsed``."""

    whole: Metric
    """What there is of it, for example ``RabbitMQMemLimit``; of the same period."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a metric is alarming."""

    value: float
    """The value that is still, or no longer, acceptable."""

    side: Literal["above", "below"] = "above"
    """On which side of the value, itself excluded, it alarms."""

    periods: int = 5
    """Periods in a row that have to be on that side."""


_OPERATORS = {"above": "GreaterThanThreshold", "below": "LessThanThreshold"}


class Alarm(PlatformConstruct):
    """Publishes to the topic of its severity when a metric crosses its threshold, and when it is well again.

    Defines:
        aws_cloudwatch_metric_alarm

    Args:
        metric: What is watched.
        threshold: When it is alarming.
        severity: How urgent it is.
        description: What it means and what to look at first; whoever is woken reads it.
        alerts: The topics.
        missing: What a period without samples counts as. ``missing`` keeps the alarm's state
            from flapping while a thing is created, and shows as insufficient data.
            https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
    """

    def __init__(
        self,
        scope: PlatformConstruct,
        id: str,
        *,
        metric: Metric | Share,
        threshold: Threshold,
        severity: Severity,
        description: str,
        alerts: Alerts,
        missing: Missing = "missing",
    ) -> None:
        super().__init__(scope, id)
        topic = alerts.topic_arn(severity)
        aws_alarm.CloudwatchMetricAlarm(
            self,
            "Resource",
            # With the name of what is watched: shop-prod-orders-cpu-p2.
            alarm_name=scope.physical_name(Kind.ALARM, kebab(id), severity.value),
            alarm_description=description,
            comparison_operator=_OPERATORS[threshold.side],
            threshold=threshold.value,
            evaluation_periods=threshold.periods,
            datapoints_to_alarm=threshold.periods,
            treat_missing_data=missing,
            alarm_actions=[topic],
            ok_actions=[topic],
            provider=(metric.part if isinstance(metric, Share) else metric).provider,
            **_watched(metric),
        )


def _watched(metric: Metric | Share) -> dict[str, Any]:
    """Return the arguments that say what an alarm watches."""
    if isinstance(metric, Share):
        return {"metric_query": _queries(metric)}
    # Evaluated also where there are few samples, which is the default: what CloudWatch could ignore
    # for a p99 is every period with less than 1,000 of them.
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/percentiles-with-low-samples.html
    statistic = "extended_statistic" if metric.statistic.startswith("p") else "statistic"
    return {
        "namespace": metric.namespace,
        "metric_name": metric.name,
        "dimensions": dict(metric.dimensions),
        statistic: metric.statistic,
        "period": metric.period_seconds,
    }


def _queries(share: Share) -> list[aws_alarm.CloudwatchMetricAlarmMetricQuery]:
    """Write a share as metric math.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    parts = [
        aws_alarm.CloudwatchMetricAlarmMetricQuery(
            id=name,
            metric=aws_alarm.CloudwatchMetricAlarmMetricQueryMetric(
                namespace=metric.namespace,
                metric_name=metric.name,
                dimensions=dict(metric.dimensions),
                stat=metric.statistic,
                period=metric.period_seconds,
            ),
        )
        for name, metric in (("part", share.part), ("whole", share.whole))
    ]
    percent = aws_alarm.CloudwatchMetricAlarmMetricQuery(
        id="percent",
        expression="100 * part / whole",
        label=f"{share.part.name} of {share.whole.name}",
        return_data=True,
    )
    return [*parts, percent]
