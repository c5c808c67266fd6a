"""What a person writes about a PostgreSQL instance; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, model_validator

from platform_lib.model import Model
from platform_lib.rds.database_config import DatabaseConfig
from platform_lib.rds.instance_classes import (
    InstanceClass,
    default_max_connections,
    memory_gib,
)
from platform_lib.rds.parameters import Group
from platform_lib.rds.restore import Restore
from platform_lib.rds.storage import StorageConfig
from platform_lib.rds.versions import Engine, EngineVersion, PostgresVersion, engine_version
from platform_lib.types import Slug

_MOST_REPLICAS = 15
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html"""


class ReplicaConfig(Model):
    """A read replica: a copy that follows the database and answers queries."""

    instance_class: InstanceClass | None = None
    """Its class; without it that of the database."""

    multi_az: bool = False
    """Whether it has a standby of its own; without one its readers wait while it is repaired."""


class PostgresConfig(DatabaseConfig):
    """One RDS for PostgreSQL instance."""

    version: PostgresVersion = "16"
    """Engine version: a major one, whose minor releases AWS installs in the maintenance window, or
    one minor release such as ``16.14``, which stays until it is changed here."""

    instance_class: InstanceClass
    """Class of the instance and, with ``multi_az``, of its standby."""

    storage: StorageConfig = StorageConfig()
    """Size and speed of the storage."""

    multi_az: bool = True
    """Whether a standby in another zone takes over when the instance or its zone fails."""

    replicas: Mapping[Slug, ReplicaConfig] = {}
    """Read replicas by name; they need ``master_password_edition``."""

    master_password_edition: Annotated[int, Field(ge=1)] | None = None
    """With a number the administrator's secret is ours and not RDS's, which makes no replicas of an
    instance whose password it manages; a higher number makes a new password, and nothing else
    does. It cannot be taken back."""

    allow_major_upgrade: bool = False
    """Whether a higher major version in ``version`` is installed; for the time of the upgrade, and
    with ``apply_immediately``."""

    restore: Restore | None = None
    """What it is made from; without it, it starts empty. Keep it for as long as the database lives.
    **Changing this replaces the database.**"""

    @model_validator(mode="after")
    def _has_parameters_of_its_engine(self) -> PostgresConfig:
        problems = self.parameter_problems(self.engine_version(), Group.POSTGRES)
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @model_validator(mode="after")
    def _has_a_possible_number_of_replicas(self) -> PostgresConfig:
        if len(self.replicas) > _MOST_REPLICAS:
            raise ValueError(
                f"replicas lists {len(self.replicas)}; RDS allows {_MOST_REPLICAS} for one database"
            )
        return self

    @model_validator(mode="after")
    def _has_a_password_that_replicas_can_share(self) -> PostgresConfig:
        if self.replicas and self.master_password_edition is None:
            raise ValueError(
                f"replicas lists {', '.join(self.replicas)}, but RDS makes none of an instance whose"
                " password it manages; write master_password_edition=1, and a higher number for each"
                " new password"
            )
        return self

    @model_validator(mode="after")
    def _upgrades_at_once(self) -> PostgresConfig:
        # https://github.com/hashicorp/terraform-provider-aws/issues/6448
        if self.allow_major_upgrade and not self.apply_immediately:
            raise ValueError(
                "allow_major_upgrade=True needs apply_immediately=True: an upgrade that waits keeps"
                " the old parameter group in use, which Terraform then cannot delete; write both for"
                " the time of the upgrade"
            )
        return self

    @model_validator(mode="after")
    def _takes_names_from_what_it_restores(self) -> PostgresConfig:
        if self.restore is not None and self.database is not None:
            raise ValueError(
                f"database={self.database!r} has no effect with restore, which brings its own"
                " databases; leave one of them out"
            )
        return self

    @property
    def survives_a_zone(self) -> bool:
        """Whether another instance takes over when a zone fails."""
        return self.multi_az

    def engine_version(self) -> EngineVersion:
        """Return the version as the engine has it."""
        return engine_version(Engine.POSTGRES, self.version)

    def max_connections(self, instance_class: str) -> int:
        """Return how many connections an instance of a class takes.

        For RDS's default, and for a formula of one's own, the number follows from the memory.
        """
        written = self.parameters.get("max_connections")
        return (
            written
            if isinstance(written, int)
            else default_max_connections(memory_gib(instance_class))
        )
