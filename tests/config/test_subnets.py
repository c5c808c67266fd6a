"""The address plan of a VPC: reserved slots that nothing can move."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_lib.network._subnets import ZONE_LETTERS, free_blocks, ipv6_slot, slot
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier

EVERY_SLOT = [(tier, zone) for tier in Tier for zone in ZONE_LETTERS]

prefixes = st.integers(min_value=16, max_value=20)
# Shared machines are slow at times; what is claimed here is not about time.
patient = settings(deadline=None, max_examples=60)


@st.composite
def vpc_blocks(draw: st.DrawFn) -> IPv4Network:
    """Return a block that has room for every slot, anywhere."""
    prefix = draw(prefixes)
    index = draw(st.integers(min_value=0, max_value=2**prefix - 1))
    return IPv4Network((index << (32 - prefix), prefix))


zone_orders = st.lists(st.sampled_from(ZONE_LETTERS), min_size=2, max_size=6, unique=True)
tier_orders = st.lists(st.sampled_from(list(Tier)), min_size=1, max_size=4, unique=True)


def vpc_of(cidr: IPv4Network, zones: list[str], tiers: list[Tier]) -> VpcConfig:
    """Return a network whose subnets all take reserved slots."""
    return VpcConfig(
        cidr=cidr,
        zones=tuple(zones),
        tiers=tuple(tiers),
        nat_zones=(),
        endpoints=(),
        subnet_group_tier=tiers[0],
    )


@patient
@given(vpc=vpc_blocks())
def test_slots_never_overlap_and_lie_inside(vpc: IPv4Network) -> None:
    """Every tier and zone letter has addresses of its own inside the VPC's block."""
    blocks = [slot(vpc, tier, zone) for tier, zone in EVERY_SLOT]

    assert all(block.subnet_of(vpc) for block in blocks)
    assert not any(one.overlaps(other) for one, other in combinations(blocks, 2))


@patient
@given(vpc=vpc_blocks(), zones=zone_orders, tiers=tier_orders)
def test_slots_do_not_depend_on_their_neighbours(
    vpc: IPv4Network, zones: list[str], tiers: list[Tier]
) -> None:
    """A subnet's block is the same whichever zones and tiers are there, in whatever order."""
    subnets = vpc_of(vpc, zones, tiers).subnets()

    assert subnets == {(tier, zone): slot(vpc, tier, zone) for tier in tiers for zone in zones}


@patient
@given(vpc=vpc_blocks(), zones=zone_orders, tiers=tier_orders)
def test_free_and_used_are_the_whole_block(
    vpc: IPv4Network, zones: list[str], tiers: list[Tier]
) -> None:
    """The free blocks are exactly what the subnets leave, without a gap or an overlap."""
    used = tuple(vpc_of(vpc, zones, tiers).subnets().values())

    free = free_blocks(vpc, used)

    parts = [*free, *used]
    assert sum(part.num_addresses for part in parts) == vpc.num_addresses
    assert all(part.subnet_of(vpc) for part in parts)
    assert not any(one.overlaps(other) for one, other in combinations(parts, 2))
    assert list(free) == sorted(free)


@pytest.mark.parametrize(
    ("used", "free"),
    [
        pytest.param([], ["10.0.0.0/16"], id="nothing used"),
        pytest.param(["10.0.0.0/16"], [], id="all used"),
        pytest.param(["10.0.0.0/8"], [], id="used by a larger block"),
        pytest.param(["10.0.128.0/17"], ["10.0.0.0/17"], id="half"),
        pytest.param(["10.0.64.0/18"], ["10.0.0.0/18", "10.0.128.0/17"], id="second quarter"),
        pytest.param(["10.1.0.0/16"], ["10.0.0.0/16"], id="elsewhere"),
        pytest.param(["10.0.0.0/17", "10.0.0.0/18"], ["10.0.128.0/17"], id="used twice"),
    ],
)
def test_free_blocks_are_the_fewest(used: list[str], free: list[str]) -> None:
    """What is free is written as the fewest blocks, in order."""
    found = free_blocks(IPv4Network("10.0.0.0/16"), tuple(IPv4Network(block) for block in used))

    assert [str(block) for block in found] == free


@pytest.mark.parametrize(
    ("tier", "first", "last"),
    [
        (Tier.PRIVATE, "10.0.0.0/20", "10.0.80.0/20"),
        (Tier.PUBLIC, "10.0.128.0/22", "10.0.148.0/22"),
        (Tier.DATABASE, "10.0.160.0/23", "10.0.170.0/23"),
        (Tier.INTRA, "10.0.176.0/24", "10.0.181.0/24"),
    ],
)
def test_slots_of_a_16_stay_where_they_are(tier: Tier, first: str, last: str) -> None:
    """The layout is a promise: another block for an existing subnet replaces it."""
    vpc = IPv4Network("10.0.0.0/16")

    assert str(slot(vpc, tier, "a")) == first
    assert str(slot(vpc, tier, "f")) == last


def test_the_smallest_vpc_has_subnets_that_aws_allows() -> None:
    """In a /20 the smallest slot is a /28, the smallest subnet of AWS."""
    vpc = IPv4Network("10.0.0.0/20")

    assert max(slot(vpc, tier, zone).prefixlen for tier, zone in EVERY_SLOT) == 28


def test_a_vpc_that_is_too_small_is_refused() -> None:
    """The message says which size would do."""
    with pytest.raises(ValueError, match="too small") as refused:
        slot(IPv4Network("10.0.0.0/21"), Tier.INTRA, "a")

    assert str(refused.value) == (
        "10.0.0.0/21 is too small for the reserved slots of all tiers and zones;"
        " use /20 or larger, or give cidrs for every tier"
    )


def test_ipv6_slots_are_distinct_and_fit_a_56() -> None:
    """Each tier and zone has a /64 of its own among the 256 of the VPC's /56."""
    slots = [ipv6_slot(tier, zone) for tier, zone in EVERY_SLOT]

    assert len(set(slots)) == len(slots)
    assert all(0 <= number < 256 for number in slots)


@pytest.mark.parametrize(
    ("tier", "first"),
    [(Tier.PRIVATE, 0), (Tier.PUBLIC, 8), (Tier.DATABASE, 16), (Tier.INTRA, 24)],
)
def test_ipv6_slots_stay_where_they_are(tier: Tier, first: int) -> None:
    """Another /64 for an existing subnet would take its addresses away."""
    assert [ipv6_slot(tier, zone) for zone in "abc"] == [first, first + 1, first + 2]
