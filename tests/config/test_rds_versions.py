"""Engine versions: what is offered, which family they have, and when support ends."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from platform_lib.rds.versions import (
    AuroraPostgresVersion,
    Engine,
    EngineVersion,
    PostgresVersion,
    engine_version,
    majors,
)

POSTGRES, AURORA = Engine.POSTGRES, Engine.AURORA_POSTGRESQL


@pytest.mark.parametrize(
    ("engine", "text", "family", "pinned"),
    [
        (POSTGRES, "16", "postgres16", False),
        (POSTGRES, "16.14", "postgres16", True),
        (POSTGRES, "13.0", "postgres13", True),
        (AURORA, "15.4", "aurora-postgresql15", True),
        (AURORA, "18", "aurora-postgresql18", False),
    ],
)
def test_the_family_follows_from_the_version(
    engine: Engine, text: str, family: str, *, pinned: bool
) -> None:
    """Nobody writes a family, so it cannot contradict the version."""
    version = engine_version(engine, text)

    assert str(version) == text
    assert version.family == family
    assert version.pinned is pinned


@pytest.mark.parametrize(
    ("engine", "text", "message"),
    [
        (
            POSTGRES,
            "12.22",
            "'12.22' is not offered for postgres; major versions: 13, 14, 15, 16, 17, 18",
        ),
        (
            AURORA,
            "14.9",
            "'14.9' is not offered for aurora-postgresql; major versions: 15, 16, 17, 18",
        ),
        *(
            (
                POSTGRES,
                text,
                (
                    f"{text!r} is not an engine version; write a major one such as '16', whose"
                    " minor releases AWS installs, or one minor release such as '16.14'"
                ),
            )
            for text in ("", "latest", "16.", "16.1.2", "016", "16.01", "v16", " 16", "16\n", "١٦")
        ),
    ],
)
def test_refuses_what_is_not_offered(engine: Engine, text: str, message: str) -> None:
    """A version that AWS does not sell is refused before Terraform asks for it."""
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the whole message is compared
        engine_version(engine, text)

    assert str(refused.value) == message


def test_fields_hold_what_was_written() -> None:
    """A field keeps the text, and says the same when it refuses."""
    assert TypeAdapter(PostgresVersion).validate_python("17.10") == "17.10"
    assert TypeAdapter(AuroraPostgresVersion).validate_python("16") == "16"
    with pytest.raises(ValidationError, match="'14' is not offered for aurora-postgresql"):
        TypeAdapter(AuroraPostgresVersion).validate_python("14")


@pytest.mark.parametrize("engine", Engine)
def test_every_offered_version_has_an_end_and_later_ones_end_later(engine: Engine) -> None:
    """The date is that of AWS's calendar for the major version."""
    ends = [EngineVersion(engine, major).ends for major in majors(engine)]

    assert ends == sorted(set(ends))
    assert EngineVersion(engine, 16, 4).ends == date(2029, 2, 28)


def test_version_13_is_offered_although_its_support_has_ended() -> None:
    """Whoever still has it can describe it; a guardrail names the date."""
    assert engine_version(POSTGRES, "13").ends == date(2026, 2, 28)
