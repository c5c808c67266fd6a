"""The real Terraform changes account-wide settings: S3 Control, EC2, IAM, S3 and Access Analyzer."""

from __future__ import annotations

import pytest

from tests.local.applied_settings import History

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("settings")]


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
def test_settings_change_in_place(settings: History, address: str) -> None:
    """None is replaced."""
    assert settings.changes_in("account")[address] == ["update"]
