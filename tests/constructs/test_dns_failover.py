"""Health checks and names that fail over: asked from outside, never by the name itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from cdktf_cdktf_provider_aws.provider import AwsProvider

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.alias_record import AliasTarget
from platform_lib.dns.config import FailoverRecordConfig, HealthCheckConfig, HostedZoneConfig
from platform_lib.dns.failover_record import FailoverRecord
from platform_lib.dns.health_check import HealthCheck
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template

FIRST = AliasTarget(dns_name="first.elb.amazonaws.com", zone_id="Z35SXDOTRQ7X7K")
SECOND = AliasTarget(
    dns_name="second.cloudfront.net", zone_id="Z2FDTNDATAQYW2", evaluates_health=False
)


def _alerts(stack: PlatformStack) -> Alerts:
    key = Key(stack, "Data", config=KeyConfig(description="Data"))
    return Alerts(stack, "Alerts", config=AlertsConfig(), key=key)


def _check(
    stack: PlatformStack,
    *,
    alerts: Alerts | None = None,
    provider: AwsProvider | None = None,
    **config: Any,
) -> HealthCheck:
    given: dict[str, Any] = {"host": "origin.example.com", "path": "/health/"} | config
    return HealthCheck(
        stack, "Origin", config=HealthCheckConfig(**given), alerts=alerts, provider=provider
    )


def _fail_over(
    stack: PlatformStack,
    *,
    host: str = "shop.example.com",
    primary: AliasTarget = FIRST,
    secondary: AliasTarget = SECOND,
) -> dict[str, Block]:
    zone = HostedZone(stack, "Zone", config=HostedZoneConfig(domain="example.com"))
    FailoverRecord(
        stack,
        "Shop",
        config=FailoverRecordConfig(host=host),
        zone=zone,
        primary=primary,
        secondary=secondary,
        health_check=_check(stack),
    )
    blocks = Template(stack).all("aws_route53_record").values()
    return {f"{it['set_identifier']} {it['type']}": it for it in blocks}


def test_it_asks_over_tls_by_name(stack: PlatformStack) -> None:
    """A server with several certificates shows the right one only to who names it."""
    _check(stack)

    check = Template(stack).only("aws_route53_health_check")
    assert (check["type"], check["fqdn"], check["port"]) == ("HTTPS", "origin.example.com", 443)
    assert (check["resource_path"], check["enable_sni"]) == ("/health/", True)
    assert (check["request_interval"], check["failure_threshold"]) == (30, 3)
    assert "regions" not in check
    assert "search_string" not in check
    assert check["tags"] == {"Name": "shop-prod-origin"}
    assert check["lifecycle"] == {"create_before_destroy": True}


def test_every_option_arrives(stack: PlatformStack) -> None:
    """The other side of each default."""
    _check(
        stack,
        contains="ok",
        port=8443,
        interval_seconds=10,
        failures=2,
        regions=("us-east-1", "eu-west-1", "sa-east-1"),
    )

    check = Template(stack).only("aws_route53_health_check")
    assert (check["type"], check["search_string"]) == ("HTTPS_STR_MATCH", "ok")
    assert (check["port"], check["request_interval"], check["failure_threshold"]) == (8443, 10, 2)
    assert check["regions"] == ["eu-west-1", "sa-east-1", "us-east-1"]


def test_somebody_is_woken_when_it_is_not_healthy(stack: PlatformStack) -> None:
    """Customers are at the second target by then."""
    _check(stack, alerts=_alerts(stack))

    alarm = Template(stack).only("aws_cloudwatch_metric_alarm")
    assert alarm["alarm_name"] == "shop-prod-origin-unhealthy-p1"
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/Route53", "HealthCheckStatus")
    assert alarm["dimensions"]["HealthCheckId"].startswith("${aws_route53_health_check.Origin_")
    assert (alarm["statistic"], alarm["comparison_operator"]) == ("Minimum", "LessThanThreshold")
    assert (alarm["threshold"], alarm["evaluation_periods"]) == (1, 2)
    assert alarm["alarm_actions"][0].startswith("${aws_sns_topic.Alerts_P1_")


def test_without_alerts_nobody_hears(stack: PlatformStack) -> None:
    """Which has to be written."""
    _check(stack)

    assert Template(stack).count("aws_cloudwatch_metric_alarm") == 0


def test_the_alarm_is_where_route_53_reports(environment: Environment, tmp_path: Path) -> None:
    """An alarm elsewhere would see nothing for ever."""
    stack = stack_of(environment.evolve(region="eu-central-1"), tmp_path)

    with pytest.raises(PlatformError) as refused:
        _check(stack, alerts=_alerts(stack))

    assert str(refused.value) == (
        "shop-prod-test/Origin: Route 53 reports health in us-east-1 only, and alerts is in"
        " eu-central-1; give alerts and a provider of us-east-1, or alerts=None"
        " [HealthAlarmElsewhere]"
    )


def test_elsewhere_the_alarm_needs_a_provider(environment: Environment, tmp_path: Path) -> None:
    """Topics of us-east-1 alone do not bring the alarm there."""
    stack = stack_of(environment.evolve(region="eu-central-1"), tmp_path)
    alerts = _alerts(stack_of(environment, tmp_path / "home", "home"))

    with pytest.raises(PlatformError, match="without provider the alarm would be in eu-central-1"):
        _check(stack, alerts=alerts)


def test_the_alarm_is_made_by_the_provider(stack: PlatformStack) -> None:
    """The health check itself is in no Region."""
    provider = AwsProvider(stack, "Global", alias="global", region="us-east-1")

    _check(stack, alerts=_alerts(stack), provider=provider)

    template = Template(stack)
    assert template.only("aws_cloudwatch_metric_alarm")["provider"] == "aws.global"
    assert "provider" not in template.only("aws_route53_health_check")


def test_the_first_target_is_checked_and_the_second_is_not(stack: PlatformStack) -> None:
    """With nothing left, an answer is better than none."""
    records = _fail_over(stack)

    assert set(records) == {"primary A", "primary AAAA", "secondary A", "secondary AAAA"}
    for kind in ("A", "AAAA"):
        first, second = records[f"primary {kind}"], records[f"secondary {kind}"]
        assert first["name"] == second["name"] == "shop.example.com"
        assert first["zone_id"] == second["zone_id"]
        assert first["failover_routing_policy"] == {"type": "PRIMARY"}
        assert second["failover_routing_policy"] == {"type": "SECONDARY"}
        assert first["health_check_id"].startswith("${aws_route53_health_check.Origin_")
        assert "health_check_id" not in second
        assert first["alias"] == {
            "name": "first.elb.amazonaws.com",
            "zone_id": "Z35SXDOTRQ7X7K",
            "evaluate_target_health": True,
        }
        assert second["alias"] == {
            "name": "second.cloudfront.net",
            "zone_id": "Z2FDTNDATAQYW2",
            "evaluate_target_health": False,
        }


@pytest.mark.parametrize(("first", "second"), [(True, False), (False, True), (False, False)])
def test_it_has_ipv6_where_both_targets_have(
    stack: PlatformStack, *, first: bool, second: bool
) -> None:
    """Clients with IPv6 must be able to fail over too; without AAAA they use IPv4."""
    records = _fail_over(
        stack,
        primary=AliasTarget(FIRST.dns_name, FIRST.zone_id, ipv6=first),
        secondary=AliasTarget(SECOND.dns_name, SECOND.zone_id, ipv6=second),
    )

    assert set(records) == {"primary A", "secondary A"}


def test_a_name_is_not_checked_by_itself(stack: PlatformStack) -> None:
    """It would go back and forth."""
    with pytest.raises(PlatformError) as refused:
        _fail_over(stack, host="origin.example.com")

    assert str(refused.value) == (
        "shop-prod-test/Shop: the health check asks 'origin.example.com', which leads to the second"
        " target as soon as it fails, and back as soon as that answers; give it a name that always"
        " leads to the first [ChecksItself]"
    )


def test_a_name_that_fails_over_is_in_its_zone(stack: PlatformStack) -> None:
    """As any other."""
    with pytest.raises(PlatformError, match=r"\[OutsideZone\]"):
        _fail_over(stack, host="shop.example.org")
