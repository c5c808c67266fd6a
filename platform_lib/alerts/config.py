"""What a person writes about alerts; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from platform_lib.model import Model
from platform_lib.types import matching


class Severity(StrEnum):
    """How urgent an alert is."""

    P1 = "p1"
    """Customers are hit, or are about to be: somebody is woken."""

    P2 = "p2"
    """Somebody looks at it in working hours."""


EmailAddress = Annotated[
    str,
    AfterValidator(
        matching(
            r"[\w.!#$%&'*+/=?^`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
            "an e-mail address; write it as in 'on-call@example.com'",
        )
    ),
]
"""An e-mail address."""


class AlertsConfig(Model):
    """Who hears of alerts. Every environment has both topics; without subscribers nobody hears."""

    p1_emails: tuple[EmailAddress, ...] = ()
    """Addresses that receive P1 alerts; each has to confirm the message that AWS sends once."""

    p2_emails: tuple[EmailAddress, ...] = ()
    """Addresses that receive P2 alerts; each has to confirm the message that AWS sends once."""

    def emails(self, severity: Severity) -> tuple[str, ...]:
        """Return the addresses that receive alerts of ``severity``."""
        return self.p1_emails if severity is Severity.P1 else self.p2_emails
