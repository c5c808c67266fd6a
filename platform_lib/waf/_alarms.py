"""The alarms of web ACLs.

https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
"""

from __future__ import annotations

from cdktf import TerraformProvider

from platform_lib.alerts.alarm import Alarm, Metric, Missing, Share, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.waf.config import WebAclAlarms

_QUIET: Missing = "notBreaching"
"""AWS WAF reports nothing where there is nothing to report."""


def watch_web_acl(
    web_acl: PlatformConstruct,
    *,
    name: str,
    region: str | None,
    config: WebAclAlarms,
    alerts: Alerts,
    provider: TerraformProvider | None,
) -> None:
    """Define the alarms of a web ACL, called ``<target>-<web ACL>-refused-p2`` and so on.

    Args:
        web_acl: What is watched.
        name: Its name in metrics.
        region: Region in its metrics; those of CloudFront have none.
        config: The thresholds.
        alerts: The topics.
        provider: Provider of the Region that its metrics are in.
    """
    dimensions = {"WebACL": name, "Rule": "ALL"} | ({} if region is None else {"Region": region})

    def count(metric: str) -> Metric:
        return Metric("AWS/WAFV2", metric, dimensions, "Sum", 300, provider)

    Alarm(
        web_acl,
        "Refused",
        metric=count("BlockedRequests"),
        threshold=Threshold(config.refused, periods=3),
        severity=Severity.P2,
        description="AWS WAF refuses many requests. Look in the log of the web ACL at"
        " terminatingRuleId, the addresses and the paths: one address or path is an attack, many"
        " customers on one path are a rule to count instead.",
        alerts=alerts,
        missing=_QUIET,
    )
    Alarm(
        web_acl,
        "RefusedShare",
        metric=Share(count("BlockedRequests"), count("AllowedRequests")),
        threshold=Threshold(config.refused_per_100, periods=3),
        severity=Severity.P2,
        description="AWS WAF refuses a large part of all requests. If a rule or a version of a"
        " managed group changed lately, it may refuse customers: let it count, and look in the log"
        " which paths it met.",
        alerts=alerts,
        missing=_QUIET,
    )
