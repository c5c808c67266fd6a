"""Waivers: findings that are accepted for a time, with a reason."""

from __future__ import annotations

from datetime import date

from platform_lib.model import Model


class Waiver(Model):
    """Silences one guardrail finding until a date; `platformctl check` prints all of them."""

    rule: str
    """Id of the guardrail, for example ``nat-per-zone``."""

    address: str
    """What the finding is about, as the finding names it, for example ``vpc.nat_zones``."""

    reason: str
    """Why it is acceptable, in a sentence that a reviewer understands."""

    expires: date
    """Last day on which it holds. An expired waiver fails ``check``; ``plan`` and ``apply`` warn,
    because a date must never block a rollback."""
