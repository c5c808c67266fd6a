"""What a distribution stands in: stacks of one environment, with origins in an earlier one."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import cdktf

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.cloudfront import presets
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.distribution import Distribution, WebAcl
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.testing.template import Template

HOST = "shop.example.com"
CONFIG: dict[str, Any] = {
    "description": "Shop",
    "aliases": (HOST,),
    "origins": {
        "api": AlbOrigin(load_balancer="public"),
        "media": S3Origin(bucket="media"),
        "static": S3Origin(bucket="static", path="/release"),
    },
    "behaviours": (
        presets.graphql("api"),
        presets.static_assets("static"),
        presets.thumbnails("media"),
        presets.media("media"),
        presets.jwks("api"),
    ),
    "default": presets.api("api"),
}


class DistributionWorld:
    """An environment with everything that a distribution needs, and a stack to put one into.

    Args:
        environment: The environment.
        outdir: Folder for what CDKTF writes.
        apart: Whether the distribution's stack is a later one than that of its origins.
    """

    def __init__(self, environment: Environment, outdir: Path, *, apart: bool = True) -> None:
        self.app = cdktf.Testing.app(outdir=str(outdir))
        self._environment = environment
        self.home = self.stack_named("data")
        self.edge = self.stack_named("edge") if apart else self.home
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.LOG_DELIVERY)
        self.key = Key(self.home, "Data", config=KeyConfig(description="Data", services=services))
        self.zone = HostedZone(self.home, "Zone", config=HostedZoneConfig(domain="example.com"))
        self.alerts = Alerts(self.home, "Alerts", config=AlertsConfig(), key=self.key)
        self.logs = self.bucket("Logs", Purpose.LOGS)
        self.buckets = {
            "media": self.bucket("Media", Purpose.MEDIA),
            "static": self.bucket("Static", Purpose.STATIC),
        }
        self._vpc: Vpc | None = None
        self.load_balancers: dict[str, LoadBalancer] = {}

    def stack_named(self, name: str) -> PlatformStack:
        """Return another stack of the environment."""
        return PlatformStack(self.app, name, target=self._environment)

    def bucket(self, id: str, purpose: Purpose) -> Bucket:
        """Return another bucket beside the origins."""
        config = BucketConfig(purpose=purpose, retention_days=90 if purpose.expires else None)
        return Bucket(self.home, id, config=config, key=self.key)

    def load_balancer(
        self,
        id: str = "Public",
        *,
        key: bool = True,
        names: tuple[str, ...] = (HOST,),
        **config: Any,
    ) -> LoadBalancer:
        """Return a load balancer beside the other origins, by default for CloudFront alone."""
        network = VpcConfig(
            cidr=IPv4Network("10.30.0.0/16"),
            zones=("a", "b"),
            nat_zones=(),
            endpoints=(),
            flow_logs=None,
            ipv6=True,
        )
        self._vpc = self._vpc or Vpc(self.home, "Vpc", config=network, key=self.key)
        first, *others = names
        given: dict[str, Any] = {"sources": ("cloudfront",)} | config
        return LoadBalancer(
            self.home,
            id,
            config=LoadBalancerConfig(**given),
            vpc=self._vpc,
            certificate=Certificate(
                self.home,
                f"{id}Certificate",
                config=CertificateConfig(domain=first, alternatives=tuple(others)),
                zone=self.zone,
            ),
            logs=self.bucket(f"{id}Logs", Purpose.LOAD_BALANCER_LOGS),
            alerts=self.alerts,
            key=self.key if key else None,
        )

    def distribution(
        self,
        id: str = "Saleor",
        *,
        stack: PlatformStack | None = None,
        web_acl: WebAcl | None = None,
        proven_by: Certificate | None = None,
        **config: Any,
    ) -> Distribution:
        """Return the distribution under test; its load balancers are made where it names them."""
        given = DistributionConfig(**(CONFIG | config))
        if any(it.kind != "s3" for it in given.origins.values()) and not self.load_balancers:
            self.load_balancers["public"] = self.load_balancer()
        return Distribution(
            stack or self.edge,
            id,
            config=given,
            zone=self.zone,
            logs=self.logs,
            alerts=self.alerts,
            buckets=self.buckets,
            load_balancers=self.load_balancers,
            web_acl=web_acl,
            proven_by=proven_by,
        )

    def template(self) -> Template:
        """Return the stack of the distribution."""
        return Template(self.edge)


def bucket_only(**config: Any) -> dict[str, Any]:
    """Return a configuration with one bucket and nothing else."""
    return {
        "origins": {"media": S3Origin(bucket="media")},
        "behaviours": (),
        "default": presets.media("media", path="*"),
    } | config
