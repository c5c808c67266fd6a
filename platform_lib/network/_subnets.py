"""Pure address plan of one VPC: a block for every tier and zone letter, by reserved slot.

A subnet's block depends on the VPC's block, its tier and its zone letter, and on nothing else.
So a zone or a tier that is added later never moves its neighbours, whatever the order.

Layout of a VPC block of prefix length P (``/16`` in brackets); every tier has room for eight
zones, of which six have letters:

===========  =====================  ==================  ==================
tier         part of the block      one subnet          in a /16
===========  =====================  ==================  ==================
private      first half             P+4                 8 x /20 from .0
public       5th eighth             P+6                 8 x /22 from .128
database     11th sixteenth         P+7                 8 x /23 from .160
intra        23rd thirty-second     P+8                 8 x /24 from .176
(free)       the rest, three tenths                     .184 to .255
===========  =====================  ==================  ==================
"""

from __future__ import annotations

from ipaddress import IPv4Network

from platform_lib.network.tiers import Tier

ZONE_LETTERS = "abcdef"
"""Letters of the availability zones that AWS has in any Region today."""

SMALLEST_SUBNET = 28
LARGEST_SUBNET = 16
"""https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html"""

SMALLEST_VPC = 20
"""Longest VPC prefix whose smallest slot, P+8, is still a subnet that AWS allows."""


_FIRST_SLOT: dict[Tier, tuple[int, int]] = {
    # tier: (bits added to the VPC's prefix, index of the first slot at that size)
    Tier.PRIVATE: (4, 0),
    Tier.PUBLIC: (6, 32),
    Tier.DATABASE: (7, 80),
    Tier.INTRA: (8, 176),
}
_IPV6_FIRST_SLOT = {Tier.PRIVATE: 0, Tier.PUBLIC: 8, Tier.DATABASE: 16, Tier.INTRA: 24}


def slot(vpc: IPv4Network, tier: Tier, zone: str) -> IPv4Network:
    """Return the block reserved for ``tier`` in ``zone``.

    Raises:
        ValueError: The VPC's block is too small for the layout.
    """
    if vpc.prefixlen > SMALLEST_VPC:
        raise ValueError(
            f"{vpc} is too small for the reserved slots of all tiers and zones;"
            f" use /{SMALLEST_VPC} or larger, or give cidrs for every tier"
        )
    bits, first = _FIRST_SLOT[tier]
    size = 2 ** (vpc.max_prefixlen - vpc.prefixlen - bits)
    start = int(vpc.network_address) + (first + ZONE_LETTERS.index(zone)) * size
    return IPv4Network((start, vpc.prefixlen + bits))


def ipv6_slot(tier: Tier, zone: str) -> int:
    """Return which /64 of the VPC's /56 belongs to ``tier`` in ``zone``."""
    return _IPV6_FIRST_SLOT[tier] + ZONE_LETTERS.index(zone)


def free_blocks(vpc: IPv4Network, used: tuple[IPv4Network, ...]) -> tuple[IPv4Network, ...]:
    """Return what is left of ``vpc`` without ``used``, as the fewest blocks, in order."""
    free = [vpc]
    for block in used:
        free = [
            part
            for candidate in free
            for part in (
                candidate.address_exclude(block)
                if block.subnet_of(candidate)
                else [candidate] * (not candidate.subnet_of(block))
            )
        ]
    return tuple(sorted(free))
