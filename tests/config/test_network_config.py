"""What a network's configuration accepts, refuses and explains."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.iam.policy import Statement
from platform_lib.network._endpoint_services import PRESETS
from platform_lib.network.config import FlowLogsConfig, PeeringConfig, VpcConfig
from platform_lib.network.tiers import Tier

VPC = IPv4Network("10.10.0.0/16")
READ_ONLY = (Statement(actions=("s3:GetObject",), principals={"AWS": ("*",)}),)


def vpc(**fields: Any) -> VpcConfig:
    """Return a network with ``fields`` given and production's defaults."""
    return VpcConfig(**{"cidr": VPC, **fields})


def refusal(**fields: Any) -> str:
    """Return the sentence with which ``fields`` are refused."""
    with pytest.raises(ValidationError) as refused:
        vpc(**fields)
    (error,) = refused.value.errors()
    return error["msg"].removeprefix("Value error, ")


def blocks(template: str, by_zone: Mapping[str, int]) -> dict[str, IPv4Network]:
    """Return a block for each zone, from a template such as ``10.0.{}.0/24``."""
    return {zone: IPv4Network(template.format(octet)) for zone, octet in by_zone.items()}


PLANS = {
    "three tiers of /20 (S0)": (
        vpc(
            cidr=IPv4Network("10.0.0.0/16"),
            cidrs={
                Tier.PUBLIC: blocks("10.0.{}.0/20", {"a": 0, "b": 16, "c": 32}),
                Tier.PRIVATE: blocks("10.0.{}.0/20", {"a": 48, "b": 64, "c": 80}),
                Tier.DATABASE: blocks("10.0.{}.0/20", {"a": 96, "b": 112, "c": 128}),
            },
        ),
        {
            "public-a": "10.0.0.0/20", "public-b": "10.0.16.0/20", "public-c": "10.0.32.0/20",
            "private-a": "10.0.48.0/20", "private-b": "10.0.64.0/20", "private-c": "10.0.80.0/20",
            "database-a": "10.0.96.0/20", "database-b": "10.0.112.0/20",
            "database-c": "10.0.128.0/20",
        },
    ),
    "public, private and intra of /24 (S1)": (
        vpc(
            cidr=IPv4Network("10.0.0.0/16"),
            tiers=(Tier.PUBLIC, Tier.PRIVATE, Tier.INTRA),
            subnet_group_tier=Tier.PRIVATE,
            cidrs={
                Tier.PRIVATE: blocks("10.0.{}.0/24", {"a": 1, "b": 2, "c": 3}),
                Tier.PUBLIC: blocks("10.0.{}.0/24", {"a": 101, "b": 102, "c": 103}),
                Tier.INTRA: blocks("10.0.{}.0/24", {"a": 51, "b": 52, "c": 53}),
            },
        ),
        {
            "private-a": "10.0.1.0/24", "private-b": "10.0.2.0/24", "private-c": "10.0.3.0/24",
            "public-a": "10.0.101.0/24", "public-b": "10.0.102.0/24", "public-c": "10.0.103.0/24",
            "intra-a": "10.0.51.0/24", "intra-b": "10.0.52.0/24", "intra-c": "10.0.53.0/24",
        },
    ),
    "private /24s beside reserved slots (S3, EKS)": (
        vpc(
            cidr=IPv4Network("10.20.0.0/16"),
            tiers=(Tier.PUBLIC, Tier.PRIVATE),
            subnet_group_tier=Tier.PRIVATE,
            cidrs={Tier.PRIVATE: blocks("10.20.{}.0/24", {"a": 1, "b": 2, "c": 3})},
        ),
        {
            "private-a": "10.20.1.0/24", "private-b": "10.20.2.0/24", "private-c": "10.20.3.0/24",
            "public-a": "10.20.128.0/22", "public-b": "10.20.132.0/22",
            "public-c": "10.20.136.0/22",
        },
    ),
    "zones out of order (S3, ECS)": (
        vpc(
            cidr=IPv4Network("10.50.0.0/16"),
            zones=("b", "c", "a"),
            tiers=(Tier.PUBLIC, Tier.PRIVATE),
            subnet_group_tier=Tier.PRIVATE,
            cidrs={
                Tier.PRIVATE: blocks("10.50.{}.0/18", {"b": 0, "c": 64, "a": 128}),
                Tier.PUBLIC: blocks("10.50.{}.0/21", {"b": 232, "c": 240, "a": 248}),
            },
        ),
        {
            "private-b": "10.50.0.0/18", "private-c": "10.50.64.0/18",
            "private-a": "10.50.128.0/18", "public-b": "10.50.232.0/21",
            "public-c": "10.50.240.0/21", "public-a": "10.50.248.0/21",
        },
    ),
}  # fmt: skip
"""The address plans of the source platforms."""


@pytest.mark.parametrize(("config", "subnets"), PLANS.values(), ids=PLANS.keys())
def test_address_plans_of_existing_platforms_can_be_written(
    config: VpcConfig, subnets: dict[str, str]
) -> None:
    """A platform that exists keeps every one of its blocks."""
    found = {f"{tier.value}-{zone}": str(block) for (tier, zone), block in config.subnets().items()}

    assert found == subnets


ACCEPTED = {
    "two zones out of order": {"zones": ("f", "a")},
    "six zones": {"zones": tuple("abcdef")},
    "one gateway": {"nat_zones": ("b",)},
    "an Elastic IP that exists": {"eip_allocation_ids": {"a": "eipalloc-0123456789abcdef0"}},
    "an Elastic IP of a zone that is gone": {"kept_eip_zones": ("d",)},
    "an Elastic IP without its gateway": {"nat_zones": ("a",), "kept_eip_zones": ("b", "c")},
    "nothing public": {"tiers": (Tier.PRIVATE, Tier.DATABASE), "nat_zones": ()},
    "only databases": {"tiers": (Tier.DATABASE,), "nat_zones": (), "endpoints": ()},
    "groups over private subnets": {
        "tiers": (Tier.PUBLIC, Tier.PRIVATE),
        "subnet_group_tier": Tier.PRIVATE,
    },
    "a block for a later zone": {
        "cidrs": {Tier.PRIVATE: blocks("10.10.{}.0/24", {"a": 1, "b": 2, "c": 3, "d": 4})}
    },
    "a policy for a gateway endpoint": {"endpoint_policies": {"s3": READ_ONLY}},
    "a policy for a service of a preset": {
        "endpoints": ("ecr",),
        "endpoint_policies": {"ecr.dkr": READ_ONLY},
    },
    "a full endpoint name": {"endpoints": ("com.amazonaws.us-east-1.textract",)},
    "a peering elsewhere": {
        "peerings": (PeeringConfig(name="office", cidr=IPv4Network("192.168.0.0/16")),)
    },
    "a reserved range in free space": {"reserved": {"spare": IPv4Network("10.10.192.0/18")}},
    "a reserved range outside": {"reserved": {"kubernetes": IPv4Network("172.20.0.0/16")}},
    "a cluster": {"kubernetes_clusters": ("Shop_prod-1",)},
}


@pytest.mark.parametrize("fields", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepts(fields: dict[str, Any]) -> None:
    """What is given is what the network has."""
    config = vpc(**fields)

    assert {field: getattr(config, field) for field in fields} == fields


REFUSED = {
    "a full zone name": (
        {"zones": ("us-east-1a", "b")},
        ("'us-east-1a' is not a zone here: zones are the letters a to f within the environment's"
        " own Region; write 'a'"),
    ),
    "no zone letter": (
        {"zones": ("a", "g")},
        "'g' is not a zone here: zones are the letters a to f within the environment's own Region",
    ),
    "two letters": (
        {"zones": ("a", "bc")},
        ("'bc' is not a zone here: zones are the letters a to f within the environment's own"
        " Region; write 'c'"),
    ),
    "one zone": (
        {"zones": ("a",), "nat_zones": ()},
        "zones lists a; list at least two, so that one can fail",
    ),
    "a zone twice": ({"zones": ("a", "b", "a")}, "zones names a twice; name each once"),
    "a tier twice": (
        {"tiers": (Tier.PUBLIC, Tier.PRIVATE, Tier.DATABASE, Tier.PUBLIC)},
        "tiers names public twice; name each once",
    ),
    "a gateway twice": ({"nat_zones": ("a", "a")}, "nat_zones names a twice; name each once"),
    "a kept zone twice": (
        {"kept_eip_zones": ("d", "d")},
        "kept_eip_zones names d twice; name each once",
    ),
    "an endpoint twice": (
        {"endpoints": ("kms", "ecr", "kms")},
        "endpoints names kms twice; name each once",
    ),
    "a cluster twice": (
        {"kubernetes_clusters": ("shop", "shop")},
        "kubernetes_clusters names shop twice; name each once",
    ),
    "a peering twice": (
        {
            "peerings": (
                PeeringConfig(name="office", cidr=IPv4Network("192.168.0.0/24")),
                PeeringConfig(name="office", cidr=IPv4Network("192.168.1.0/24")),
            )
        },
        "peerings names office twice; name each once",
    ),
    "an address for two gateways": (
        {"eip_allocation_ids": {"a": "eipalloc-01234567", "b": "eipalloc-01234567"}},
        "eip_allocation_ids names eipalloc-01234567 twice; name each once",
    ),
    "a gateway in a zone that is not there": (
        {"zones": ("a", "b"), "nat_zones": ("a", "d", "c")},
        "nat_zones names zone d, c, which zones does not list; listed: a, b",
    ),
    "no allocation id": (
        {"eip_allocation_ids": {"a": "203.0.113.7"}},
        ("'203.0.113.7' is not the allocation id of an Elastic IP; write it as in"
        " 'eipalloc-0123456789abcdef0'"),
    ),
    "an address for no gateway": (
        {"nat_zones": ("a",), "eip_allocation_ids": {"b": "eipalloc-01234567"}},
        ("eip_allocation_ids gives an address to zone b, which has no NAT gateway;"
        " zones with one: a"),
    ),
    "an address without any gateway": (
        {"nat_zones": (), "eip_allocation_ids": {"b": "eipalloc-01234567"}},
        ("eip_allocation_ids gives an address to zone b, which has no NAT gateway;"
        " zones with one: none"),
    ),
    "a kept address that is used": (
        {"nat_zones": ("a", "b"), "kept_eip_zones": ("b", "c")},
        ("kept_eip_zones names zone b, whose NAT gateway uses its address;"
        " name only zones without a NAT gateway"),
    ),
    "gateways without public subnets": (
        {"tiers": (Tier.PRIVATE, Tier.DATABASE)},
        ("tier 'public' is needed because nat_zones places NAT gateways;"
        " add it, or set nat_zones=()"),
    ),
    "gateways that nothing uses": (
        {"tiers": (Tier.PUBLIC, Tier.DATABASE), "endpoints": ()},
        "tier 'private' is needed because nat_zones makes its way out; add it, or set nat_zones=()",
    ),
    "endpoints without private subnets": (
        {"tiers": (Tier.PUBLIC, Tier.DATABASE), "nat_zones": ()},
        "tier 'private' is needed because endpoints places interfaces; add it, or set endpoints=()",
    ),
    "groups over a tier that is not there": (
        {"tiers": (Tier.PUBLIC, Tier.PRIVATE)},
        "tier 'database' is needed because subnet_group_tier names it; add it, or name another",
    ),
    "a misspelt endpoint": (
        {"endpoints": ("secretmanager",)},
        ("'secretmanager' is not an interface endpoint known here; did you mean 'secretsmanager'?"
        " use a preset (ecr, ecs, eks, secrets, ssm), a service name such as 'kms', or the full"
        " name that starts with 'com.amazonaws.'"),
    ),
    "an endpoint like no other": (
        {"endpoints": ("zzz",)},
        ("'zzz' is not an interface endpoint known here; use a preset (ecr, ecs, eks, secrets,"
        " ssm), a service name such as 'kms', or the full name that starts with 'com.amazonaws.'"),
    ),
    "a policy for no endpoint": (
        {"endpoints": ("secrets",), "endpoint_policies": {"kms": READ_ONLY}},
        ("endpoint_policies names kms, for which there is no endpoint;"
        " endpoints: dynamodb, s3, secretsmanager"),
    ),
    "a zone without a block": (
        {"cidrs": {Tier.INTRA: blocks("10.10.{}.0/24", {"b": 1})}},
        "cidrs['intra'] has no block for zone a, c; give one for every zone",
    ),
    "a block outside": (
        {"cidrs": {Tier.PUBLIC: blocks("10.{}.255.0/24", {"a": 10, "b": 11, "c": 12})}},
        ("public subnet b 10.11.255.0/24 lies outside the VPC's 10.10.0.0/16;"
        " give a block inside it\n"
        "public subnet c 10.12.255.0/24 lies outside the VPC's 10.10.0.0/16;"
        " give a block inside it"),
    ),
    "a block on another tier's slot": (
        {"cidrs": {Tier.PUBLIC: blocks("10.10.{}.0/24", {"a": 0, "b": 200, "c": 201})}},
        ("public subnet a 10.10.0.0/24 overlaps private subnet a 10.10.0.0/20;"
        " give blocks that do not"),
    ),
    "a block for a later zone on another's": (
        {"cidrs": {Tier.PUBLIC: blocks("10.10.{}.0/24", {"a": 1, "b": 2, "c": 3, "d": 3})},
         "tiers": (Tier.PUBLIC,), "nat_zones": (), "endpoints": (),
         "subnet_group_tier": Tier.PUBLIC},
        ("public subnet c 10.10.3.0/24 overlaps public subnet d 10.10.3.0/24;"
        " give blocks that do not"),
    ),
    "a VPC that is too small": (
        {"cidr": IPv4Network("10.10.0.0/22")},
        ("10.10.0.0/22 is too small for the reserved slots of all tiers and zones;"
        " use /20 or larger, or give cidrs for every tier"),
    ),
    "a VPC that AWS refuses": (
        {"cidr": IPv4Network("10.0.0.0/8")},
        "10.0.0.0/8 is not a size that AWS allows; use /16 to /28",
    ),
    "a peering with its own addresses": (
        {"peerings": (PeeringConfig(name="old", cidr=IPv4Network("10.0.0.0/8")),)},
        ("peering 'old' 10.0.0.0/8 overlaps the VPC's own 10.10.0.0/16;"
        " peer only networks with other addresses"),
    ),
    "two peerings with the same addresses": (
        {
            "peerings": (
                PeeringConfig(name="office", cidr=IPv4Network("192.168.0.0/16")),
                PeeringConfig(name="vpn", cidr=IPv4Network("192.168.7.0/24")),
            )
        },
        ("peering 'office' 192.168.0.0/16 overlaps peering 'vpn' 192.168.7.0/24;"
        " give blocks that do not"),
    ),
    "a reserved range that a subnet uses": (
        {"reserved": {"kubernetes": IPv4Network("10.10.16.0/24")}},
        ("private subnet b 10.10.16.0/20 overlaps reserved 'kubernetes' 10.10.16.0/24;"
        " give blocks that do not"),
    ),
    "a reserved range that a peering uses": (
        {
            "reserved": {"kubernetes": IPv4Network("172.20.0.0/16")},
            "peerings": (PeeringConfig(name="office", cidr=IPv4Network("172.20.1.0/24")),),
        },
        ("reserved 'kubernetes' 172.20.0.0/16 overlaps peering 'office' 172.20.1.0/24;"
        " give blocks that do not"),
    ),
    "two reserved ranges on each other": (
        {"reserved": {"pods": IPv4Network("172.16.0.0/12"),
                      "services": IPv4Network("172.20.0.0/16")}},
        ("reserved 'pods' 172.16.0.0/12 overlaps reserved 'services' 172.20.0.0/16;"
        " give blocks that do not"),
    ),
    "no cluster name": (
        {"kubernetes_clusters": ("shop prod",)},
        ("'shop prod' is not the name of an EKS cluster; use 1 to 100 letters, digits, hyphens"
        " and underscores"),
    ),
    "an unknown field": ({"single_nat_gateway": True}, "Extra inputs are not permitted"),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(fields: dict[str, Any], sentence: str) -> None:
    """The message names what was given and what to do."""
    assert refusal(**fields) == sentence


def test_refuses_subnets_of_a_size_that_aws_does_not_allow() -> None:
    """Each block that is too small is named."""
    too_small = blocks("10.10.255.{}/29", {"a": 0, "b": 8, "c": 16})

    with pytest.raises(ValidationError) as refused:
        vpc(cidrs={Tier.PUBLIC: too_small})

    assert [error["msg"] for error in refused.value.errors()] == [
        f"Value error, {block} is not a size that AWS allows; use /16 to /28"
        for block in too_small.values()
    ]


def test_a_network_is_productions_by_default() -> None:
    """What nobody weakened has three zones, a gateway in each, endpoints and flow logs."""
    config = vpc()

    assert config.zones == ("a", "b", "c")
    assert config.tiers == (Tier.PUBLIC, Tier.PRIVATE, Tier.DATABASE)
    assert config.zones_with_nat() == ("a", "b", "c")
    assert config.endpoint_services() == ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
    assert config.flow_logs == FlowLogsConfig(
        destination="cloudwatch", retention_days=90, traffic="ALL", aggregation_seconds=600
    )


@pytest.mark.parametrize(
    ("nat_zones", "served"),
    [
        ("each", {"a": "a", "b": "b", "c": "c"}),
        (("b",), {"a": "b", "b": "b", "c": "b"}),
        (("c", "a"), {"a": "a", "b": "c", "c": "c"}),
        ((), {"a": None, "b": None, "c": None}),
    ],
)
def test_each_zone_has_its_way_out(nat_zones: Any, served: dict[str, str | None]) -> None:
    """A zone uses its own gateway, else the first that is listed, else none."""
    config = vpc(nat_zones=nat_zones)

    assert {zone: config.nat_zone_of(zone) for zone in config.zones} == served


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_stand_for_their_services(preset: str) -> None:
    """A preset gives all of its services, sorted."""
    assert vpc(endpoints=(preset,)).endpoint_services() == tuple(sorted(PRESETS[preset]))


def test_services_named_twice_by_presets_are_there_once() -> None:
    """Presets that share services can be combined."""
    services = vpc(endpoints=("ecs", "ecr", "logs")).endpoint_services()

    assert services == ("ecr.api", "ecr.dkr", "ecs", "ecs-agent", "ecs-telemetry", "logs")


def test_a_later_zones_block_is_reserved_without_a_subnet() -> None:
    """The block of a zone that is not there yet is kept free, and has no subnet."""
    config = vpc(
        zones=("a", "b"),
        cidrs={Tier.PUBLIC: blocks("10.10.{}.0/24", {"a": 201, "b": 202, "c": 203})},
    )

    assert (Tier.PUBLIC, "c") in config.reserved_blocks()
    assert (Tier.PUBLIC, "c") not in config.subnets()


@pytest.mark.parametrize(
    ("region", "zones", "problems"),
    [
        ("us-east-1", ("a", "f"), []),
        ("eu-west-1", ("a", "c"), []),
        (
            "eu-west-1",
            ("a", "d", "f"),
            ["vpc.zones names d, f, but eu-west-1 has the zones a, b, c; use those"],
        ),
        ("xx-nowhere-9", ("a", "f"), []),
    ],
)
def test_zones_are_those_of_the_region(
    region: str, zones: tuple[str, ...], problems: list[str]
) -> None:
    """A zone that the Region does not have is a problem; an unknown Region is not checked."""
    assert vpc(zones=zones).problems_in(region) == problems


@pytest.mark.parametrize("days", [1, 90, 3653])
def test_flow_logs_are_kept_for_periods_that_are_offered(days: int) -> None:
    """Retention is one of CloudWatch Logs' own periods."""
    assert FlowLogsConfig(retention_days=days).retention_days == days


def test_flow_logs_refuse_another_retention() -> None:
    """The message lists the periods."""
    with pytest.raises(ValidationError, match="100 days is not a retention") as refused:
        FlowLogsConfig(retention_days=100)

    assert refused.value.errors()[0]["msg"] == (
        "Value error, 100 days is not a retention that CloudWatch Logs offers: 1, 3, 5, 7, 14,"
        " 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653"
    )
