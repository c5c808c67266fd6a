"""Terraform state is remote and locked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment, LocalState
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    account = environment.account
    if isinstance(account.state, LocalState):
        yield Breach(
            "account.state",
            f"account {account.name!r} keeps its Terraform state in files on one machine,"
            f" {account.state.path!r}, without a lock",
            account.written_at("state"),
        )


RULE = Rule(
    id="remote-state",
    sentence="Terraform state is in a versioned bucket with a lock.",
    fix="write state=S3State(bucket=...) and run 'platformctl bootstrap'",
    check=_check,
)
