"""DynamoDB tables: which keys belong together, and what is refused."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from platform_lib.dynamodb.config import KeyAttribute, TableConfig, TableIndex

ORDER = KeyAttribute(name="order_id")
DAY = KeyAttribute(name="day", type="N")


def test_a_table_needs_only_a_partition_key() -> None:
    """Everything else has production's default."""
    config = TableConfig(partition_key=ORDER)

    assert config.recovery_days == 35
    assert config.key_attributes() == [ORDER]


def test_an_attribute_may_be_part_of_several_keys() -> None:
    """As long as it is of one type."""
    config = TableConfig(
        partition_key=ORDER, sort_key=DAY, indexes={"by-day": TableIndex(partition_key=DAY)}
    )

    assert {it.name for it in config.key_attributes()} == {"order_id", "day"}


def test_refuses_an_attribute_of_two_types() -> None:
    """The sentence names the attribute and both types."""
    index = TableIndex(partition_key=KeyAttribute(name="day", type="S"))

    with pytest.raises(ValidationError) as refused:
        TableConfig(partition_key=ORDER, sort_key=DAY, indexes={"by-day": index})

    assert refused.value.errors()[0]["msg"] == (
        "Value error, attribute 'day' is of type 'N' in one key and 'S' in another; an attribute"
        " has one type in all keys of a table"
    )


def test_refuses_a_table_whose_keys_are_one_attribute() -> None:
    """The sentence says where."""
    with pytest.raises(ValidationError) as refused:
        TableConfig(partition_key=ORDER, sort_key=ORDER)

    assert refused.value.errors()[0]["msg"] == (
        "Value error, partition_key and sort_key of the table are both 'order_id'; name two"
        " attributes, or leave sort_key out"
    )


def test_refuses_an_index_whose_keys_are_one_attribute() -> None:
    """The sentence names the index."""
    with pytest.raises(ValidationError) as refused:
        TableConfig(
            partition_key=ORDER, indexes={"by-day": TableIndex(partition_key=DAY, sort_key=DAY)}
        )

    assert refused.value.errors()[0]["msg"] == (
        "Value error, partition_key and sort_key of index 'by-day' are both 'day'; name two"
        " attributes, or leave sort_key out"
    )


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (1, True), (35, True), (36, False)])
def test_restores_to_the_days_that_dynamodb_offers(days: int, *, allowed: bool) -> None:
    """From 1 to 35."""
    if allowed:
        assert TableConfig(partition_key=ORDER, recovery_days=days).recovery_days == days
        return

    with pytest.raises(ValidationError, match=r"than or equal to (1|35)"):
        TableConfig(partition_key=ORDER, recovery_days=days)


@pytest.mark.parametrize("name", ["", "order id", "ä"])
def test_refuses_what_names_no_attribute(name: str) -> None:
    """The sentence says which characters are allowed."""
    with pytest.raises(ValidationError) as refused:
        KeyAttribute(name=name)

    assert refused.value.errors()[0]["msg"] == (
        f"Value error, {name!r} is not an attribute name; use 1 to 255 printable characters, no"
        " space"
    )


def test_refuses_what_names_no_index() -> None:
    """The sentence says which characters are allowed."""
    with pytest.raises(ValidationError) as refused:
        TableConfig(partition_key=ORDER, indexes={"by day": TableIndex(partition_key=DAY)})

    assert refused.value.errors()[0]["msg"] == (
        "Value error, 'by day' is not an index name; use 3 to 255 letters, digits and _.-"
    )
