"""The alarms of one database instance, of RDS for PostgreSQL or of an Aurora cluster."""

from __future__ import annotations

from platform_lib.alerts.alarm import Alarm, Metric, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.rds.alarms_config import DatabaseAlarmsConfig
from platform_lib.rds.instance_classes import cpu_credits, is_burstable, memory_gib
from platform_lib.types import TokenStr

_GIB = 1024**3
_SOON = 5
_LASTING = 15


class InstanceAlarms:
    """Defines the alarms of one instance, below the construct that they are called after.

    Args:
        scope: The database or replica; alarms are called ``<target>-<scope>-cpu-p2`` and so on.
        identifier: Identifier of the instance.
        config: The thresholds.
        alerts: The topics.
    """

    def __init__(
        self,
        scope: PlatformConstruct,
        *,
        identifier: TokenStr,
        config: DatabaseAlarmsConfig,
        alerts: Alerts,
    ) -> None:
        self._scope = scope
        self._dimensions = {"DBInstanceIdentifier": identifier}
        self._config = config
        self._alerts = alerts

    def watch_load(self, *, instance_class: str, max_connections: int) -> None:
        """Watch what every instance of a fixed class has: CPU, memory, connections, disk."""
        self.watch_cpu()
        self.watch_memory(memory_gib(instance_class))
        self.watch_connections(max_connections)
        self.watch_latency()
        if is_burstable(instance_class):
            self.watch_cpu_credits(instance_class)

    def watch_cpu(self) -> None:
        """Watch the use of the CPU."""
        self._alarm(
            "Cpu",
            "CPUUtilization",
            Threshold(self._config.cpu_percent, periods=_LASTING),
            Severity.P2,
            "The CPU is busy. Look at the top SQL statements in Performance Insights; then tune"
            " them or choose a larger instance class.",
        )

    def watch_memory(self, gib: float) -> None:
        """Watch the memory that could still be used, of ``gib``."""
        self._alarm(
            "FreeMemory",
            "FreeableMemory",
            Threshold(
                gib * _GIB * self._config.free_memory_percent / 100, "below", periods=_LASTING
            ),
            Severity.P2,
            "Little memory is left. Look for many connections or a large work_mem; without memory"
            " the database swaps, and then restarts.",
        )

    def watch_connections(self, maximum: int) -> None:
        """Watch the connections, of ``maximum`` that are possible."""
        self._alarm(
            "ConnectionCount",
            "DatabaseConnections",
            Threshold(maximum * self._config.connections_percent // 100, periods=_SOON),
            Severity.P1,
            f"Of {maximum} connections few are left, and the next ones will be refused. Look in"
            " pg_stat_activity for who holds them; end idle ones, or stop the client that leaks.",
        )

    def watch_latency(self) -> None:
        """Watch how long the disk takes."""
        for verb, milliseconds in (
            ("Read", self._config.read_latency_ms),
            ("Write", self._config.write_latency_ms),
        ):
            self._alarm(
                f"{verb}Latency",
                f"{verb}Latency",
                Threshold(milliseconds / 1000, periods=_LASTING),
                Severity.P2,
                f"The disk takes long to {verb.lower()}. Compare its IOPS and throughput with what"
                " the storage and the instance class offer.",
            )

    def watch_cpu_credits(self, instance_class: str) -> None:
        """Watch the CPU credits of a burstable instance."""
        saved = cpu_credits(instance_class) * self._config.cpu_credits_percent / 100
        self._alarm(
            "CpuCredits",
            "CPUCreditBalance",
            Threshold(saved, "below", periods=_SOON),
            Severity.P2,
            "The instance uses more CPU than it earns; without credits it costs extra. Choose a"
            " class that is not burstable.",
            # Reported every five minutes.
            period_seconds=300,
        )

    def watch_storage(self, storage_gib: int) -> None:
        """Watch the free storage, of ``storage_gib`` as it is configured."""
        self._alarm(
            "FreeStorage",
            "FreeStorageSpace",
            Threshold(
                storage_gib * _GIB * self._config.free_storage_percent / 100,
                "below",
                periods=_LASTING,
            ),
            Severity.P1,
            "The disk is nearly full and has not grown by itself; when it is full the database"
            " stops. Raise storage.max_gib and storage.size_gib, and look for a replication slot that"
            " nobody reads.",
            # The lowest of a minute, because a query's temporary files come and go.
            minimum=True,
        )

    def watch_transaction_ids(self) -> None:
        """Watch how near the database is to running out of transaction ids."""
        self._alarm(
            "TransactionIds",
            "MaximumUsedTransactionIDs",
            Threshold(self._config.transaction_ids, periods=_SOON),
            Severity.P1,
            "Vacuum has not frozen old rows for long; near two billion transactions the database"
            " stops writing. Look for a transaction, prepared transaction or replication slot that"
            " is held open, and vacuum the oldest tables.",
        )

    def watch_replica_lag(self) -> None:
        """Watch how far a read replica of RDS for PostgreSQL is behind."""
        self._alarm(
            "ReplicaLag",
            "ReplicaLag",
            Threshold(self._config.replica_lag_seconds, periods=_SOON),
            Severity.P2,
            "The replica shows old data. Look for a long query on it, or for more writes than its"
            " class can follow.",
        )

    def _alarm(
        self,
        id: str,
        metric: str,
        threshold: Threshold,
        severity: Severity,
        description: str,
        *,
        period_seconds: int = 60,
        minimum: bool = False,
    ) -> None:
        Alarm(
            self._scope,
            id,
            metric=Metric(
                "AWS/RDS",
                metric,
                self._dimensions,
                statistic="Minimum" if minimum else "Average",
                period_seconds=period_seconds,
            ),
            threshold=threshold,
            severity=severity,
            description=description,
            alerts=self._alerts,
        )
