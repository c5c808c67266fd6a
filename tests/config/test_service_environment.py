"""What accounts and environments have around services: zones, domain, mail, load balancers."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.errors import PlatformError
from platform_lib.ses.config import EmailIdentityConfig
from tests.config.service_shop import account, environment, sentence

LONG = f"{'a' * 52}.example.com"
"""64 characters, the most that a certificate takes."""
IPV4_ONLY = {"vpc": environment().vpc.evolve(ipv6=False)}
OFFICE = LoadBalancerConfig(sources=("10.0.0.0/8",), internal=True)


def said(**fields: Any) -> list[str]:
    """Return what is wrong with an environment, with the codes."""
    with pytest.raises(PlatformError) as refused:
        environment(**fields)
    return [f"{it.message} [{it.code}]" for it in refused.value.problems]


def zones(*domains: str) -> dict[str, HostedZoneConfig]:
    """Return zones called after their first label."""
    return {domain.partition(".")[0]: HostedZoneConfig(domain=domain) for domain in domains}


class TestZones:
    """Zones of an account."""

    @pytest.mark.parametrize(
        ("domain", "zone"),
        [
            ("example.com", "example"),
            ("shop.example.com", "example"),
            ("dev.example.com", "dev"),
            ("a.dev.example.com", "dev"),
            ("mydev.example.com", "example"),
            ("example.org", None),
            ("notexample.com", None),
        ],
    )
    def test_the_closest_one_holds_a_domain(self, domain: str, zone: str | None) -> None:
        """It is asked, since the other one delegates to it."""
        assert account(zones=zones("example.com", "dev.example.com")).zone_of(domain) == zone

    def test_none_holds_anything_where_there_is_none(self) -> None:
        """An account needs no zone."""
        assert account(zones={}).zone_of("example.com") is None

    def test_two_of_one_domain_are_refused(self) -> None:
        """Only one of them has the name servers at the registrar."""
        twice = {name: HostedZoneConfig(domain="example.com") for name in ("main", "old")}

        with pytest.raises(ValidationError) as refused:
            account(zones=twice)

        assert sentence(refused.value) == (
            "zones has 'example.com' as 'main' and as 'old', and only one of them would be asked;"
            " leave one out"
        )


class TestDomain:
    """The domain that an environment's hosts are below."""

    def test_is_in_a_zone_of_the_account(self) -> None:
        """Else nobody could prove it, nor find it."""
        assert said(domain="shop.example.org", email=None) == [
            (
                "domain 'shop.example.org' is in no zone of the account 'workloads', which has"
                " example.com; use a name below one of them, or add a zone to the account [NoZone]"
            )
        ]

    def test_is_in_none_without_zones(self) -> None:
        """The same for the domain that mail is sent from."""
        assert said(account=account(zones={})) == [
            (
                f"{field} 'shop.example.com' is in no zone of the account 'workloads', which has"
                " none; use a name below one of them, or add a zone to the account [NoZone]"
            )
            for field in ("domain", "email.domain")
        ]

    def test_of_mail_may_be_another(self) -> None:
        """In any of the account's zones."""
        two = account(zones=zones("example.com", "mail.example.org"))
        email = EmailIdentityConfig(domain="mail.example.org")

        assert environment(account=two, email=email).email == email

    def test_is_needed_by_load_balancers(self) -> None:
        """For their certificate."""
        assert said(domain=None) == [
            (
                "load_balancers has public, office, and shop-dev has no domain for their"
                " certificate; give it one, as in domain='shop.example.com' [NoDomain]"
            )
        ]
        assert environment(domain=None, load_balancers={}).domain is None

    def test_is_short_enough_for_a_certificate(self) -> None:
        """64 characters, if there is one."""
        assert len(LONG) == 64
        assert environment(domain=LONG).domain == LONG
        assert environment(domain=f"a{LONG}", load_balancers={}).load_balancers == {}
        assert said(domain=f"a{LONG}") == [
            (
                f"domain 'a{LONG}' has 65 characters, and the certificate of load_balancers"
                " public, office takes 64; use a shorter one [DomainTooLong]"
            )
        ]

    def test_is_a_domain(self) -> None:
        """The sentence is that of every domain."""
        with pytest.raises(ValidationError) as refused:
            environment(domain="Shop.example.com")

        assert sentence(refused.value) == (
            "'Shop.example.com' is not a domain name here; write it in lower case without a full"
            " stop at the end, as in 'example.com'"
        )


def test_mail_needs_a_cluster() -> None:
    """Only services send, so that a domain for mail without a cluster would be made for nobody."""
    mail = EmailIdentityConfig(domain="mail.shop.example.com")

    assert said(cluster=None, load_balancers={}, email=mail) == [
        (
            "email sends from 'mail.shop.example.com', and shop-dev has no cluster whose services"
            " could send; give it cluster=ClusterConfig(), or leave email out [NoCluster]"
        )
    ]
    assert environment(email=mail).email == mail


def test_load_balancers_need_a_cluster() -> None:
    """They call its services and nothing else."""
    assert said(cluster=None, email=None) == [
        (
            "load_balancers has public, office, and shop-dev has no cluster whose services they"
            " could call; give it cluster=ClusterConfig() [NoCluster]"
        )
    ]


class TestIpv6:
    """What has IPv6 addresses needs a VPC that has some."""

    def test_load_balancers(self) -> None:
        """They have both by default."""
        assert said(**IPV4_ONLY, load_balancers={"office": OFFICE}) == [
            (
                "load_balancers['office'] has dual_stack=True, and the VPC has no IPv6; give the"
                " VPC ipv6=True, or the load balancer dual_stack=False [NoIpv6]"
            )
        ]
        only = {"office": OFFICE.evolve(dual_stack=False)}
        assert environment(**IPV4_ONLY, load_balancers=only).load_balancers == only

    def test_caches(self) -> None:
        """They have IPv4 by default."""
        cache = CacheConfig(node_type="cache.m7g.large", users={"shop": CacheUserConfig()})
        both = {"carts": cache.evolve(network_type="dual_stack")}

        assert said(**IPV4_ONLY, load_balancers={}, caches=both) == [
            (
                "caches['carts'] has network_type='dual_stack', and the VPC has no IPv6; give the"
                " VPC ipv6=True, or the cache network_type='ipv4' [NoIpv6]"
            )
        ]
        assert environment(caches=both).caches == both
        assert environment(**IPV4_ONLY, load_balancers={}, caches={"carts": cache}).caches


def test_each_problem_has_the_line_of_its_cause() -> None:
    """Here all of it was written in one file, on different lines."""
    cache = CacheConfig(node_type="cache.m7g.large", users={"shop": CacheUserConfig()})
    both = cache.evolve(network_type="dual_stack")

    with pytest.raises(PlatformError) as refused:
        environment(**IPV4_ONLY, load_balancers={"office": OFFICE}, caches={"carts": both})

    assert [it.where for it in refused.value.problems] == [
        both.written_at("network_type"),
        OFFICE.written_at(),
    ]
    assert both.written_at("network_type") != cache.written_at()
