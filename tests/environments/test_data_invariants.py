"""What holds for everything that stores data, in every environment: protection, backups, key, alarms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from platform_lib.environment import Category, Environment
from platform_lib.testing.project import SynthesisedProject, SynthesisedStack
from platform_lib.testing.template import Block

STORES = (
    "aws_db_instance",
    "aws_rds_cluster",
    "aws_elasticache_replication_group",
    "aws_mq_broker",
    "aws_dynamodb_table",
    "aws_s3_bucket",
    "aws_secretsmanager_secret",
)

DELETION_PROTECTION = {
    "aws_db_instance": "deletion_protection",
    "aws_rds_cluster": "deletion_protection",
    "aws_dynamodb_table": "deletion_protection_enabled",
}
"""What AWS itself refuses to delete; it has no such switch for the others."""

WITHOUT_ALARMS = {
    "aws_s3_bucket": "it neither fills up nor slows down; its requests are recorded",
    "aws_secretsmanager_secret": "it only answers; the function that rotates it has an alarm",
}

WITHOUT_BACKUPS = {
    "aws_mq_broker": "Amazon MQ has none for RabbitMQ; its page says what to do instead",
    "aws_secretsmanager_secret": "it keeps the last values, and a deleted one for 30 days",
}

Store = tuple[SynthesisedStack, str, str, Block]
"""Stack, type, address name and block."""


@pytest.fixture(scope="session")
def stores(synthesised: SynthesisedProject) -> tuple[Store, ...]:
    """Return everything that stores data in the stacks ``data``."""
    return tuple(
        (stack, kind, name, block)
        for stack in synthesised.stacks.values()
        if stack.name.endswith("-data")
        for kind in STORES
        for name, block in stack.template.all(kind).items()
    )


def _named(stores: Iterator[Store]) -> list[str]:
    return [f"{stack.name} {kind}.{name}" for stack, kind, name, _ in stores]


def test_every_kind_of_store_is_in_some_environment(stores: tuple[Store, ...]) -> None:
    """The tests below would also pass over nothing."""
    assert {kind for _, kind, _, _ in stores} == set(STORES)


def test_aws_refuses_to_delete_what_is_protected(stores: tuple[Store, ...]) -> None:
    """Its own protection is on exactly where the environment does not allow destroying."""
    wrong = (
        it
        for it in stores
        if it[1] in DELETION_PROTECTION
        and it[3][DELETION_PROTECTION[it[1]]] is it[0].target.allow_destroy
    )

    assert _named(wrong) == []


def test_terraform_refuses_to_destroy_what_is_protected(stores: tuple[Store, ...]) -> None:
    """`prevent_destroy` is on exactly there too."""
    wrong = (
        it
        for it in stores
        if it[3].get("lifecycle", {}).get("prevent_destroy", False) is it[0].target.allow_destroy
    )

    assert _named(wrong) == []


def _key_of(stack: SynthesisedStack, kind: str, name: str, block: Block) -> Any:
    """Return the key that a store is encrypted with."""
    if kind == "aws_s3_bucket":
        (rule,) = [
            it["rule"][0]
            for it in stack.template.all(
                "aws_s3_bucket_server_side_encryption_configuration"
            ).values()
            if it["bucket"] == f"${{aws_s3_bucket.{name}.id}}"
        ]
        default = rule["apply_server_side_encryption_by_default"]
        # Logs of other buckets cannot be written with a key of ours.
        return default.get("kms_master_key_id", "Logs" if name.startswith("AccessLogs") else None)
    if kind == "aws_mq_broker":
        return block["encryption_options"]["kms_key_id"]
    if kind == "aws_dynamodb_table":
        return block["server_side_encryption"]["kms_key_arn"]
    return block["kms_key_id"]


def test_everything_is_encrypted_with_our_key(stores: tuple[Store, ...]) -> None:
    """With the environment's data key; and it says so where that is an argument of its own."""
    wrong = (it for it in stores if not any(key in str(_key_of(*it)) for key in ("Data", "Logs")))

    assert _named(wrong) == []


@pytest.mark.parametrize(
    ("kind", "argument"),
    [
        ("aws_db_instance", "storage_encrypted"),
        ("aws_rds_cluster", "storage_encrypted"),
        ("aws_elasticache_replication_group", "at_rest_encryption_enabled"),
        ("aws_elasticache_replication_group", "transit_encryption_enabled"),
    ],
)
def test_encryption_is_on(stores: tuple[Store, ...], kind: str, argument: str) -> None:
    """A key alone would not turn it on."""
    values = {
        str(block[argument]).lower()
        for _, of, _, block in stores
        if of == kind
        if argument in block
    }

    assert values == {"true"}


def _backups_days(stack: SynthesisedStack, kind: str, name: str, block: Block) -> int:
    """Return for how many days something can be had back."""
    if kind == "aws_s3_bucket":
        (rule,) = [
            it["rule"][0]
            for it in stack.template.all("aws_s3_bucket_lifecycle_configuration").values()
            if it["bucket"] == f"${{aws_s3_bucket.{name}.id}}"
        ]
        return int(rule["noncurrent_version_expiration"][0]["noncurrent_days"])
    if kind == "aws_dynamodb_table":
        return int(block["point_in_time_recovery"]["recovery_period_in_days"])
    argument = "snapshot_retention_limit" if "elasticache" in kind else "backup_retention_period"
    return int(block.get(argument, 0))


def test_what_customers_use_can_be_had_back_for_a_week(stores: tuple[Store, ...]) -> None:
    """Whatever happened on Friday evening is found on Monday."""
    wrong = (
        it
        for it in stores
        if isinstance(it[0].target, Environment)
        and it[0].target.category is Category.CUSTOMER
        and it[1] not in WITHOUT_BACKUPS
        and _backups_days(*it) < 7
    )

    assert _named(wrong) == []


def test_everything_that_can_be_in_trouble_has_alarms(stores: tuple[Store, ...]) -> None:
    """Some alarm of the stack names it in its dimensions, and tells a topic."""
    wrong = (
        (stack, kind, name, block)
        for stack, kind, name, block in stores
        if kind not in WITHOUT_ALARMS
        and not any(
            f"{kind}.{name}." in json.dumps(alarm) and alarm["alarm_actions"]
            for alarm in stack.template.all("aws_cloudwatch_metric_alarm").values()
        )
    )

    assert _named(wrong) == []


def test_nothing_that_stores_data_is_public(stores: tuple[Store, ...]) -> None:
    """Neither by an argument nor by a security group rule."""
    public = (it for it in stores if it[3].get("publicly_accessible") is True)

    assert _named(public) == []
