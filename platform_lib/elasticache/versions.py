"""Engine versions that ElastiCache offers, what each can do and how long it is supported; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Engine(StrEnum):
    """The software that a cache runs."""

    VALKEY = "valkey"
    """Valkey, the open fork of Redis that AWS continues."""

    REDIS = "redis"
    """Redis OSS, the last versions under its open licence."""


@dataclass(frozen=True, slots=True)
class EngineVersion:
    """One version of an engine. Valkey counts on where Redis OSS stopped, so numbers compare."""

    engine: Engine
    """The engine."""

    number: tuple[int, int]
    """Major and minor version."""

    family: str
    """Family of its parameter groups."""

    ends: date | None = None
    """Last day of AWS's standard support, where AWS has announced one. Afterwards a cache is
    charged for extended support, and at the end of that it is upgraded by AWS.
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/extended-support.html"""

    def __str__(self) -> str:
        return f"{self.number[0]}.{self.number[1]}"

    @property
    def signs_in_with_iam(self) -> bool:
        """Whether users may sign in with IAM.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html#auth-iam-limits
        """
        return self.number >= (7, 0)

    @property
    def takes_transit_encryption_mode(self) -> bool:
        """Whether encryption in transit can be turned on for a cache that exists.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/in-transit-encryption-enable.html
        """
        return self.number >= (7, 0)

    @property
    def has_functions(self) -> bool:
        """Whether applications can store functions in it, which belong to all of them.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html
        """
        return self.number >= (7, 0)

    @property
    def talks_ipv6(self) -> bool:
        """Whether it can be reached by IPv6 too.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/network-type.html
        """
        return self.number >= (6, 2)

    @property
    def writes_engine_log(self) -> bool:
        """Whether it delivers the engine log; every version here delivers the slow log.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Log_Delivery.html
        """
        return self.number >= (6, 2)

    @property
    def limits_channels(self) -> bool:
        """Whether a user's channels can be limited as its keys are.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html
        """
        return self.number >= (6, 2)


_REDIS_6_ENDS = date(2027, 1, 31)
"""https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html#deprecated-engine-versions
Versions 4 and 5 ended on 2026-01-31 and are not offered here. For 7 and Valkey there is no date."""

VERSIONS: Mapping[tuple[Engine, str], EngineVersion] = {
    (version.engine, str(version)): version
    for version in (
        EngineVersion(Engine.VALKEY, (7, 2), "valkey7"),
        EngineVersion(Engine.VALKEY, (8, 0), "valkey8"),
        EngineVersion(Engine.VALKEY, (8, 1), "valkey8"),
        EngineVersion(Engine.VALKEY, (8, 2), "valkey8"),
        EngineVersion(Engine.REDIS, (6, 0), "redis6.x", _REDIS_6_ENDS),
        EngineVersion(Engine.REDIS, (6, 2), "redis6.x", _REDIS_6_ENDS),
        EngineVersion(Engine.REDIS, (7, 0), "redis7"),
        EngineVersion(Engine.REDIS, (7, 1), "redis7"),
    )
}
"""Every version that a cache here can have, by engine and number.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/supported-engine-versions.html"""


def offered(engine: Engine) -> tuple[str, ...]:
    """Return the numbers of the versions of an engine, oldest first."""
    return tuple(number for of, number in VERSIONS if of is engine)
