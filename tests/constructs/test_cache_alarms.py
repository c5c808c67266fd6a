"""The alarms of a cache: which, of which nodes, how urgent, and from when."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.elasticache.alarms import node_suffixes
from platform_lib.elasticache.alarms_config import CacheAlarmsConfig
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.testing.template import Block, Template
from tests.constructs.test_cache import cache

SINGLE = {"replicas": 0, "automatic_failover": False, "multi_az": False}


def alarms(stack: PlatformStack, **fields: Any) -> dict[str, Block]:
    """Define a cache and return its alarms by name."""
    cache(stack, **fields)
    return {
        it["alarm_name"].removeprefix("shop-prod-sessions-"): it
        for it in Template(stack).all("aws_cloudwatch_metric_alarm").values()
    }


def test_every_node_has_every_alarm(stack: PlatformStack) -> None:
    """Any of them may be the primary node tomorrow."""
    found = alarms(stack)

    assert sorted(found) == sorted(
        f"node{number}-{what}"
        for number in ("001", "002")
        for what in (
            "authentication-failures-p2", "connections-p2", "cpu-p2", "engine-cpu-p2",
            "evictions-p2", "memory-p2", "refused-keys-p2", "replication-lag-p2", "swap-p2",
        )
    )  # fmt: skip


def test_a_single_node_has_no_lag(stack: PlatformStack) -> None:
    """Nothing follows it."""
    found = alarms(stack, **SINGLE)

    assert len(found) == 8
    assert not any("lag" in name for name in found)


@pytest.mark.parametrize(
    ("fields", "suffixes"),
    [
        (SINGLE, ["001"]),
        ({"replicas": 2}, ["001", "002", "003"]),
        (
            {"shards": 2, "replicas": 1},
            ["0001-001", "0001-002", "0002-001", "0002-002"],
        ),
    ],
)
def test_nodes_are_called_as_elasticache_calls_them(
    fields: dict[str, Any], suffixes: list[str]
) -> None:
    """The group's id is in front of it."""
    users = {"shop": CacheUserConfig()}
    config = CacheConfig(**{"node_type": "cache.m7g.large", "users": users, **fields})

    assert list(node_suffixes(config)) == suffixes


def test_they_watch_the_node(stack: PlatformStack) -> None:
    """By the name that ElastiCache gives it."""
    found = alarms(stack, shards=2)["node0002-001-memory-p2"]

    assert found["namespace"] == "AWS/ElastiCache"
    assert list(found["dimensions"]) == ["CacheClusterId"]
    assert found["dimensions"]["CacheClusterId"].endswith(".id}-0002-001")


@pytest.mark.parametrize(
    ("name", "metric", "statistic", "threshold"),
    [
        ("engine-cpu-p2", "EngineCPUUtilization", "Average", 80),
        ("cpu-p2", "CPUUtilization", "Average", 90),
        ("connections-p2", "CurrConnections", "Average", 10_000),
        ("memory-p2", "DatabaseMemoryUsagePercentage", "Average", 80),
        ("evictions-p2", "Evictions", "Sum", 1000),
        ("swap-p2", "SwapUsage", "Average", 50 * 1024 * 1024),
        ("authentication-failures-p2", "AuthenticationFailures", "Sum", 10),
        ("refused-keys-p2", "KeyAuthorizationFailures", "Sum", 0),
        ("replication-lag-p2", "ReplicationLag", "Average", 10),
    ],
)
def test_what_is_watched_and_from_when(
    stack: PlatformStack, name: str, metric: str, statistic: str, threshold: float
) -> None:
    """The defaults follow AWS's advice."""
    found = alarms(stack)[f"node001-{name}"]

    assert found["metric_name"] == metric
    assert found["statistic"] == statistic
    assert found["threshold"] == threshold
    assert found["comparison_operator"] == "GreaterThanThreshold"


def test_thresholds_are_the_authors(stack: PlatformStack) -> None:
    """Each can be said."""
    config = CacheAlarmsConfig(
        engine_cpu_percent=1,
        cpu_percent=2,
        memory_percent=3,
        evictions_per_minute=4,
        swap_mebibytes=5,
        connections=6,
        replication_lag_seconds=7,
        authentication_failures_per_minute=8,
        refused_keys_per_minute=9,
    )

    found = alarms(stack, alarms=config)

    thresholds = {
        name: it["threshold"] for name, it in found.items() if name.startswith("node001-")
    }
    assert thresholds == {
        "node001-engine-cpu-p2": 1,
        "node001-cpu-p2": 2,
        "node001-memory-p2": 3,
        "node001-evictions-p2": 4,
        "node001-swap-p2": 5 * 1024 * 1024,
        "node001-connections-p2": 6,
        "node001-replication-lag-p2": 7,
        "node001-authentication-failures-p2": 8,
        "node001-refused-keys-p2": 9,
    }


def test_a_queue_that_fills_wakes_somebody(stack: PlatformStack) -> None:
    """Its next step is that no job can be added; and whatever was evicted is a lost job."""
    found = alarms(stack, role="queue")

    assert "node001-memory-p1" in found
    assert found["node001-evictions-p1"]["threshold"] == 0
    assert found["node001-evictions-p1"]["evaluation_periods"] == 1


def test_severity_chooses_the_topic(stack: PlatformStack) -> None:
    """P1 wakes, P2 waits; both say when it is well again."""
    found = alarms(stack, role="queue")

    p1, p2 = found["node001-memory-p1"], found["node001-cpu-p2"]
    assert p1["alarm_actions"] == p1["ok_actions"]
    assert p1["alarm_actions"][0].startswith("${aws_sns_topic.Alerts_P1_")
    assert p2["alarm_actions"][0].startswith("${aws_sns_topic.Alerts_P2_")


def test_only_replicas_report_a_lag(stack: PlatformStack) -> None:
    """The primary node reports none, which is not alarming."""
    assert alarms(stack)["node001-replication-lag-p2"]["treat_missing_data"] == "notBreaching"


@pytest.mark.parametrize("role", ["cache", "queue"])
def test_every_alarm_says_what_to_look_at(stack: PlatformStack, role: str) -> None:
    """Two sentences at least: what it means, and what to do first."""
    found = alarms(stack, role=role)

    assert all(it["alarm_description"].count(".") >= 2 for it in found.values())
