"""What contradicts what in the configuration of a cache; pure.

Each check yields sentences that name the field, the value, what is allowed and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from platform_lib.elasticache import parameters
from platform_lib.elasticache.commands import Commands
from platform_lib.elasticache.versions import VERSIONS, offered
from platform_lib.windows import daily, weekly

if TYPE_CHECKING:
    from platform_lib.elasticache.config import CacheConfig, CacheUserConfig

_WITHOUT_IPV6 = frozenset({"t2", "m3", "m4", "r3", "r4"})
"""Families that are not built on the Nitro system.
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/network-type.html"""
_MOST_NODES = 500
"""https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html"""


def problems_of(config: CacheConfig) -> Iterator[str]:
    """Yield everything in ``config`` that ElastiCache or we would refuse."""
    if (config.engine, config.engine_version) not in VERSIONS:
        # Nothing else can be said: it depends on what the version can do.
        yield (
            f"engine_version={config.engine_version!r} is not offered for {config.engine};"
            f" choose {', '.join(offered(config.engine))}"
        )
        return
    yield from _failover(config)
    yield from _size(config)
    yield from _network(config)
    yield from _windows(config)
    yield from _users(config)
    yield from _logical_databases(config)
    yield from parameters.problems(
        config.parameters,
        version=config.version,
        clustered=config.clustered,
        role=config.role,
    )


def _failover(config: CacheConfig) -> Iterator[str]:
    if config.automatic_failover and config.replicas == 0 and not config.clustered:
        yield (
            "automatic_failover=True needs a replica to fail over to, and replicas=0; write"
            " replicas=1 or automatic_failover=False"
        )
    if config.clustered and not config.automatic_failover:
        yield (
            f"automatic_failover=False is not possible with shards={config.shards}: in cluster mode"
            " failover is always on; leave it out"
        )
    if config.multi_az and not config.automatic_failover:
        yield (
            "multi_az=True needs automatic_failover, which is False; write automatic_failover=True"
            " or multi_az=False"
        )
    if config.multi_az and config.clustered and config.replicas == 0:
        yield (
            "multi_az=True needs a replica in another zone, and replicas=0; write replicas=1 or"
            " multi_az=False"
        )


def _size(config: CacheConfig) -> Iterator[str]:
    nodes = (config.shards or 1) * (1 + config.replicas)
    if nodes > _MOST_NODES:
        yield (
            f"shards={config.shards} with replicas={config.replicas} are {nodes} nodes, and a cache"
            f" has {_MOST_NODES} at most; use fewer of either"
        )


def _network(config: CacheConfig) -> Iterator[str]:
    version = config.version
    dual_stack = config.network_type == "dual_stack"
    if dual_stack and not version.talks_ipv6:
        yield (
            f"network_type='dual_stack' needs engine_version 6.2 or newer, not {version}; write"
            " network_type='ipv4'"
        )
    if dual_stack and config.node_type.split(".")[1] in _WITHOUT_IPV6:
        yield (
            f"network_type='dual_stack' is not possible with node_type={config.node_type!r}; use a"
            " newer family, such as 't4g' or 'm7g'"
        )
    if config.transit_encryption == "preferred" and not version.takes_transit_encryption_mode:
        yield (
            f"transit_encryption='preferred' needs engine_version 7.0 or newer, not {version}; write"
            " transit_encryption='required'"
        )


def _windows(config: CacheConfig) -> Iterator[str]:
    if daily(config.snapshot_window).meets(weekly(config.maintenance_window)):
        yield (
            f"snapshot_window={config.snapshot_window!r} overlaps"
            f" maintenance_window={config.maintenance_window!r}; move one of them"
        )


def _users(config: CacheConfig) -> Iterator[str]:
    migrating = config.transit_encryption == "preferred"
    if config.users and migrating:
        yield (
            f"users of {', '.join(config.users)} need TLS from every client, and"
            " transit_encryption='preferred'; write 'required' and apply before you add users"
        )
    if not config.users and not migrating:
        yield (
            "users={} would let everybody in who reaches the port; name each application, as in"
            " users={'shop': CacheUserConfig(key_prefixes=('',))}"
        )
    for name, user in config.users.items():
        yield from _user(config, name, user)
    nameless = [name for name, user in config.users.items() if user.signs_in_without_name]
    if len(nameless) > 1:
        yield (
            f"users {' and '.join(map(repr, nameless))} have signs_in_without_name=True, and without"
            " a name they are one and the same; let one of them give its name, or give it a cache of"
            " its own"
        )
    for one, other in combinations(config.users, 2):
        yield from _shared_keys(config, one, other)


def _user(config: CacheConfig, name: str, user: CacheUserConfig) -> Iterator[str]:
    version = config.version
    where = f"users[{name!r}]"
    if name == "default":
        yield (
            f"{where} has the name of whoever gives none; call the application otherwise, and write"
            " signs_in_without_name=True if it gives none"
        )
    if user.authentication == "iam" and not version.signs_in_with_iam:
        yield (
            f"{where}.authentication='iam' needs engine_version 7.0 or newer, not {version}; write"
            " authentication='password'"
        )
    if user.channel_prefixes and not version.limits_channels:
        yield (
            f"{where}.channel_prefixes={user.channel_prefixes!r} needs engine_version 6.2 or newer,"
            f" not {version}, where every user has every channel; leave it out"
        )
    if user.commands is Commands.ALL and len(config.users) > 1:
        yield (
            f"{where}.commands='all' includes FLUSHALL, which deletes the keys of all"
            f" {len(config.users)} users; write 'read_write' or give the application its own cache"
        )


def _shared_keys(config: CacheConfig, one: str, other: str) -> Iterator[str]:
    numbers = [config.logical_databases.get(name) for name in (one, other)]
    if None not in numbers:
        # The environment insists on logical databases, which may hold the same names of keys.
        return
    for first in config.key_prefixes_of(one):
        for second in config.key_prefixes_of(other):
            if first.startswith(second) or second.startswith(first):
                yield (
                    f"users[{one!r}] with keys {first + '*'!r} and users[{other!r}] with keys"
                    f" {second + '*'!r} could touch the same ones; give them key_prefixes of which"
                    " none starts another, or a cache each"
                )


def _logical_databases(config: CacheConfig) -> Iterator[str]:
    numbers = config.logical_databases
    if numbers and config.clustered:
        yield (
            f"logical_databases={dict(numbers)!r} are not possible with shards={config.shards}:"
            " cluster mode has database 0 only; leave one of them out"
        )
    taken: dict[int, str] = {}
    for name, number in numbers.items():
        if name not in config.users:
            yield (
                f"logical_databases[{name!r}]={number} is for no user of this cache; its users are"
                f" {', '.join(config.users) or 'none'}"
            )
        if number in taken:
            yield (
                f"logical_databases[{name!r}]={number} is taken by {taken[number]!r}; give each"
                " application its own number"
            )
        taken.setdefault(number, name)
