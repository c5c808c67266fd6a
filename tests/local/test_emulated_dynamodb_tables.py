"""DynamoDB tables keep their throughput limits, class and key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def dynamodb(client: Callable[[str], Any]) -> Any:
    """Return the DynamoDB client."""
    return client("dynamodb")


def _arguments(**other: Any) -> dict[str, Any]:
    return {
        "TableName": f"table-{secrets.token_hex(4)}",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    } | other


def _create(dynamodb: Any, **other: Any) -> str:
    made = dynamodb.create_table(**_arguments(**other))
    return str(made["TableDescription"]["TableName"])


def _read(dynamodb: Any, name: str) -> Any:
    return dynamodb.describe_table(TableName=name)["Table"]


_CUSTOMER = [
    {"AttributeName": "id", "AttributeType": "S"},
    {"AttributeName": "customer", "AttributeType": "S"},
]


def _index(**limits: int) -> dict[str, Any]:
    return {
        "IndexName": "by-customer",
        "KeySchema": [{"AttributeName": "customer", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
        "OnDemandThroughput": limits,
    }


def test_limits_are_kept_changed_and_taken_away(dynamodb: Any) -> None:
    """-1 stands for no limit."""
    name = _create(
        dynamodb, OnDemandThroughput={"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20}
    )

    made = _read(dynamodb, name)["OnDemandThroughput"]
    dynamodb.update_table(
        TableName=name,
        OnDemandThroughput={"MaxReadRequestUnits": 30, "MaxWriteRequestUnits": -1},
    )

    assert made == {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 20}
    assert _read(dynamodb, name)["OnDemandThroughput"] == {"MaxReadRequestUnits": 30}


def test_limits_of_an_index_are_kept(dynamodb: Any) -> None:
    """Of one made with the table, and of one that was changed."""
    name = _create(
        dynamodb,
        AttributeDefinitions=_CUSTOMER,
        GlobalSecondaryIndexes=[_index(MaxReadRequestUnits=10)],
    )

    made = _read(dynamodb, name)["GlobalSecondaryIndexes"][0]["OnDemandThroughput"]
    dynamodb.update_table(
        TableName=name,
        GlobalSecondaryIndexUpdates=[
            {
                "Update": {
                    "IndexName": "by-customer",
                    "OnDemandThroughput": {"MaxReadRequestUnits": 20},
                }
            }
        ],
    )

    changed = _read(dynamodb, name)["GlobalSecondaryIndexes"][0]["OnDemandThroughput"]
    assert (made, changed) == ({"MaxReadRequestUnits": 10}, {"MaxReadRequestUnits": 20})


def test_limits_of_a_new_index_are_kept(dynamodb: Any) -> None:
    """Of one that is added later."""
    name = _create(dynamodb)

    dynamodb.update_table(
        TableName=name,
        AttributeDefinitions=_CUSTOMER,
        GlobalSecondaryIndexUpdates=[{"Create": _index(MaxWriteRequestUnits=5)}],
    )

    index = _read(dynamodb, name)["GlobalSecondaryIndexes"][0]
    assert index["OnDemandThroughput"] == {"MaxWriteRequestUnits": 5}


def test_class_and_key_change(dynamodb: Any, client: Callable[[str], Any]) -> None:
    """In place."""
    first, second = (client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    key = {"Enabled": True, "SSEType": "KMS"}
    name = _create(
        dynamodb, TableClass="STANDARD", SSESpecification=key | {"KMSMasterKeyId": first}
    )

    made = _read(dynamodb, name)
    dynamodb.update_table(
        TableName=name,
        TableClass="STANDARD_INFREQUENT_ACCESS",
        SSESpecification=key | {"KMSMasterKeyId": second},
    )
    changed = _read(dynamodb, name)

    assert made["TableClassSummary"]["TableClass"] == "STANDARD"
    assert made["SSEDescription"]["KMSMasterKeyArn"] == first
    assert changed["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert changed["SSEDescription"]["KMSMasterKeyArn"] == second


def test_a_table_without_them_shows_none(dynamodb: Any) -> None:
    """As AWS leaves them out."""
    found = _read(dynamodb, _create(dynamodb))

    assert "OnDemandThroughput" not in found
    assert "TableClassSummary" not in found


@pytest.mark.parametrize(
    "given",
    [
        {"TableClass": "COLD"},
        {"OnDemandThroughput": {"MaxReadRequestUnits": 0}},
        {
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
            "OnDemandThroughput": {"MaxReadRequestUnits": 1},
        },
    ],
)
def test_refuses_a_table(dynamodb: Any, refused: Callable[..., str], given: dict[str, Any]) -> None:
    """Unknown classes, and limits below one or of a table with provisioned capacity."""
    assert refused(dynamodb.create_table, **_arguments(**given)) == "ValidationException"


def test_refuses_a_change(dynamodb: Any, refused: Callable[..., str]) -> None:
    """By the table's own billing mode."""
    name = _create(
        dynamodb,
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )

    code = refused(
        dynamodb.update_table, TableName=name, OnDemandThroughput={"MaxReadRequestUnits": 1}
    )

    assert code == "ValidationException"
