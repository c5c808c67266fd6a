"""The state lock: a conditional write is really conditional."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

pytestmark = pytest.mark.usefixtures("aws")

_ABSENT = "attribute_not_exists(LockID)"


def _table(client: Callable[[str], Any]) -> Any:
    dynamodb = client("dynamodb")
    dynamodb.create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


def _lock(dynamodb: Any, who: str) -> bool:
    item = {"LockID": {"S": "state"}, "Info": {"S": who}}
    try:
        dynamodb.put_item(TableName="locks", Item=item, ConditionExpression=_ABSENT)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        return False
    return True


def test_a_second_lock_is_refused(client: Callable[[str], Any]) -> None:
    """The first holder keeps the lock and its own words."""
    dynamodb = _table(client)

    taken = [_lock(dynamodb, "first"), _lock(dynamodb, "second")]

    held = dynamodb.get_item(TableName="locks", Key={"LockID": {"S": "state"}})["Item"]

    assert taken == [True, False]
    assert held["Info"] == {"S": "first"}


def test_of_many_at_once_one_wins(client: Callable[[str], Any]) -> None:
    """Requests in parallel cannot both find the lock free."""
    dynamodb = _table(client)

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda number: _lock(dynamodb, str(number)), range(24)))

    assert sum(taken) == 1


def test_a_freed_lock_can_be_taken(client: Callable[[str], Any]) -> None:
    """After the delete the next one gets it."""
    dynamodb = _table(client)
    _lock(dynamodb, "first")
    dynamodb.delete_item(TableName="locks", Key={"LockID": {"S": "state"}})

    assert _lock(dynamodb, "second")
