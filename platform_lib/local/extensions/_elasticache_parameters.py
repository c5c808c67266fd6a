"""Parameters of the Valkey and Redis OSS families: defaults and permitted values.

Redis 5 and 6.x: ``aws elasticache describe-engine-default-parameters``; later families: the changes at
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html.
A parameter that is not here is refused like one that ElastiCache does not have.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["FAMILIES", "Parameter", "family_of"]

_YES_NO = "yes,no"
_INTEGER = re.compile(r"-?\d+")
_RANGE = re.compile(r"(\d*)-(\d*)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a family."""

    name: str
    default: str | None
    allowed: str = ""
    """Values and ranges, separated by commas; empty for any text."""
    modifiable: bool = True
    change: str = "immediate"

    @property
    def kind(self) -> str:
        """Return the data type as the API names it."""
        return "integer" if self.default and _INTEGER.fullmatch(self.default) else "string"

    def allows(self, value: str) -> bool:
        """Tell whether a value is permitted."""
        return not self.allowed or any(
            _matches(part, value, self.kind) for part in self.allowed.split(",")
        )


def _matches(part: str, value: str, kind: str) -> bool:
    if kind != "integer" or part == value:
        return part == value
    limits = _RANGE.fullmatch(part)
    if limits is None or not _INTEGER.fullmatch(value):
        return False
    low, high = limits.groups()
    return (not low or int(value) >= int(low)) and (not high or int(value) <= int(high))


_POLICIES = ",".join(
    [f"{keys}-{how}" for how in ("lru", "lfu", "random") for keys in ("volatile", "allkeys")]
    + ["volatile-ttl", "noeviction"]
)
_REDIS_6 = (
    Parameter("acl-pubsub-default", "allchannels", "allchannels,resetchannels"),
    Parameter("acllog-max-len", "128", "1-10000"),
    Parameter("active-defrag-cycle-max", "75", "1-75"),
    Parameter("active-defrag-cycle-min", "5", "1-75"),
    Parameter("active-defrag-ignore-bytes", "104857600", "1048576-"),
    Parameter("active-defrag-max-scan-fields", "1000", "1-1000000"),
    Parameter("active-defrag-threshold-lower", "10", "1-100"),
    Parameter("active-defrag-threshold-upper", "100", "1-100"),
    Parameter("active-expire-effort", "1", "1-10"),
    Parameter("activedefrag", "no", _YES_NO),
    Parameter("activerehashing", "yes", _YES_NO, modifiable=False, change="requires-reboot"),
    Parameter("appendfsync", "everysec", "always,everysec,no", modifiable=False),
    Parameter("appendonly", "no", _YES_NO, modifiable=False),
    Parameter("client-output-buffer-limit-normal-hard-limit", "0", "0-"),
    Parameter("client-output-buffer-limit-normal-soft-limit", "0", "0-"),
    Parameter("client-output-buffer-limit-normal-soft-seconds", "0", "0-"),
    Parameter("client-output-buffer-limit-pubsub-hard-limit", "33554432", "0-"),
    Parameter("client-output-buffer-limit-pubsub-soft-limit", "8388608", "0-"),
    Parameter("client-output-buffer-limit-pubsub-soft-seconds", "60", "0-"),
    Parameter("client-output-buffer-limit-replica-soft-seconds", "60", "0-", modifiable=False),
    Parameter("client-query-buffer-limit", "1073741824", "1048576-1073741824"),
    Parameter("close-on-replica-write", "yes", _YES_NO),
    Parameter("cluster-allow-reads-when-down", "no", _YES_NO),
    # Settable as long as nothing uses the group.
    Parameter("cluster-enabled", "no", _YES_NO, change="requires-reboot"),
    Parameter("cluster-require-full-coverage", "no", _YES_NO),
    Parameter("databases", "16", "1-1200000", modifiable=False, change="requires-reboot"),
    Parameter("hash-max-ziplist-entries", "512", "0-"),
    Parameter("hash-max-ziplist-value", "64", "0-"),
    Parameter("hll-sparse-max-bytes", "3000", "0-16000"),
    Parameter("lazyfree-lazy-eviction", "no", _YES_NO),
    Parameter("lazyfree-lazy-expire", "no", _YES_NO),
    Parameter("lazyfree-lazy-server-del", "no", _YES_NO),
    Parameter("lazyfree-lazy-user-del", "no", _YES_NO),
    Parameter("lfu-decay-time", "1", "0-"),
    Parameter("lfu-log-factor", "10", "1-"),
    Parameter("list-compress-depth", "0", "0-"),
    Parameter("list-max-ziplist-size", "-2", "-5,-4,-3,-2,-1,1-", modifiable=False),
    Parameter("lua-time-limit", "5000", "5000", modifiable=False),
    Parameter("maxclients", "65000", "1-65000", modifiable=False, change="requires-reboot"),
    Parameter("maxmemory-policy", "volatile-lru", _POLICIES),
    Parameter("maxmemory-samples", "3", "1-"),
    Parameter("min-replicas-max-lag", "10", "0-"),
    Parameter("min-replicas-to-write", "0", "0-"),
    Parameter("notify-keyspace-events", None),
    Parameter("proto-max-bulk-len", "536870912", "1048576-536870912"),
    Parameter("rename-commands", ""),
    Parameter("repl-backlog-size", "1048576", "16384-"),
    Parameter("repl-backlog-ttl", "3600", "0-"),
    Parameter("replica-allow-chaining", "no", _YES_NO, modifiable=False),
    Parameter("replica-ignore-maxmemory", "yes", _YES_NO, modifiable=False),
    Parameter("replica-lazy-flush", "no", _YES_NO, modifiable=False),
    Parameter("reserved-memory-percent", "25", "0-100"),
    Parameter("set-max-intset-entries", "512", "0-"),
    Parameter("slowlog-log-slower-than", "10000", "-1,0-"),
    Parameter("slowlog-max-len", "128", "0-"),
    Parameter("stream-node-max-bytes", "4096", "0-"),
    Parameter("stream-node-max-entries", "100", "0-"),
    Parameter("tcp-keepalive", "300", "0-"),
    Parameter("timeout", "0", "0,20-"),
    Parameter("tracking-table-max-keys", "1000000", "1-100000000"),
    Parameter("zset-max-ziplist-entries", "128", "0-"),
    Parameter("zset-max-ziplist-value", "64", "0-"),
)
_GONE_IN_7 = ("hash-max-ziplist", "list-max-ziplist", "zset-max-ziplist")
_REDIS_7 = (
    *(one for one in _REDIS_6 if not one.name.startswith(_GONE_IN_7)),
    Parameter("cluster-allow-pubsubshard-when-down", "yes", _YES_NO),
    Parameter("cluster-preferred-endpoint-type", "tls-dynamic", "ip,tls-dynamic"),
    Parameter("hash-max-listpack-entries", "512", "0-"),
    Parameter("hash-max-listpack-value", "64", "0-"),
    Parameter("latency-tracking", "no", _YES_NO),
    Parameter("list-max-listpack-size", "-2", "-5,-4,-3,-2,-1,1-", modifiable=False),
    Parameter("zset-max-listpack-entries", "128", "0-"),
    Parameter("zset-max-listpack-value", "64", "0-"),
)
_OTHER_IN_VALKEY_8 = (
    *(
        Parameter(f"lazyfree-lazy-{what}", "yes", _YES_NO, modifiable=False)
        for what in ("eviction", "expire", "server-del", "user-del")
    ),
    Parameter("repl-backlog-size", "10485760", "16384-"),
)
_VALKEY_8 = (
    *(one for one in _REDIS_7 if one.name not in {other.name for other in _OTHER_IN_VALKEY_8}),
    *_OTHER_IN_VALKEY_8,
    Parameter("commandlog-large-reply-max-len", "128", "0-1024"),
    Parameter("commandlog-large-request-max-len", "128", "0-1024"),
    Parameter("commandlog-reply-larger-than", "1048576", "-1,0-"),
    Parameter("commandlog-request-larger-than", "1048576", "-1,0-"),
    Parameter("extended-redis-compatibility", "no", _YES_NO),
    Parameter("search-default-timeout-ms", "50000", "1-60000"),
    Parameter("search-enable-partial-results", "yes", _YES_NO),
    Parameter("search-fanout-target-mode", "client", "client,throughput"),
)

FAMILIES: Mapping[str, Mapping[str, Parameter]] = {
    family: {one.name: one for one in parameters}
    for family, parameters in {
        "redis6.x": _REDIS_6,
        "redis7": _REDIS_7,
        "valkey7": _REDIS_7,
        "valkey8": _VALKEY_8,
    }.items()
}
"""The parameters by family and name."""


def family_of(engine: str, version: str) -> str:
    """Return the family of an engine's version."""
    major = version.partition(".")[0]
    return "redis6.x" if (engine, major) == ("redis", "6") else f"{engine}{major}"
