"""Databases have the CPU that they need at any time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from platform_lib.environment import Environment
from platform_lib.errors import Location
from platform_lib.guardrails.rule import Breach, Rule
from platform_lib.rds.aurora_capacity import ReaderConfig
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.config import PostgresConfig, ReplicaConfig
from platform_lib.rds.instance_classes import is_burstable


def _classes(
    database: PostgresConfig | AuroraConfig,
) -> Iterator[tuple[str, str | None, Location | None]]:
    """Yield the classes that are written, each with its field and line."""
    yield "instance_class", database.instance_class, database.written_at("instance_class")
    others: Mapping[str, ReplicaConfig | ReaderConfig]
    if isinstance(database, PostgresConfig):
        field, others = "replicas", database.replicas
    else:
        field, others = "readers", database.readers
    for name, other in others.items():
        place = f"{field}.{name}.instance_class"
        yield place, other.instance_class, other.written_at("instance_class")


def _check(environment: Environment, _: Sequence[Environment]) -> Iterator[Breach]:
    for name, database in environment.databases.items():
        for field, instance_class, where in _classes(database):
            if instance_class is not None and is_burstable(instance_class):
                yield Breach(
                    f"databases.{name}.{field}",
                    f"{instance_class} has its full CPU for a short time only, and then costs extra",
                    where,
                )


RULE = Rule(
    id="burstable-database",
    sentence="Databases do not run on burstable instance classes.",
    fix="write a class of the m or r families, for example 'db.m7g.large' for an instance or"
    " 'db.r7g.large' for a cluster",
    check=_check,
)
