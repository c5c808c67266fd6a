"""Engine versions of RDS for PostgreSQL and Aurora PostgreSQL, and how long AWS supports them; pure.

The dates are the "end of standard support" of AWS's release calendars, as of August 2026:
https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/aurorapostgresql-release-calendar.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator


class Engine(StrEnum):
    """An engine, by the name that the RDS API gives it."""

    POSTGRES = "postgres"
    """RDS for PostgreSQL."""

    AURORA_POSTGRESQL = "aurora-postgresql"
    """Aurora PostgreSQL."""


_END_OF_STANDARD_SUPPORT = {
    Engine.POSTGRES: {
        13: date(2026, 2, 28),
        14: date(2027, 2, 28),
        15: date(2028, 2, 29),
        16: date(2029, 2, 28),
        17: date(2030, 2, 28),
        18: date(2031, 2, 28),
    },
    # 13 and 14 exist too, but end soon: no new cluster should start on them.
    Engine.AURORA_POSTGRESQL: {
        15: date(2028, 2, 29),
        16: date(2029, 2, 28),
        17: date(2030, 2, 28),
        18: date(2031, 2, 28),
    },
}


@dataclass(frozen=True, slots=True)
class EngineVersion:
    """A version as it is written in configuration: a major one, or one minor release of it."""

    engine: Engine
    major: int
    minor: int | None = None

    def __str__(self) -> str:
        return str(self.major) if self.minor is None else f"{self.major}.{self.minor}"

    @property
    def family(self) -> str:
        """Family of its parameter groups: ``postgres16``, ``aurora-postgresql15``."""
        return f"{self.engine.value}{self.major}"

    @property
    def pinned(self) -> bool:
        """Whether one minor release is named, so that AWS must not upgrade by itself."""
        return self.minor is not None

    @property
    def ends(self) -> date:
        """Last day of RDS standard support of the major version.

        After it AWS either charges for extended support or, where that is off as in our
        constructs, upgrades the major version by itself.
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
        """
        return _END_OF_STANDARD_SUPPORT[self.engine][self.major]


def majors(engine: Engine) -> tuple[int, ...]:
    """Return the major versions that our constructs offer, the oldest first."""
    return tuple(_END_OF_STANDARD_SUPPORT[engine])


def engine_version(engine: Engine, text: str) -> EngineVersion:
    """Read a version such as ``16`` or ``16.14``.

    Raises:
        ValueError: It is no version, or its major version is not offered.
    """
    found = re.fullmatch(r"([1-9]\d*)(?:\.(0|[1-9]\d*))?", text, re.ASCII)
    if found is None:
        raise ValueError(
            f"{text!r} is not an engine version; write a major one such as '16', whose minor"
            " releases AWS installs, or one minor release such as '16.14'"
        )
    major, minor = int(found[1]), None if found[2] is None else int(found[2])
    if major not in majors(engine):
        offered = ", ".join(map(str, majors(engine)))
        raise ValueError(f"{text!r} is not offered for {engine.value}; major versions: {offered}")
    return EngineVersion(engine, major, minor)


def _offered(engine: Engine) -> AfterValidator:
    def check(text: str) -> str:
        return str(engine_version(engine, text))

    return AfterValidator(check)


PostgresVersion = Annotated[str, _offered(Engine.POSTGRES)]
"""A version of RDS for PostgreSQL: ``16``, or ``16.14`` for exactly that minor release."""

AuroraPostgresVersion = Annotated[str, _offered(Engine.AURORA_POSTGRESQL)]
"""A version of Aurora PostgreSQL: ``16``, or ``16.13`` for exactly that minor release."""
