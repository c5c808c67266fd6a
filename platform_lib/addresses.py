"""The address plan over all environments: overlaps between them, and what is free; pure.

`VpcConfig` refuses what overlaps inside one network. Here every VPC, peered network and reserved
range of one environment is held against those of every other, because networks that are separate
today may be connected tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import combinations
from typing import Literal

from platform_lib.environment import Environment
from platform_lib.errors import Location, Problem
from platform_lib.network._subnets import SMALLEST_VPC, ZONE_LETTERS, free_blocks, slot
from platform_lib.network._zones import zones_of
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier

PRIVATE_BLOCK = IPv4Network("10.0.0.0/8")
"""The block whose free space the map lists: the one that networks of a platform are cut from."""

VPC_PREFIX = 16
"""Prefix length of the VPC block that the map proposes, the largest that AWS allows."""


@dataclass(frozen=True, slots=True)
class Range:
    """Addresses that one environment uses or keeps free."""

    environment: str
    kind: Literal["vpc", "peering", "reserved"]
    name: str
    """Name of the environment, of the peered network or of the reserved range."""

    block: IPv4Network
    where: Location | None

    def __str__(self) -> str:
        called = "VPC" if self.kind == "vpc" else f"{self.kind} {self.name!r}"
        return f"{called} {self.block} of {self.environment}"


def ranges_of(environment: Environment) -> Iterator[Range]:
    """Yield the VPC of an environment, its peered networks, and its ranges outside the VPC.

    A reserved range inside the VPC is a part of it and needs no mention of its own.
    """
    name, vpc = environment.name, environment.vpc
    yield Range(name, "vpc", name, vpc.cidr, vpc.written_at("cidr"))
    for peering in vpc.peerings:
        yield Range(name, "peering", peering.name, peering.cidr, peering.written_at("cidr"))
    for label, block in vpc.reserved.items():
        if not block.subnet_of(vpc.cidr):
            yield Range(name, "reserved", label, block, vpc.written_at("reserved"))


def problems(environments: Sequence[Environment]) -> list[Problem]:
    """Return a sentence for each two ranges of different environments that must not overlap.

    Two things may overlap. A network that two environments call the same and give the same block,
    for example ``office-vpn``, is one network. And a peering that is called like an environment is
    that environment's VPC, or a part of it.
    """
    found = [range_ for environment in environments for range_ in ranges_of(environment)]
    vpcs = {it.name: it for it in found if it.kind == "vpc"}
    stray = [
        Problem(
            f"{it} is called like the environment {vpcs[it.name].environment!r}, whose VPC is"
            f" {vpcs[it.name].block}; give that block, a part of it, or another name",
            it.where,
            "PeeringMismatch",
        )
        for it in found
        if it.kind == "peering" and it.name in vpcs and not _is_same_network(it, vpcs[it.name])
    ]
    return stray + [
        Problem(_overlap(one, other), other.where or one.where, "AddressOverlap")
        for one, other in combinations(found, 2)
        if one.environment != other.environment
        and one.block.overlaps(other.block)
        and not _is_same_network(one, other)
        and not _is_named_mismatch(one, other)
    ]


def _is_same_network(one: Range, other: Range) -> bool:
    if one.name != other.name:
        return False
    for peering, vpc in ((one, other), (other, one)):
        if vpc.kind == "vpc":
            return peering.kind == "peering" and peering.block.subnet_of(vpc.block)
    return one.block == other.block


def _is_named_mismatch(one: Range, other: Range) -> bool:
    """Tell whether it is a peering larger than the VPC it names, which has a sentence already."""
    return one.name == other.name and {one.kind, other.kind} == {"vpc", "peering"}


def _overlap(one: Range, other: Range) -> str:
    there = "" if one.where is None else f" ({one.where})"
    vpc = next((it for it in (one, other) if it.kind == "vpc"), None)
    if vpc is not None and "peering" in {one.kind, other.kind}:
        fix = (
            f"call the peering {vpc.name!r} if it is that VPC, or give one of them other addresses"
        )
    elif vpc is not None:
        fix = "give one of them other addresses: 'platformctl check --addresses' lists free ones"
    elif one.name == other.name:
        fix = "the same network has the same block everywhere"
    else:
        fix = "give one of them other addresses, or both one name and one block"
    return f"{other} overlaps {one}{there}; {fix}"


@dataclass(frozen=True, slots=True)
class Row:
    """One block of the address map."""

    environment: str
    use: Literal["vpc", "subnet", "later", "reserved", "free", "peering"]
    """What it is; ``later`` is a block given by hand for a zone or tier that does not exist yet."""

    block: IPv4Network
    label: str
    """Tier and zone, the author's name for it, or which reserved slots lie in a free block."""

    def as_dict(self) -> dict[str, str]:
        """Return it for ``--json``."""
        return {
            "environment": self.environment,
            "use": self.use,
            "block": str(self.block),
            "label": self.label,
        }


@dataclass(frozen=True, slots=True)
class AddressMap:
    """What every environment uses and has left, and what is left between them."""

    rows: tuple[Row, ...]
    """Environments by address, each with its VPC, what is in it in order, and what is outside."""

    free: tuple[IPv4Network, ...]
    """Blocks of `PRIVATE_BLOCK` that no environment uses, peers with or reserves."""

    next_vpc: IPv4Network | None
    """A free block for another VPC, the first after the existing ones; None if there is none."""

    def as_dict(self) -> dict[str, object]:
        """Return it for ``--json``."""
        return {
            "rows": [row.as_dict() for row in self.rows],
            "within": str(PRIVATE_BLOCK),
            "free": [str(block) for block in self.free],
            "next_vpc": None if self.next_vpc is None else str(self.next_vpc),
        }


def address_map(environments: Sequence[Environment]) -> AddressMap:
    """Return the map of all environments. It is meant for a plan without `problems`."""
    ordered = sorted(environments, key=lambda it: (it.vpc.cidr, it.name))
    used = [range_.block for environment in ordered for range_ in ranges_of(environment)]
    free = free_blocks(PRIVATE_BLOCK, tuple(used))
    return AddressMap(
        tuple(row for environment in ordered for row in _rows(environment)),
        free,
        _next_vpc(free, [environment.vpc.cidr for environment in ordered]),
    )


def _rows(environment: Environment) -> Iterator[Row]:
    name, vpc = environment.name, environment.vpc
    existing = vpc.subnets()
    inside = [
        Row(name, "subnet" if key in existing else "later", block, f"{key[0].value} {key[1]}")
        for key, block in vpc.reserved_blocks().items()
    ]
    inside += [
        Row(name, "reserved", block, label)
        for label, block in vpc.reserved.items()
        if block.subnet_of(vpc.cidr)
    ]
    slots = _open_slots(vpc, zones_of(environment.region) or ZONE_LETTERS)
    inside += [
        Row(name, "free", block, _slots_in(block, slots))
        for block in free_blocks(vpc.cidr, tuple(row.block for row in inside))
    ]
    yield Row(name, "vpc", vpc.cidr, "")
    yield from sorted(inside, key=lambda row: row.block)
    for range_ in ranges_of(environment):
        if range_.kind != "vpc":
            yield Row(name, range_.kind, range_.block, range_.name)


def _open_slots(vpc: VpcConfig, zones: str) -> dict[tuple[Tier, str], IPv4Network]:
    """Return the slots that zones and tiers take when they are added later."""
    if vpc.cidr.prefixlen > SMALLEST_VPC:
        return {}
    taken = vpc.reserved_blocks()
    return {
        (tier, zone): slot(vpc.cidr, tier, zone)
        for tier in Tier
        for zone in zones
        if tier not in vpc.cidrs and (tier, zone) not in taken
    }


def _slots_in(block: IPv4Network, slots: dict[tuple[Tier, str], IPv4Network]) -> str:
    zones: dict[str, list[str]] = {}
    for (tier, zone), reserved in slots.items():
        if reserved.subnet_of(block):
            zones.setdefault(tier.value, []).append(zone)
    kept = ", ".join(f"{tier} {' '.join(letters)}" for tier, letters in zones.items())
    return f"kept for {kept}" if kept else ""


def _next_vpc(free: Sequence[IPv4Network], vpcs: Sequence[IPv4Network]) -> IPv4Network | None:
    last = max((vpc for vpc in vpcs if vpc.subnet_of(PRIVATE_BLOCK)), default=PRIVATE_BLOCK)
    large = [block for block in free if block.prefixlen <= VPC_PREFIX]
    ordered = sorted(large, key=lambda block: (block < last, block))
    return next((next(block.subnets(new_prefix=VPC_PREFIX)) for block in ordered), None)


def render(plan: AddressMap) -> str:
    """Return the map as text with aligned columns."""
    table = [("environment", "use", "block", "addresses", "what")]
    shown = ""
    for row in plan.rows:
        name = "" if row.environment == shown else row.environment
        shown = row.environment
        table.append((name, row.use, str(row.block), f"{row.block.num_addresses:,}", row.label))
    widths = [max(len(line[column]) for line in table) for column in range(5)]
    lines = [
        "  ".join(
            text.rjust(width) if table[0][column] == "addresses" else text.ljust(width)
            for column, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    ]
    lines += ["", f"free in {PRIVATE_BLOCK}:"]
    lines += [f"  {first} to {last}" for first, last in _spans(plan.free)] or ["  nothing"]
    proposal = plan.next_vpc or "none is free"
    return "\n".join([*lines, "", f"next /{VPC_PREFIX} for another VPC: {proposal}"])


def _spans(blocks: Sequence[IPv4Network]) -> list[tuple[IPv4Address, IPv4Address]]:
    """Return the first and last address of each run of neighbouring blocks."""
    spans: list[tuple[IPv4Address, IPv4Address]] = []
    for block in blocks:
        if spans and spans[-1][1] + 1 == block.network_address:
            spans[-1] = (spans[-1][0], block.broadcast_address)
        else:
            spans.append((block.network_address, block.broadcast_address))
    return spans
