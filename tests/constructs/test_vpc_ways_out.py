"""Vpc: NAT gateways, Elastic IPs and default routes."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Template

GATEWAY = "${aws_internet_gateway.Vpc_InternetGateway_AFE6D548.id}"
EGRESS_ONLY = "${aws_egress_only_internet_gateway.Vpc_Routes_EgressOnlyGateway_AA5F9F9F.id}"


def _synth(stack: PlatformStack, **fields: Any) -> Template:
    key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    config = VpcConfig(cidr=IPv4Network("10.10.0.0/16"), **fields)
    Vpc(stack, "Vpc", config=config, key=key)
    return Template(stack)


def _named(template: Template, type: str) -> set[str]:
    return {
        block["tags"]["Name"].removeprefix("shop-prod-") for block in template.all(type).values()
    }


def _routes(template: Template) -> dict[str, set[tuple[str, str]]]:
    """Return destinations and targets by route table."""
    found: dict[str, set[tuple[str, str]]] = {}
    for route in template.all("aws_route").values():
        address = route["route_table_id"].removeprefix("${aws_route_table.").removesuffix(".id}")
        table = template.all("aws_route_table")[address]["tags"]["Name"]
        destination = route.get("destination_cidr_block") or route["destination_ipv6_cidr_block"]
        (target,) = (value for key, value in route.items() if key.endswith("gateway_id"))
        found.setdefault(table.removeprefix("shop-prod-"), set()).add((destination, target))
    return found


def _nat(zone: str) -> str:
    hashes = {"A": "097D2D4C", "B": "19738DDA", "C": "4E78E3B7"}
    return f"${{aws_nat_gateway.Vpc_Nat_Gateway{zone}_{hashes[zone]}.id}}"


def test_each_zone_has_its_own_way_out_by_default(stack: PlatformStack) -> None:
    """A zone that fails takes no other zone's way to the internet with it."""
    template = _synth(stack)

    assert _named(template, "aws_nat_gateway") == {"nat-a", "nat-b", "nat-c"}
    assert _routes(template) == {
        "public": {("0.0.0.0/0", GATEWAY)},
        "private-a": {("0.0.0.0/0", _nat("A"))},
        "private-b": {("0.0.0.0/0", _nat("B"))},
        "private-c": {("0.0.0.0/0", _nat("C"))},
    }


def test_one_gateway_serves_all_zones(stack: PlatformStack) -> None:
    """Private subnets of the other zones go through the gateway that is there."""
    template = _synth(stack, nat_zones=("b",))

    assert _named(template, "aws_nat_gateway") == {"nat-b"}
    assert _named(template, "aws_eip") == {"nat-b"}
    assert _routes(template) == {
        "public": {("0.0.0.0/0", GATEWAY)},
        "private-a": {("0.0.0.0/0", _nat("B"))},
        "private-b": {("0.0.0.0/0", _nat("B"))},
        "private-c": {("0.0.0.0/0", _nat("B"))},
    }


def test_without_gateways_private_subnets_have_no_way_out(stack: PlatformStack) -> None:
    """No gateway, no address and no route is made."""
    template = _synth(stack, nat_zones=())

    assert template.count("aws_nat_gateway") == 0
    assert template.count("aws_eip") == 0
    assert _routes(template) == {"public": {("0.0.0.0/0", GATEWAY)}}


def test_without_public_subnets_there_is_no_internet_gateway(stack: PlatformStack) -> None:
    """A network that is closed has no gateway that somebody could route to."""
    template = _synth(stack, tiers=(Tier.PRIVATE, Tier.DATABASE), nat_zones=())

    assert template.count("aws_internet_gateway") == 0
    assert template.count("aws_route") == 0


def test_a_gateway_stands_in_the_public_subnet_of_its_zone(stack: PlatformStack) -> None:
    """It uses the zone's own address, and waits for the way to the internet."""
    template = _synth(stack, zones=("a", "b"), nat_zones=("a",))

    assert template.only("aws_nat_gateway") == {
        "allocation_id": "${aws_eip.Vpc_Nat_EipA_EE245E3D.allocation_id}",
        "subnet_id": "${aws_subnet.Vpc_Public_SubnetA_F48CAF1E.id}",
        "tags": {"Name": "shop-prod-nat-a"},
        "depends_on": ["aws_internet_gateway.Vpc_InternetGateway_AFE6D548"],
    }


def test_the_internet_gateway_belongs_to_the_network(stack: PlatformStack) -> None:
    """It is attached to the VPC."""
    template = _synth(stack)

    assert template.only("aws_internet_gateway") == {
        "vpc_id": "${aws_vpc.Vpc_8378EB38.id}",
        "tags": {"Name": "shop-prod-vpc-internet"},
    }


@pytest.mark.parametrize(
    ("allow_destroy", "lifecycle"), [(False, {"prevent_destroy": True}), (True, None)]
)
def test_elastic_ips_are_protected(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool, lifecycle: Any
) -> None:
    """Others may have the address on an allow list, and it cannot be had back."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    template = _synth(stack, nat_zones=("a",))

    eip = template.only("aws_eip")
    assert eip["domain"] == "vpc"
    assert eip.get("lifecycle") == lifecycle


def test_an_elastic_ip_that_exists_is_used(stack: PlatformStack) -> None:
    """Only the other zones' addresses are made."""
    template = _synth(stack, eip_allocation_ids={"b": "eipalloc-0123456789abcdef0"})

    gateway = template.only("aws_nat_gateway", path="GatewayB")
    assert gateway["allocation_id"] == "eipalloc-0123456789abcdef0"
    assert _named(template, "aws_eip") == {"nat-a", "nat-c"}


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"nat_zones": ("a",)}, id="its gateway is gone"),
        pytest.param({"nat_zones": ("a",), "zones": ("a", "b")}, id="its zone is gone"),
        pytest.param(
            {"nat_zones": (), "tiers": (Tier.PRIVATE, Tier.DATABASE)}, id="public is gone"
        ),
    ],
)
def test_an_elastic_ip_is_kept_without_its_gateway(
    stack: PlatformStack, fields: dict[str, Any]
) -> None:
    """The address stays the same resource."""
    template = _synth(stack, kept_eip_zones=("c",), **fields)

    assert "Vpc_Nat_EipC_C39B6502" in template.all("aws_eip")
    assert "Vpc_Nat_GatewayC_4E78E3B7" not in template.all("aws_nat_gateway")


def test_ipv6_has_its_own_ways_out(stack: PlatformStack) -> None:
    """Private subnets call out through a gateway that nobody can call in through."""
    template = _synth(stack, ipv6=True, nat_zones=("a",), zones=("a", "b"))

    assert _routes(template) == {
        "public": {("0.0.0.0/0", GATEWAY), ("::/0", GATEWAY)},
        "private-a": {("0.0.0.0/0", _nat("A")), ("::/0", EGRESS_ONLY)},
        "private-b": {("0.0.0.0/0", _nat("A")), ("::/0", EGRESS_ONLY)},
    }
    assert template.only("aws_egress_only_internet_gateway") == {
        "vpc_id": "${aws_vpc.Vpc_8378EB38.id}",
        "tags": {"Name": "shop-prod-routes-egress-only"},
    }


def test_without_ipv6_there_is_no_egress_only_gateway(stack: PlatformStack) -> None:
    """IPv4 goes out by NAT gateways only."""
    template = _synth(stack)

    assert template.count("aws_egress_only_internet_gateway") == 0


def test_without_private_subnets_there_is_no_egress_only_gateway(stack: PlatformStack) -> None:
    """Intra and database subnets never get out."""
    template = _synth(
        stack, ipv6=True, tiers=(Tier.PUBLIC, Tier.DATABASE), nat_zones=(), endpoints=()
    )

    assert template.count("aws_egress_only_internet_gateway") == 0
    assert _routes(template) == {"public": {("0.0.0.0/0", GATEWAY), ("::/0", GATEWAY)}}


def test_intra_and_database_subnets_have_no_default_route(stack: PlatformStack) -> None:
    """Whatever else is on, nothing leads from them to the internet or from it to them."""
    template = _synth(stack, ipv6=True, tiers=tuple(Tier))

    assert not {"intra", "database"} & set(_routes(template))
