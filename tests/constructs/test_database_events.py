"""DatabaseEvents: what RDS says about the environment's databases reaches the alert topics."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.rds.events import DatabaseEvents
from platform_lib.testing.template import Block, Template


@dataclass(frozen=True)
class _Database:
    instance_identifiers: tuple[str, ...] = ()
    cluster_identifiers: tuple[str, ...] = ()


INSTANCE = _Database(instance_identifiers=("orders", "orders-reporting"))
CLUSTER = _Database(instance_identifiers=("cart-a", "cart-b"), cluster_identifiers=("cart",))


def _subscriptions(stack: PlatformStack, *databases: _Database) -> dict[str, Block]:
    key = Key(stack, "Data", config=KeyConfig(description="Data at rest"))
    alerts = Alerts(stack, "Alerts", config=AlertsConfig(), key=key)
    DatabaseEvents(stack, "DatabaseEvents", databases=databases, alerts=alerts)
    found = Template(stack).all("aws_db_event_subscription").values()
    return {it["name"].removeprefix("shop-prod-database-events-"): it for it in found}


def test_instances_tell_both_topics(stack: PlatformStack) -> None:
    """What hits customers wakes somebody; what is only to be known waits for the morning."""
    subscriptions = _subscriptions(stack, INSTANCE)

    assert set(subscriptions) == {"instance-p1", "instance-p2"}
    urgent, later = subscriptions["instance-p1"], subscriptions["instance-p2"]
    assert urgent["sns_topic"] == "${aws_sns_topic.Alerts_P1_92A84E84.arn}"
    assert later["sns_topic"] == "${aws_sns_topic.Alerts_P2_E90C9866.arn}"
    assert set(urgent["event_categories"]) == {"deletion", "failover", "failure", "low storage"}
    assert {"maintenance", "notification"} <= set(later["event_categories"])
    assert set(urgent["event_categories"]).isdisjoint(later["event_categories"])


def test_only_databases_of_the_environment_tell(stack: PlatformStack) -> None:
    """Without a list RDS would tell of every database of the account."""
    subscriptions = _subscriptions(stack, INSTANCE, CLUSTER)

    sources = {name: (it["source_type"], it["source_ids"]) for name, it in subscriptions.items()}

    instances = ("db-instance", ["orders", "orders-reporting", "cart-a", "cart-b"])
    assert sources == {
        "instance-p1": instances,
        "instance-p2": instances,
        "cluster-p1": ("db-cluster", ["cart"]),
        "cluster-p2": ("db-cluster", ["cart"]),
    }


def test_clusters_have_their_own_categories(stack: PlatformStack) -> None:
    """A cluster has no disk that fills, and fails over."""
    categories = _subscriptions(stack, CLUSTER)["cluster-p1"]["event_categories"]

    assert set(categories) == {"deletion", "failover", "failure"}


@pytest.mark.parametrize("databases", [(), (_Database(),)])
def test_without_databases_there_is_no_subscription(
    stack: PlatformStack, databases: tuple[_Database, ...]
) -> None:
    """A subscription without sources would tell of the whole account."""
    assert _subscriptions(stack, *databases) == {}
