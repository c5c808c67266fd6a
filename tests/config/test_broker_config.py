"""RabbitMQ brokers: what Amazon MQ offers together, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.mq.config import BrokerConfig

CLUSTER: dict[str, Any] = {"host_type": "mq.m7g.large", "zones": ("a", "b", "c")}
SINGLE: dict[str, Any] = {"host_type": "mq.m7g.medium", "zones": ("a",), "deployment": "single"}


def test_the_default_is_a_cluster_of_the_newest_version() -> None:
    """Production's choice, with patches on Sunday night."""
    config = BrokerConfig(**CLUSTER)

    assert (config.deployment, config.version) == ("cluster", "4.2")
    assert (config.maintenance_day, config.maintenance_time) == ("SUNDAY", "04:00")


@pytest.mark.parametrize(
    "given",
    [
        SINGLE,
        SINGLE | {"host_type": "mq.t3.micro", "version": "3.13"},
        SINGLE | {"host_type": "mq.m7g.16xlarge"},
        CLUSTER | {"zones": ("b", "c")},
        CLUSTER | {"version": "3.13", "host_type": "mq.m5.large"},
        CLUSTER | {"users": ("shop.jobs-1",)},
    ],
)
def test_takes_what_amazon_mq_offers(given: dict[str, Any]) -> None:
    """Both deployments, both versions, their sizes."""
    assert BrokerConfig(**given).model_dump(include=set(given)) == given


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            CLUSTER | {"host_type": "mq.m7g.medium"},
            (
                "host_type 'mq.m7g.medium' is too small for a cluster; choose mq.m7g.large or larger,"
                ' or write deployment="single"'
            ),
        ),
        (
            CLUSTER | {"host_type": "mq.t3.micro", "version": "3.13"},
            (
                "host_type 'mq.t3.micro' is too small for a cluster; choose mq.m7g.large or larger, or"
                ' write deployment="single"'
            ),
        ),
        (
            CLUSTER | {"zones": ("a",)},
            (
                "a cluster needs two or three zones and zones has 1 (a), so it would go down with one;"
                ' name more, or write deployment="single"'
            ),
        ),
        (
            SINGLE | {"zones": ("a", "b")},
            (
                "a single broker stands in one zone and zones has 2; name one, or write"
                ' deployment="cluster"'
            ),
        ),
        (CLUSTER | {"zones": ("a", "b", "a")}, "zones names one twice: a, b, a; name each once"),
        (
            CLUSTER | {"users": ("platform", "worker")},
            (
                "users has 2 names (platform, worker); Amazon MQ creates RabbitMQ with exactly one, so"
                " name one and make the others in RabbitMQ"
            ),
        ),
        (
            CLUSTER | {"users": ("guest",)},
            (
                "'guest' is not a RabbitMQ user name; use 2 to 100 letters, digits and -._~, and not"
                " 'guest'"
            ),
        ),
        (
            SINGLE | {"host_type": "mq.m5.large"},
            (
                "host_type 'mq.m5.large' is not offered for RabbitMQ 4.2; choose one of mq.m7g.medium,"
                " mq.m7g.large, mq.m7g.xlarge, mq.m7g.2xlarge, mq.m7g.4xlarge, mq.m7g.8xlarge,"
                " mq.m7g.12xlarge, mq.m7g.16xlarge"
            ),
        ),
        (
            CLUSTER | {"maintenance_time": "4 am"},
            "'4 am' is not a time of day in UTC, as in '04:00'",
        ),
        (
            CLUSTER | {"zones": ("us-east-1a", "b")},
            (
                "'us-east-1a' is not a zone here: zones are the letters a to f within the"
                " environment's own Region; write 'a'"
            ),
        ),
        (
            CLUSTER | {"password": "planted,:="},
            (
                "password would write a secret into configuration, JSON and git; leave it out: one is"
                " made, and is in the broker's secret"
            ),
        ),
    ],
)
def test_refuses_what_amazon_mq_does_not_offer(given: dict[str, Any], problem: str) -> None:
    """The sentence has the field, the value, what is allowed and what to write."""
    with pytest.raises(ValidationError) as refused:
        BrokerConfig(**given)

    (error,) = refused.value.errors(include_input=False)
    assert error["msg"] == f"Value error, {problem}"


def test_a_password_in_configuration_is_not_repeated() -> None:
    """Not even in a traceback."""
    with pytest.raises(ValidationError) as refused:
        BrokerConfig(**CLUSTER, password="planted,:=")  # type: ignore[call-arg] # the mistake

    assert "planted" not in str(refused.value)


@pytest.mark.parametrize(
    ("minutes", "allowed"), [(0, False), (1, True), (35_791, True), (35_792, False)]
)
def test_consumers_may_take_what_rabbitmq_can_count(minutes: int, *, allowed: bool) -> None:
    """In milliseconds it has to fit 31 bits."""
    if allowed:
        assert BrokerConfig(**CLUSTER, consumer_timeout_minutes=minutes)
        return

    with pytest.raises(ValidationError, match=r"than or equal to (1|35791)"):
        BrokerConfig(**CLUSTER, consumer_timeout_minutes=minutes)
