"""The real Terraform makes, reads back, changes and destroys caches, brokers, tables, buckets and alerts.

One run of several minutes is recorded by a fixture; each test asks the record for one fact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.server import LocalAws
from tests import emulator

# One worker, so that the run of several minutes happens once.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("emulated-data-caches")]

_OTHER = ("-var", "note=second")


@dataclass(frozen=True)
class History:
    """What happened, step by step."""

    second_plan: int
    secret: str
    sensitive: dict[str, Any]
    changes: dict[str, list[str]]
    plan_after_changes: int
    new_secret: str
    left: list[Item]
    gaps: list[Gap]


@pytest.fixture(scope="module")
def history(
    workspace: Callable[[str, LocalAws], Any], connect: Callable[[str, str], Any]
) -> Iterator[History]:
    """Apply, change everything that can be changed, destroy."""
    with emulator.start(account_id="210987654321", region="eu-central-1") as aws:
        secrets = connect(aws.endpoint, "secretsmanager")
        data = workspace("data_caches", aws)
        data.apply()
        second_plan = data.differences()
        secret = secrets.get_secret_value(SecretId="checkout-dev/cache")["SecretString"]
        sensitive = _sensitive(data.directory / "terraform.tfstate")
        changes = data.changes(*_OTHER)
        data.apply("planned")
        plan_after_changes = data.differences(*_OTHER)
        new_secret = secrets.get_secret_value(SecretId="checkout-dev/cache")["SecretString"]
        data.destroy(*_OTHER)
        yield History(
            second_plan,
            secret,
            sensitive,
            changes,
            plan_after_changes,
            new_secret,
            aws.inventory(),
            aws.unimplemented(),
        )


def _sensitive(state: Path) -> dict[str, Any]:
    """Return what a state holds of the attributes that the provider marks as sensitive."""
    found: dict[str, Any] = {}
    for resource in json.loads(state.read_text())["resources"]:
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


def test_the_second_plan_is_empty(history: History) -> None:
    """Everything that was made reads back as it was asked for."""
    assert history.second_plan == 0


def test_an_ephemeral_password_reaches_the_secret(history: History) -> None:
    """Its value is in no plan; another version of the write-only argument sends a new one."""
    passwords = [json.loads(text)["password"] for text in (history.secret, history.new_secret)]

    assert [len(password) for password in passwords] == [32, 32]
    assert passwords[0] != passwords[1]


def test_the_state_holds_few_secrets(history: History) -> None:
    """Passwords of caches and brokers, which provider 5 cannot leave out, and what a data source reads."""
    assert set(history.sensitive) == {
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
def test_settings_change_in_place(history: History, address: str) -> None:
    """Versions, node types, parameters, users, windows, rules and policies."""
    assert history.changes[address] == ["update"]


def test_only_versions_are_replaced(history: History) -> None:
    """Of the secret, and the configuration of a broker that becomes RabbitMQ 4."""
    replaced = {
        address
        for address, actions in history.changes.items()
        if actions not in (["update"], ["read"])
    }

    assert replaced == {
        "aws_mq_configuration.events",
        "aws_secretsmanager_secret_version.cache",
    }


def test_the_plan_after_the_changes_is_empty(history: History) -> None:
    """What was changed in place reads back."""
    assert history.plan_after_changes == 0


def test_destroy_leaves_what_aws_keeps(history: History) -> None:
    """A final snapshot, a key and a secret that wait, and configurations, which cannot be deleted."""
    left = sorted((item.service, item.kind, item.state) for item in history.left)

    assert left == [
        ("elasticache", "Snapshot", ""),
        ("kms", "Key", "PendingDeletion"),
        ("mq", "Configuration", ""),
        ("mq", "Configuration", ""),
        ("mq", "Configuration", ""),
        ("secretsmanager", "FakeSecret", "PendingDeletion"),
    ]


def test_nothing_was_missing(history: History) -> None:
    """No action was answered 501."""
    assert history.gaps == []
