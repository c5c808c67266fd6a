"""What a parameter group may say, by engine version and by what the cache is for; pure.

The catalogue holds what AWS lets be changed, so that a typing mistake is refused here and not
after a quarter of an hour of an apply.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from platform_lib.elasticache.versions import EngineVersion

ParameterValue = bool | int | str
"""A value as a person writes it; yes and no are written as True and False."""

_POLICY = "maxmemory-policy"
_CLUSTER_ENABLED = "cluster-enabled"
_NO_EVICTION = "noeviction"


class Role(StrEnum):
    """What a cache is for. It decides what happens when its memory is full."""

    CACHE = "cache"
    """Everything in it can be made again: when memory is full, the keys that were used least
    recently go, with or without an expiry (``allkeys-lru``), so that writing always works."""

    QUEUE = "queue"
    """Jobs or other things that exist nowhere else: when memory is full, writing fails and nothing
    goes (``noeviction``). A Celery broker on a cache that evicts loses jobs without a word."""


_POLICY_OF_ROLE: Mapping[Role, str] = {Role.CACHE: "allkeys-lru", Role.QUEUE: _NO_EVICTION}

_UNBOUNDED = 2**63 - 1
_FIRST = (6, 0)
_NEVER = (99, 0)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within a range."""

    lowest: int = 0
    highest: int = _UNBOUNDED
    also: int | None = None
    """One value outside the range that is allowed too."""

    def __str__(self) -> str:
        also = "" if self.also is None else f"{self.also} or "
        if self.highest == _UNBOUNDED:
            return f"{also}a whole number of {self.lowest} or more"
        return f"{also}a whole number from {self.lowest} to {self.highest}"

    def accepts(self, value: ParameterValue) -> bool:
        """Tell whether the parameter may have ``value``."""
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return value == self.also or self.lowest <= value <= self.highest


@dataclass(frozen=True, slots=True)
class Switch:
    """Yes or no."""

    def __str__(self) -> str:
        return "True or False"

    def accepts(self, value: ParameterValue) -> bool:
        """Tell whether the parameter may have ``value``."""
        return isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"one of {', '.join(map(repr, self.words))}"

    def accepts(self, value: ParameterValue) -> bool:
        """Tell whether the parameter may have ``value``."""
        return value in self.words


@dataclass(frozen=True, slots=True)
class Letters:
    """Letters of an alphabet, each at most once."""

    alphabet: str

    def __str__(self) -> str:
        return f"letters of {self.alphabet!r}, each at most once, or ''"

    def accepts(self, value: ParameterValue) -> bool:
        """Tell whether the parameter may have ``value``."""
        return (
            isinstance(value, str)
            and set(value) <= set(self.alphabet)
            and len(set(value)) == len(value)
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter that may be set."""

    takes: Whole | Switch | Choice | Letters
    """What it may be."""

    since: tuple[int, int] = _FIRST
    """First version that has it."""

    until: tuple[int, int] = _NEVER
    """First version that has it no more."""

    clustered: bool = False
    """Whether it means something in cluster mode only."""

    def exists_in(self, version: EngineVersion) -> bool:
        """Tell whether ``version`` has the parameter."""
        return self.since <= version.number < self.until


_POLICIES = (
    "allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-lfu", "allkeys-random",
    "volatile-random", "volatile-ttl", _NO_EVICTION,
)  # fmt: skip

CATALOGUE: Mapping[str, Parameter] = {
    # Memory
    _POLICY: Parameter(Choice(_POLICIES)),
    "maxmemory-samples": Parameter(Whole(1, 64)),
    "reserved-memory-percent": Parameter(Whole(0, 100)),
    "lfu-decay-time": Parameter(Whole()),
    "lfu-log-factor": Parameter(Whole(1)),
    "active-expire-effort": Parameter(Whole(1, 10)),
    "activedefrag": Parameter(Switch()),
    "active-defrag-cycle-max": Parameter(Whole(1, 75)),
    "active-defrag-cycle-min": Parameter(Whole(1, 75)),
    "active-defrag-ignore-bytes": Parameter(Whole(10_485_760, 104_857_600)),
    "active-defrag-max-scan-fields": Parameter(Whole(1, 1_000_000)),
    "active-defrag-threshold-lower": Parameter(Whole(1, 100)),
    "active-defrag-threshold-upper": Parameter(Whole(1, 100)),
    "lazyfree-lazy-eviction": Parameter(Switch(), until=(8, 0)),
    "lazyfree-lazy-expire": Parameter(Switch(), until=(8, 0)),
    "lazyfree-lazy-server-del": Parameter(Switch(), until=(8, 0)),
    "lazyfree-lazy-user-del": Parameter(Switch(), until=(8, 0)),
    # Connections
    "timeout": Parameter(Whole(20, also=0)),
    "tcp-keepalive": Parameter(Whole()),
    "close-on-replica-write": Parameter(Switch()),
    "client-output-buffer-limit-normal-hard-limit": Parameter(Whole()),
    "client-output-buffer-limit-normal-soft-limit": Parameter(Whole()),
    "client-output-buffer-limit-normal-soft-seconds": Parameter(Whole()),
    "client-output-buffer-limit-pubsub-hard-limit": Parameter(Whole()),
    "client-output-buffer-limit-pubsub-soft-limit": Parameter(Whole()),
    "client-output-buffer-limit-pubsub-soft-seconds": Parameter(Whole()),
    "client-query-buffer-limit": Parameter(Whole(1_048_576, 1_073_741_824)),
    "proto-max-bulk-len": Parameter(Whole(1_048_576, 536_870_912)),
    "tracking-table-max-keys": Parameter(Whole(1, 100_000_000)),
    # Access
    "acl-pubsub-default": Parameter(Choice(("resetchannels", "allchannels")), since=(6, 2)),
    "acllog-max-len": Parameter(Whole(1, 10_000)),
    # Replication
    "min-replicas-max-lag": Parameter(Whole()),
    "min-replicas-to-write": Parameter(Whole(0, 5)),
    "repl-backlog-size": Parameter(Whole(16_384)),
    "repl-backlog-ttl": Parameter(Whole()),
    # Watching
    "latency-tracking": Parameter(Switch(), since=(7, 0)),
    "notify-keyspace-events": Parameter(Letters("KEg$lshzxeA")),
    "slowlog-log-slower-than": Parameter(Whole(also=-1)),
    "slowlog-max-len": Parameter(Whole()),
    "commandlog-request-larger-than": Parameter(Whole(also=-1), since=(8, 1)),
    "commandlog-reply-larger-than": Parameter(Whole(also=-1), since=(8, 1)),
    "commandlog-large-request-max-len": Parameter(Whole(0, 1024), since=(8, 1)),
    "commandlog-large-reply-max-len": Parameter(Whole(0, 1024), since=(8, 1)),
    # Encodings
    "hash-max-listpack-entries": Parameter(Whole(), since=(7, 0)),
    "hash-max-listpack-value": Parameter(Whole(), since=(7, 0)),
    "zset-max-listpack-entries": Parameter(Whole(), since=(7, 0)),
    "zset-max-listpack-value": Parameter(Whole(), since=(7, 0)),
    "hash-max-ziplist-entries": Parameter(Whole(), until=(7, 0)),
    "hash-max-ziplist-value": Parameter(Whole(), until=(7, 0)),
    "zset-max-ziplist-entries": Parameter(Whole(), until=(7, 0)),
    "zset-max-ziplist-value": Parameter(Whole(), until=(7, 0)),
    "hll-sparse-max-bytes": Parameter(Whole(0, 16_000)),
    "list-compress-depth": Parameter(Whole()),
    "set-max-intset-entries": Parameter(Whole()),
    "stream-node-max-bytes": Parameter(Whole()),
    "stream-node-max-entries": Parameter(Whole()),
    "extended-redis-compatibility": Parameter(Switch(), since=(8, 0)),
    # Search
    "search-default-timeout-ms": Parameter(Whole(1, 60_000), since=(8, 2)),
    "search-enable-partial-results": Parameter(Switch(), since=(8, 2)),
    "search-fanout-target-mode": Parameter(Choice(("client", "throughput")), since=(8, 2)),
    # Cluster mode
    "cluster-allow-pubsubshard-when-down": Parameter(Switch(), since=(7, 0), clustered=True),
    "cluster-allow-reads-when-down": Parameter(Switch(), clustered=True),
    "cluster-preferred-endpoint-type": Parameter(
        Choice(("ip", "tls-dynamic")), since=(7, 0), clustered=True
    ),
    "cluster-require-full-coverage": Parameter(Switch(), clustered=True),
}
"""Every parameter that AWS lets be changed. ``rename-commands`` is left out, because what a user
may call is said in ``users``; ``reserved-memory`` too, whose percentage survives a resize."""

_SETTLED: Mapping[str, str] = {
    _CLUSTER_ENABLED: "follows from shards; leave it out",
    "databases": "cannot be changed, there are always 16; leave it out",
    "maxmemory": "follows from node_type; leave it out and use reserved-memory-percent",
    "reserved-memory": "is in bytes and does not follow node_type; use reserved-memory-percent",
    "appendonly": "is not offered with failover, and snapshots replace it; leave it out",
    "rename-commands": "would hide commands from everybody; say what a user may call in users",
}


def problems(
    parameters: Mapping[str, ParameterValue], *, version: EngineVersion, clustered: bool, role: Role
) -> Iterator[str]:
    """Yield a sentence for every parameter that a cache cannot have."""
    for name, value in parameters.items():
        given = f"parameters[{name!r}]={value!r}"
        known = CATALOGUE.get(name)
        if name in _SETTLED:
            yield f"{given} {_SETTLED[name]}"
        elif known is None or not known.exists_in(version):
            yield f"{given} is no parameter of {version.engine} {version}; {_instead(name, version)}"
        elif not known.takes.accepts(value):
            yield f"{given} is not allowed; use {known.takes}"
        elif known.clustered and not clustered:
            yield f"{given} means something in cluster mode only; give shards, or leave it out"
    yield from _role_problems(parameters.get(_POLICY), role)


def written(
    parameters: Mapping[str, ParameterValue], *, role: Role, clustered: bool
) -> dict[str, str]:
    """Return the parameters of a group as AWS writes them: the role's, then the author's."""
    merged: dict[str, ParameterValue] = {_POLICY: _POLICY_OF_ROLE[role], **parameters}
    if clustered:
        merged[_CLUSTER_ENABLED] = True
    return {name: _as_text(merged[name]) for name in sorted(merged)}


def _role_problems(policy: ParameterValue | None, role: Role) -> Iterator[str]:
    given = f"parameters[{_POLICY!r}]={policy!r}"
    if role is Role.QUEUE and policy not in {None, _NO_EVICTION}:
        yield f"{given} would throw jobs away; role='queue' has 'noeviction', leave it out"
    if role is Role.CACHE and policy == _NO_EVICTION:
        yield f"{given} makes a full cache refuse writes; write role='queue' if that is meant"


def _instead(name: str, version: EngineVersion) -> str:
    there = [it for it, parameter in CATALOGUE.items() if parameter.exists_in(version)]
    near = get_close_matches(name, there, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    return "AWS's list is in its page 'Engine specific parameters'"


def _as_text(value: ParameterValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
