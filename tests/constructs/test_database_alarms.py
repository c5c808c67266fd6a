"""The alarms of an instance: which there are, and when they go off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.rds.alarms import InstanceAlarms
from platform_lib.rds.alarms_config import DatabaseAlarmsConfig
from platform_lib.testing.template import Block, Template

GIB = 1024**3
P1 = ["${aws_sns_topic.Alerts_P1_92A84E84.arn}"]
P2 = ["${aws_sns_topic.Alerts_P2_E90C9866.arn}"]


def _alarms(stack: PlatformStack, **config: Any) -> InstanceAlarms:
    key = Key(stack, "Data", config=KeyConfig(description="Data at rest"))
    return InstanceAlarms(
        PlatformConstruct(stack, "Orders"),
        identifier="shop-prod-orders",
        config=DatabaseAlarmsConfig(**config),
        alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=key),
    )


def _all(stack: PlatformStack) -> dict[str, Block]:
    found = Template(stack).all("aws_cloudwatch_metric_alarm").values()
    return {alarm["alarm_name"].removeprefix("shop-prod-orders-"): alarm for alarm in found}


Watch = Callable[[InstanceAlarms], None]

CASES: dict[str, tuple[Watch, dict[str, Any], str, str, float, str, int, list[str]]] = {
    # name: (watch, changed config, metric, statistic, threshold, side, seconds, topic)
    "cpu-p2": (
        lambda it: it.watch_cpu(), {}, "CPUUtilization", "Average", 80, "Greater", 900, P2,
    ),
    "cpu-p2 at 60 percent": (
        lambda it: it.watch_cpu(), {"cpu_percent": 60},
        "CPUUtilization", "Average", 60, "Greater", 900, P2,
    ),
    "free-memory-p2": (
        lambda it: it.watch_memory(16), {},
        "FreeableMemory", "Average", 1.6 * GIB, "Less", 900, P2,
    ),
    "free-memory-p2 at 25 percent": (
        lambda it: it.watch_memory(16), {"free_memory_percent": 25},
        "FreeableMemory", "Average", 4 * GIB, "Less", 900, P2,
    ),
    "connection-count-p1": (
        lambda it: it.watch_connections(1000), {},
        "DatabaseConnections", "Average", 850, "Greater", 300, P1,
    ),
    "connection-count-p1 at 50 percent": (
        lambda it: it.watch_connections(1000), {"connections_percent": 50},
        "DatabaseConnections", "Average", 500, "Greater", 300, P1,
    ),
    "free-storage-p1": (
        lambda it: it.watch_storage(100), {},
        "FreeStorageSpace", "Minimum", 10 * GIB, "Less", 900, P1,
    ),
    "free-storage-p1 at 5 percent": (
        lambda it: it.watch_storage(100), {"free_storage_percent": 5},
        "FreeStorageSpace", "Minimum", 5 * GIB, "Less", 900, P1,
    ),
    "transaction-ids-p1": (
        lambda it: it.watch_transaction_ids(), {},
        "MaximumUsedTransactionIDs", "Average", 1e9, "Greater", 300, P1,
    ),
    "transaction-ids-p1 at half": (
        lambda it: it.watch_transaction_ids(), {"transaction_ids": 500_000_000},
        "MaximumUsedTransactionIDs", "Average", 5e8, "Greater", 300, P1,
    ),
    "replica-lag-p2": (
        lambda it: it.watch_replica_lag(), {}, "ReplicaLag", "Average", 60, "Greater", 300, P2,
    ),
    "replica-lag-p2 at 5 seconds": (
        lambda it: it.watch_replica_lag(), {"replica_lag_seconds": 5},
        "ReplicaLag", "Average", 5, "Greater", 300, P2,
    ),
    "cpu-credits-p2": (
        lambda it: it.watch_cpu_credits("db.t4g.medium"), {},
        "CPUCreditBalance", "Average", 115.2, "Less", 1500, P2,
    ),
    "cpu-credits-p2 at half": (
        lambda it: it.watch_cpu_credits("db.t4g.medium"), {"cpu_credits_percent": 50},
        "CPUCreditBalance", "Average", 288, "Less", 1500, P2,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_alarm_watches_its_metric(stack: PlatformStack, case: str) -> None:
    """Metric, threshold, how long, and who is told; each threshold also with another value."""
    watch, config, metric, statistic, threshold, side, seconds, topic = CASES[case]

    watch(_alarms(stack, **config))

    alarm = _all(stack)[case.split(" ", maxsplit=1)[0]]
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/RDS", metric)
    assert alarm["dimensions"] == {"DBInstanceIdentifier": "shop-prod-orders"}
    assert alarm["statistic"] == statistic
    assert alarm["threshold"] == pytest.approx(threshold)
    assert alarm["comparison_operator"] == f"{side}ThanThreshold"
    assert alarm["period"] * alarm["evaluation_periods"] == seconds
    assert alarm["alarm_actions"] == topic


@pytest.mark.parametrize(("config", "seconds"), [({}, 0.02), ({"read_latency_ms": 5}, 0.005)])
def test_reads_have_a_latency(stack: PlatformStack, config: dict[str, int], seconds: float) -> None:
    """CloudWatch measures in seconds what people write in milliseconds."""
    _alarms(stack, **config).watch_latency()

    alarms = _all(stack)

    assert alarms["read-latency-p2"]["metric_name"] == "ReadLatency"
    assert alarms["read-latency-p2"]["threshold"] == pytest.approx(seconds)
    assert alarms["write-latency-p2"]["threshold"] == pytest.approx(0.02)


def test_writes_have_a_latency_of_their_own(stack: PlatformStack) -> None:
    """Changing one leaves the other."""
    _alarms(stack, write_latency_ms=50).watch_latency()

    alarms = _all(stack)

    assert alarms["write-latency-p2"]["metric_name"] == "WriteLatency"
    assert alarms["write-latency-p2"]["threshold"] == pytest.approx(0.05)
    assert alarms["read-latency-p2"]["threshold"] == pytest.approx(0.02)


def test_an_instance_of_a_fixed_class_has_five(stack: PlatformStack) -> None:
    """CPU, memory, connections and both latencies; no credits, because it has none."""
    _alarms(stack).watch_load(instance_class="db.r7g.large", max_connections=500)

    alarms = _all(stack)

    assert set(alarms) == {
        "cpu-p2",
        "free-memory-p2",
        "connection-count-p1",
        "read-latency-p2",
        "write-latency-p2",
    }
    assert alarms["free-memory-p2"]["threshold"] == pytest.approx(1.6 * GIB)
    assert alarms["connection-count-p1"]["threshold"] == 425


def test_a_burstable_instance_also_has_credits(stack: PlatformStack) -> None:
    """And the memory of its own class."""
    _alarms(stack).watch_load(instance_class="db.t4g.medium", max_connections=100)

    alarms = _all(stack)

    assert "cpu-credits-p2" in alarms
    assert alarms["free-memory-p2"]["threshold"] == pytest.approx(0.4 * GIB)


def test_every_alarm_says_what_to_look_at(stack: PlatformStack) -> None:
    """Whoever is woken reads a sentence of what it means, and one of what to do."""
    alarms = _alarms(stack)
    alarms.watch_load(instance_class="db.t4g.medium", max_connections=100)
    alarms.watch_storage(20)
    alarms.watch_transaction_ids()
    alarms.watch_replica_lag()

    descriptions = [alarm["alarm_description"] for alarm in _all(stack).values()]

    assert len(descriptions) == 9
    assert all(len(text.split(". ")) > 1 and text.endswith(".") for text in descriptions)
    assert len(set(descriptions)) == len(descriptions)


@pytest.mark.parametrize(
    "fields",
    [{"cpu_percent": 0}, {"cpu_percent": 100}, {"read_latency_ms": 0}, {"transaction_ids": 1}],
)
def test_refuses_thresholds_that_make_no_sense(fields: dict[str, int]) -> None:
    """A share is 1 to 99, a time is positive, and young transaction ids are no alarm."""
    with pytest.raises(ValidationError, match=r"(greater|less) than or equal to"):
        DatabaseAlarmsConfig(**fields)
