"""A stack with web ACLs of both scopes, a load balancer behind one, and a name that fails over."""

from __future__ import annotations

import json
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from cdktf import Testing
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.alias_record import AliasTarget
from platform_lib.dns.config import FailoverRecordConfig, HealthCheckConfig, HostedZoneConfig
from platform_lib.dns.failover_record import FailoverRecord
from platform_lib.dns.health_check import HealthCheck
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.testing.template import Template
from platform_lib.waf.config import Mode, Scope, WebAclConfig, WebAclLogs
from platform_lib.waf.managed_groups import ManagedGroup
from platform_lib.waf.rules import IpRule, ManagedGroupRule, RateRule
from platform_lib.waf.web_acl import WebAcl
from tests.local.shop import shop

FIRST = WebAclConfig(
    scope=Scope.CLOUDFRONT,
    # Every rule costs Terraform and the provider half a second in every command: the baseline and the
    # one about large bodies are in the environments that tests/applied applies.
    large_bodies="allowed",
    rules={
        "office": IpRule(
            priority=10,
            addresses=(IPv4Network("203.0.113.0/24"), IPv6Network("2001:db8::/32")),
            action="allow",
        ),
        "partners": IpRule(
            priority=20,
            addresses=(IPv4Network("198.51.100.0/24"),),
            action="block",
            outside=True,
            forwarded_header="True-Client-IP",
            position="any",
        ),
        "flood": RateRule(priority=30, limit=5000),
        "login": RateRule(
            priority=40,
            limit=100,
            window_seconds=60,
            path="/login/",
            forwarded_header="X-Forwarded-For",
        ),
    },
    inspected_body_kib=32,
)
SECOND = FIRST.evolve(
    mode=Mode.COUNT,
    rules={
        "office": FIRST.rules["office"].evolve(addresses=(IPv4Network("192.0.2.0/24"),)),
        "core": ManagedGroupRule(
            priority=200, group=ManagedGroup.CORE, count=("GenericLFI_BODY",), version="Version_1.4"
        ),
        "flood": FIRST.rules["flood"].evolve(limit=4000),
    },
    inspected_body_kib=16,
    logs=WebAclLogs(records="all", redact_query=True, redacted_headers=("x-api-key",)),
)
_FLOOD = RateRule(priority=1, limit=1000, forwarded_header="X-Forwarded-For")


def write(folder: Path, config: WebAclConfig, *, account_id: str) -> None:
    """Synthesise the stack into ``folder``, with its state beside it."""
    environment = shop(account_id=account_id, region="us-east-1")
    folder.mkdir(parents=True, exist_ok=True)
    app = Testing.app(outdir=str(folder.with_suffix(".out")))
    written = Template(EdgeRules(app, environment=environment, config=config)).json
    del written["terraform"]["backend"]
    (folder / "cdk.tf.json").write_text(json.dumps(written, indent=2))


class EdgeRules(PlatformStack):
    """What AWS WAF and Route 53's health checks are asked for."""

    def __init__(self, scope: Construct, *, environment: Environment, config: WebAclConfig) -> None:
        super().__init__(scope, "edge", target=environment)
        users = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.CLOUDWATCH_LOGS)
        key = Key(self, "Data", config=KeyConfig(description="Shop", services=users))
        alerts = Alerts(self, "Alerts", config=AlertsConfig(), key=key)
        zone = HostedZone(self, "Zone", config=HostedZoneConfig(domain="example.com"))
        vpc = Vpc(self, "Vpc", config=environment.vpc, key=key)
        balancer = self._load_balancer(vpc, zone, alerts, key)
        WebAcl(
            self,
            "Edge",
            config=config,
            key=key,
            alerts=alerts,
            provider=AwsProvider(
                self,
                "Global",
                alias="global",
                region="us-east-1",
                allowed_account_ids=[environment.account.id],
            ),
        )
        regional = WebAclConfig(
            scope=Scope.REGIONAL, large_bodies="allowed", rules={"flood": _FLOOD}
        )
        behind = WebAcl(self, "Balancer", config=regional, key=key, alerts=alerts)
        behind.protect_load_balancer(balancer, fail_open=True)
        check = HealthCheck(
            self,
            "Health",
            config=HealthCheckConfig(
                host="origin.example.com",
                path="/health/",
                contains="ok" if config.mode is Mode.COUNT else None,
                failures=2 if config.mode is Mode.COUNT else 3,
                regions=("eu-west-1", "us-east-1", "us-west-2"),
            ),
            alerts=alerts,
        )
        FailoverRecord(
            self,
            "Shop",
            config=FailoverRecordConfig(host="shop.example.com"),
            zone=zone,
            primary=balancer.alias,
            secondary=AliasTarget(
                dns_name=balancer.alias.dns_name,
                zone_id=balancer.alias.zone_id,
                ipv6=False,
                evaluates_health=False,
            ),
            health_check=check,
        )

    def _load_balancer(self, vpc: Vpc, zone: HostedZone, alerts: Alerts, key: Key) -> LoadBalancer:
        logs = BucketConfig(purpose=Purpose.LOAD_BALANCER_LOGS, retention_days=365)
        names = CertificateConfig(domain="api.example.com")
        return LoadBalancer(
            self,
            "Public",
            config=LoadBalancerConfig(sources=("everybody",), dual_stack=False),
            vpc=vpc,
            certificate=Certificate(self, "Certificate", config=names, zone=zone),
            logs=Bucket(self, "Logs", config=logs, key=key),
            alerts=alerts,
        )
