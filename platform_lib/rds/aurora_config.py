"""What a person writes about an Aurora PostgreSQL cluster; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import model_validator

from platform_lib.network.config import Zone
from platform_lib.rds.aurora_alarms_config import AuroraAlarmsConfig
from platform_lib.rds.aurora_capacity import (
    AuroraInstanceClass,
    ReaderConfig,
    ReaderScaling,
    ServerlessCapacity,
    check_readers,
)
from platform_lib.rds.database_config import DatabaseConfig, Value
from platform_lib.rds.instance_classes import default_max_connections, memory_gib
from platform_lib.rds.parameters import Group, problems_in
from platform_lib.rds.restore import Restore
from platform_lib.rds.versions import (
    AuroraPostgresVersion,
    Engine,
    EngineVersion,
    engine_version,
)
from platform_lib.types import Slug

_PAUSES_SINCE = {15: 7, 16: 3}
"""First minor release of a major version that scales to 0; all releases of later ones do.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html"""

_SMALL_ACU = 0.5
_SMALL_CONNECTIONS = 2000
"""Most connections of a cluster that may shrink to 0.5 ACU or less.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html"""

_CLUSTER_WIDE = {
    "log_min_duration_statement": "slow_query_ms sets it for the whole cluster",
    "rds.force_ssl": "connections without TLS are always refused",
    "shared_preload_libraries": "parameters sets it for the whole cluster",
}


class AuroraConfig(DatabaseConfig):
    """One Aurora PostgreSQL cluster: a volume over three zones, and instances that use it."""

    version: AuroraPostgresVersion = "16"
    """Engine version, 15 or newer: a major one, whose minor releases AWS installs in the
    maintenance window, or one minor release such as ``16.13``, which stays until it is changed."""

    instance_class: AuroraInstanceClass | None = None
    """Class of the instances; either this or ``serverless``."""

    serverless: ServerlessCapacity | None = None
    """How far the instances shrink and grow by themselves, instead of ``instance_class``."""

    zone: Zone | None = None
    """Zone of the first instance; by default Aurora chooses.
    **Changing this replaces the instance.**"""

    readers: Mapping[Slug, ReaderConfig] = {"standby": ReaderConfig()}
    """Readers by name, 15 at most. One of them takes over when the writer or its zone fails;
    without any, Aurora makes a new instance, which takes ten minutes or more."""

    reader_scaling: ReaderScaling | None = None
    """Readers that come and go with the load; without it there are those with names."""

    instance_parameters: Mapping[str, Value] = {}
    """Engine parameters that hold for each instance by itself, and go before ``parameters``,
    which hold for the cluster."""

    storage_type: Literal["aurora", "aurora-iopt1"] = "aurora"
    """How the volume is paid: by request, or at a higher price by capacity alone, which is
    cheaper where requests are more than a quarter of the bill. It can be changed back after 30
    days. https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Overview.StorageReliability.html"""

    allow_major_upgrade: bool = False
    """Whether a higher major version in ``version`` is installed; for the time of the upgrade, and
    only with ``apply_immediately``."""

    restore: Restore | None = None
    """What it is made from; without it, it starts empty. Keep it for as long as the cluster lives.
    **Changing this replaces the cluster.**"""

    cluster_alarms: AuroraAlarmsConfig = AuroraAlarmsConfig()
    """When the alarms of the cluster as a whole go off; ``alarms`` are those of its instances."""

    @model_validator(mode="after")
    def _is_possible(self) -> AuroraConfig:
        problems = list(self._problems())
        if problems:
            raise ValueError("\n".join(problems))
        return self

    def _problems(self) -> Iterator[str]:
        yield from self._problems_of_size()
        version = self.engine_version()
        yield from self.parameter_problems(version, Group.AURORA_CLUSTER)
        yield from problems_in(
            self.instance_parameters,
            version=version,
            group=Group.AURORA_INSTANCE,
            field="instance_parameters",
            constants=_CLUSTER_WIDE,
        )
        try:
            check_readers(self.readers, self.reader_scaling)
        except ValueError as problem:
            yield str(problem)
        if self.restore is not None and self.database is not None:
            yield (
                f"database={self.database!r} has no effect with restore, which brings its own"
                " databases; leave one of them out"
            )

        if self.allow_major_upgrade and not self.apply_immediately:
            yield (
                "allow_major_upgrade=True needs apply_immediately=True: an instance takes the"
                " parameters of the next version only when the cluster has it; set both for the"
                " time of the upgrade"
            )

    def _problems_of_size(self) -> Iterator[str]:
        if (self.instance_class is None) == (self.serverless is None):
            given = "neither" if self.serverless is None else "both"
            yield (
                f"instance_class and serverless: {given} given; give one of them, for example"
                " instance_class='db.r7g.large'"
            )
        if self.serverless is None or not self.serverless.pauses:
            return
        version = self.engine_version()
        since = _PAUSES_SINCE.get(version.major, 0)
        if version.minor is not None and version.minor < since:
            yield (
                f"serverless.minimum_acu=0 is not offered in version {version}; use"
                f" {version.major}.{since} or newer, or minimum_acu=0.5"
            )

    def engine_version(self) -> EngineVersion:
        """Return the version as the engine has it."""
        return engine_version(Engine.AURORA_POSTGRESQL, self.version)

    @property
    def survives_a_zone(self) -> bool:
        """Whether a reader outside the first instance's zone can take over.

        Where no zone is written, Aurora spreads the instances. Readers that come and go count:
        there is always one at least.
        """
        others = [reader.zone for reader in self.readers.values()]
        return self.reader_scaling is not None or any(
            zone is None or zone != self.zone for zone in others
        )

    def class_of(self, reader: ReaderConfig) -> AuroraInstanceClass | None:
        """Return the class of a reader; None when it is serverless."""
        return self.instance_class if reader.instance_class is None else reader.instance_class

    def memory_gib(self, instance_class: AuroraInstanceClass | None) -> float:
        """Return the memory of an instance of a class, or of a serverless one at its largest."""
        if instance_class is not None:
            return memory_gib(instance_class)
        return 0 if self.serverless is None else self.serverless.memory_gib

    def max_connections(self, instance_class: AuroraInstanceClass | None) -> int:
        """Return how many connections an instance of a class, or a serverless one, takes.

        For Aurora's default, and for a formula of one's own, the number follows from the memory.
        """
        for parameters in (self.instance_parameters, self.parameters):
            written = parameters.get("max_connections")
            if isinstance(written, int):
                return written
        usual = default_max_connections(self.memory_gib(instance_class))
        capacity = self.serverless if instance_class is None else None
        if capacity is not None and capacity.minimum_acu <= _SMALL_ACU:
            return min(usual, _SMALL_CONNECTIONS)
        return usual
