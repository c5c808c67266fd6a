"""Waivers: findings that are accepted for a time, with a reason."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

from platform_lib.model import Model
from platform_lib.types import matching


class Waiver(Model):
    """Silences one guardrail finding until a date; `platformctl check` prints all of them."""

    rule: Annotated[
        str,
        AfterValidator(
            matching(
                r"[a-z][a-z0-9]*(-[a-z0-9]+)*",
                "the id of a guardrail; copy it from the end of the finding, as in 'nat-per-zone'",
            )
        ),
    ]
    """Id of the guardrail, for example ``nat-per-zone``."""

    address: Annotated[
        str,
        AfterValidator(
            matching(
                r"[A-Za-z_][\w.\[\]'-]*",
                "one address; copy it from the finding, as in 'vpc.nat_zones' (there are no wildcards)",
            )
        ),
    ]
    """What the finding is about, as the finding names it, for example ``vpc.nat_zones``."""

    reason: Annotated[
        str,
        AfterValidator(
            matching(
                r"\s*\S+(\s+\S+){2,}\s*",
                "a reason that a reviewer understands; write a sentence of three words or more",
            )
        ),
    ]
    """Why it is acceptable, in a sentence that a reviewer understands."""

    # Strict, because a date is otherwise also read from a number of seconds: 20260101 is in 1970.
    expires: Annotated[date, Field(strict=True)]
    """Last day on which it holds. An expired waiver fails ``check``; ``plan`` and ``apply`` warn,
    because a date must never block a rollback."""

    def days_left(self, as_of: date) -> int:
        """Return the days until the last one on which it holds; negative when it has expired."""
        return (self.expires - as_of).days
