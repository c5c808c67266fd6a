"""ElastiCache parameter groups hold permitted values of known parameters, and are tagged."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.elasticache.parameters import CATALOGUE
from platform_lib.elasticache.versions import VERSIONS, EngineVersion
from platform_lib.local.extensions._elasticache_parameters import FAMILIES


@pytest.fixture
def elasticache(client: Callable[[str], Any]) -> Any:
    """Return the ElastiCache client."""
    return client("elasticache")


def _create(elasticache: Any, family: str = "valkey8", **more: Any) -> str:
    name = f"group-{secrets.token_hex(4)}"
    elasticache.create_cache_parameter_group(
        CacheParameterGroupName=name, CacheParameterGroupFamily=family, Description="x", **more
    )
    return name


def _set(elasticache: Any, name: str, **values: str) -> None:
    elasticache.modify_cache_parameter_group(
        CacheParameterGroupName=name,
        ParameterNameValues=[
            {"ParameterName": key.replace("_", "-"), "ParameterValue": value}
            for key, value in values.items()
        ],
    )


def _values(elasticache: Any, name: str, source: str) -> dict[str, str]:
    pages = elasticache.get_paginator("describe_cache_parameters").paginate(
        CacheParameterGroupName=name, Source=source
    )
    return {
        one["ParameterName"]: one.get("ParameterValue", "")
        for page in pages
        for one in page["Parameters"]
    }


@pytest.mark.parametrize("version", VERSIONS.values(), ids=str)
def test_knows_whatever_a_cache_may_set(version: EngineVersion) -> None:
    """A configuration that is accepted is not refused here for want of a parameter."""
    offered = {name for name, one in CATALOGUE.items() if one.exists_in(version)}
    known = {one.name for one in FAMILIES[version.family].values() if one.modifiable}

    assert offered - known == set()


def test_what_was_set_is_told_from_the_defaults(elasticache: Any) -> None:
    """The source says which is which."""
    name = _create(elasticache)

    _set(elasticache, name, maxmemory_policy="noeviction", timeout="300")

    assert _values(elasticache, name, "user") == {
        "maxmemory-policy": "noeviction",
        "timeout": "300",
    }
    assert "timeout" not in _values(elasticache, name, "system")
    assert _values(elasticache, name, "system")["tcp-keepalive"] == "300"


def test_a_value_goes_back_to_its_default(elasticache: Any) -> None:
    """One parameter alone, or all of them."""
    name = _create(elasticache)
    _set(elasticache, name, timeout="300", lfu_log_factor="5", slowlog_max_len="10")

    elasticache.reset_cache_parameter_group(
        CacheParameterGroupName=name, ParameterNameValues=[{"ParameterName": "timeout"}]
    )
    one = _values(elasticache, name, "user")
    elasticache.reset_cache_parameter_group(CacheParameterGroupName=name, ResetAllParameters=True)

    assert one == {"lfu-log-factor": "5", "slowlog-max-len": "10"}
    assert _values(elasticache, name, "user") == {}


@pytest.mark.parametrize(
    ("family", "name", "default"),
    [
        ("redis6.x", "lazyfree-lazy-eviction", "no"),
        ("redis6.x", "hash-max-ziplist-entries", "512"),
        ("redis7", "hash-max-listpack-entries", "512"),
        ("redis7", "repl-backlog-size", "1048576"),
        ("valkey7", "latency-tracking", "no"),
        ("valkey8", "lazyfree-lazy-eviction", "yes"),
        ("valkey8", "repl-backlog-size", "10485760"),
        ("valkey8", "commandlog-request-larger-than", "1048576"),
    ],
)
def test_families_differ(elasticache: Any, family: str, name: str, default: str) -> None:
    """A default group of each family has that family's defaults."""
    found = _values(elasticache, f"default.{family}", "system")

    assert found[name] == default


@pytest.mark.parametrize(
    ("family", "parameter", "value"),
    [
        ("valkey8", "maxmemory_policy", "allkeys-lfu"),
        ("valkey8", "timeout", "0"),
        ("valkey8", "timeout", "20"),
        ("valkey8", "slowlog_log_slower_than", "-1"),
        ("valkey8", "notify_keyspace_events", "Ex"),
        ("valkey8", "cluster_enabled", "yes"),
        ("redis6.x", "zset_max_ziplist_entries", "64"),
    ],
)
def test_accepts(elasticache: Any, family: str, parameter: str, value: str) -> None:
    """Words, numbers and ranges as AWS permits them."""
    name = _create(elasticache, family)

    _set(elasticache, name, **{parameter: value})

    assert list(_values(elasticache, name, "user").values()) == [value]


@pytest.mark.parametrize(
    ("family", "parameter", "value"),
    [
        ("valkey8", "maxmemory-policy", "allkeys-mru"),
        ("valkey8", "timeout", "19"),
        ("valkey8", "timeout", "soon"),
        ("valkey8", "maxclients", "10"),
        ("valkey8", "lazyfree-lazy-expire", "no"),
        ("valkey8", "maxmemory", "1"),
        ("valkey8", "hash-max-ziplist-entries", "1"),
        ("redis7", "commandlog-request-larger-than", "1"),
    ],
)
def test_refuses(
    elasticache: Any, refused: Callable[..., str], family: str, parameter: str, value: str
) -> None:
    """Values that are not permitted, fixed parameters, and those of another family."""
    name = _create(elasticache, family)

    code = refused(
        elasticache.modify_cache_parameter_group,
        CacheParameterGroupName=name,
        ParameterNameValues=[{"ParameterName": parameter, "ParameterValue": value}],
    )

    assert code == "InvalidParameterValue"
    assert _values(elasticache, name, "user") == {}


def test_refuses_more_than_twenty_changes(elasticache: Any, refused: Callable[..., str]) -> None:
    """Which is why the provider sends them in pieces."""
    name = _create(elasticache)
    one = {"ParameterName": "timeout", "ParameterValue": "20"}

    code = refused(
        elasticache.modify_cache_parameter_group,
        CacheParameterGroupName=name,
        ParameterNameValues=[one] * 21,
    )

    assert code == "InvalidParameterValue"


def test_refuses_a_call_without_a_change(elasticache: Any, refused: Callable[..., str]) -> None:
    """It says so, instead of doing nothing."""
    code = refused(
        elasticache.modify_cache_parameter_group,
        CacheParameterGroupName=_create(elasticache),
        ParameterNameValues=[],
    )

    assert code == "InvalidParameterCombination"


def test_default_groups_are_there_and_fixed(elasticache: Any, refused: Callable[..., str]) -> None:
    """For both modes of each family; nobody changes or deletes them."""
    groups = elasticache.describe_cache_parameter_groups()["CacheParameterGroups"]
    names = {one["CacheParameterGroupName"] for one in groups}
    fixed = "default.redis7"

    changed = refused(
        elasticache.modify_cache_parameter_group,
        CacheParameterGroupName=fixed,
        ParameterNameValues=[{"ParameterName": "timeout", "ParameterValue": "20"}],
    )
    deleted = refused(elasticache.delete_cache_parameter_group, CacheParameterGroupName=fixed)

    assert {fixed, "default.valkey8.cluster.on", "default.redis6.x"} <= names
    assert (changed, deleted) == ("InvalidCacheParameterGroupState",) * 2


@pytest.mark.parametrize(
    ("name", "family", "code"),
    [
        ("taken", "valkey8", "CacheParameterGroupAlreadyExists"),
        ("default.valkey8", "valkey8", "CacheParameterGroupAlreadyExists"),
        ("other", "valkey9", "InvalidParameterValue"),
        ("two--hyphens", "valkey8", "InvalidParameterValue"),
        ("1first", "valkey8", "InvalidParameterValue"),
    ],
)
def test_refuses_names_and_families(
    aws: Any, elasticache: Any, refused: Callable[..., str], name: str, family: str, code: str
) -> None:
    """Taken and impossible names, unknown families."""
    elasticache.create_cache_parameter_group(
        CacheParameterGroupName="Taken", CacheParameterGroupFamily="valkey8", Description="x"
    )

    found = refused(
        elasticache.create_cache_parameter_group,
        CacheParameterGroupName=name,
        CacheParameterGroupFamily=family,
        Description="x",
    )

    assert found == code


def test_a_group_is_tagged_and_deleted(elasticache: Any, refused: Callable[..., str]) -> None:
    """Tags come with the creation, change, and go; then the group goes."""
    name = _create(elasticache, Tags=[{"Key": "a", "Value": "b"}])
    group = elasticache.describe_cache_parameter_groups(CacheParameterGroupName=name)
    arn = group["CacheParameterGroups"][0]["ARN"]

    added = elasticache.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "c", "Value": "d"}])
    left = elasticache.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    listed = elasticache.list_tags_for_resource(ResourceName=arn)
    elasticache.delete_cache_parameter_group(CacheParameterGroupName=name)

    assert {one["Key"] for one in added["TagList"]} == {"a", "c"}
    assert left["TagList"] == listed["TagList"] == [{"Key": "c", "Value": "d"}]
    assert (
        refused(elasticache.describe_cache_parameter_groups, CacheParameterGroupName=name)
        == "CacheParameterGroupNotFound"
    )
