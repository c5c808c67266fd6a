"""Nothing protected may be destroyed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    if environment.allow_destroy:
        yield Breach(
            "allow_destroy",
            "'platformctl destroy' may remove the environment with all that it stores",
            environment.written_at("allow_destroy"),
        )
    if environment.account.allow_destroy:
        yield Breach(
            "account.allow_destroy",
            "'platformctl destroy' may remove the zones, images and safety settings of account"
            f" {environment.account.name!r}",
            environment.account.written_at("allow_destroy"),
        )


RULE = Rule(
    id="no-destroy",
    sentence="Neither the environment nor its account allows destroying.",
    fix="leave allow_destroy out",
    check=_check,
)
