"""The alarms of a cache: one set for each of its nodes."""

from __future__ import annotations

from collections.abc import Iterator

from platform_lib.alerts.alarm import Alarm, Metric, Missing, Statistic, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.construct import PlatformConstruct
from platform_lib.elasticache.config import CacheConfig
from platform_lib.elasticache.parameters import Role
from platform_lib.types import TokenStr

_MEBIBYTE = 1024 * 1024
_LASTING = 10


def node_suffixes(config: CacheConfig) -> Iterator[str]:
    """Yield what ElastiCache puts behind the group's id to name each of its nodes.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Shards.html
    """
    for shard in range(1, (config.shards or 1) + 1):
        for node in range(1, config.replicas + 2):
            yield f"{shard:04}-{node:03}" if config.clustered else f"{node:03}"


class NodeAlarms:
    """Defines the alarms of one node, below the cache that they are called after.

    Any node may be the primary one after a failover, so all have the same.

    Args:
        cache: The cache; alarms are called ``<target>-<cache>-node001-memory-p2`` and so on.
        suffix: What names the node within the cache.
        group_id: Id of the replication group.
        config: Role and thresholds.
        alerts: The topics.
    """

    def __init__(
        self,
        cache: PlatformConstruct,
        *,
        suffix: str,
        group_id: TokenStr,
        config: CacheConfig,
        alerts: Alerts,
    ) -> None:
        self._cache = cache
        self._id = f"Node{suffix.replace('-', '_')}"
        self._dimensions = {"CacheClusterId": f"{group_id}-{suffix}"}
        self._queue = config.role is Role.QUEUE
        self._config = config.alarms
        self._alerts = alerts
        self._watch_load()
        self._watch_memory()
        self._watch_access()
        if config.replicas > 0:
            self._watch_replication()

    def _watch_load(self) -> None:
        self._alarm(
            "EngineCpu",
            "EngineCPUUtilization",
            Threshold(self._config.engine_cpu_percent, periods=_LASTING),
            Severity.P2,
            "The one thread that runs all commands is busy, so every client waits. Look in the slow"
            " log for commands over many keys, then for a key that everybody reads; after that add"
            " replicas to read from, shards, or a faster node type.",
        )
        self._alarm(
            "Cpu",
            "CPUUtilization",
            Threshold(self._config.cpu_percent, periods=_LASTING),
            Severity.P2,
            "The node is busy, with the engine or with snapshots, TLS and new connections. Look"
            " whether clients keep their connections; then choose a larger node type.",
        )
        self._alarm(
            "Connections",
            "CurrConnections",
            Threshold(self._config.connections),
            Severity.P2,
            "More clients are connected than expected, and above the node's limit new ones are"
            " refused. Look for an application without a connection pool, or one that does not"
            " close what it opens.",
        )

    def _watch_memory(self) -> None:
        self._alarm(
            "Memory",
            "DatabaseMemoryUsagePercentage",
            Threshold(self._config.memory_percent),
            Severity.P1 if self._queue else Severity.P2,
            "The queue is filling memory, and when it is full no job can be added. Look whether"
            " the workers run and for the longest list; then choose a larger node type."
            if self._queue
            else "Memory for data is nearly used up, and then keys are thrown out. Look for keys"
            " without an expiry; then choose a larger node type.",
        )
        self._alarm(
            "Evictions",
            "Evictions",
            Threshold(0, periods=1)
            if self._queue
            else Threshold(self._config.evictions_per_minute),
            Severity.P1 if self._queue else Severity.P2,
            "Jobs were thrown away, although the policy is noeviction: somebody changed the"
            " parameter group. Put the policy back by applying, then find out which jobs are gone."
            if self._queue
            else "Keys are thrown out because memory is full, so the database behind the cache"
            " answers instead. Look for keys without an expiry; then choose a larger node type.",
            statistic="Sum",
        )
        self._alarm(
            "Swap",
            "SwapUsage",
            Threshold(self._config.swap_mebibytes * _MEBIBYTE),
            Severity.P2,
            "Memory is moved to disk, which makes everything slow. Raise reserved-memory-percent"
            " or choose a larger node type.",
        )

    def _watch_access(self) -> None:
        self._alarm(
            "AuthenticationFailures",
            "AuthenticationFailures",
            Threshold(self._config.authentication_failures_per_minute),
            Severity.P2,
            "Sign-ins are refused. After a new password, start the application's tasks anew;"
            " otherwise find out from the flow logs who tries.",
            statistic="Sum",
        )
        self._alarm(
            "RefusedKeys",
            "KeyAuthorizationFailures",
            Threshold(self._config.refused_keys_per_minute, periods=1),
            Severity.P2,
            "An application reached for keys that are not its own. Look in the cache's ACL LOG for"
            " user and key: it is a wrong prefix, or somebody looking around.",
            statistic="Sum",
        )

    def _watch_replication(self) -> None:
        self._alarm(
            "ReplicationLag",
            "ReplicationLag",
            Threshold(self._config.replication_lag_seconds),
            Severity.P2,
            "The replica is behind; a failover now would lose what it does not have yet. Look for"
            " a burst of writes or a full network on the node.",
            # Only replicas report it.
            missing="notBreaching",
        )

    def _alarm(
        self,
        id: str,
        metric: str,
        threshold: Threshold,
        severity: Severity,
        description: str,
        *,
        statistic: Statistic = "Average",
        missing: Missing = "missing",
    ) -> None:
        Alarm(
            self._cache,
            f"{self._id}{id}",
            metric=Metric("AWS/ElastiCache", metric, self._dimensions, statistic=statistic),
            threshold=threshold,
            severity=severity,
            description=description,
            alerts=self._alerts,
            missing=missing,
        )
