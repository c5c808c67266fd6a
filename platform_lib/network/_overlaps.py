"""Which address blocks of one network get in each other's way; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Named:
    """A block and what the author calls it."""

    name: str
    """For example ``private subnet a``."""

    block: IPv4Network
    """Its addresses."""

    def __str__(self) -> str:
        return f"{self.name} {self.block}"


def overlaps(blocks: Iterable[Named]) -> list[str]:
    """Return a sentence for each pair of ``blocks`` that has addresses in common."""
    return [
        f"{one} overlaps {other}; give blocks that do not"
        for one, other in combinations(blocks, 2)
        if one.block.overlaps(other.block)
    ]
