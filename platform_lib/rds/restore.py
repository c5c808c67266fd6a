"""What a new database is made from, instead of being empty; pure.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from platform_lib.model import Model
from platform_lib.types import matching

_SNAPSHOT = r"(rds:)?[A-Za-z][A-Za-z0-9-]{0,254}|arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:(cluster-)?snapshot:.+"
_IDENTIFIER = r"[a-z](-?[a-z0-9]){0,62}"
_TIME = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ")


def _is_utc_time(value: str) -> str:
    if _TIME.fullmatch(value) is None:
        raise ValueError(f"{value!r} is not a time in UTC; write it as in '2026-11-20T08:30:00Z'")
    return value


class FromSnapshot(Model):
    """A database that starts as a snapshot was."""

    kind: Literal["snapshot"] = "snapshot"
    """What this is; needs not be written."""

    snapshot: Annotated[
        str,
        AfterValidator(
            matching(
                _SNAPSHOT,
                "a snapshot; write its identifier, as in 'shop-prod-orders-final' or"
                " 'rds:shop-prod-orders-2026-11-20-02-07', or the ARN of a shared one",
            )
        ),
    ]
    """Identifier of the snapshot, or the ARN of one that another account shares."""


class FromPointInTime(Model):
    """A database that starts as another one was at a moment within its backup retention."""

    kind: Literal["point in time"] = "point in time"
    """What this is; needs not be written."""

    source: Annotated[
        str,
        AfterValidator(
            matching(
                _IDENTIFIER,
                "the identifier of a database in RDS; copy it from the console, as in"
                " 'shop-prod-orders'",
            )
        ),
    ]
    """Identifier of the database that is restored, of an instance or a cluster; it has to exist."""

    time: Annotated[str, AfterValidator(_is_utc_time)] | None = None
    """The moment, in UTC; without it the latest that is possible, some five minutes ago."""


Restore = Annotated[FromSnapshot | FromPointInTime, Field(discriminator="kind")]
"""What a new database is made from."""
