"""RDS event subscriptions are changed in place, and name topics, sources and categories that exist."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def topic(client: Callable[[str], Any]) -> str:
    """Return a topic."""
    return str(client("sns").create_topic(Name="events")["TopicArn"])


@pytest.fixture
def subscribe(rds: Any, topic: str, make: Callable[..., Any]) -> Callable[..., Any]:
    """Return a maker of subscriptions to the instances `orders` and `other`."""
    make()
    make(DBInstanceIdentifier="other")

    def create(**asked: Any) -> Any:
        return rds.create_event_subscription(
            **{
                "SubscriptionName": "failures",
                "SnsTopicArn": topic,
                "SourceType": "db-instance",
                "SourceIds": ["orders"],
                "EventCategories": ["failure"],
                **asked,
            }
        )["EventSubscription"]

    return create


def _read(rds: Any) -> Any:
    found = rds.describe_event_subscriptions(SubscriptionName="failures")
    return found["EventSubscriptionsList"][0]


def test_a_subscription_is_on_and_has_its_tags(rds: Any, subscribe: Callable[..., Any]) -> None:
    """Unless it is told otherwise."""
    made = subscribe(Tags=[{"Key": "Step", "Value": "first"}])

    tags = rds.list_tags_for_resource(ResourceName=made["EventSubscriptionArn"])["TagList"]
    assert made["Enabled"] is True
    assert made["CustomerAwsId"] == "210987654321"
    assert tags == [{"Key": "Step", "Value": "first"}]


def test_a_subscription_is_made_turned_off(subscribe: Callable[..., Any]) -> None:
    """When it is asked to be."""
    assert subscribe(Enabled=False)["Enabled"] is False


def test_a_subscription_is_changed_in_place(rds: Any, subscribe: Callable[..., Any]) -> None:
    """What is given is changed, and the rest stays."""
    subscribe()

    rds.modify_event_subscription(
        SubscriptionName="failures", EventCategories=["failover"], Enabled=False
    )

    read = _read(rds)
    assert (read["EventCategoriesList"], read["Enabled"]) == (["failover"], False)
    assert read["SourceIdsList"] == ["orders"]


def test_sources_come_and_go(
    rds: Any, subscribe: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """As long as they exist."""
    subscribe()
    change = {"SubscriptionName": "failures"}

    rds.add_source_identifier_to_subscription(**change, SourceIdentifier="other")
    rds.remove_source_identifier_from_subscription(**change, SourceIdentifier="orders")
    unknown = refused(
        rds.add_source_identifier_to_subscription, **change, SourceIdentifier="nobody"
    )
    gone = refused(
        rds.remove_source_identifier_from_subscription, **change, SourceIdentifier="orders"
    )

    assert _read(rds)["SourceIdsList"] == ["other"]
    assert unknown == gone == "SourceNotFound"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"SourceType": "db-table"}, "InvalidParameterValue"),
        ({"EventCategories": ["party"]}, "SubscriptionCategoryNotFound"),
        ({"SourceIds": ["nobody"]}, "SourceNotFound"),
        ({"SnsTopicArn": "arn:aws:sns:eu-central-1:210987654321:no"}, "SNSTopicArnNotFound"),
        ({"SubscriptionName": "taken"}, "SubscriptionAlreadyExist"),
    ],
)
def test_refuses_what_does_not_exist(
    rds: Any,
    topic: str,
    subscribe: Callable[..., Any],
    refused: Callable[..., str],
    asked: dict[str, Any],
    code: str,
) -> None:
    """With the code that RDS documents."""
    subscribe(SubscriptionName="taken")

    found = refused(
        rds.create_event_subscription,
        **{
            "SubscriptionName": "failures",
            "SnsTopicArn": topic,
            "SourceType": "db-instance",
            **asked,
        },
    )

    assert found == code


def test_refuses_sources_without_their_type(
    rds: Any, topic: str, refused: Callable[..., str]
) -> None:
    """And another type while there are sources."""
    code = refused(
        rds.create_event_subscription,
        SubscriptionName="failures",
        SnsTopicArn=topic,
        SourceIds=["orders"],
    )

    assert code == "InvalidParameterCombination"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"SourceType": "db-cluster"}, "InvalidParameterCombination"),
        ({"EventCategories": ["party"]}, "SubscriptionCategoryNotFound"),
        ({"SubscriptionName": "nobody"}, "SubscriptionNotFound"),
    ],
)
def test_a_refused_change_changes_nothing(
    rds: Any,
    subscribe: Callable[..., Any],
    refused: Callable[..., str],
    changes: dict[str, Any],
    code: str,
) -> None:
    """The subscription stays as it was."""
    subscribe()

    found = refused(rds.modify_event_subscription, **{"SubscriptionName": "failures", **changes})

    assert found == code
    assert _read(rds)["EventCategoriesList"] == ["failure"]
