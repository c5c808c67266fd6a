"""One thing that exists in the emulator; without moto, so that the owner can read it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Item"]


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One thing that exists."""

    service: str
    """The service by moto's name: ``ec2``, ``s3``, ``kms``."""

    kind: str
    """The class that keeps it: ``VPC``, ``FakeBucket``, ``Key``."""

    id: str
    """Identifier, name or ARN."""

    region: str
    """Region, or ``aws`` for a global service."""

    state: str = ""
    """State as the service spells it, empty where it has none."""
