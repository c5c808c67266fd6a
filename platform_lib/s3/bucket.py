"""Bucket: a private, encrypted S3 bucket for one purpose."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.s3_bucket as aws_s3_bucket
import cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration as aws_lifecycle
import cdktf_cdktf_provider_aws.s3_bucket_ownership_controls as aws_ownership
import cdktf_cdktf_provider_aws.s3_bucket_policy as aws_bucket_policy
import cdktf_cdktf_provider_aws.s3_bucket_public_access_block as aws_public_access_block
import cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration as aws_encryption
import cdktf_cdktf_provider_aws.s3_bucket_versioning as aws_versioning
from cdktf import ITerraformDependable
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.iam.policy import Statement, policy_json
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.s3._policy import log_delivery, tls_only
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.types import TokenStr

_VERSIONING: Mapping[Purpose, str] = {
    # Whoever may delete a log must not be able to make it unseen at once.
    Purpose.LOGS: "Enabled",
}
_NONCURRENT_DAYS = 7
_UNFINISHED_UPLOAD_DAYS = 7


class Bucket(PlatformConstruct):
    """A private bucket, encrypted with our key, that only its purpose may write to.

    Defines:
        aws_s3_bucket, aws_s3_bucket_public_access_block, aws_s3_bucket_ownership_controls,
        aws_s3_bucket_server_side_encryption_configuration, aws_s3_bucket_versioning,
        aws_s3_bucket_lifecycle_configuration, aws_s3_bucket_policy

    Args:
        config: Purpose and retention.
        key: Encrypts the objects. For logs its policy must let log delivery use it.
    """

    def __init__(self, scope: Construct, id: str, *, config: BucketConfig, key: Key) -> None:
        super().__init__(scope, id)
        bucket = aws_s3_bucket.S3Bucket(
            self,
            "Resource",
            bucket=self.unique_name(Kind.S3_BUCKET),
            # S3 deletes only empty buckets; where destroying is allowed, the objects go too.
            force_destroy=not self.stack.protected,
        )
        protect(self, bucket)
        self._name: TokenStr = bucket.id
        self._encrypt(key)
        self._keep_versions_and_expire(config)

        self.arn: TokenStr = bucket.arn
        """ARN of the bucket."""
        self.policy: ITerraformDependable = self._restrict(bucket.arn, config.purpose)
        """The bucket's policy: what has to exist before a service can deliver to it."""

    def _encrypt(self, key: Key) -> None:
        encryption = aws_encryption
        default = encryption.S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
            sse_algorithm="aws:kms", kms_master_key_id=key.arn
        )
        encryption.S3BucketServerSideEncryptionConfigurationA(
            self,
            "Encryption",
            bucket=self._name,
            rule=[
                encryption.S3BucketServerSideEncryptionConfigurationRuleA(
                    apply_server_side_encryption_by_default=default,
                    # One data key for many objects: fewer calls to KMS, which are paid for.
                    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html
                    bucket_key_enabled=True,
                )
            ],
        )

    def _keep_versions_and_expire(self, config: BucketConfig) -> None:
        versioning = aws_versioning.S3BucketVersioningA(
            self,
            "Versioning",
            bucket=self._name,
            versioning_configuration=aws_versioning.S3BucketVersioningVersioningConfiguration(
                status=_VERSIONING[config.purpose]
            ),
        )
        aws_lifecycle.S3BucketLifecycleConfiguration(
            self,
            "Lifecycle",
            bucket=self._name,
            rule=[
                aws_lifecycle.S3BucketLifecycleConfigurationRule(
                    id="expire",
                    status="Enabled",
                    filter=[aws_lifecycle.S3BucketLifecycleConfigurationRuleFilter(prefix="")],
                    expiration=[
                        aws_lifecycle.S3BucketLifecycleConfigurationRuleExpiration(
                            days=config.retention_days
                        )
                    ],
                    noncurrent_version_expiration=[
                        aws_lifecycle.S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                            noncurrent_days=_NONCURRENT_DAYS
                        )
                    ],
                    abort_incomplete_multipart_upload=[
                        aws_lifecycle.S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                            days_after_initiation=_UNFINISHED_UPLOAD_DAYS
                        )
                    ],
                )
            ],
            # Rules for noncurrent versions are refused until the bucket is versioned.
            depends_on=[versioning],
        )

    def _restrict(self, arn: TokenStr, purpose: Purpose) -> aws_bucket_policy.S3BucketPolicy:
        private = aws_public_access_block.S3BucketPublicAccessBlock(
            self,
            "PublicAccessBlock",
            bucket=self._name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        owned = aws_ownership.S3BucketOwnershipControls(
            self,
            "Ownership",
            bucket=self._name,
            rule=aws_ownership.S3BucketOwnershipControlsRule(
                object_ownership="BucketOwnerEnforced"
            ),
            # S3 refuses two changes of one bucket's access at the same time (OperationAborted).
            depends_on=[private],
        )
        return aws_bucket_policy.S3BucketPolicy(
            self,
            "Policy",
            bucket=self._name,
            policy=policy_json([tls_only(arn), *self._written_by(arn, purpose)]),
            depends_on=[owned],
        )

    def _written_by(self, arn: TokenStr, purpose: Purpose) -> tuple[Statement, ...]:
        allowed = {
            Purpose.LOGS: log_delivery(
                arn,
                account_id=self.stack.account.id,
                region=self.stack.target.region,
                partition=self.stack.partition,
            )
        }
        return allowed[purpose]
