"""Three stacks: topics in us-east-1, origins in another Region, and a distribution in front of them."""

from __future__ import annotations

import json
from pathlib import Path

from cdktf import Testing

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.alb.config import LoadBalancerConfig, Route
from platform_lib.alb.listener_rule import ListenerRule
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alb.target_config import TargetGroupConfig
from platform_lib.alb.target_group import TargetGroup
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.cloudfront import presets
from platform_lib.cloudfront.config import DistributionConfig, ErrorPage, FunctionConfig
from platform_lib.cloudfront.distribution import Distribution
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.cloudfront.policies import (
    CorsHeaders,
    OriginRequestPolicyConfig,
    ResponseHeadersPolicyConfig,
    all_and,
)
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.testing.template import Template
from tests.local.shop import shop

STACKS = ("alerts", "home", "edge")
"""In the order in which they are applied."""

DOMAIN = "shop.example.com"
_USERS = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.CLOUDWATCH_LOGS, KeyUser.LOG_DELIVERY)
_FUNCTION = (
    "function handler(event) { event.request.uri = `/x${event.request.uri}`; return event.request }"
)


def write(folder: Path, *, account_id: str, region: str, later: bool = False) -> None:
    """Synthesise the stacks into folders of ``folder``, with their states beside them.

    Args:
        folder: Where to.
        account_id: Account of the emulated AWS.
        region: Region of the origins, not us-east-1.
        later: Whether what the distribution used of its own is gone by then.
    """
    environment = shop(account_id=account_id, region=region)
    folder.mkdir(parents=True)
    app = Testing.app(outdir=str(folder / "out"))
    american = environment.evolve(name="shop-global", region="us-east-1")
    topics = PlatformStack(app, "alerts", target=american)
    key = Key(topics, "Data", config=KeyConfig(description="Topics", services=_USERS))
    alerts = Alerts(topics, "Alerts", config=AlertsConfig(), key=key)
    home = PlatformStack(app, "home", target=environment)
    origins = _Origins(home, environment)
    edge = PlatformStack(app, "edge", target=environment)
    Distribution(
        edge,
        "Saleor",
        config=_config(later=later),
        zone=origins.zone,
        logs=origins.logs,
        alerts=alerts,
        buckets={"static": origins.static},
        load_balancers=origins.load_balancers,
    )
    # What one stack reads of another is an output there once the reader is synthesised.
    for name, stack in reversed([*zip(STACKS, (topics, home, edge), strict=True)]):
        text = json.dumps(Template(stack).json, indent=2)
        (folder / name).mkdir()
        states = str(folder.parent / "states")
        (folder / name / "cdk.tf.json").write_text(text.replace("../../../state", states))


class _Origins:
    """A bucket, an external and an internal load balancer, and what they need."""

    def __init__(self, stack: PlatformStack, environment: Environment) -> None:
        key = Key(stack, "Data", config=KeyConfig(description="Shop", services=_USERS))
        assert environment.vpc is not None
        vpc = Vpc(stack, "Vpc", config=environment.vpc, key=key)
        alerts = Alerts(stack, "Alerts", config=AlertsConfig(), key=key)
        self.zone = HostedZone(stack, "Zone", config=HostedZoneConfig(domain=DOMAIN))
        self.static = Bucket(stack, "Static", config=BucketConfig(purpose=Purpose.STATIC), key=key)
        self.logs = Bucket(
            stack, "Logs", config=BucketConfig(purpose=Purpose.LOGS, retention_days=90), key=key
        )
        records = Bucket(
            stack,
            "Records",
            config=BucketConfig(purpose=Purpose.LOAD_BALANCER_LOGS, retention_days=90),
            key=key,
        )
        names = CertificateConfig(domain=DOMAIN, alternatives=(f"*.{DOMAIN}",))
        certificate = Certificate(stack, "Certificate", config=names, zone=self.zone)
        self.load_balancers = {
            name: LoadBalancer(
                stack,
                name.title(),
                config=LoadBalancerConfig(
                    sources=("cloudfront",), internal=name == "private", dual_stack=False
                ),
                vpc=vpc,
                certificate=certificate,
                logs=records,
                alerts=alerts,
                key=key,
            )
            for name in ("public", "private")
        }
        targets = TargetGroup(
            stack,
            "Api",
            config=TargetGroupConfig(port=8000),
            load_balancer=self.load_balancers["public"],
            alerts=alerts,
        )
        rule = Route(priority=100, hosts=(f"www.{DOMAIN}",))
        ListenerRule(stack, "ApiRule", config=rule, target_group=targets)


def _config(*, later: bool) -> DistributionConfig:
    headers = ResponseHeadersPolicyConfig(
        name="pages",
        cors=CorsHeaders(origins=("https://example.com",)),
        headers={"X-Shop": "1"},
        remove=("X-Powered-By",),
    )
    country = OriginRequestPolicyConfig(
        name="country", headers=all_and("CloudFront-Viewer-Country")
    )
    catalog = presets.catalog_api("api", path="/catalog/*")
    pages = presets.api("internal", path="/pages/*").evolve(
        origin_request_policy=country,
        response_headers_policy=headers,
        viewer_request="rewrite",
    )
    return DistributionConfig(
        description="Saleor, later" if later else "Saleor",
        aliases=(f"www.{DOMAIN}",),
        origins={
            "api": AlbOrigin(load_balancer="public"),
            "internal": VpcOrigin(load_balancer="private"),
            "static": S3Origin(bucket="static", path="/release"),
        },
        behaviours=(
            presets.graphql("api"),
            *(() if later else (catalog,)),
            presets.api("internal", path="/pages/*") if later else pages,
            presets.static_assets("static"),
        ),
        default=presets.api("api"),
        functions={}
        if later
        else {"rewrite": FunctionConfig(description="Rewrites", code=_FUNCTION)},
        error_pages=(ErrorPage(code=503, path="/static/503.html", response_code=503),),
        waits_for_deployment=not later,
    )
