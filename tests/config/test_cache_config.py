"""What a cache's configuration accepts, refuses and explains."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.elasticache.commands import Commands
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.elasticache.parameters import Role
from platform_lib.elasticache.versions import VERSIONS, Engine

PASSWORD = CacheUserConfig(authentication="password")
WHOLE = CacheUserConfig(key_prefixes=("",))
REDIS_6 = {"engine": "redis", "engine_version": "6.2", "users": {"shop": PASSWORD}}


def cache(**fields: Any) -> CacheConfig:
    """Return a cache with ``fields`` given, one application and production's defaults."""
    return CacheConfig(
        **{"node_type": "cache.m7g.large", "users": {"shop": CacheUserConfig()}, **fields}
    )


def refusals(**fields: Any) -> list[str]:
    """Return the sentences with which ``fields`` are refused."""
    with pytest.raises(ValidationError) as refused:
        cache(**fields)
    return [
        line
        for error in refused.value.errors()
        for line in error["msg"].removeprefix("Value error, ").splitlines()
    ]


def test_defaults_are_productions() -> None:
    """A replica in another zone, seven days of snapshots, TLS, and eviction by last use."""
    config = cache()

    assert (config.engine, config.engine_version) == (Engine.VALKEY, "8.2")
    assert (config.replicas, config.automatic_failover, config.multi_az) == (1, True, True)
    assert config.snapshot_retention_days == 7
    assert config.transit_encryption == "required"
    assert config.role is Role.CACHE
    assert not config.clustered


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [
        ("valkey", "7.2", "valkey7"),
        ("valkey", "8.0", "valkey8"),
        ("valkey", "8.1", "valkey8"),
        ("valkey", "8.2", "valkey8"),
        ("redis", "7.0", "redis7"),
        ("redis", "7.1", "redis7"),
        ("redis", "6.0", "redis6.x"),
        ("redis", "6.2", "redis6.x"),
    ],
)
def test_the_family_follows_from_the_version(engine: str, version: str, family: str) -> None:
    """Nobody writes a family, so none can be wrong."""
    config = cache(engine=engine, engine_version=version, users={"shop": PASSWORD})

    assert config.version.family == family


def test_only_redis_6_has_an_end_that_aws_has_announced() -> None:
    """The date is AWS's; versions without one are supported until further notice."""
    ends = {str(version): version.ends for version in VERSIONS.values() if version.ends}

    assert ends == {"6.0": date(2027, 1, 31), "6.2": date(2027, 1, 31)}


@pytest.mark.parametrize("node_type", ["cache.t4g.micro", "cache.t3.small", "cache.t2.medium"])
def test_burstable_nodes_are_known(node_type: str) -> None:
    """A guardrail asks for it where customers are served."""
    assert cache(node_type=node_type).burstable


def test_other_nodes_are_not_burstable() -> None:
    """A whole processor is theirs all the time."""
    assert not cache(node_type="cache.r7g.large").burstable


ACCEPTED: dict[str, dict[str, Any]] = {
    "no replica, and said so": {"replicas": 0, "automatic_failover": False, "multi_az": False},
    "replicas in one zone": {"multi_az": False},
    "replicas without failover": {"automatic_failover": False, "multi_az": False},
    "five replicas": {"replicas": 5},
    "one shard": {"shards": 1},
    "shards without replicas": {"shards": 3, "replicas": 0, "multi_az": False},
    "as many nodes as there may be": {"shards": 250, "replicas": 1},
    "dual stack": {"network_type": "dual_stack", "node_type": "cache.t4g.small"},
    "dual stack on Redis OSS 6.2": {"network_type": "dual_stack", **REDIS_6},
    "a user with a password on Redis OSS 6": REDIS_6,
    "channels on Redis OSS 6.2": {
        **REDIS_6,
        "users": {"shop": PASSWORD.evolve(channel_prefixes=("shop:",))},
    },
    "the step of a migration": {"users": {}, "transit_encryption": "preferred"},
    "one application with every key": {"users": {"shop": WHOLE}},
    "one application with every command": {"users": {"shop": WHOLE.evolve(commands=Commands.ALL)}},
    "two applications": {"users": {"shop": CacheUserConfig(), "blog": CacheUserConfig()}},
    "prefixes side by side": {
        "users": {
            "shop": CacheUserConfig(key_prefixes=("a:", "b:")),
            "blog": CacheUserConfig(key_prefixes=("c:",)),
        }
    },
    "a hash tag": {"users": {"shop": CacheUserConfig(key_prefixes=("{shop}:",))}},
    "logical databases": {
        "users": {"shop": CacheUserConfig(), "blog": CacheUserConfig()},
        "logical_databases": {"shop": 0, "blog": 15},
    },
    "logical databases that hold the same names": {
        "users": {"shop": WHOLE, "blog": WHOLE},
        "logical_databases": {"shop": 0, "blog": 1},
    },
    "snapshots off": {"snapshot_retention_days": 0},
    "the longest snapshots": {"snapshot_retention_days": 35},
    "maintenance right after the snapshot": {
        "snapshot_window": "04:00-05:00",
        "maintenance_window": "sun:05:00-sun:06:00",
    },
    "a window over midnight": {"snapshot_window": "23:30-00:30"},
    "a window over the end of the week": {"maintenance_window": "sun:23:30-mon:00:30"},
    "a password with what belongs to it": {
        "users": {"shop": PASSWORD.evolve(edition=2, url_query="a=b&c=d")}
    },
}


@pytest.mark.parametrize("fields", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_accepts(fields: dict[str, Any]) -> None:
    """What ElastiCache can do can be written."""
    assert cache(**fields)


NAMELESS = CacheUserConfig(authentication="password", signs_in_without_name=True)

REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "failover without a replica": (
        {"replicas": 0, "multi_az": False},
        (
            "automatic_failover=True needs a replica to fail over to, and replicas=0; write replicas=1"
            " or automatic_failover=False"
        ),
    ),
    "multi-AZ without failover": (
        {"automatic_failover": False},
        (
            "multi_az=True needs automatic_failover, which is False; write automatic_failover=True or"
            " multi_az=False"
        ),
    ),
    "cluster mode without failover": (
        {"shards": 2, "automatic_failover": False, "multi_az": False},
        (
            "automatic_failover=False is not possible with shards=2: in cluster mode failover is always"
            " on; leave it out"
        ),
    ),
    "multi-AZ shards without replicas": (
        {"shards": 2, "replicas": 0},
        (
            "multi_az=True needs a replica in another zone, and replicas=0; write replicas=1 or"
            " multi_az=False"
        ),
    ),
    "too many nodes": (
        {"shards": 251, "replicas": 1},
        "shards=251 with replicas=1 are 502 nodes, and a cache has 500 at most; use fewer of either",
    ),
    "a version of the other engine": (
        {"engine_version": "7.1"},
        "engine_version='7.1' is not offered for valkey; choose 7.2, 8.0, 8.1, 8.2",
    ),
    "a version that AWS has ended": (
        {"engine": "redis", "engine_version": "5.0.6"},
        "engine_version='5.0.6' is not offered for redis; choose 6.0, 6.2, 7.0, 7.1",
    ),
    "IPv6 before 6.2": (
        {**REDIS_6, "engine_version": "6.0", "network_type": "dual_stack"},
        (
            "network_type='dual_stack' needs engine_version 6.2 or newer, not 6.0; write"
            " network_type='ipv4'"
        ),
    ),
    "IPv6 on an old family": (
        {"network_type": "dual_stack", "node_type": "cache.t2.small"},
        (
            "network_type='dual_stack' is not possible with node_type='cache.t2.small'; use a newer"
            " family, such as 't4g' or 'm7g'"
        ),
    ),
    "preferred TLS before 7": (
        {**REDIS_6, "users": {}, "transit_encryption": "preferred"},
        (
            "transit_encryption='preferred' needs engine_version 7.0 or newer, not 6.2; write"
            " transit_encryption='required'"
        ),
    ),
    "users before TLS is required": (
        {"transit_encryption": "preferred"},
        (
            "users of shop need TLS from every client, and transit_encryption='preferred'; write"
            " 'required' and apply before you add users"
        ),
    ),
    "nobody": (
        {"users": {}},
        (
            "users={} would let everybody in who reaches the port; name each application, as in"
            " users={'shop': CacheUserConfig(key_prefixes=('',))}"
        ),
    ),
    "a user called default": (
        {"users": {"default": CacheUserConfig()}},
        (
            "users['default'] has the name of whoever gives none; call the application otherwise, and"
            " write signs_in_without_name=True if it gives none"
        ),
    ),
    "two users without a name": (
        {"users": {"shop": NAMELESS, "blog": NAMELESS, "bot": CacheUserConfig()}},
        (
            "users 'shop' and 'blog' have signs_in_without_name=True, and without a name they are one"
            " and the same; let one of them give its name, or give it a cache of its own"
        ),
    ),
    "IAM before 7": (
        {**REDIS_6, "users": {"shop": CacheUserConfig()}},
        (
            "users['shop'].authentication='iam' needs engine_version 7.0 or newer, not 6.2; write"
            " authentication='password'"
        ),
    ),
    "channels before 6.2": (
        {
            **REDIS_6,
            "engine_version": "6.0",
            "users": {"shop": PASSWORD.evolve(channel_prefixes=("shop:",))},
        },
        (
            "users['shop'].channel_prefixes=('shop:',) needs engine_version 6.2 or newer, not 6.0, where"
            " every user has every channel; leave it out"
        ),
    ),
    "FLUSHALL beside others": (
        {"users": {"shop": CacheUserConfig(commands=Commands.ALL), "blog": CacheUserConfig()}},
        (
            "users['shop'].commands='all' includes FLUSHALL, which deletes the keys of all 2 users;"
            " write 'read_write' or give the application its own cache"
        ),
    ),
    "one prefix inside another": (
        {
            "users": {
                "shop": CacheUserConfig(key_prefixes=("shop",)),
                "shop-blog": CacheUserConfig(),
            }
        },
        (
            "users['shop'] with keys 'shop*' and users['shop-blog'] with keys 'shop-blog:*' could touch"
            " the same ones; give them key_prefixes of which none starts another, or a cache each"
        ),
    ),
    "every key beside others, with one logical database": (
        {
            "users": {"shop": WHOLE, "blog": CacheUserConfig()},
            "logical_databases": {"shop": 0},
        },
        (
            "users['shop'] with keys '*' and users['blog'] with keys 'blog:*' could touch the same"
            " ones; give them key_prefixes of which none starts another, or a cache each"
        ),
    ),
    "a logical database used twice": (
        {
            "users": {"shop": CacheUserConfig(), "blog": CacheUserConfig()},
            "logical_databases": {"shop": 1, "blog": 1},
        },
        "logical_databases['blog']=1 is taken by 'shop'; give each application its own number",
    ),
    "a logical database of nobody": (
        {"logical_databases": {"blog": 1}},
        "logical_databases['blog']=1 is for no user of this cache; its users are shop",
    ),
    "logical databases in cluster mode": (
        {"shards": 2, "logical_databases": {"shop": 1}},
        (
            "logical_databases={'shop': 1} are not possible with shards=2: cluster mode has database 0"
            " only; leave one of them out"
        ),
    ),
    "windows that overlap": (
        {"snapshot_window": "04:30-05:30"},
        (
            "snapshot_window='04:30-05:30' overlaps maintenance_window='sun:05:00-sun:06:00'; move one"
            " of them"
        ),
    ),
    "a snapshot over midnight into maintenance": (
        {"snapshot_window": "23:30-00:30", "maintenance_window": "mon:00:00-mon:01:00"},
        (
            "snapshot_window='23:30-00:30' overlaps maintenance_window='mon:00:00-mon:01:00'; move one"
            " of them"
        ),
    ),
    "a short window": (
        {"snapshot_window": "03:00-03:30"},
        "'03:00-03:30' is 30 minutes long; ElastiCache takes 60 minutes to 24 hours",
    ),
    "a short weekly window": (
        {"maintenance_window": "sun:05:00-sun:05:59"},
        "'sun:05:00-sun:05:59' is 59 minutes long; ElastiCache takes 60 minutes to 24 hours",
    ),
    "no daily window": (
        {"snapshot_window": "3-4"},
        "'3-4' is not a daily window in UTC; write it as in '03:00-04:00'",
    ),
    "no weekly window": (
        {"maintenance_window": "05:00-06:00"},
        "'05:00-06:00' is not a weekly window in UTC; write it as in 'sun:05:00-sun:06:00'",
    ),
    "no node type": (
        {"node_type": "m7g.large"},
        "'m7g.large' is not a node type; write it as in 'cache.m7g.large'",
    ),
    "a node type that cannot encrypt": (
        {"node_type": "cache.t1.micro"},
        "'cache.t1.micro' cannot encrypt what it stores; use a newer family",
    ),
    "a node type with disks": (
        {"node_type": "cache.r6gd.xlarge"},
        "'cache.r6gd.xlarge' keeps data on disk too, which is not offered here; use 'r6g'",
    ),
}


@pytest.mark.parametrize(("fields", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_refuses(fields: dict[str, Any], sentence: str) -> None:
    """Each sentence names field, value, what is allowed and what to do."""
    assert refusals(**fields) == [sentence]


def test_says_everything_that_is_wrong_at_once() -> None:
    """Nobody corrects one thing to learn of the next."""
    found = refusals(replicas=0, snapshot_window="05:00-06:00", logical_databases={"blog": 1})

    assert [it.split("=")[0] for it in found] == [
        "automatic_failover",
        "snapshot_window",
        "logical_databases['blog']",
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            {"edition": 2},
            (
                "edition=2 is about a secret, and a user with authentication='iam' has none; leave it"
                " out or write authentication='password'"
            ),
        ),
        (
            {"signs_in_without_name": True},
            (
                "signs_in_without_name=True is about a secret, and a user with authentication='iam'"
                " has none; leave it out or write authentication='password'"
            ),
        ),
        (
            {"url_query": "a=b"},
            (
                "url_query='a=b' is about a secret, and a user with authentication='iam' has none; leave"
                " it out or write authentication='password'"
            ),
        ),
        (
            {"authentication": "password", "url_query": "?a=b"},
            "'?a=b' is not the query of a URL; write it as in 'ssl_cert_reqs=required'",
        ),
        (
            {"key_prefixes": ("shop:*",)},
            (
                "'shop:*' is not a prefix of keys or channels; use letters, digits and _.:/{}-, without"
                " a star"
            ),
        ),
    ],
)
def test_refuses_users(fields: dict[str, Any], sentence: str) -> None:
    """What a user's configuration says has to mean something."""
    with pytest.raises(ValidationError) as refused:
        CacheUserConfig(**fields)

    (error,) = refused.value.errors()
    assert error["msg"].removeprefix("Value error, ") == sentence


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("snapshot_retention_days", 36),
        ("snapshot_retention_days", -1),
        ("replicas", 6),
        ("shards", 0),
        ("shards", 501),
        ("log_retention_days", 8),
        ("logical_databases", {"shop": 16}),
        ("logical_databases", {"shop": -1}),
        ("network_type", "ipv6"),
        ("transit_encryption", "off"),
        ("role", "broker"),
    ],
)
def test_refuses_values_outside_the_services_range(field: str, value: object) -> None:
    """Pydantic's own checks name the range."""
    with pytest.raises(ValidationError) as refused:
        cache(**{field: value})

    assert {error["loc"][0] for error in refused.value.errors()} == {field}
