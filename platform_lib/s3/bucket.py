"""Bucket: a private, encrypted S3 bucket for one purpose."""

from __future__ import annotations

from collections.abc import Sequence

import cdktf_cdktf_provider_aws.s3_bucket as aws_s3_bucket
import cdktf_cdktf_provider_aws.s3_bucket_cors_configuration as aws_cors
import cdktf_cdktf_provider_aws.s3_bucket_lifecycle_configuration as aws_lifecycle
import cdktf_cdktf_provider_aws.s3_bucket_logging as aws_logging
import cdktf_cdktf_provider_aws.s3_bucket_ownership_controls as aws_ownership
import cdktf_cdktf_provider_aws.s3_bucket_policy as aws_bucket_policy
import cdktf_cdktf_provider_aws.s3_bucket_public_access_block as aws_public_access_block
import cdktf_cdktf_provider_aws.s3_bucket_server_side_encryption_configuration as aws_encryption
import cdktf_cdktf_provider_aws.s3_bucket_versioning as aws_versioning
from cdktf import ITerraformDependable
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.core.stack import PlatformStack
from platform_lib.errors import PlatformError
from platform_lib.iam.policy import Statement, policy_json
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, kebab
from platform_lib.s3._policy import access_logs as access_log_statements
from platform_lib.s3._policy import (
    distribution_reads,
    load_balancer_logs,
    log_delivery,
    tls_only,
)
from platform_lib.s3.config import SERVED, BucketConfig, CorsRule, Purpose
from platform_lib.s3.grants import BucketGrants
from platform_lib.types import TokenStr

_UNFINISHED_UPLOAD_DAYS = 7
_S3_KEYS_ONLY = (Purpose.LOAD_BALANCER_LOGS, Purpose.ACCESS_LOGS)
"""Purposes whose writers cannot use a customer managed key.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html"""


class Bucket(PlatformConstruct):
    """A private, encrypted and versioned bucket; besides its account only its purpose may write.

    Defines:
        aws_s3_bucket, aws_s3_bucket_public_access_block, aws_s3_bucket_ownership_controls,
        aws_s3_bucket_server_side_encryption_configuration, aws_s3_bucket_versioning,
        aws_s3_bucket_lifecycle_configuration, aws_s3_bucket_policy,
        aws_s3_bucket_cors_configuration, aws_s3_bucket_logging

    Args:
        config: Purpose and retention.
        key: Encrypts the objects. For delivered logs its policy must let log delivery use it; logs
            of load balancers and buckets are encrypted with S3's own keys instead.
        access_logs: Bucket that receives a record of every request; without it none is written.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: BucketConfig,
        key: Key,
        access_logs: Bucket | None = None,
    ) -> None:
        super().__init__(scope, id)
        bucket = aws_s3_bucket.S3Bucket(
            self,
            "Resource",
            bucket=self.unique_name(Kind.S3_BUCKET),
            # S3 deletes only empty buckets; where destroying is allowed, the objects go too.
            force_destroy=not self.stack.protected,
        )
        protect(self, bucket)
        self.name: TokenStr = bucket.id
        """Name of the bucket."""
        self.purpose = config.purpose
        """What it is for, and so who may write to it."""
        self._key = None if config.purpose in _S3_KEYS_ONLY else key
        self._encrypt(key, config.purpose)
        self._keep_versions_and_expire(config)
        if config.cors:
            self._open_to_pages(config.cors)
        if access_logs is not None:
            self._record_requests(access_logs)

        self.arn: TokenStr = bucket.arn
        """ARN of the bucket."""
        self.regional_domain_name: TokenStr = bucket.bucket_regional_domain_name
        """Host by which CloudFront and others reach it in its Region."""
        self._statements = [tls_only(bucket.arn), *self._written_by(bucket.arn, config.purpose)]
        self._own_policy = self._restrict()
        self._written = self._own_policy
        self._server: PlatformStack | None = None
        self.policy: ITerraformDependable = self._own_policy
        """The bucket's policy: what has to exist before a service can deliver to it."""
        self.grants = BucketGrants(self, key=self._key, arn=bucket.arn)
        """What roles may do with its objects."""

    def serve(self, scope: PlatformConstruct, *, distribution_arn: TokenStr) -> None:
        """Let one distribution of CloudFront read the objects, and the key that encrypts them.

        A bucket has one policy, and a distribution's ARN is known only once it exists. So where
        the distribution is in a later stack, the policy that names it is there too: it says
        everything that the bucket's own says, and takes its place when that stack is applied. The
        bucket's stack then leaves the policy as it finds it, and makes its own again if there is
        none any more.

        Args:
            scope: The distribution.
            distribution_arn: Its ARN.

        Raises:
            PlatformError: ``NotToBeServed`` if the bucket is for something else,
                ``ServedByTwoStacks`` if distributions of two stacks would each write the policy.
        """
        if self.purpose not in SERVED:
            raise PlatformError(
                "NotToBeServed",
                f"{self.node.path!r} is a bucket for {self.purpose.value}, which is not for everybody;"
                f" serve one for {' or '.join(it.value for it in SERVED)}",
                where=scope.node.path,
            )
        if self._server not in (None, scope.stack):
            raise PlatformError(
                "ServedByTwoStacks",
                f"{self.node.path!r} is served by a distribution of another stack already, and two"
                " stacks would write its policy by turns; put the distributions into one stack",
                where=scope.node.path,
            )
        if self._server is None and scope.stack is not self.stack:
            self._own_policy.add_override("lifecycle.ignore_changes", ["policy"])
            self._written = aws_bucket_policy.S3BucketPolicy(
                scope.stack, f"PolicyOf{self.identity}", bucket=self.name, policy=""
            )
        self._server = scope.stack
        self._statements.append(distribution_reads(self.arn, distribution_arn))
        self._written.policy = policy_json(self._statements)
        if self._key is not None:
            self._key.serve(scope, distribution_arn=distribution_arn)

    def _encrypt(self, key: Key, purpose: Purpose) -> None:
        encryption = aws_encryption
        default = encryption.S3BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultA(
            sse_algorithm="AES256" if purpose in _S3_KEYS_ONLY else "aws:kms",
            kms_master_key_id=None if purpose in _S3_KEYS_ONLY else key.arn,
        )
        encryption.S3BucketServerSideEncryptionConfigurationA(
            self,
            "Encryption",
            bucket=self.name,
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
            bucket=self.name,
            versioning_configuration=aws_versioning.S3BucketVersioningVersioningConfiguration(
                # Whoever may delete an object must not be able to make it unseen at once.
                status="Enabled"
            ),
        )
        rule = aws_lifecycle.S3BucketLifecycleConfigurationRule(
            id="expire",
            status="Enabled",
            filter=[aws_lifecycle.S3BucketLifecycleConfigurationRuleFilter(prefix="")],
            expiration=None
            if config.retention_days is None
            else [
                aws_lifecycle.S3BucketLifecycleConfigurationRuleExpiration(
                    days=config.retention_days
                )
            ],
            noncurrent_version_expiration=[
                aws_lifecycle.S3BucketLifecycleConfigurationRuleNoncurrentVersionExpiration(
                    noncurrent_days=config.deleted_days
                )
            ],
            abort_incomplete_multipart_upload=[
                aws_lifecycle.S3BucketLifecycleConfigurationRuleAbortIncompleteMultipartUpload(
                    days_after_initiation=_UNFINISHED_UPLOAD_DAYS
                )
            ],
        )
        aws_lifecycle.S3BucketLifecycleConfiguration(
            self,
            "Lifecycle",
            bucket=self.name,
            rule=[rule],
            # Rules for noncurrent versions are refused until the bucket is versioned.
            depends_on=[versioning],
        )

    def _open_to_pages(self, rules: Sequence[CorsRule]) -> None:
        aws_cors.S3BucketCorsConfiguration(
            self,
            "Cors",
            bucket=self.name,
            cors_rule=[
                aws_cors.S3BucketCorsConfigurationCorsRule(
                    allowed_origins=list(rule.origins),
                    allowed_methods=list(rule.methods),
                    allowed_headers=["*"],
                    expose_headers=["ETag"],
                    max_age_seconds=rule.max_age_seconds,
                )
                for rule in rules
            ],
        )

    def _record_requests(self, access_logs: Bucket) -> None:
        aws_logging.S3BucketLoggingA(
            self,
            "Logging",
            bucket=self.name,
            target_bucket=access_logs.name,
            target_prefix=f"{kebab(self.node.id)}/",
            # What may write into it is decided by its policy, which has to be there first.
            depends_on=[access_logs.policy],
        )

    def _restrict(self) -> aws_bucket_policy.S3BucketPolicy:
        private = aws_public_access_block.S3BucketPublicAccessBlock(
            self,
            "PublicAccessBlock",
            bucket=self.name,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
        owned = aws_ownership.S3BucketOwnershipControls(
            self,
            "Ownership",
            bucket=self.name,
            rule=aws_ownership.S3BucketOwnershipControlsRule(
                object_ownership="BucketOwnerEnforced"
            ),
            # S3 refuses two changes of one bucket's access at the same time (OperationAborted).
            depends_on=[private],
        )
        return aws_bucket_policy.S3BucketPolicy(
            self,
            "Policy",
            bucket=self.name,
            policy=policy_json(self._statements),
            depends_on=[owned],
        )

    def _written_by(self, arn: TokenStr, purpose: Purpose) -> tuple[Statement, ...]:
        account, region = self.stack.account.id, self.stack.target.region
        partition = self.stack.partition
        match purpose:
            case Purpose.LOGS:
                return log_delivery(arn, account_id=account, region=region, partition=partition)
            case Purpose.LOAD_BALANCER_LOGS:
                return load_balancer_logs(
                    arn, account_id=account, region=region, partition=partition
                )
            case Purpose.ACCESS_LOGS:
                return access_log_statements(arn, account_id=account)
            case _:
                return ()
