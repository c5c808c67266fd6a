"""Vpc: the network ACL of the database tier."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from platform_lib.core.stack import PlatformStack
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import PeeringConfig, VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc
from platform_lib.testing.template import Template

ACL_ID = "${aws_network_acl.Vpc_DatabaseAcl_02766560.id}"
OWN_IPV4 = {(100, "10.10.0.0/16", "-1", 0, 0)}
OWN_IPV6 = {(110, "${aws_vpc.Vpc_8378EB38.ipv6_cidr_block}", "-1", 0, 0)}
CALLS_TO_GATEWAY_ENDPOINTS = {(200, "0.0.0.0/0", "tcp", 443, 443)}
ANSWERS_FROM_GATEWAY_ENDPOINTS = {(200, "0.0.0.0/0", "tcp", 32768, 65535)}


def _synth(stack: PlatformStack, **fields: Any) -> Template:
    key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    config = VpcConfig(cidr=IPv4Network("10.10.0.0/16"), **fields)
    Vpc(stack, "Vpc", config=config, key=key)
    return Template(stack)


def _rules(template: Template, *, egress: bool) -> set[tuple[int, str, str, int, int]]:
    return {
        (
            rule["rule_number"],
            rule.get("cidr_block") or rule["ipv6_cidr_block"],
            rule["protocol"],
            rule["from_port"],
            rule["to_port"],
        )
        for rule in template.all("aws_network_acl_rule").values()
        if rule["egress"] is egress
    }


def test_databases_talk_with_their_own_network(stack: PlatformStack) -> None:
    """Both directions are open for the VPC's addresses, since an ACL remembers no connection."""
    template = _synth(stack)

    assert _rules(template, egress=False) - ANSWERS_FROM_GATEWAY_ENDPOINTS == OWN_IPV4
    assert _rules(template, egress=True) - CALLS_TO_GATEWAY_ENDPOINTS == OWN_IPV4


def test_databases_reach_gateway_endpoints(stack: PlatformStack) -> None:
    """Calls leave on 443, and answers come to ports on which no database listens."""
    template = _synth(stack)

    assert _rules(template, egress=True) >= CALLS_TO_GATEWAY_ENDPOINTS
    assert _rules(template, egress=False) >= ANSWERS_FROM_GATEWAY_ENDPOINTS


def test_databases_talk_ipv6_with_their_own_network(stack: PlatformStack) -> None:
    """The VPC's IPv6 block is let in, and no other."""
    template = _synth(stack, ipv6=True)

    own = OWN_IPV4 | OWN_IPV6
    assert _rules(template, egress=False) == own | ANSWERS_FROM_GATEWAY_ENDPOINTS
    assert _rules(template, egress=True) == own | CALLS_TO_GATEWAY_ENDPOINTS


def test_every_rule_allows_something_in_the_one_acl(stack: PlatformStack) -> None:
    """What no rule allows is denied; rules and subnets are not written into the ACL itself."""
    template = _synth(stack, ipv6=True)

    rules = template.all("aws_network_acl_rule").values()
    assert {(rule["network_acl_id"], rule["rule_action"]) for rule in rules} == {(ACL_ID, "allow")}
    assert template.only("aws_network_acl") == {
        "vpc_id": "${aws_vpc.Vpc_8378EB38.id}",
        "tags": {"Name": "shop-prod-database-acl"},
    }


def test_peered_networks_do_not_reach_databases(stack: PlatformStack) -> None:
    """A peering opens nothing here."""
    office = PeeringConfig(name="office", cidr=IPv4Network("192.168.0.0/16"))

    template = _synth(stack, peerings=(office,))

    assert _rules(template, egress=False) == OWN_IPV4 | ANSWERS_FROM_GATEWAY_ENDPOINTS


def test_every_database_subnet_uses_it(stack: PlatformStack) -> None:
    """Each subnet of the tier is associated, and no other."""
    template = _synth(stack, tiers=tuple(Tier), zones=("c", "a"))

    associations = template.all("aws_network_acl_association").values()
    assert {(block["network_acl_id"], block["subnet_id"]) for block in associations} == {
        (ACL_ID, "${aws_subnet.Vpc_Database_SubnetA_B146A316.id}"),
        (ACL_ID, "${aws_subnet.Vpc_Database_SubnetC_AC0491DF.id}"),
    }


def test_without_database_subnets_there_is_no_acl(stack: PlatformStack) -> None:
    """The other tiers use the default ACL."""
    template = _synth(stack, tiers=(Tier.PUBLIC, Tier.PRIVATE), subnet_group_tier=Tier.PRIVATE)

    for kind in ("aws_network_acl", "aws_network_acl_rule", "aws_network_acl_association"):
        assert template.count(kind) == 0
