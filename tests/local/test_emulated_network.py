"""The real Terraform makes, reads back, changes and destroys a whole network.

One run of several minutes is recorded by a fixture; each test asks the record for one fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.server import LocalAws
from tests import emulator

# One worker, so that the run of several minutes happens once.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("emulated-network")]

_OTHER = ("-var", 'zones=["a", "b", "c"]', "-var", "note=second")
"""One zone more, and other tags, descriptions, rules and settings of all that is there."""


@dataclass(frozen=True)
class History:
    """What happened, step by step."""

    second_plan: int
    locked: str
    changes: dict[str, list[str]]
    plan_after_changes: int
    left: list[Item]
    gaps: list[Gap]


@pytest.fixture(scope="module")
def history(
    workspace: Callable[[str, LocalAws], Any], connect: Callable[[str, str], Any]
) -> Iterator[History]:
    """Bootstrap the state, apply, add a zone and change tags and settings, destroy."""
    with emulator.start(account_id="210987654321", region="eu-central-1") as aws:
        _bootstrap(connect, aws)
        network = workspace("network", aws)
        network.apply()
        second_plan = network.differences()
        locked = _plan_while_locked(connect(aws.endpoint, "dynamodb"), network)
        changes = network.changes(*_OTHER)
        network.apply("planned")
        plan_after_changes = network.differences(*_OTHER)
        network.destroy(*_OTHER)
        yield History(
            second_plan,
            locked,
            changes,
            plan_after_changes,
            aws.inventory(),
            aws.unimplemented(),
        )


def _bootstrap(connect: Callable[[str, str], Any], aws: LocalAws) -> None:
    connect(aws.endpoint, "s3").create_bucket(
        Bucket="state-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    connect(aws.endpoint, "dynamodb").create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def _plan_while_locked(dynamodb: Any, network: Any) -> str:
    """Hold the lock as another Terraform would, and return what this one says."""
    key = {"LockID": {"S": "state-bucket/dev/network.tfstate"}}
    info = '{"ID": "1", "Operation": "OperationTypeApply", "Who": "somebody@else"}'
    dynamodb.put_item(TableName="locks", Item={**key, "Info": {"S": info}})
    finished = network.run("plan", "-input=false", expect=1)
    dynamodb.delete_item(TableName="locks", Key=key)
    return str(finished.stderr)


def test_the_second_plan_is_empty(history: History) -> None:
    """Everything that was made reads back as it was asked for."""
    assert history.second_plan == 0


def test_the_lock_refuses_a_second_terraform(history: History) -> None:
    """The holder is named."""
    assert "Error acquiring the state lock" in history.locked
    assert "somebody@else" in history.locked


def test_everything_changes_in_place(history: History) -> None:
    """Tags, rules, entries, subnet groups and the ACL are updated, never replaced."""
    assert {tuple(actions) for actions in history.changes.values()} == {("update",), ("create",)}
    updated = {address for address, actions in history.changes.items() if actions == ["update"]}
    assert updated > {
        "aws_db_subnet_group.main",
        "aws_ec2_managed_prefix_list.office",
        "aws_elasticache_subnet_group.main",
        "aws_network_acl.database",
        "aws_vpc_dhcp_options.main",
        "aws_vpc_security_group_egress_rule.app",
    }


def test_only_the_new_zone_is_made(history: History) -> None:
    """Nothing of the other zones is made again."""
    created = {address for address, actions in history.changes.items() if actions == ["create"]}

    assert created != set()
    assert {address for address in created if '["c"]' not in address} == set()


def test_the_plan_after_the_changes_is_empty(history: History) -> None:
    """What was changed in place reads back."""
    assert history.plan_after_changes == 0


def test_destroy_leaves_the_state_and_the_key(history: History) -> None:
    """The bucket, the lock table and the key that waits for its deletion."""
    left = sorted((item.service, item.kind, item.state) for item in history.left)

    assert left == [
        ("dynamodb", "Table", ""),
        ("kms", "Key", "PendingDeletion"),
        ("s3", "FakeBucket", ""),
    ]


def test_nothing_was_missing(history: History) -> None:
    """No action was answered 501."""
    assert history.gaps == []
