"""AccountSafety: what holds for a whole account."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_lib.account.safety import AccountSafety
from platform_lib.environment import Account
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Template


@pytest.fixture
def template(account: Account, tmp_path: Path) -> Template:
    """Return the synthesised settings."""
    stack = stack_of(account, tmp_path, "foundation")
    AccountSafety(stack, "Safety")
    return Template(stack)


def test_no_bucket_of_the_account_can_be_public(template: Template) -> None:
    """All four S3 blocks are on."""
    block = template.only("aws_s3_account_public_access_block")

    assert block == {
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    }


def test_volumes_are_encrypted_and_snapshots_and_images_stay_private(template: Template) -> None:
    """EBS encrypts by default, and neither snapshots nor images can be shared with the world."""
    assert template.only("aws_ebs_encryption_by_default") == {"enabled": True}
    assert template.only("aws_ebs_snapshot_block_public_access") == {"state": "block-all-sharing"}
    assert template.only("aws_ec2_image_block_public_access") == {"state": "block-new-sharing"}


def test_instances_answer_metadata_only_with_a_token(template: Template) -> None:
    """IMDSv2 is required; the hop limit is left to each launch template."""
    assert template.only("aws_ec2_instance_metadata_defaults") == {"http_tokens": "required"}


def test_passwords_are_long_and_not_reused(template: Template) -> None:
    """The password policy is what the CIS benchmark asks for."""
    policy = template.only("aws_iam_account_password_policy")

    assert policy["minimum_password_length"] == 14
    assert policy["password_reuse_prevention"] == 24
    assert all(
        policy[f"require_{kind}"]
        for kind in ("lowercase_characters", "numbers", "symbols", "uppercase_characters")
    )


def test_an_analyzer_watches_what_is_shared_outside_the_account(template: Template) -> None:
    """The analyzer looks at the account and is named after it."""
    assert template.only("aws_accessanalyzer_analyzer") == {
        "analyzer_name": "workloads-safety-access",
        "type": "ACCOUNT",
    }
