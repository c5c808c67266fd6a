"""Subnet tiers; pure."""

from __future__ import annotations

from enum import StrEnum


class Tier(StrEnum):
    """What a subnet's route table lets through. Not to be confused with a service's tier."""

    PUBLIC = "public"
    """Default route to the internet gateway: load balancers, NAT gateways."""

    PRIVATE = "private"
    """Default route to a NAT gateway: tasks, nodes."""

    INTRA = "intra"
    """No default route: control-plane interfaces."""

    DATABASE = "database"
    """No default route and a network ACL: databases, caches."""
