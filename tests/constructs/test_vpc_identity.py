"""Vpc: a zone or a tier that comes later touches nothing that is there."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import FlowLogsConfig, VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template

Synth = Callable[..., dict[str, Block]]

SUBNET_GROUPS = {
    "aws_db_subnet_group.Vpc_SubnetGroups_Database_F26A40EC",
    "aws_elasticache_subnet_group.Vpc_SubnetGroups_Cache_C69F1130",
}
EVERYTHING: dict[str, Any] = {
    "ipv6": True,
    "endpoints": ("ecr",),
    "kubernetes_clusters": ("shop",),
    "tiers": (Tier.PUBLIC, Tier.PRIVATE, Tier.INTRA, Tier.DATABASE),
}
SMALL: dict[str, Any] = {
    "nat_zones": (),
    "endpoints": (),
    "tiers": (Tier.PRIVATE,),
    "subnet_group_tier": Tier.PRIVATE,
    "flow_logs": FlowLogsConfig(destination="s3"),
}


@pytest.fixture
def synth(environment: Environment, tmp_path: Path) -> Synth:
    """Return a function that synthesises a network and gives its blocks by address."""

    def blocks(**fields: Any) -> dict[str, Block]:
        stack = stack_of(environment, tmp_path)
        key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
        config = VpcConfig(cidr=IPv4Network("10.10.0.0/16"), **fields)
        Vpc(stack, "Vpc", config=config, key=key)
        return {
            f"{kind}.{name}": block
            for kind, named in Template(stack).json["resource"].items()
            for name, block in named.items()
        }

    return blocks


def _changed(before: dict[str, Block], after: dict[str, Block]) -> set[str]:
    """Return the addresses whose block is gone or different."""
    return {address for address, block in before.items() if after.get(address) != block}


@pytest.mark.parametrize("zones", list(permutations("abc"))[1:], ids="".join)
def test_the_order_of_zones_changes_nothing(synth: Synth, zones: tuple[str, ...]) -> None:
    """Zones can be sorted, or listed in the order of an older platform."""
    before = synth(zones=("a", "b", "c"), **EVERYTHING)

    after = synth(zones=zones, **EVERYTHING)

    assert after == before


def test_the_order_of_tiers_changes_nothing(synth: Synth) -> None:
    """Tiers have no order."""
    before = synth(**EVERYTHING)

    after = synth(**EVERYTHING | {"tiers": tuple(reversed(EVERYTHING["tiers"]))})

    assert after == before


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(EVERYTHING, id="everything"),
        pytest.param(EVERYTHING | {"nat_zones": ("b",)}, id="one gateway"),
        pytest.param(EVERYTHING | {"eip_allocation_ids": {"b": "eipalloc-01234567"}}, id="own ip"),
        pytest.param(SMALL, id="small"),
        pytest.param({}, id="defaults"),
    ],
)
@pytest.mark.parametrize(
    ("before", "after"), [("ab", "abc"), ("ab", "cab"), ("be", "abe"), ("fb", "fdcbea")]
)
def test_a_zone_that_is_added_changes_only_the_subnet_groups(
    synth: Synth, fields: dict[str, Any], before: str, after: str
) -> None:
    """Wherever the zone is written, every block that was there stays as it was, but two."""
    few = synth(zones=tuple(before), **fields)

    many = synth(zones=tuple(after), **fields)

    assert _changed(few, many) == SUBNET_GROUPS
    assert len(many) > len(few)


@pytest.mark.parametrize("later", list(Tier))
@pytest.mark.parametrize("ipv6", [True, False])
def test_a_tier_that_is_added_changes_nothing(synth: Synth, later: Tier, *, ipv6: bool) -> None:
    """Every block that was there stays as it was."""
    fields = EVERYTHING | {
        "ipv6": ipv6,
        "nat_zones": (),
        "endpoints": (),
        "subnet_group_tier": Tier.PRIVATE if later is not Tier.PRIVATE else Tier.DATABASE,
    }

    few = synth(**fields | {"tiers": tuple(tier for tier in Tier if tier is not later)})
    many = synth(**fields | {"tiers": tuple(Tier)})

    assert _changed(few, many) == set()
    assert any(f"Vpc_{later.value.title()}_Subnet" in address for address in many.keys() - few)


def test_what_a_zone_adds_is_named_after_its_letter(synth: Synth) -> None:
    """Addresses carry the letter and no position."""
    few = synth(zones=("a", "b"), **EVERYTHING)

    many = synth(zones=("d", "a", "b"), **EVERYTHING)

    added = {address.rpartition("_")[0] for address in many.keys() - few}
    assert added == {
        *(f"aws_subnet.Vpc_{tier}_SubnetD" for tier in ("Public", "Private", "Intra", "Database")),
        *(
            f"aws_route_table_association.Vpc_{tier}_AssociationD"
            for tier in ("Public", "Private", "Intra", "Database")
        ),
        "aws_route_table.Vpc_Private_RouteTableD",
        "aws_route.Vpc_Routes_PrivateIpv4D",
        "aws_route.Vpc_Routes_PrivateIpv6D",
        "aws_eip.Vpc_Nat_EipD",
        "aws_nat_gateway.Vpc_Nat_GatewayD",
        "aws_network_acl_association.Vpc_DatabaseAcl_AssociationD",
        "aws_vpc_endpoint_subnet_association.Vpc_Endpoints_EcrApi_SubnetD",
        "aws_vpc_endpoint_subnet_association.Vpc_Endpoints_EcrDkr_SubnetD",
        "aws_vpc_endpoint_route_table_association.Vpc_GatewayEndpoints_S3_PrivateD",
        "aws_vpc_endpoint_route_table_association.Vpc_GatewayEndpoints_Dynamodb_PrivateD",
    }


@pytest.mark.parametrize(
    "address",
    [
        "aws_vpc.Vpc_8378EB38",
        "aws_internet_gateway.Vpc_InternetGateway_AFE6D548",
        "aws_subnet.Vpc_Private_SubnetA_B32E948D",
        "aws_route_table.Vpc_Private_RouteTableA_288BDBA7",
        "aws_route.Vpc_Routes_PrivateIpv4A_60A6C880",
        "aws_eip.Vpc_Nat_EipA_EE245E3D",
        "aws_nat_gateway.Vpc_Nat_GatewayA_097D2D4C",
        "aws_network_acl.Vpc_DatabaseAcl_02766560",
        "aws_vpc_endpoint.Vpc_Endpoints_EcrDkr_14B7BA06",
        "aws_flow_log.Vpc_FlowLogs_3A4A3791",
        "aws_cloudwatch_log_group.Vpc_FlowLogs_LogGroup_83885117",
        *sorted(SUBNET_GROUPS),
    ],
)
def test_addresses_stay(synth: Synth, address: str) -> None:
    """A new address for one of these destroys it in every environment that is applied."""
    assert address in synth(**EVERYTHING)
