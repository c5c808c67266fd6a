"""Parameters of a cache: what a role sets, and what the catalogue accepts, refuses and suggests."""

from __future__ import annotations

import pytest

from platform_lib.elasticache.parameters import (
    CATALOGUE,
    ParameterValue,
    Role,
    problems,
    written,
)
from platform_lib.elasticache.versions import VERSIONS, Engine, EngineVersion

VALKEY_8_2 = VERSIONS[Engine.VALKEY, "8.2"]


def version_called(text: str) -> EngineVersion:
    """Return a version written like ``redis 6.2``."""
    engine, number = text.split()
    return VERSIONS[Engine(engine), number]


def refusals(
    name: str,
    value: ParameterValue,
    *,
    version: str = "valkey 8.2",
    clustered: bool = False,
    role: Role = Role.CACHE,
) -> list[str]:
    """Return what is wrong with one parameter."""
    return list(
        problems({name: value}, version=version_called(version), clustered=clustered, role=role)
    )


@pytest.mark.parametrize(
    ("role", "policy"), [(Role.CACHE, "allkeys-lru"), (Role.QUEUE, "noeviction")]
)
def test_the_role_decides_what_goes_when_memory_is_full(role: Role, policy: str) -> None:
    """A queue loses nothing; a cache can always be written to."""
    assert written({}, role=role, clustered=False) == {"maxmemory-policy": policy}


def test_cluster_mode_follows_from_shards() -> None:
    """The parameter that says so is ours to set."""
    assert written({}, role=Role.CACHE, clustered=True)["cluster-enabled"] == "yes"


def test_values_are_written_as_aws_reads_them() -> None:
    """Yes and no, numbers as text, and sorted, so that two synths are equal."""
    parameters: dict[str, ParameterValue] = {
        "timeout": 300,
        "activedefrag": True,
        "latency-tracking": False,
        "notify-keyspace-events": "Ex",
    }

    text = written(parameters, role=Role.CACHE, clustered=False)

    assert list(text.items()) == [
        ("activedefrag", "yes"),
        ("latency-tracking", "no"),
        ("maxmemory-policy", "allkeys-lru"),
        ("notify-keyspace-events", "Ex"),
        ("timeout", "300"),
    ]


def test_an_author_may_choose_another_eviction_for_a_cache() -> None:
    """Sessions that never expire may have to stay while others go."""
    text = written({"maxmemory-policy": "volatile-lru"}, role=Role.CACHE, clustered=False)

    assert text == {"maxmemory-policy": "volatile-lru"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("maxmemory-policy", "volatile-lfu"),
        ("timeout", 0),
        ("timeout", 20),
        ("slowlog-log-slower-than", -1),
        ("activedefrag", False),
        ("notify-keyspace-events", "KEA"),
        ("notify-keyspace-events", ""),
        ("reserved-memory-percent", 100),
        ("search-fanout-target-mode", "throughput"),
    ],
)
def test_accepts(name: str, value: ParameterValue) -> None:
    """What AWS takes can be written."""
    assert refusals(name, value) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "maxmemory-polcy",
            "allkeys-lru",
            (
                "parameters['maxmemory-polcy']='allkeys-lru' is no parameter of valkey 8.2; did you mean"
                " 'maxmemory-policy'?"
            ),
        ),
        (
            "zzz",
            1,
            (
                "parameters['zzz']=1 is no parameter of valkey 8.2; AWS's list is in its page 'Engine"
                " specific parameters'"
            ),
        ),
        (
            "timeout",
            "300",
            "parameters['timeout']='300' is not allowed; use 0 or a whole number of 20 or more",
        ),
        (
            "timeout",
            19,
            "parameters['timeout']=19 is not allowed; use 0 or a whole number of 20 or more",
        ),
        (
            "timeout",
            True,
            "parameters['timeout']=True is not allowed; use 0 or a whole number of 20 or more",
        ),
        (
            "activedefrag",
            "yes",
            "parameters['activedefrag']='yes' is not allowed; use True or False",
        ),
        ("activedefrag", 1, "parameters['activedefrag']=1 is not allowed; use True or False"),
        (
            "maxmemory-samples",
            65,
            "parameters['maxmemory-samples']=65 is not allowed; use a whole number from 1 to 64",
        ),
        (
            "search-fanout-target-mode",
            "all",
            (
                "parameters['search-fanout-target-mode']='all' is not allowed; use one of 'client',"
                " 'throughput'"
            ),
        ),
        (
            "notify-keyspace-events",
            "EE",
            (
                "parameters['notify-keyspace-events']='EE' is not allowed; use letters of 'KEg$lshzxeA',"
                " each at most once, or ''"
            ),
        ),
        (
            "notify-keyspace-events",
            1,
            (
                "parameters['notify-keyspace-events']=1 is not allowed; use letters of 'KEg$lshzxeA',"
                " each at most once, or ''"
            ),
        ),
        (
            "cluster-enabled",
            True,
            "parameters['cluster-enabled']=True follows from shards; leave it out",
        ),
        (
            "reserved-memory",
            1,
            (
                "parameters['reserved-memory']=1 is in bytes and does not follow node_type; use"
                " reserved-memory-percent"
            ),
        ),
        (
            "cluster-require-full-coverage",
            True,
            (
                "parameters['cluster-require-full-coverage']=True means something in cluster mode only;"
                " give shards, or leave it out"
            ),
        ),
        (
            "maxmemory-policy",
            "noeviction",
            (
                "parameters['maxmemory-policy']='noeviction' makes a full cache refuse writes; write"
                " role='queue' if that is meant"
            ),
        ),
    ],
)
def test_refuses(name: str, value: ParameterValue, sentence: str) -> None:
    """Each sentence names parameter, value, what is allowed and what to do."""
    assert refusals(name, value) == [sentence]


def test_a_queue_cannot_throw_jobs_away() -> None:
    """Celery would lose jobs without a word."""
    assert refusals("maxmemory-policy", "allkeys-lru", role=Role.QUEUE) == [
        (
            "parameters['maxmemory-policy']='allkeys-lru' would throw jobs away; role='queue' has"
            " 'noeviction', leave it out"
        )
    ]


def test_a_queue_may_say_what_it_is() -> None:
    """The role's own policy is no contradiction."""
    assert refusals("maxmemory-policy", "noeviction", role=Role.QUEUE) == []


def test_parameters_of_cluster_mode_are_for_cluster_mode() -> None:
    """With shards they mean something."""
    assert refusals("cluster-require-full-coverage", True, clustered=True) == []


@pytest.mark.parametrize(
    ("name", "value", "there", "gone"),
    [
        ("lazyfree-lazy-expire", True, "valkey 7.2", "valkey 8.0"),
        ("hash-max-ziplist-entries", 1, "redis 6.2", "redis 7.0"),
        ("hash-max-listpack-entries", 1, "redis 7.0", "redis 6.2"),
        ("acl-pubsub-default", "resetchannels", "redis 6.2", "redis 6.0"),
        ("commandlog-large-reply-max-len", 1, "valkey 8.1", "valkey 8.0"),
        ("search-default-timeout-ms", 1, "valkey 8.2", "valkey 8.1"),
        ("extended-redis-compatibility", True, "valkey 8.0", "valkey 7.2"),
    ],
)
def test_versions_differ_in_what_they_know(
    name: str, value: ParameterValue, there: str, gone: str
) -> None:
    """A parameter is accepted exactly where AWS has it."""
    (sentence,) = refusals(name, value, version=gone)

    assert refusals(name, value, version=there) == []
    assert f"is no parameter of {gone}" in sentence


def test_a_renamed_parameter_is_suggested_under_its_new_name() -> None:
    """Ziplists became listpacks in 7.0."""
    (sentence,) = refusals("hash-max-ziplist-entries", 1)

    assert sentence.endswith("did you mean 'hash-max-listpack-entries'?")


def test_nothing_that_we_settle_is_in_the_catalogue() -> None:
    """A name is either the author's or ours."""
    assert {"cluster-enabled", "databases", "rename-commands"}.isdisjoint(CATALOGUE)
