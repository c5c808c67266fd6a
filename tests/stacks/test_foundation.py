"""The foundation of an account: what holds for everything in it."""

from __future__ import annotations

from platform_lib.core.stack import PlatformStack
from platform_lib.stacks.foundation import FoundationStack
from platform_lib.testing.template import Template


def test_an_account_is_made_safe(foundation: Template) -> None:
    """Every account-wide setting that has no reason to be off is there, and nothing else."""
    assert foundation.paths() == {
        kind: [f"workloads-foundation/Safety/{path}"]
        for kind, path in {
            "aws_accessanalyzer_analyzer": "AccessAnalyzer",
            "aws_ebs_encryption_by_default": "EbsEncryption",
            "aws_ebs_snapshot_block_public_access": "EbsSnapshots",
            "aws_ec2_image_block_public_access": "Images",
            "aws_ec2_instance_metadata_defaults": "InstanceMetadata",
            "aws_iam_account_password_policy": "Passwords",
            "aws_s3_account_public_access_block": "S3PublicAccess",
        }.items()
    }


def test_it_reads_from_no_other_stack(
    foundation: Template, stacks: dict[str, PlatformStack]
) -> None:
    """It is the first that is applied."""
    assert "data" not in foundation.json
    assert isinstance(stacks["workloads-foundation"], FoundationStack)
