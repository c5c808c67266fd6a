"""Customers have an account of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Category, Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, environments: Sequence[Environment]) -> Iterator[Breach]:
    if environment.category is not Category.CUSTOMER:
        return
    others = sorted(
        f"{other.name} ({other.category.value})"
        for other in environments
        if other.account.id == environment.account.id and other.category is not Category.CUSTOMER
    )
    if others:
        yield Breach(
            "account",
            f"account {environment.account.name!r} also carries {', '.join(others)}, whose users"
            " share its quotas and can reach its data",
            environment.written_at("account"),
        )


RULE = Rule(
    id="own-account",
    sentence="An account with customers carries no internal or sandbox environment.",
    fix="give one of them another account",
    check=_check,
)
