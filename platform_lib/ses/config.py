"""What a person writes about sending e-mail; pure."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from platform_lib.alerts.config import EmailAddress
from platform_lib.dns.config import DomainName
from platform_lib.model import Model
from platform_lib.ses._senders import SENDER
from platform_lib.types import matching

_MOST_KEYS = 2

SenderAddress = Annotated[
    str,
    AfterValidator(
        matching(
            rf"{SENDER}@[a-z0-9.-]+",
            "an address that mail is sent from; write it in lower case as in 'orders@example.com'",
        )
    ),
]
"""An address that mail is sent from, in lower case."""


class ReputationAlarmsConfig(Model):
    """From when on P2 is told of a reputation that suffers; P1 hears when SES would look at it."""

    bounce_percent: Annotated[float, Field(gt=0, lt=5)] = 2.5
    """Mails in a hundred that bounce for good, below the 5 at which SES reviews an account.
    https://docs.aws.amazon.com/ses/latest/dg/reputationdashboardmessages.html"""

    complaint_percent: Annotated[float, Field(gt=0, lt=0.1)] = 0.05
    """Mails in a hundred that their readers call spam, below the 0.1 at which SES reviews."""


class EmailIdentityConfig(Model):
    """One domain that mail is sent from. Mail goes out over TLS or not at all."""

    domain: DomainName
    """Domain of the senders' addresses. **Changing this replaces the identity, and nothing is sent
    until the new one is proven.**"""

    mail_from: Annotated[
        str,
        AfterValidator(
            matching(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "one label of a domain; write 'bounce'")
        ),
    ] = "bounce"
    """Name below the domain to which mail that cannot be delivered returns; it has no other use.
    https://docs.aws.amazon.com/ses/latest/dg/mail-from.html"""

    dmarc_policy: Literal["none", "quarantine", "reject"] | None = "none"
    """What receivers do with mail that claims the domain and proves nothing: large ones take mail
    only from domains with a policy. ``none`` only asks for reports, which is right until all that
    sends for the domain is known; ``None`` where the record is kept elsewhere.
    https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dmarc.html"""

    dmarc_reports: EmailAddress | None = None
    """Address that receivers send their daily reports to; in another domain, that domain has to
    agree by a record of its own."""

    alarms: ReputationAlarmsConfig = ReputationAlarmsConfig()
    """When the reputation is alarming."""

    @model_validator(mode="after")
    def _reports_on_a_policy(self) -> Self:
        if self.dmarc_reports is not None and self.dmarc_policy is None:
            raise ValueError(
                f"dmarc_reports={self.dmarc_reports!r} has no effect with dmarc_policy=None; leave"
                " it out, or write dmarc_policy='none'"
            )
        return self


class SmtpSettings(Model):
    """How mail is sent by SMTP, and with which keys."""

    port: Literal[465, 587, 2465, 2587] = 587
    """587 and 2587 begin in plain and change to TLS, which the software must insist on; 465 and
    2465 begin with TLS. https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html"""

    editions: tuple[Annotated[int, Field(ge=1, le=9999)], ...] = (1,)
    """Access keys that exist, one or two; the secret has the last. To change the key without a
    gap write ``(1, 2)`` and apply, restart what reads the secret, then write ``(2,)`` and apply.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

    @model_validator(mode="after")
    def _ends_with_the_newest(self) -> Self:
        if not 1 <= len(self.editions) <= _MOST_KEYS:
            raise ValueError(
                f"editions={self.editions} names {len(self.editions)} keys and IAM lets a user have"
                f" {_MOST_KEYS}; write one, or two while the key is changed"
            )
        if any(older >= newer for older, newer in pairwise(self.editions)):
            raise ValueError(
                f"editions={self.editions} is not in order; write the newer one last, as in (1, 2)"
            )
        return self


class SmtpUserConfig(SmtpSettings):
    """Credentials for software that sends by SMTP and cannot call the API of SES."""

    description: Annotated[str, Field(min_length=1, max_length=2048)]
    """Which software, and why it cannot call the API; shown with the secret."""

    from_addresses: tuple[SenderAddress, ...]
    """Addresses that it may send from, of the identity's domain."""

    @model_validator(mode="after")
    def _sends_from_somewhere(self) -> Self:
        if not self.from_addresses:
            raise ValueError(
                "from_addresses is empty, so nothing could be sent; write at least one address, as"
                " in 'orders@example.com'"
            )
        return self
