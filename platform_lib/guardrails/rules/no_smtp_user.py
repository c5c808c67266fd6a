"""Nothing sends mail with a key that lasts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, service in environment.services.items():
        if service.email is not None and service.email.smtp is not None:
            yield Breach(
                f"services.{name}.email.smtp",
                "its key is valid until somebody changes it, and is in the Terraform state",
                service.email.written_at("smtp"),
            )


RULE = Rule(
    id="no-smtp-user",
    sentence="Services send mail by the API of SES, with their task role.",
    fix="leave smtp out, and let the software call the API",
    check=_check,
)
