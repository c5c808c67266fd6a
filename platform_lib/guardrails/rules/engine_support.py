"""Engines are versions that AWS still supports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from platform_lib.environment import Environment
from platform_lib.guardrails.rule import Breach, Rule
from platform_lib.mq.config import SUPPORT_ENDS


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, database in environment.databases.items():
        version = database.engine_version()
        yield Breach(
            f"databases.{name}.version",
            f"AWS's standard support for {version.engine} {version.major} ends on {version.ends},"
            " and AWS upgrades the database by itself afterwards",
            database.written_at("version"),
            version.ends,
        )
    for name, cache in environment.caches.items():
        if cache.version.ends is not None:
            yield Breach(
                f"caches.{name}.engine_version",
                f"AWS's standard support for {cache.engine} {cache.version} ends on"
                f" {cache.version.ends}, and extended support costs extra",
                cache.written_at("engine_version"),
                cache.version.ends,
            )
    for name, broker in environment.brokers.items():
        ends = SUPPORT_ENDS[broker.version]
        if ends is not None:
            yield Breach(
                f"brokers.{name}.version",
                f"AWS's support for RabbitMQ {broker.version} ends on {ends}",
                broker.written_at("version"),
                ends,
            )


RULE = Rule(
    id="engine-support",
    sentence="Databases, caches and brokers run versions that AWS supports.",
    fix="write a newer version",
    check=_check,
)
