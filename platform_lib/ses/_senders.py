"""Addresses that mail is sent from, the statements about them, and SES's names in DNS; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from platform_lib.iam.policy import Statement
from platform_lib.types import TokenStr

SENDER = r"[a-z0-9][a-z0-9._+-]{0,63}"
"""The part of a sender's address before the @: no wildcard, and in lower case, since IAM compares
letter by letter. https://docs.aws.amazon.com/ses/latest/dg/sending-authorization-policy-examples.html"""

_OWN_DKIM_DOMAIN = frozenset(
    {
        "af-south-1", "ap-northeast-3", "ap-south-2", "ap-southeast-3", "ap-southeast-5",
        "ca-west-1", "eu-central-2", "eu-south-1", "il-central-1", "me-central-1", "us-gov-east-1",
    }
)  # fmt: skip
"""Regions whose DKIM keys are not below ``dkim.amazonses.com``.
https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains"""


def dkim_domain(region: str) -> str:
    """Return the domain in which SES publishes the DKIM keys of a Region."""
    return f"dkim.{region}.amazonses.com" if region in _OWN_DKIM_DOMAIN else "dkim.amazonses.com"


def senders_problem(addresses: Sequence[str], domain: str) -> str | None:
    """Say what is wrong with addresses to send from, if anything."""
    if not addresses:
        return f"no sender is named; write at least one address, as in 'orders@{domain}'"
    wrong = [it for it in addresses if not re.fullmatch(rf"{SENDER}@{re.escape(domain)}", it)]
    if wrong:
        return (
            f"{wrong[0]!r} is not an address of {domain!r}; write it in lower case and without"
            f" wildcards, as in 'orders@{domain}'"
        )
    return None


def send(
    actions: Iterable[str],
    *,
    identity_arn: TokenStr,
    configuration_set_arn: TokenStr,
    from_addresses: Iterable[str],
) -> tuple[Statement, ...]:
    """Allow to send mail from some addresses, through the configuration set of their identity.

    SES asks about both; the set alone lets nobody send.
    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsimpleemailservicev2.html
    """
    allowed = tuple(actions)
    senders = {"StringEquals": {"ses:FromAddress": tuple(from_addresses)}}
    return (
        Statement(actions=allowed, resources=(identity_arn,), conditions=senders),
        Statement(actions=allowed, resources=(configuration_set_arn,)),
    )
