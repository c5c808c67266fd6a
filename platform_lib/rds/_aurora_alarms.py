"""The alarms of an Aurora cluster as a whole, beside those of each instance."""

from __future__ import annotations

from typing import Literal

from platform_lib.alerts.alarm import Alarm, Metric, Statistic, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.rds.alarms_config import DatabaseAlarmsConfig
from platform_lib.rds.aurora_alarms_config import AuroraAlarmsConfig
from platform_lib.types import TokenStr

_GIB = 1024**3
_SOON = 5
_LASTING = 15


class ClusterAlarms:
    """Defines the alarms of a cluster, below the construct that they are called after.

    CloudWatch sums an Aurora cluster up by cluster and by role. So none of these alarms depends on
    which instance writes, and readers that autoscaling added are watched too.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/dimensions.html

    Args:
        scope: The cluster; alarms are called ``<target>-<scope>-replica-lag-p2`` and so on.
        cluster_id: Identifier of the cluster.
        config: The thresholds of the cluster.
        alerts: The topics.
    """

    def __init__(
        self,
        scope: PlatformConstruct,
        *,
        cluster_id: TokenStr,
        config: AuroraAlarmsConfig,
        alerts: Alerts,
    ) -> None:
        self._scope = scope
        self._cluster_id = cluster_id
        self._config = config
        self._alerts = alerts

    def watch_local_storage(self) -> None:
        """Watch the disk of each instance: the volume of a cluster grows by itself, this does not."""
        self._alarm(
            "FreeLocalStorage",
            "FreeLocalStorage",
            Threshold(self._config.free_local_storage_gib * _GIB, "below", periods=_SOON),
            "An instance has little disk left for temporary files and logs. Look for queries that"
            " sort or hash more than work_mem, or choose a larger instance class.",
            statistic="Minimum",
        )

    def watch_deadlocks(self) -> None:
        """Watch how often transactions wait for each other in a circle."""
        self._alarm(
            "Deadlocks",
            "Deadlocks",
            Threshold(self._config.deadlocks_per_second, periods=_SOON),
            "Transactions are cancelled because they wait for each other. The statements are in"
            " the log; make them lock rows in one order.",
            role="WRITER",
        )

    def watch_transaction_ids(self, thresholds: DatabaseAlarmsConfig) -> None:
        """Watch how near the cluster is to running out of transaction ids."""
        self._alarm(
            "TransactionIds",
            "MaximumUsedTransactionIDs",
            Threshold(thresholds.transaction_ids, periods=_SOON),
            "Vacuum has not frozen old rows for long; near two billion transactions the database"
            " stops writing. Look for a transaction, prepared transaction or replication slot that"
            " is held open, and vacuum the oldest tables.",
            severity=Severity.P1,
            statistic="Maximum",
        )

    def watch_replica_lag(self) -> None:
        """Watch how far the slowest reader is behind."""
        self._alarm(
            "ReplicaLag",
            "AuroraReplicaLag",
            Threshold(self._config.replica_lag_ms, periods=_SOON),
            "A reader shows old data; when it falls far behind, Aurora restarts it. Look for a"
            " reader that is smaller than the writer, or for long queries on it.",
            role="READER",
            statistic="Maximum",
        )

    def watch_capacity(self) -> None:
        """Watch how near serverless instances are to their largest size."""
        self._alarm(
            "AcuUtilization",
            "ACUUtilization",
            Threshold(self._config.acu_percent, periods=_LASTING),
            "A serverless instance is at its largest size and cannot grow. Raise maximum_acu; that"
            " interrupts nothing.",
            statistic="Maximum",
        )

    def _alarm(
        self,
        id: str,
        metric: str,
        threshold: Threshold,
        description: str,
        *,
        severity: Severity = Severity.P2,
        role: Literal["READER", "WRITER"] | None = None,
        statistic: Statistic = "Average",
    ) -> None:
        dimensions = {"DBClusterIdentifier": self._cluster_id}
        if role is not None:
            dimensions["Role"] = role
        Alarm(
            self._scope,
            id,
            metric=Metric("AWS/RDS", metric, dimensions, statistic=statistic),
            threshold=threshold,
            severity=severity,
            description=description,
            alerts=self._alerts,
        )
