"""Table: encrypted, recoverable, protected, and read or written by whom it is granted to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dynamodb.config import KeyAttribute, TableConfig, TableIndex
from platform_lib.dynamodb.table import Table
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template, policy

ARN = "${aws_dynamodb_table.Tax_096AD44E.arn}"
BY_DAY = TableIndex(
    partition_key=KeyAttribute(name="day"), sort_key=KeyAttribute(name="total", type="N")
)


def _table(stack: PlatformStack, **config: Any) -> Table:
    key = Key(stack, "Data", config=KeyConfig(description="Data"))
    return Table(
        stack,
        "Tax",
        config=TableConfig(partition_key=KeyAttribute(name="order_id"), **config),
        key=key,
        alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=key),
    )


def _synth(stack: PlatformStack, **config: Any) -> Block:
    _table(stack, **config)
    return Template(stack).only("aws_dynamodb_table")


def test_the_smallest_table_is_productions(stack: PlatformStack) -> None:
    """Paid by request, encrypted with our key, restorable to any second of five weeks."""
    assert _synth(stack) == {
        "name": "shop-prod-tax",
        "billing_mode": "PAY_PER_REQUEST",
        "hash_key": "order_id",
        "attribute": [{"name": "order_id", "type": "S"}],
        "point_in_time_recovery": {"enabled": True, "recovery_period_in_days": 35},
        "server_side_encryption": {
            "enabled": True,
            "kms_key_arn": "${aws_kms_key.Data_666C94C7.arn}",
        },
        "deletion_protection_enabled": True,
        "lifecycle": {"prevent_destroy": True},
    }


def test_where_destroying_is_allowed_nothing_protects_it(
    environment: Environment, tmp_path: Path
) -> None:
    """Neither Terraform nor AWS refuses."""
    table = _synth(stack_of(environment.evolve(allow_destroy=True), tmp_path))

    assert table["deletion_protection_enabled"] is False
    assert "lifecycle" not in table


def test_keys_and_indexes_are_as_configured(stack: PlatformStack) -> None:
    """Attributes are those of keys, each once; an index has all attributes of an item."""
    table = _synth(
        stack, sort_key=KeyAttribute(name="day"), indexes={"by-day": BY_DAY}, recovery_days=7
    )

    assert table["range_key"] == "day"
    assert table["attribute"] == [
        {"name": "day", "type": "S"},
        {"name": "order_id", "type": "S"},
        {"name": "total", "type": "N"},
    ]
    assert table["global_secondary_index"] == [
        {"name": "by-day", "hash_key": "day", "range_key": "total", "projection_type": "ALL"}
    ]
    assert table["point_in_time_recovery"]["recovery_period_in_days"] == 7


def test_items_expire_only_where_an_attribute_says_when(stack: PlatformStack) -> None:
    """The attribute is named; without one there is no expiry (see the smallest table)."""
    assert _synth(stack, expires_by="expires")["ttl"] == {
        "attribute_name": "expires",
        "enabled": True,
    }


def test_throttled_requests_are_told(stack: PlatformStack) -> None:
    """One alarm for reads and one for writes, silent while nobody is throttled."""
    _table(stack)

    alarms = Template(stack).all("aws_cloudwatch_metric_alarm").values()

    assert {it["alarm_name"]: it["metric_name"] for it in alarms} == {
        "shop-prod-tax-read-throttles-p2": "ReadThrottleEvents",
        "shop-prod-tax-write-throttles-p2": "WriteThrottleEvents",
    }
    for alarm in alarms:
        assert alarm["dimensions"] == {"TableName": "${aws_dynamodb_table.Tax_096AD44E.name}"}
        assert (alarm["statistic"], alarm["threshold"]) == ("Sum", 0)
        assert alarm["treat_missing_data"] == "notBreaching"


READ = {
    "dynamodb:BatchGetItem",
    "dynamodb:ConditionCheckItem",
    "dynamodb:DescribeTable",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
}
CHANGE = {
    "dynamodb:BatchWriteItem",
    "dynamodb:DeleteItem",
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
}


@pytest.mark.parametrize(
    ("verb", "name", "actions", "of_key"),
    [
        ("read", "TestTaxRead", READ, "TestDataDecrypt"),
        ("read_write", "TestTaxReadWrite", READ | CHANGE, "TestDataEncryptDecrypt"),
    ],
)
@pytest.mark.parametrize("indexes", [{}, {"by-day": BY_DAY}], ids=["no index", "an index"])
def test_a_verb_gives_its_actions_on_this_table(
    stack: PlatformStack,
    verb: str,
    name: str,
    actions: set[str],
    of_key: str,
    indexes: dict[str, TableIndex],
) -> None:
    """And on its indexes where it has any; the key follows."""
    table = _table(stack, indexes=indexes)
    role = Role(stack, "Api", service="ecs-tasks.amazonaws.com", description="The API")

    getattr(table.grants, verb)(role)

    policies = Template(stack).all("aws_iam_role_policy").values()
    granted = {it["name"]: policy(it)["Statement"] for it in policies}
    assert set(granted) == {name, of_key}
    (statement,) = granted[name]
    assert set(statement["Action"]) == actions
    assert statement["Resource"] == ([ARN, f"{ARN}/index/*"] if indexes else ARN)
