"""The real Terraform sets, reads back, changes and removes account-wide settings."""

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
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("emulated-account")]

_OTHER = ("-var", "note=second")


@dataclass(frozen=True)
class History:
    """What happened, step by step."""

    second_plan: int
    changes: dict[str, list[str]]
    plan_after_changes: int
    left: list[Item]
    gaps: list[Gap]


@pytest.fixture(scope="module")
def history(workspace: Callable[[str, LocalAws], Any]) -> Iterator[History]:
    """Apply, change every setting that can be, destroy."""
    with emulator.start(account_id="210987654321", region="eu-central-1") as aws:
        account = workspace("account", aws)
        account.apply()
        second_plan = account.differences()
        changes = account.changes(*_OTHER)
        account.apply("planned")
        plan_after_changes = account.differences(*_OTHER)
        account.destroy(*_OTHER)
        yield History(
            second_plan, changes, plan_after_changes, aws.inventory(), aws.unimplemented()
        )


def test_the_second_plan_is_empty(history: History) -> None:
    """S3 Control, EC2, IAM, S3 and Access Analyzer read back what was set."""
    assert history.second_plan == 0


@pytest.mark.parametrize(
    "address",
    [
        "aws_s3_account_public_access_block.main",
        "aws_ebs_snapshot_block_public_access.main",
        "aws_ec2_instance_metadata_defaults.main",
        "aws_iam_account_password_policy.main",
        "aws_s3_bucket_lifecycle_configuration.main",
        "aws_iam_role.ci",
        "aws_iam_policy.ci",
    ],
)
def test_settings_change_in_place(history: History, address: str) -> None:
    """None is replaced."""
    assert history.changes[address] == ["update"]


def test_the_plan_after_the_changes_is_empty(history: History) -> None:
    """What was changed reads back."""
    assert history.plan_after_changes == 0


def test_destroy_leaves_the_key(history: History) -> None:
    """Only the key that waits for its deletion is left."""
    left = [(item.service, item.kind, item.state) for item in history.left]

    assert left == [("kms", "Key", "PendingDeletion")]


def test_nothing_was_missing(history: History) -> None:
    """No action was answered 501."""
    assert history.gaps == []
