"""AccountSafety: settings that hold for a whole AWS account and have no reason to be off."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.accessanalyzer_analyzer as aws_analyzer
import cdktf_cdktf_provider_aws.ebs_encryption_by_default as aws_ebs_encryption
import cdktf_cdktf_provider_aws.ebs_snapshot_block_public_access as aws_snapshot_block
import cdktf_cdktf_provider_aws.ec2_image_block_public_access as aws_image_block
import cdktf_cdktf_provider_aws.ec2_instance_metadata_defaults as aws_metadata_defaults
import cdktf_cdktf_provider_aws.iam_account_password_policy as aws_password_policy
import cdktf_cdktf_provider_aws.s3_account_public_access_block as aws_s3_block
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind


class AccountSafety(PlatformConstruct):
    """No public buckets, snapshots or images; encrypted volumes; IMDSv2; an access analyzer.

    The EC2 settings and the analyzer hold in the account's home Region.

    Defines:
        aws_s3_account_public_access_block, aws_ebs_encryption_by_default,
        aws_ebs_snapshot_block_public_access, aws_ec2_image_block_public_access,
        aws_ec2_instance_metadata_defaults, aws_iam_account_password_policy,
        aws_accessanalyzer_analyzer
    """

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        aws_s3_block.S3AccountPublicAccessBlock(
            self,
            "S3PublicAccess",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        aws_ebs_encryption.EbsEncryptionByDefault(self, "EbsEncryption", enabled=True)
        aws_snapshot_block.EbsSnapshotBlockPublicAccess(
            self, "EbsSnapshots", state="block-all-sharing"
        )
        aws_image_block.Ec2ImageBlockPublicAccess(self, "Images", state="block-new-sharing")
        # The hop limit is each launch template's business: controllers in containers need 2.
        aws_metadata_defaults.Ec2InstanceMetadataDefaults(
            self, "InstanceMetadata", http_tokens="required"
        )
        # CIS AWS Foundations 1.8 and 1.9 ask for 14 characters and 24 remembered passwords.
        aws_password_policy.IamAccountPasswordPolicy(
            self,
            "Passwords",
            minimum_password_length=14,
            password_reuse_prevention=24,
            require_lowercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            require_uppercase_characters=True,
            allow_users_to_change_password=True,
        )
        aws_analyzer.AccessanalyzerAnalyzer(
            self,
            "AccessAnalyzer",
            analyzer_name=self.physical_name(Kind.ANALYZER, "access"),
            type="ACCOUNT",
        )
