"""Mail that forges our domain does not reach customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    email = environment.email
    # None keeps the record elsewhere, where its owner has decided.
    if email is not None and email.dmarc_policy == "none":
        yield Breach(
            "email.dmarc_policy",
            f"receivers deliver mail of others that claims to be from {email.domain}",
            email.written_at("dmarc_policy"),
        )


RULE = Rule(
    id="mail-dmarc",
    sentence="Receivers do not deliver mail that forges the domain of an environment.",
    fix='write dmarc_policy="quarantine" as soon as all that sends for the domain is known',
    check=_check,
)
