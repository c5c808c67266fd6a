"""The alarms of an e-mail identity."""

from __future__ import annotations

from platform_lib.alerts.alarm import Alarm, Metric, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.ses.config import ReputationAlarmsConfig

_REVIEWED_BOUNCES = 5
_REVIEWED_COMPLAINTS = 0.1
"""Percent at which SES reviews an account; at twice, and five times, as much it stops sending.
https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html"""

_BOUNCES = (
    "mails bounce for good: see in the suppression list to whom they went, and stop writing to"
    " addresses that were never confirmed"
)
_COMPLAINTS = (
    "readers call our mails spam: look what was sent that nobody asked for, and whether it can be"
    " unsubscribed from"
)


def define_alarms(
    owner: PlatformConstruct,
    *,
    configuration_set: str,
    config: ReputationAlarmsConfig,
    alerts: Alerts,
) -> None:
    """Define two alarms on bounces and two on complaints: one early, one when SES would review."""
    for id, metric, percent, severity, meaning in (  # noqa: A001 - the framework's name
        ("Bounces", "BounceRate", config.bounce_percent, Severity.P2, _BOUNCES),
        ("BouncesReview", "BounceRate", _REVIEWED_BOUNCES, Severity.P1, _BOUNCES),
        ("Complaints", "ComplaintRate", config.complaint_percent, Severity.P2, _COMPLAINTS),
        ("ComplaintsReview", "ComplaintRate", _REVIEWED_COMPLAINTS, Severity.P1, _COMPLAINTS),
    ):
        start = "SES is about to review the account" if severity is Severity.P1 else "Too many"
        Alarm(
            owner,
            id,
            metric=Metric(
                "AWS/SES",
                f"Reputation.{metric}",
                {"ses:configuration-set": configuration_set},
                period_seconds=3600,
            ),
            # The metric is a share of one.
            threshold=Threshold(percent / 100, periods=1),
            severity=severity,
            description=f"{start}{': ' if severity is Severity.P1 else ' '}{meaning}",
            alerts=alerts,
            # Reported only when mail is sent; a quiet hour says nothing about the reputation.
            # https://docs.aws.amazon.com/ses/latest/dg/reputationdashboard-cloudwatch-alarm.html
            missing="ignore",
        )
