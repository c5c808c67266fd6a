"""What an application may do with its keys in a cache; pure."""

from __future__ import annotations

from enum import StrEnum


class Commands(StrEnum):
    """What a user may do with its keys."""

    READ_ONLY = "read_only"
    """Read keys."""

    READ_WRITE = "read_write"
    """Read and write keys, in transactions and scripts too, but nothing that reaches other users'
    keys: no ``FLUSHALL``, ``KEYS``, ``SWAPDB`` or administration."""

    ALL = "all"
    """Every command that ElastiCache offers, ``FLUSHALL`` too; only for a user that is alone,
    because those commands are not held to a user's keys."""
