"""Clients of caches have to use TLS and to sign in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, cache in environment.caches.items():
        if cache.transit_encryption != "required":
            yield Breach(
                f"caches.{name}.transit_encryption",
                "clients may come without TLS, and without signing in",
                cache.written_at("transit_encryption"),
            )


RULE = Rule(
    id="cache-tls",
    sentence="Clients of caches have to use TLS and to sign in.",
    fix="finish the migration: leave transit_encryption out, apply, then name the users",
    check=_check,
)
