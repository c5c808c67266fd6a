"""The state of customers' infrastructure is in a bucket of their account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Category, Environment, S3State
from platform_lib.guardrails.rule import Breach, Rule


def _bucket(environment: Environment) -> str | None:
    state = environment.account.state
    return state.bucket if isinstance(state, S3State) else None


def _check(environment: Environment, environments: Sequence[Environment]) -> Iterator[Breach]:
    bucket = _bucket(environment)
    if environment.category is not Category.CUSTOMER or bucket is None:
        return
    # Two environments of one account share its bucket; that is the business of own-account.
    others = sorted(
        f"{other.name} ({other.category.value})"
        for other in environments
        if _bucket(other) == bucket
        and other.account.id != environment.account.id
        and other.category is not Category.CUSTOMER
    )
    if others:
        yield Breach(
            "account.state.bucket",
            f"bucket {bucket!r} also holds the state of {', '.join(others)} in another account,"
            " and whoever writes state there can change what is applied here",
            environment.account.state.written_at("bucket"),
        )


RULE = Rule(
    id="own-state-bucket",
    sentence="A state bucket with customers' state holds no state of another, less strict account.",
    fix="give each account a bucket of its own",
    check=_check,
)
