"""Waivers: what may be written, and how long one holds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.waivers import Waiver

WRITTEN: dict[str, Any] = {
    "rule": "nat-per-zone",
    "address": "vpc.nat_zones",
    "reason": "one gateway is enough until the launch",
    "expires": date(2026, 6, 30),
}


@pytest.mark.parametrize("address", ["vpc.nat_zones", "caches['sessions'].node_type", "account"])
def test_accepts_the_addresses_that_findings_have(address: str) -> None:
    """A field, a nested field and an entry of a mapping are addresses."""
    waiver = Waiver(**{**WRITTEN, "address": address})

    assert waiver.address == address


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (
            "rule",
            "NatPerZone",
            (
                "'NatPerZone' is not the id of a guardrail; copy it from the end of the finding, as in"
                " 'nat-per-zone'"
            ),
        ),
        (
            "address",
            "vpc.*",
            (
                "'vpc.*' is not one address; copy it from the finding, as in 'vpc.nat_zones'"
                " (there are no wildcards)"
            ),
        ),
        (
            "reason",
            "too expensive",
            (
                "'too expensive' is not a reason that a reviewer understands; write a sentence of"
                " three words or more"
            ),
        ),
    ],
)
def test_refuses_what_no_finding_or_reviewer_can_match(
    field: str, value: str, message: str
) -> None:
    """Each text field says what it wants."""
    with pytest.raises(ValidationError) as caught:
        Waiver(**{**WRITTEN, field: value})

    (error,) = caught.value.errors()

    assert error["msg"] == f"Value error, {message}"


@pytest.mark.parametrize("expires", ["2026-06-30", 1782777600, datetime(2026, 6, 30, tzinfo=UTC)])
def test_expires_is_a_date_and_nothing_that_looks_like_one(expires: object) -> None:
    """A number is not read as seconds since 1970, nor a text or a time as a day."""
    with pytest.raises(ValidationError) as caught:
        Waiver(**{**WRITTEN, "expires": expires})

    (error,) = caught.value.errors()

    assert (error["loc"], error["type"]) == (("expires",), "date_type")


@pytest.mark.parametrize(
    ("as_of", "days"),
    [(date(2026, 6, 29), 1), (date(2026, 6, 30), 0), (date(2026, 7, 1), -1)],
)
def test_holds_on_its_last_day(as_of: date, days: int) -> None:
    """No day is left on the last one, and the next is one too many."""
    waiver = Waiver(**WRITTEN)

    assert waiver.days_left(as_of) == days
