"""Cache: the replication group, its parameters, logs, network paths and protection."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.elasticache.cache import Cache
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template

GROUP = "aws_elasticache_replication_group"
PARAMETERS = "aws_elasticache_parameter_group"
PASSWORD = CacheUserConfig(authentication="password")


def cache(stack: PlatformStack, id: str = "Sessions", **fields: Any) -> Cache:
    """Define a cache with ``fields`` given, one application and production's defaults."""
    parts = stack.node
    key = parts.try_find_child("Data") or Key(stack, "Data", config=KeyConfig(description="Data"))
    logs = parts.try_find_child("Logs") or Key(stack, "Logs", config=KeyConfig(description="Logs"))
    assert isinstance(key, Key)
    assert isinstance(logs, Key)
    assert isinstance(stack.target, Environment)
    network = stack.target.vpc.evolve(nat_zones=(), endpoints=(), flow_logs=None)
    vpc = parts.try_find_child("Vpc") or Vpc(stack, "Vpc", config=network, key=logs)
    assert isinstance(vpc, Vpc)
    alerts = parts.try_find_child("Alerts") or Alerts(
        stack, "Alerts", config=AlertsConfig(), key=key
    )
    assert isinstance(alerts, Alerts)
    config = CacheConfig(
        **{"node_type": "cache.m7g.large", "users": {"shop": CacheUserConfig()}, **fields}
    )
    return Cache(stack, id, config=config, vpc=vpc, key=key, logs_key=logs, alerts=alerts)


def group(stack: PlatformStack, **fields: Any) -> Block:
    """Define a cache and return its replication group."""
    cache(stack, **fields)
    return Template(stack).only(GROUP)


def parameter_group(stack: PlatformStack, **fields: Any) -> Block:
    """Define a cache and return its parameter group."""
    cache(stack, **fields)
    return Template(stack).only(PARAMETERS)


def test_it_is_encrypted_with_our_key_and_on_the_way(stack: PlatformStack) -> None:
    """At rest with the data key; clients that do not use TLS are refused."""
    found = group(stack)

    assert found["at_rest_encryption_enabled"] == "true"
    assert found["kms_key_id"].startswith("${aws_kms_key.Data_")
    assert found["transit_encryption_enabled"] is True
    assert found["transit_encryption_mode"] == "required"


def test_it_survives_the_loss_of_a_zone(stack: PlatformStack) -> None:
    """Two nodes in two zones, of which one takes over."""
    found = group(stack)

    assert found["num_cache_clusters"] == 2
    assert found["automatic_failover_enabled"] is True
    assert found["multi_az_enabled"] is True
    assert "num_node_groups" not in found


def test_it_can_be_a_single_node(stack: PlatformStack) -> None:
    """Where somebody wrote so."""
    found = group(stack, replicas=0, automatic_failover=False, multi_az=False)

    assert found["num_cache_clusters"] == 1
    assert found["automatic_failover_enabled"] is False
    assert found["multi_az_enabled"] is False


def test_shards_turn_cluster_mode_on(stack: PlatformStack) -> None:
    """Replicas are then those of each shard, and the parameter group says so too."""
    found = group(stack, shards=3, replicas=2)

    assert found["replication_group_id"] == "shop-prod-sessions-cluster"
    assert found["num_node_groups"] == 3
    assert found["replicas_per_node_group"] == 2
    assert "num_cache_clusters" not in found
    assert {"name": "cluster-enabled", "value": "yes"} in Template(stack).only(PARAMETERS)[
        "parameter"
    ]


def test_a_migration_lets_clients_without_tls_in(stack: PlatformStack) -> None:
    """It has no users then, because AWS takes them only when TLS is required."""
    found = group(stack, transit_encryption="preferred", users={})

    assert found["transit_encryption_mode"] == "preferred"
    assert found["transit_encryption_enabled"] is True
    assert "user_group_ids" not in found
    assert Template(stack).count("aws_elasticache_user_group") == 0


def test_redis_6_has_tls_without_a_mode(stack: PlatformStack) -> None:
    """It is required from the start there, and the argument is refused."""
    found = group(stack, engine="redis", engine_version="6.2", users={"shop": PASSWORD})

    assert found["transit_encryption_enabled"] is True
    assert "transit_encryption_mode" not in found


def test_minor_versions_do_not_change_by_themselves(stack: PlatformStack) -> None:
    """A version that AWS chose would read as a downgrade, which replaces the cache."""
    found = group(stack, engine_version="8.1")

    assert (found["engine"], found["engine_version"]) == ("valkey", "8.1")
    assert found["auto_minor_version_upgrade"] == "false"


def test_changes_happen_when_they_are_applied(stack: PlatformStack) -> None:
    """And not on a Sunday morning, when nobody watches."""
    assert group(stack)["apply_immediately"] is True


def test_it_is_snapshotted_every_day_for_a_week(stack: PlatformStack) -> None:
    """In its window, which is not that of maintenance."""
    found = group(stack)

    assert found["snapshot_retention_limit"] == 7
    assert found["snapshot_window"] == "03:00-04:00"
    assert found["maintenance_window"] == "sun:05:00-sun:06:00"
    assert "snapshot_name" not in found


def test_windows_and_retention_can_be_said(stack: PlatformStack) -> None:
    """Each is the configuration's."""
    found = group(
        stack,
        snapshot_retention_days=35,
        snapshot_window="01:00-02:00",
        maintenance_window="tue:02:00-tue:03:00",
    )

    assert found["snapshot_retention_limit"] == 35
    assert found["snapshot_window"] == "01:00-02:00"
    assert found["maintenance_window"] == "tue:02:00-tue:03:00"


def test_it_can_start_with_a_snapshot(stack: PlatformStack) -> None:
    """That is how one is restored."""
    assert group(stack, restore_from_snapshot="old")["snapshot_name"] == "old"


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_it_is_protected_unless_the_environment_allows_destroying(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """Where it is, it also leaves a snapshot behind when it goes in the end."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    found = group(stack)

    assert found.get("lifecycle") == (None if allow_destroy else {"prevent_destroy": True})
    assert found.get("final_snapshot_identifier") == (
        None if allow_destroy else "shop-prod-sessions-final"
    )


def test_it_stands_in_the_data_subnets_behind_its_own_security_group(stack: PlatformStack) -> None:
    """In the VPC's group for caches; it listens on 6379, and nobody may call it yet."""
    found = cache(stack)

    template = Template(stack)
    block = template.only(GROUP)
    (own,) = block["security_group_ids"]
    assert block["subnet_group_name"].startswith("${aws_elasticache_subnet_group.Vpc_")
    assert own.startswith("${aws_security_group.Sessions_Connections_")
    assert block["port"] == found.port == 6379
    assert str(found.connections.listens_on) == "6379"
    opened = template.all("aws_vpc_security_group_ingress_rule").values()
    assert own not in {it["security_group_id"] for it in opened}


@pytest.mark.parametrize("network_type", ["ipv4", "dual_stack"])
def test_it_talks_ipv6_only_where_asked(stack: PlatformStack, network_type: str) -> None:
    """The type is the configuration's."""
    assert group(stack, network_type=network_type)["network_type"] == network_type


def test_its_address_is_that_of_the_primary_node(stack: PlatformStack) -> None:
    """Beside it there is one for reading."""
    found = cache(stack)

    publish(stack, "writer", found.address, description="Host")
    publish(stack, "reader", found.reader_address, description="Host")

    assert Template(stack).output("writer").endswith(".primary_endpoint_address}")
    assert Template(stack).output("reader").endswith(".reader_endpoint_address}")


def test_in_cluster_mode_its_address_knows_the_shards(stack: PlatformStack) -> None:
    """Clients find replicas by themselves."""
    found = cache(stack, shards=2)

    publish(stack, "host", found.address, description="Host")

    assert Template(stack).output("host").endswith(".configuration_endpoint_address}")
    assert found.reader_address is None


@pytest.mark.parametrize(
    ("fields", "name", "family"),
    [
        ({}, "shop-prod-sessions-valkey8", "valkey8"),
        ({"shards": 1}, "shop-prod-sessions-valkey8-cluster", "valkey8"),
        (
            {"engine": "redis", "engine_version": "6.2", "users": {"shop": PASSWORD}},
            "shop-prod-sessions-redis6-x",
            "redis6.x",
        ),
    ],
)
def test_the_parameter_group_of_another_family_can_be_made_first(
    stack: PlatformStack, fields: dict[str, Any], name: str, family: str
) -> None:
    """The old one is in use until the cache has changed over, so the two have different names."""
    found = parameter_group(stack, **fields)

    assert (found["name"], found["family"]) == (name, family)
    assert found["lifecycle"] == {"create_before_destroy": True}


@pytest.mark.parametrize(("role", "policy"), [("cache", "allkeys-lru"), ("queue", "noeviction")])
def test_the_role_decides_the_eviction(stack: PlatformStack, role: str, policy: str) -> None:
    """A queue must lose nothing."""
    found = parameter_group(stack, role=role)

    assert found["parameter"] == [{"name": "maxmemory-policy", "value": policy}]


def test_further_parameters_are_the_authors(stack: PlatformStack) -> None:
    """They stand beside the role's, sorted."""
    found = parameter_group(stack, parameters={"timeout": 300, "activedefrag": True})

    assert found["parameter"] == [
        {"name": "activedefrag", "value": "yes"},
        {"name": "maxmemory-policy", "value": "allkeys-lru"},
        {"name": "timeout", "value": "300"},
    ]


def test_both_logs_go_to_groups_of_ours(stack: PlatformStack) -> None:
    """As JSON, encrypted with the logs key, kept for as long as the configuration says."""
    found = group(stack, log_retention_days=30)

    groups = {
        it["name"]: it
        for it in Template(stack).all("aws_cloudwatch_log_group").values()
        if "elasticache" in it["name"]
    }
    assert sorted(groups) == [
        "/aws/vendedlogs/elasticache/shop-prod-sessions-engine-log",
        "/aws/vendedlogs/elasticache/shop-prod-sessions-slow-log",
    ]
    assert {it["retention_in_days"] for it in groups.values()} == {30}
    assert all(it["kms_key_id"].startswith("${aws_kms_key.Logs_") for it in groups.values())
    assert [
        (it["log_type"], it["log_format"], it["destination_type"])
        for it in found["log_delivery_configuration"]
    ] == [("slow-log", "json", "cloudwatch-logs"), ("engine-log", "json", "cloudwatch-logs")]


def test_redis_6_0_has_no_engine_log(stack: PlatformStack) -> None:
    """It delivers the slow log only."""
    found = group(stack, engine="redis", engine_version="6.0", users={"shop": PASSWORD})

    assert [it["log_type"] for it in found["log_delivery_configuration"]] == ["slow-log"]


def test_a_long_name_is_shortened_to_what_elasticache_takes(stack: PlatformStack) -> None:
    """Forty characters, with a hash in place of the rest."""
    cache(stack, "SessionsOfEverybodyWhoEverCameToTheShop")

    name = Template(stack).only(GROUP)["replication_group_id"]
    assert len(name) == 40
    assert name.startswith("shop-prod-sessions-of-everybody-who-")


def test_two_caches_have_nothing_in_common(stack: PlatformStack) -> None:
    """Names of groups, users, logs and alarms follow from the construct."""
    cache(stack, "Sessions")
    cache(stack, "Jobs", role="queue")

    template = Template(stack)
    for kind, name in {
        GROUP: "replication_group_id",
        PARAMETERS: "name",
        "aws_elasticache_user": "user_id",
        "aws_elasticache_user_group": "user_group_id",
        "aws_cloudwatch_metric_alarm": "alarm_name",
    }.items():
        found = [it[name] for it in template.all(kind).values()]
        assert len(found) == len(set(found)) > 1
        assert sum(it.startswith("shop-prod-jobs") for it in found) == len(found) / 2
