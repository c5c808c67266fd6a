"""The alert topics of an environment: there by default, told to whom it says."""

from __future__ import annotations

from platform_lib.alerts.config import AlertsConfig
from platform_lib.environment import Environment
from platform_lib.testing.template import Template
from tests.stacks.conftest import Build


def test_every_environment_has_both_topics(alerts: Template) -> None:
    """Alarms of the other stacks always have somewhere to publish."""
    assert alerts.count("aws_sns_topic") == 2


def test_topics_are_encrypted_with_the_data_key(alerts: Template) -> None:
    """The key that alarms and RDS events may use is the keys stack's."""
    keys = {it["kms_master_key_id"] for it in alerts.all("aws_sns_topic").values()}

    assert len(keys) == 1
    assert "Data" in keys.pop()


def test_the_environments_addresses_are_subscribed(build: Build, environment: Environment) -> None:
    """Who hears of alerts is the environment's to say."""
    config = AlertsConfig(p1_emails=("on-call@example.com",))

    template = Template(build(environment.evolve(alerts=config))["shop-prod-alerts"])

    assert template.only("aws_sns_topic_subscription")["endpoint"] == "on-call@example.com"


def test_the_topics_are_published(alerts: Template) -> None:
    """People and other repositories can subscribe by these outputs."""
    assert "${aws_sns_topic.Alerts_P1_" in alerts.output("p1_topic_arn")
    assert "${aws_sns_topic.Alerts_P2_" in alerts.output("p2_topic_arn")
