"""The real Terraform changes caches, brokers, tables, buckets and alerts, and keeps their secrets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.local.applied_settings import History

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("settings")]


def _sensitive(state: dict[str, Any]) -> dict[str, Any]:
    """Return what a state holds of the attributes that the provider marks as sensitive."""
    found: dict[str, Any] = {}
    for resource in state["resources"]:
        if resource["module"] != "module.caches":
            continue
        for instance in resource["instances"]:
            for path in instance["sensitive_attributes"]:
                value = instance["attributes"]
                for step in path:
                    key = step["value"]
                    value = value[key["value"] if isinstance(key, dict) else key]
                if value:
                    mode = "data." if resource["mode"] == "data" else ""
                    name = ".".join(step["value"] for step in path if step["type"] == "get_attr")
                    found[f"{mode}{resource['type']}.{resource['name']}.{name}"] = value
    return found


def test_an_ephemeral_password_reaches_the_secret(settings: History) -> None:
    """Its value is in no plan; another version of the write-only argument sends a new one."""
    passwords = [
        json.loads(text)["password"]
        for text in (settings.first.cache_secret, settings.second.cache_secret)
    ]

    assert [len(password) for password in passwords] == [32, 32]
    assert passwords[0] != passwords[1]


def test_the_state_holds_few_secrets(settings: History) -> None:
    """Passwords of caches and brokers, which provider 5 cannot leave out, and what a data source reads."""
    assert set(_sensitive(settings.state)) == {
        "aws_elasticache_user.password.authentication_mode.passwords",
        "aws_mq_broker.events.user",
        "aws_mq_broker.jobs.user",
        "data.aws_secretsmanager_secret_version.cache.secret_string",
    }


@pytest.mark.parametrize(
    "address",
    [
        "aws_cloudwatch_composite_alarm.cache",
        "aws_cloudwatch_log_resource_policy.mq",
        "aws_cloudwatch_metric_alarm.memory",
        "aws_cloudwatch_metric_alarm.p99",
        "aws_cloudwatch_metric_alarm.ratio",
        "aws_dynamodb_table.carts",
        "aws_elasticache_parameter_group.valkey",
        "aws_elasticache_replication_group.cluster",
        "aws_elasticache_replication_group.redis6",
        "aws_elasticache_replication_group.valkey",
        "aws_elasticache_user.iam",
        "aws_elasticache_user.password",
        "aws_elasticache_user_group.valkey",
        "aws_mq_broker.events",
        "aws_mq_broker.jobs",
        "aws_mq_configuration.jobs",
        "aws_s3_bucket_cors_configuration.media",
        "aws_s3_bucket_intelligent_tiering_configuration.media",
        "aws_s3_bucket_lifecycle_configuration.media",
        "aws_s3_bucket_logging.media",
        "aws_s3_bucket_ownership_controls.media",
        "aws_secretsmanager_secret.cache",
        "aws_secretsmanager_secret_policy.cache",
        "aws_sns_topic.alerts",
        "aws_sns_topic_policy.alerts",
        "aws_sns_topic_subscription.https",
    ],
)
def test_settings_change_in_place(settings: History, address: str) -> None:
    """Versions, node types, parameters, users, windows, rules and policies."""
    assert settings.changes_in("caches")[address] == ["update"]


def test_only_versions_are_replaced(settings: History) -> None:
    """Of the secret, and the configuration of a broker that becomes RabbitMQ 4."""
    replaced = {
        address
        for address, actions in settings.changes_in("caches").items()
        if actions not in (["update"], ["read"])
    }

    assert replaced == {
        "aws_mq_configuration.events",
        "aws_secretsmanager_secret_version.cache",
    }
