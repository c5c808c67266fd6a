"""Where services run: the cluster always, and what an environment has for hosts and for mail."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_lib.app import build_app
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.environment import Environment
from platform_lib.ses.config import EmailIdentityConfig
from platform_lib.testing.template import Template
from tests.config.service_shop import DOMAIN, account, environment, web

Ecs = Callable[..., Template]
NO_DATA: dict[str, Any] = {
    it: {} for it in ("databases", "caches", "brokers", "tables", "buckets", "secrets")
}
ZONES = {
    "main": HostedZoneConfig(domain="example.com"),
    "shop": HostedZoneConfig(domain=DOMAIN),
}
BARE: dict[str, Any] = {**NO_DATA, "load_balancers": {}, "domain": None, "email": None}


def build(found: Environment, tmp_path: Path) -> dict[str, PlatformStack]:
    """Construct an environment and its account."""
    app = build_app([found.account], [found], outdir=tmp_path / "cdktf.out")
    return {stack.id: stack for stack in app.stacks}


@pytest.fixture
def ecs(tmp_path: Path) -> Ecs:
    """Return what builds the stack of an environment with these parts."""

    def template(**fields: Any) -> Template:
        return Template(build(environment(**{**NO_DATA, **fields}), tmp_path)["shop-dev-ecs"])

    return template


class TestCluster:
    """The cluster is the one thing that is always there."""

    def test_needs_neither_hosts_nor_mail(self, ecs: Ecs) -> None:
        """An environment of workers has nothing of them."""
        template = ecs(**BARE)

        assert template.count("aws_ecs_cluster") == 1
        for kind in ("aws_lb", "aws_acm_certificate", "aws_s3_bucket", "aws_sesv2_email_identity"):
            assert template.count(kind) == 0

    def test_is_not_there_for_an_environment_without(self, tmp_path: Path) -> None:
        """Nor is its stack, nor that of services."""
        stacks = build(environment(**BARE, cluster=None), tmp_path)

        assert not {"shop-dev-ecs", "shop-dev-services"} & set(stacks)

    def test_is_there_before_the_first_service(self, tmp_path: Path) -> None:
        """The stack of services comes with the first of them."""
        without = build(environment(**NO_DATA), tmp_path)
        with_one = build(environment(**NO_DATA, services={"api": web()}), tmp_path)

        assert "shop-dev-ecs" in without
        assert "shop-dev-services" not in without
        assert "shop-dev-services" in with_one

    def test_does_not_change_with_services(self, tmp_path: Path) -> None:
        """A service is a change of one stack: hosts, rules and target groups are there."""
        plain = Template(build(environment(**NO_DATA), tmp_path)["shop-dev-ecs"]).paths()
        stacks = build(environment(**NO_DATA, services={"api": web()}), tmp_path)

        assert Template(stacks["shop-dev-ecs"]).paths() == plain


class TestLoadBalancers:
    """Each by its name, with one certificate and one bucket for all."""

    def test_are_those_of_the_environment(self, ecs: Ecs) -> None:
        """The public one faces the world, the other does not."""
        template = ecs()

        internal = {
            path: template.only("aws_lb", path=path)["internal"]
            for path in ("PublicLoadBalancer/Resource", "OfficeLoadBalancer/Resource")
        }
        assert internal == {
            "PublicLoadBalancer/Resource": False,
            "OfficeLoadBalancer/Resource": True,
        }
        assert template.count("aws_lb") == 2

    def test_have_a_certificate_for_every_host_of_the_domain(self, ecs: Ecs) -> None:
        """One level below, and the domain itself, so that a new host changes nothing here."""
        template = ecs()

        certificate = template.only("aws_acm_certificate")

        assert certificate["domain_name"] == DOMAIN
        assert certificate["subject_alternative_names"] == [f"*.{DOMAIN}"]
        for listener in template.all("aws_lb_listener").values():
            if listener["protocol"] == "HTTPS":
                assert "Certificate" in listener["certificate_arn"]

    def test_record_their_requests_in_one_bucket(self, ecs: Ecs) -> None:
        """For a year."""
        template = ecs()

        balancers = template.all("aws_lb").values()
        assert len({it["access_logs"]["bucket"] for it in balancers}) == 1
        assert template.count("aws_s3_bucket") == 1
        rules = json.dumps(template.only("aws_s3_bucket_lifecycle_configuration"))
        assert '"days": 365' in rules

    def test_are_published_by_name(self, ecs: Ecs) -> None:
        """And not where there are none."""
        assert set(ecs().output("load_balancer_names")) == {"public", "office"}
        assert "load_balancer_names" not in ecs(**BARE).json["output"]

    def test_leave_the_cluster_published_without_them(self, ecs: Ecs) -> None:
        """A pipeline names it."""
        assert ecs(**BARE).output("cluster_name")


class TestMail:
    """The domain that mail is sent from, if there is one."""

    def test_is_sent_from_its_domain(self, ecs: Ecs) -> None:
        """Whichever of the account's zones that is in."""
        identity = ecs(email=EmailIdentityConfig(domain=f"mail.{DOMAIN}")).only(
            "aws_sesv2_email_identity"
        )

        assert identity["email_identity"] == f"mail.{DOMAIN}"

    def test_is_not_sent_unless_a_domain_is_named(self, ecs: Ecs) -> None:
        """No identity, no records of one."""
        template = ecs(email=None)

        assert template.count("aws_sesv2_email_identity") == 0
        assert not any("Email" in it for it in template.paths()["aws_route53_record"])

    def test_does_not_need_hosts(self, ecs: Ecs) -> None:
        """A mailer alone is an environment too."""
        template = ecs(**{**BARE, "email": EmailIdentityConfig(domain=DOMAIN)})

        assert template.count("aws_sesv2_email_identity") == 1
        assert template.count("aws_lb") == 0


class TestZones:
    """Records belong to the closest zone."""

    def test_are_the_closest(self, ecs: Ecs) -> None:
        """The shorter one only delegates it."""
        template = ecs(account=account(zones=ZONES))

        zones = {it["zone_id"] for it in template.all("aws_route53_record").values()}
        assert len(zones) == 1
        assert "ShopZone" in zones.pop()

    def test_are_the_only_one_otherwise(self, ecs: Ecs) -> None:
        """It holds the domain as well."""
        zones = {it["zone_id"] for it in ecs().all("aws_route53_record").values()}

        assert len(zones) == 1
        assert "MainZone" in zones.pop()

    def test_can_differ_for_mail(self, ecs: Ecs) -> None:
        """Mail from the company's own domain, hosts below the shop's."""
        template = ecs(
            account=account(zones=ZONES), email=EmailIdentityConfig(domain="example.com")
        )

        zones = {
            path.split("/")[1]: block["zone_id"]
            for path, block in (
                (it["//"]["metadata"]["path"], it)
                for it in template.json["resource"]["aws_route53_record"].values()
            )
        }
        assert "ShopZone" in zones["Certificate"]
        assert "MainZone" in zones["Email"]
