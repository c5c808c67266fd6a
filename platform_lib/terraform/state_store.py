"""What keeps the states of an account: the bucket and the lock table; pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Setting", "StateStore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateStore:
    """Bucket and lock table of one account."""

    bucket: str
    """Name of the state bucket."""

    region: str
    """Region of both."""

    account_id: str
    """The account that they must belong to."""

    table: str | None = None
    """Name of the DynamoDB lock table; None when states are locked by a lock file."""

    kms_key_arn: str | None = None
    """Key that encrypts both; None for Amazon's own keys."""

    log_bucket: str | None = None
    """Bucket that receives the access logs; None for none."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One property that bucket or table must have."""

    problem: str
    """What is wrong while it has not."""

    holds: Callable[[], bool]
    """Whether it has; asks AWS."""

    establish: Callable[[], object]
    """Gives it that property; repeating it is harmless."""
