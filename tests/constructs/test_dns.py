"""Zones and records: protected, delegated, and asked for the health of their targets."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.dns.alias_record import AliasRecord, AliasTarget
from platform_lib.dns.cname_record import CnameRecord
from platform_lib.dns.config import AliasRecordConfig, CnameRecordConfig, HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template

TARGET = AliasTarget(dns_name="shop.elb.amazonaws.com", zone_id="Z35SXDOTRQ7X7K")


def _zone(stack: PlatformStack, domain: str = "example.com", **config: object) -> HostedZone:
    return HostedZone(stack, "Zone", config=HostedZoneConfig(domain=domain).evolve(**config))


def _records(stack: PlatformStack) -> dict[str, Block]:
    return {block["type"]: block for block in Template(stack).all("aws_route53_record").values()}


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_a_zone_is_protected_with_its_records(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """Its name servers are set at the registrar, so a new zone is not the same zone."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    _zone(stack)

    zone = Template(stack).only("aws_route53_zone")
    assert zone["name"] == "example.com"
    assert zone["force_destroy"] is allow_destroy
    assert zone.get("lifecycle") == (None if allow_destroy else {"prevent_destroy": True})


def test_a_zone_has_no_records_of_its_own(stack: PlatformStack) -> None:
    """Neither authorities nor a delegation unless asked."""
    _zone(stack)

    assert Template(stack).count("aws_route53_record") == 0


def test_authorities_may_issue_for_names_and_wildcards(stack: PlatformStack) -> None:
    """Both tags are written, for each authority."""
    _zone(stack, certificate_authorities=("amazon.com", "letsencrypt.org"))

    record = _records(stack)["CAA"]

    assert record["name"] == "example.com"
    assert record["records"] == [
        '0 issue "amazon.com"',
        '0 issue "letsencrypt.org"',
        '0 issuewild "amazon.com"',
        '0 issuewild "letsencrypt.org"',
    ]


def test_a_zone_below_is_delegated_by_the_parent(stack: PlatformStack) -> None:
    """The record is in the parent's zone and has the child's name servers."""
    config = HostedZoneConfig(domain="dev.example.com")

    HostedZone(stack, "Dev", config=config, parent=_zone(stack))

    record = _records(stack)["NS"]
    assert record["name"] == "dev.example.com"
    assert record["zone_id"] == "${aws_route53_zone.Zone_A5DE4B68.zone_id}"
    assert record["records"].endswith(".name_servers}")
    assert record["records"].startswith("${aws_route53_zone.Dev_")


@pytest.mark.parametrize(
    ("domain", "problem"),
    [
        (
            "example.org",
            "'example.org' is not in the zone 'example.com'; use a name that ends with",
        ),
        ("example.com", "'example.com' is the parent's own domain; delegate a domain below it"),
    ],
)
def test_a_parent_delegates_only_what_is_below_it(
    stack: PlatformStack, domain: str, problem: str
) -> None:
    """Anything else would be a record that nobody asks for."""
    parent = _zone(stack)

    with pytest.raises(PlatformError, match=problem) as refused:
        HostedZone(stack, "Dev", config=HostedZoneConfig(domain=domain), parent=parent)

    assert str(refused.value).endswith("[OutsideZone]")


@pytest.mark.parametrize(("ipv6", "types"), [(True, {"A", "AAAA"}), (False, {"A"})])
def test_an_alias_answers_with_the_addresses_that_there_are(
    stack: PlatformStack, types: set[str], *, ipv6: bool
) -> None:
    """A always, AAAA where the target has IPv6, with one and the same target."""
    target = AliasTarget(TARGET.dns_name, TARGET.zone_id, ipv6=ipv6)
    config = AliasRecordConfig(host="shop.example.com")

    AliasRecord(stack, "Shop", config=config, zone=_zone(stack), target=target)

    records = _records(stack)
    assert set(records) == types
    for record in records.values():
        assert record["name"] == "shop.example.com"
        assert record["zone_id"] == "${aws_route53_zone.Zone_A5DE4B68.zone_id}"
        assert record["alias"] == {
            "name": "shop.elb.amazonaws.com",
            "zone_id": "Z35SXDOTRQ7X7K",
            "evaluate_target_health": True,
        }


def test_what_has_no_health_is_not_asked_for_it(stack: PlatformStack) -> None:
    """Route 53 refuses to evaluate the health of CloudFront distributions."""
    target = AliasTarget(TARGET.dns_name, TARGET.zone_id, evaluates_health=False)
    config = AliasRecordConfig(host="shop.example.com")

    AliasRecord(stack, "Shop", config=config, zone=_zone(stack), target=target)

    assert _records(stack)["A"]["alias"]["evaluate_target_health"] is False


def test_an_alias_may_be_the_domain_itself(stack: PlatformStack) -> None:
    """That is what aliases are for."""
    config = AliasRecordConfig(host="example.com")

    record = AliasRecord(stack, "Apex", config=config, zone=_zone(stack), target=TARGET)

    assert record.host == "example.com"


def test_an_alias_is_in_its_zone(stack: PlatformStack) -> None:
    """A name of another domain would never be asked for there."""
    config = AliasRecordConfig(host="shop.example.org")

    with pytest.raises(PlatformError) as refused:
        AliasRecord(stack, "Shop", config=config, zone=_zone(stack), target=TARGET)

    assert str(refused.value) == (
        "shop-prod-test/Shop: 'shop.example.org' is not in the zone 'example.com'; use a name that"
        " ends with '.example.com', or the zone of its domain [OutsideZone]"
    )


def test_a_cname_is_remembered_for_five_minutes(stack: PlatformStack) -> None:
    """The source platform's figure."""
    config = CnameRecordConfig(host="status.example.com")

    CnameRecord(stack, "Status", config=config, zone=_zone(stack), target="status.example.net")

    record = _records(stack)["CNAME"]
    assert (record["name"], record["ttl"]) == ("status.example.com", 300)
    assert record["records"] == ["status.example.net"]


def test_a_cname_is_remembered_as_long_as_asked(stack: PlatformStack) -> None:
    """The figure is the configuration's."""
    config = CnameRecordConfig(host="status.example.com", ttl_seconds=60)

    CnameRecord(stack, "Status", config=config, zone=_zone(stack), target="status.example.net")

    assert _records(stack)["CNAME"]["ttl"] == 60


@pytest.mark.parametrize(
    ("host", "code"), [("example.com", "CnameAtApex"), ("a.example.org", "OutsideZone")]
)
def test_a_cname_is_below_its_zone(stack: PlatformStack, host: str, code: str) -> None:
    """Beside a CNAME there can be no other record, and a domain has NS and SOA."""
    zone = _zone(stack)

    with pytest.raises(PlatformError) as refused:
        CnameRecord(stack, "Status", config=CnameRecordConfig(host=host), zone=zone, target="x.net")

    assert str(refused.value).endswith(f"[{code}]")


def test_the_apex_is_refused_with_what_to_use_instead(stack: PlatformStack) -> None:
    """The sentence names the other construct."""
    zone = _zone(stack)
    config = CnameRecordConfig(host="example.com")

    with pytest.raises(PlatformError) as refused:
        CnameRecord(stack, "Apex", config=config, zone=zone, target="x.net")

    assert str(refused.value) == (
        "shop-prod-test/Apex: 'example.com' is the domain of the zone, which cannot be a CNAME; use"
        " an AliasRecord, or a name below it [CnameAtApex]"
    )
