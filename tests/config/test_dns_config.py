"""Names in DNS, and what a zone refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.dns.config import (
    CHECKING_REGIONS,
    AliasRecordConfig,
    CnameRecordConfig,
    FailoverRecordConfig,
    HealthCheckConfig,
    HostedZoneConfig,
    is_within,
)

LONGEST = ".".join("a" * length for length in (61, 62, 62, 61)) + ".com"


def _message(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    (error,) = refused.value.errors(include_input=False)
    return error["msg"]


@pytest.mark.parametrize(
    "domain", ["example.com", "a-b.c1.example.com", "xn--bcher-kva.example", LONGEST]
)
def test_takes_domain_names(domain: str) -> None:
    """Lower case, digits and hyphens, 253 characters at most."""
    assert HostedZoneConfig(domain=domain).domain == domain


@pytest.mark.parametrize(
    "domain",
    [
        "Example.com",
        "example.com.",
        "com",
        "-a.example.com",
        "a..example.com",
        "*.example.com",
        "a_b.example.com",
        "example.com/x",
        "10.0.0.1",
        f"{'a' * 64}.com",
        f"a{LONGEST}",
    ],
)
def test_refuses_what_is_no_domain_name(domain: str) -> None:
    """The sentence shows how to write one."""
    with pytest.raises(ValidationError) as refused:
        HostedZoneConfig(domain=domain)

    assert _message(refused) == (
        f"Value error, {domain!r} is not a domain name here; write it in lower case without a full"
        " stop at the end, as in 'example.com'"
    )


@pytest.mark.parametrize("host", ["shop.example.com", "*.example.com", "example.com"])
def test_takes_hosts_and_one_wildcard(host: str) -> None:
    """A wildcard stands alone in front."""
    assert AliasRecordConfig(host=host).host == host
    assert CnameRecordConfig(host=host).ttl_seconds == 300


@pytest.mark.parametrize(
    "host", ["*", "a.*.example.com", "*a.example.com", "shop", "Shop.example.com"]
)
def test_refuses_what_is_no_host(host: str) -> None:
    """The whole name is written, so that a record cannot land in another zone."""
    with pytest.raises(ValidationError) as refused:
        AliasRecordConfig(host=host)

    assert _message(refused) == (
        f"Value error, {host!r} is not a host name here; write all of it in lower case without a"
        " full stop at the end, as in 'shop.example.com' or '*.example.com'"
    )


@pytest.mark.parametrize(
    ("host", "within"),
    [
        ("example.com", True),
        ("a.b.example.com", True),
        ("*.example.com", True),
        ("badexample.com", False),
        ("example.com.evil.com", False),
    ],
)
def test_a_name_is_in_a_domain_by_whole_labels(host: str, *, within: bool) -> None:
    """The end of another name is not enough."""
    assert is_within(host, "example.com") is within


@pytest.mark.parametrize("authorities", [(), ("amazon.com",), ("letsencrypt.org", "amazonaws.com")])
def test_takes_authorities_with_one_of_amazons(authorities: tuple[str, ...]) -> None:
    """Empty means that any may issue."""
    config = HostedZoneConfig(domain="example.com", certificate_authorities=authorities)

    assert config.certificate_authorities == authorities


def test_refuses_authorities_without_amazon() -> None:
    """ACM would fail an hour later, by a time-out."""
    with pytest.raises(ValidationError) as refused:
        HostedZoneConfig(domain="example.com", certificate_authorities=("letsencrypt.org",))

    assert _message(refused) == (
        "Value error, certificate_authorities has letsencrypt.org, so ACM could issue no certificate"
        " in the zone; add 'amazon.com', or leave it empty"
    )


@pytest.mark.parametrize(
    ("ttl", "allowed"), [(-1, False), (0, True), (2**31 - 1, True), (2**31, False)]
)
def test_a_record_is_remembered_as_long_as_dns_can_say(ttl: int, *, allowed: bool) -> None:
    """A TTL fits 31 bits."""
    if allowed:
        assert CnameRecordConfig(host="a.example.com", ttl_seconds=ttl).ttl_seconds == ttl
        return

    with pytest.raises(ValidationError, match=r"than or equal to (0|2147483647)"):
        CnameRecordConfig(host="a.example.com", ttl_seconds=ttl)


def _health(**given: Any) -> HealthCheckConfig:
    base: dict[str, Any] = {"host": "origin.example.com", "path": "/health/"}
    return HealthCheckConfig(**base | given)


def test_a_health_check_has_awss_own_figures() -> None:
    """From all Regions, three times every half minute."""
    check = _health()

    assert (check.port, check.interval_seconds, check.failures) == (443, 30, 3)
    assert (check.contains, check.regions) == (None, ())


@pytest.mark.parametrize("path", ["/", "/health/?deep=1", "/" + "a" * 254])
def test_takes_paths_and_queries(path: str) -> None:
    """What a request line can hold."""
    assert _health(path=path).path == path


@pytest.mark.parametrize("path", ["", "health", "/a b", "/ä", "/" + "a" * 255])
def test_refuses_what_is_no_path_of_a_health_check(path: str) -> None:
    """Route 53 would refuse it, or ask for something else."""
    with pytest.raises(ValidationError) as refused:
        _health(path=path)

    assert _message(refused) == (
        f"Value error, {path!r} is not a path here; start it with a slash and write it without"
        " spaces, as in '/health/'"
    )


@pytest.mark.parametrize(
    "given",
    [
        {"port": 0},
        {"port": 65536},
        {"failures": 0},
        {"failures": 11},
        {"interval_seconds": 20},
        {"contains": ""},
        {"contains": "a" * 256},
        {"host": "*.example.com"},
    ],
)
def test_refuses_figures_that_route_53_does_not_take(given: dict[str, Any]) -> None:
    """Before AWS does."""
    with pytest.raises(ValidationError):
        _health(**given)


@pytest.mark.parametrize(
    "given",
    [
        {"port": 8443, "failures": 1, "interval_seconds": 10, "contains": "ok"},
        {"failures": 10, "regions": CHECKING_REGIONS[:3]},
        {"regions": CHECKING_REGIONS},
    ],
)
def test_takes_figures_that_route_53_takes(given: dict[str, Any]) -> None:
    """The other side of each."""
    check = _health(**given)

    assert {name: getattr(check, name) for name in given} == given


def test_refuses_a_region_that_route_53_does_not_check_from() -> None:
    """The sentence lists those that it does."""
    with pytest.raises(ValidationError) as refused:
        _health(regions=("eu-central-1", "eu-west-1", "us-east-1"))

    assert _message(refused) == (
        "Value error, regions has eu-central-1, where Route 53 does not check from; choose from"
        " ap-northeast-1, ap-southeast-1, ap-southeast-2, eu-west-1, sa-east-1, us-east-1,"
        " us-west-1, us-west-2"
    )


@pytest.mark.parametrize("regions", [("eu-west-1",), ("eu-west-1", "us-east-1", "us-east-1")])
def test_refuses_fewer_than_three_regions(regions: tuple[str, ...]) -> None:
    """One of them alone must not decide."""
    with pytest.raises(ValidationError) as refused:
        _health(regions=regions)

    assert _message(refused) == (
        f"Value error, regions has {', '.join(regions)}, and Route 53 wants 3 that differ; add"
        " some, or leave it empty for all"
    )


def test_any_host_can_fail_over() -> None:
    """The domain itself and wildcards too, as they are aliases."""
    for host in ("example.com", "*.example.com"):
        assert FailoverRecordConfig(host=host).host == host
