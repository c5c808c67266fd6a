"""The edge of an environment: what its stack has, what moves there, and who reads what is behind it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.app import build_app
from platform_lib.cloudfront import presets
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.environment import Environment
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.services.config import ServiceRoute
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.project import SynthesisedProject
from platform_lib.testing.template import Block, Template
from platform_lib.waf.config import Mode, Scope, WebAclConfig
from tests.config.service_shop import DOMAIN, environment, web

LOCKED = LoadBalancerConfig(sources=("cloudfront",))
SHOP = DistributionConfig(
    description="Shop",
    aliases=(f"shop.{DOMAIN}",),
    origins={"shop": AlbOrigin(load_balancer="public"), "media": S3Origin(bucket="media")},
    behaviours=(presets.media("media"),),
    default=presets.api("shop"),
)
PARTS: Mapping[str, Any] = {
    "load_balancers": {
        "public": LOCKED,
        "private": LOCKED.evolve(internal=True),
        "office": LoadBalancerConfig(sources=("10.0.0.0/8",), internal=True),
    },
    "distributions": {"shop": SHOP},
    "services": {
        "shop": web(route=ServiceRoute(load_balancer="public", hosts=("shop",), priority=100)),
        "admin": web(route=ServiceRoute(load_balancer="office", hosts=("admin",), priority=100)),
    },
}
WEB_ACL = WebAclConfig(scope=Scope.CLOUDFRONT, large_bodies="refused")


def built(outdir: Path, **parts: Any) -> dict[str, Template]:
    """Return the stacks of the shop by name, in dependency order."""
    found = environment(**{**PARTS, **parts})
    stacks = build_app([found.account], [found], outdir=outdir).stacks
    # The later stack first: its references are what makes the others publish.
    templates = {it.id: Template(it) for it in reversed(stacks)}
    return {it.id: templates[it.id] for it in stacks}


def hosts(template: Template) -> set[str]:
    """Return the hosts for which a stack has addresses of both versions."""
    records = [it for it in template.all("aws_route53_record").values() if it.get("alias")]
    versions: dict[str, set[str]] = {}
    for record in records:
        versions.setdefault(record["name"], set()).add(record["type"])
    return {host for host, types in versions.items() if types == {"A", "AAAA"}}


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """Return the stacks of the shop, with a web ACL."""
    return built(tmp_path_factory.mktemp("edge"), web_acl=WEB_ACL)


@pytest.fixture
def edge(stacks: dict[str, Template]) -> Template:
    """Return that of the edge."""
    return stacks["shop-dev-edge"]


class TestShop:
    """A small shop with one distribution, a load balancer and a bucket."""

    def test_it_is_the_last_one(self, stacks: dict[str, Template]) -> None:
        """It reads from those before, and nothing reads from it."""
        assert [it.removeprefix("shop-dev-") for it in stacks][-3:] == ["ecs", "services", "edge"]

    def test_a_distribution_is_called_by_its_name(self, edge: Template) -> None:
        """In the address, and in what AWS shows."""
        distribution = edge.only(
            "aws_cloudfront_distribution", path="edge/ShopDistribution/Resource"
        )

        assert distribution["tags"]["Name"] == "shop-dev-shop-distribution"
        assert distribution["comment"] == "Shop"

    def test_its_origins_are_those_of_the_environment(self, edge: Template) -> None:
        """The bucket of the data stack and the load balancer of the cluster's."""
        distribution = edge.only("aws_cloudfront_distribution")

        found = {it["origin_id"]: it["domain_name"] for it in distribution["origin"]}
        assert {name: domain.partition(".")[0] for name, domain in found.items()} == {
            "media": "${data",
            "shop": "${data",
        }
        assert "shop-dev-data" in found["media"]
        assert "shop-dev-ecs" in found["shop"]

    def test_the_web_acl_looks_first(self, edge: Template) -> None:
        """One for all distributions, made before them."""
        web_acl = edge.only("aws_wafv2_web_acl", path="edge/WebAcl/Resource")
        distribution = edge.only("aws_cloudfront_distribution")

        assert web_acl["scope"] == "CLOUDFRONT"
        assert distribution["web_acl_id"].startswith("${aws_wafv2_web_acl.WebAcl_")

    def test_requests_are_recorded_for_a_year(self, edge: Template) -> None:
        """In a bucket for it, encrypted with the key of logs."""
        kept = edge.only("aws_s3_bucket_lifecycle_configuration", path="EdgeLogs/Lifecycle")
        key = edge.only("aws_s3_bucket_server_side_encryption_configuration")
        delivery = edge.only("aws_cloudwatch_log_delivery_destination")

        days = {it["expiration"][0]["days"] for it in kept["rule"] if it.get("expiration")}
        ((rule,),) = (key["rule"],)
        assert 365 in days
        assert "aws_kms_keyLogs_" in str(rule)
        assert "EdgeLogs" in str(delivery["delivery_destination_configuration"])

    def test_the_hosts_of_viewers_lead_to_it(self, stacks: dict[str, Template]) -> None:
        """And only those that no distribution answers for lead to load balancers."""
        assert hosts(stacks["shop-dev-edge"]) == {f"shop.{DOMAIN}"}
        assert hosts(stacks["shop-dev-services"]) == {f"admin.{DOMAIN}"}

    def test_ids_and_names_are_published(self, edge: Template) -> None:
        """For invalidations, and for those who have the DNS elsewhere."""
        assert set(edge.output("distribution_ids")) == {"shop"}
        assert set(edge.output("distribution_domains")) == {"shop"}

    def test_alarms_wake_the_environments_people(self, edge: Template) -> None:
        """That of the distribution and those of the web ACL."""
        alarms = edge.all("aws_cloudwatch_metric_alarm").values()

        assert {it["namespace"] for it in alarms if "namespace" in it} == {
            "AWS/CloudFront",
            "AWS/WAFV2",
        }
        assert all("shop-dev-alerts" in str(it["alarm_actions"]) for it in alarms)


def test_without_a_web_acl_nothing_looks(tmp_path: Path) -> None:
    """And nothing of AWS WAF is paid for."""
    edge = built(tmp_path)["shop-dev-edge"]

    assert "web_acl_id" not in edge.only("aws_cloudfront_distribution")
    assert [it for it in edge.paths() if it.startswith("aws_wafv2")] == []


def test_without_distributions_there_is_no_such_stack(tmp_path: Path) -> None:
    """Hosts lead to the load balancers."""
    stacks = built(
        tmp_path,
        distributions={},
        load_balancers={**PARTS["load_balancers"], "public": LOCKED.evolve(sources=("everybody",))},
    )

    assert "shop-dev-edge" not in stacks
    assert hosts(stacks["shop-dev-services"]) == {f"admin.{DOMAIN}", f"shop.{DOMAIN}"}


def test_a_wildcard_takes_every_host(tmp_path: Path) -> None:
    """A record of one host would go before that of the wildcard, and around the distribution."""
    shop = SHOP.evolve(aliases=(f"*.{DOMAIN}",))
    services = {"shop": PARTS["services"]["shop"]}

    stacks = built(tmp_path, distributions={"shop": shop}, services=services)

    assert hosts(stacks["shop-dev-edge"]) == {f"*.{DOMAIN}"}
    assert hosts(stacks["shop-dev-services"]) == set()


def test_a_private_load_balancer_is_reached_inside_the_vpc(tmp_path: Path) -> None:
    """Beside the external ones that the environments of the checkout have."""
    inside = SHOP.evolve(
        origins={"shop": VpcOrigin(load_balancer="private")}, behaviours=(), aliases=(DOMAIN,)
    )
    services = {
        "shop": web(route=ServiceRoute(load_balancer="private", hosts=("@",), priority=100))
    }

    stacks = built(tmp_path, distributions={"inside": inside}, services=services)

    edge = stacks["shop-dev-edge"]
    endpoint = edge.only("aws_cloudfront_vpc_origin", path="InsideDistribution/VpcOriginShop")
    assert endpoint["vpc_origin_endpoint_config"][0]["name"] == "shop-dev-inside-distribution-shop"
    assert hosts(edge) == {DOMAIN}


def test_buckets_can_be_served_without_services(tmp_path: Path) -> None:
    """There is no cluster then, and no load balancer."""
    files = SHOP.evolve(
        origins={"files": S3Origin(bucket="static")},
        behaviours=(),
        default=presets.static_assets("files", path="*"),
    )

    stacks = built(
        tmp_path,
        distributions={"files": files},
        buckets={"static": BucketConfig(purpose=Purpose.STATIC)},
        services={},
        load_balancers={},
        cluster=None,
        email=None,
    )

    (origin,) = stacks["shop-dev-edge"].only("aws_cloudfront_distribution")["origin"]
    assert "shop-dev-ecs" not in stacks
    assert "shop-dev-data" in origin["domain_name"]


CHECKOUTS = ("checkout-dev", "checkout-stage", "checkout-prod")
MODES = {"checkout-dev": Mode.COUNT, "checkout-stage": Mode.STANDBY, "checkout-prod": Mode.ACTIVE}
DISTRIBUTIONS = ("SaleorDistribution", "StorefrontDistribution")


@pytest.mark.parametrize("name", CHECKOUTS)
class TestCheckouts:
    """The environments of the checkout, as they are synthesised."""

    def test_the_web_acl_protects_counts_or_stands_by(
        self, synthesised: SynthesisedProject, name: str
    ) -> None:
        """Production is protected, development counts, and staging's is attached to nothing."""
        template = synthesised.stacks[f"{name}-edge"].template
        rules = template.only("aws_wafv2_web_acl")["rule"]
        distributions = template.all("aws_cloudfront_distribution").values()

        attached = [str(it.get("web_acl_id", "")) for it in distributions]
        mode = MODES[name]
        assert len(attached) == len(DISTRIBUTIONS)
        for arn in attached:
            assert arn.startswith("${aws_wafv2_web_acl.") is (mode is not Mode.STANDBY)
        assert {_does(it) for it in rules} == ({"count"} if mode is Mode.COUNT else {"refuse"})

    def test_hosts_lead_to_distributions_only(
        self, synthesised: SynthesisedProject, name: str
    ) -> None:
        """Four at the edge, and none that goes around it."""
        target = synthesised.stacks[f"{name}-edge"].target
        assert isinstance(target, Environment)

        edge = hosts(synthesised.stacks[f"{name}-edge"].template)

        labels = ("api", "dashboard", "pay", "storefront")
        assert edge == {f"{label}.{target.domain}" for label in labels}
        assert hosts(synthesised.stacks[f"{name}-services"].template) == set()

    def test_load_balancers_take_requests_from_cloudfront_only(
        self, synthesised: SynthesisedProject, name: str
    ) -> None:
        """They are external and dual-stack, with CloudFront's prefix lists and the secret header."""
        template = synthesised.stacks[f"{name}-ecs"].template
        rules = template.all("aws_vpc_security_group_ingress_rule").values()
        listeners = synthesised.stacks[f"{name}-services"].template.all("aws_lb_listener_rule")

        assert {
            (it["internal"], it["ip_address_type"]) for it in template.all("aws_lb").values()
        } == {(False, "dualstack")}
        assert {it["from_port"] for it in rules if "prefix_list_id" in it} == {443}
        assert [it for it in rules if "cidr_ipv4" in it or "cidr_ipv6" in it] == []
        assert all("http_header" in str(it["condition"]) for it in listeners.values())
        assert len(listeners) > 0


def _does(rule: Block) -> str:
    """Tell whether a rule refuses what it finds or only counts it."""
    (action,) = rule.get("override_action") or rule["action"]
    return "count" if "count" in action else "refuse"


READERS = {"SaleorApiTaskRole": {"Media", "Static"}, "SaleorWorkerTaskRole": {"Media"}}
"""Roles that read the buckets themselves, as the table of the services' permissions says."""

OBJECTS = {"Media": "products/shirt.jpg", "Static": "js/app.js"}


class Buckets:
    """The buckets of one environment, and who may read them."""

    def __init__(self, synthesised: SynthesisedProject, name: str) -> None:
        stacks = synthesised.of(name)
        self.name = name
        self.account = stacks[0].account.id
        self.access = Access.of(
            *(it.template for it in (*synthesised.of(stacks[0].account.name), *stacks))
        )
        self.roles = sorted(
            path.removesuffix("/Resource")
            for stack in stacks
            for path in stack.template.paths().get("aws_iam_role", [])
        )

    def reads(self, principal: str, bucket: str, **context: str) -> bool:
        """Tell whether somebody may get an object and decrypt it, over TLS."""
        tls = {"aws:SecureTransport": "true"} | context
        return all(
            self.access.evaluate(Request(principal, action, resource, tls, self.account)).allowed
            for action, resource in (
                ("s3:GetObject", f"{self.access.arn(f'{bucket}Bucket')}/{OBJECTS[bucket]}"),
                ("kms:Decrypt", self.access.arn(f"{self.name}-keys/Data")),
            )
        )


@pytest.fixture(scope="module", params=CHECKOUTS)
def buckets(request: pytest.FixtureRequest, synthesised: SynthesisedProject) -> Buckets:
    """Return those of each environment that has a distribution."""
    return Buckets(synthesised, request.param)


@pytest.mark.parametrize("bucket", OBJECTS)
class TestDirectAccess:
    """What the bucket policy and the key policy of the edge say together with all others."""

    def test_the_distribution_reads(self, buckets: Buckets, bucket: str) -> None:
        """As CloudFront, for the distribution that serves the bucket."""
        saleor = buckets.access.arn("SaleorDistribution")

        assert buckets.reads("cloudfront.amazonaws.com", bucket, **{"aws:SourceArn": saleor})

    def test_no_other_distribution_reads(self, buckets: Buckets, bucket: str) -> None:
        """Neither the environment's own other one, nor one of nobody in particular."""
        others = (buckets.access.arn("StorefrontDistribution"), _foreign(buckets.account), None)

        found = [
            other
            for other in others
            if buckets.reads(
                "cloudfront.amazonaws.com",
                bucket,
                **({} if other is None else {"aws:SourceArn": other}),
            )
        ]

        assert found == []

    def test_no_role_reads_but_those_that_were_given_it(
        self, buckets: Buckets, bucket: str
    ) -> None:
        """Every role of the environment is asked."""
        readers = {
            path.rpartition("/")[2]
            for path in buckets.roles
            if buckets.reads(buckets.access.arn(path), bucket)
        }

        assert len(buckets.roles) > len(READERS)
        assert readers == {name for name, read in READERS.items() if bucket in read}

    @pytest.mark.parametrize(
        "principal",
        [
            "*",
            "arn:aws:iam::999999999999:root",
            "arn:aws:iam::999999999999:role/admin",
            "s3.amazonaws.com",
            "logging.s3.amazonaws.com",
            "delivery.logs.amazonaws.com",
        ],
    )
    def test_nobody_outside_reads(self, buckets: Buckets, bucket: str, principal: str) -> None:
        """Not the internet, not another account, not another service of AWS."""
        assert not buckets.reads(principal, bucket)


def _foreign(account: str) -> str:
    return f"arn:aws:cloudfront::{account}:distribution/EFOREIGN"


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_no_distribution_reads_what_is_recorded(buckets: Buckets, distribution: str) -> None:
    """Neither their own log nor those of others."""
    found = [
        log
        for log in _logs(buckets)
        if buckets.access.evaluate(
            Request(
                "cloudfront.amazonaws.com",
                "s3:GetObject",
                f"{log}/AWSLogs/a.gz",
                {"aws:SecureTransport": "true", "aws:SourceArn": buckets.access.arn(distribution)},
            )
        ).allowed
    ]

    assert found == []


def _logs(buckets: Buckets) -> Iterator[str]:
    for bucket in ("EdgeLogs", "LoadBalancerLogs", f"{buckets.name}-data/AccessLogs"):
        yield buckets.access.arn(bucket)
