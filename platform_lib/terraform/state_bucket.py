"""The state bucket: versioned, encrypted, private, TLS only, not to be deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from platform_lib.errors import OperationError
from platform_lib.naming import partition_of
from platform_lib.terraform.state_store import Setting, StateStore

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["StateBucket", "bucket_policy_statements", "lifecycle_rules"]

_BLOCKS: Any = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}

KEPT_DAYS = 90
"""How long an old state can be restored."""

KEPT_VERSIONS = 20
"""Newest old versions that stay even after that, for states that change rarely."""


def bucket_policy_statements(bucket: str, partition: str = "aws") -> list[dict[str, Any]]:
    """Return the statements that the bucket's policy must contain."""
    arn = f"arn:{partition}:s3:::{bucket}"
    return [
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "DenyDeletingTheStateBucket",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:DeleteBucket",
            "Resource": arn,
        },
    ]


def lifecycle_rules() -> list[dict[str, Any]]:
    """Return the lifecycle rules that the bucket must have."""
    return [
        {
            "ID": "expire-old-states",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {
                "NoncurrentDays": KEPT_DAYS,
                "NewerNoncurrentVersions": KEPT_VERSIONS,
            },
        },
        {
            "ID": "abort-unfinished-uploads",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
    ]


class StateBucket:
    """Looks at and sets up the bucket; what others have added to policy and lifecycle stays.

    Args:
        s3: Client in the store's Region.
        store: What is wanted.
    """

    def __init__(self, s3: S3Client, store: StateStore) -> None:
        self._s3 = s3
        self._store = store
        # AWS then refuses every call on a bucket of the same name in another account.
        self._whose: Any = {"Bucket": store.bucket, "ExpectedBucketOwner": store.account_id}

    def exists(self) -> bool:
        """Tell whether the bucket exists, in the right account and Region.

        Raises:
            OperationError: It is somebody else's, or in another Region.
        """
        store = self._store
        try:
            answer = self._s3.head_bucket(**self._whose)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 404:  # noqa: PLR2004  # HTTP Not Found
                return False
            if status == 403:  # noqa: PLR2004  # HTTP Forbidden
                raise self._foreign() from error
            raise
        region = answer.get("BucketRegion") or self._location()
        if region != store.region:
            raise OperationError(
                "StateBucketElsewhere",
                f"the bucket {store.bucket} is in {region} and not in {store.region}; give its Region,"
                " or choose another name",
            )
        return True

    def create(self) -> None:
        """Make the bucket."""
        extra: Any = {}
        # us-east-1 is the default and refuses to be named.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
        if self._store.region != "us-east-1":
            extra["CreateBucketConfiguration"] = {"LocationConstraint": self._store.region}
        try:
            self._s3.create_bucket(
                Bucket=self._store.bucket, ObjectOwnership="BucketOwnerEnforced", **extra
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "BucketAlreadyOwnedByYou":
                return
            if error.response["Error"]["Code"] == "BucketAlreadyExists":
                raise self._foreign() from error
            raise
        self._s3.get_waiter("bucket_exists").wait(**self._whose)

    def settings(self) -> list[Setting]:
        """Return what an existing bucket must have."""
        s3, whose = self._s3, self._whose
        found = [
            Setting(
                "lets writers of other accounts own objects",
                lambda: self._ownership() == "BucketOwnerEnforced",
                lambda: s3.put_bucket_ownership_controls(
                    **whose,
                    OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                ),
            ),
            Setting(
                "does not block public access",
                lambda: self._public_access_block() == _BLOCKS,
                lambda: s3.put_public_access_block(**whose, PublicAccessBlockConfiguration=_BLOCKS),
            ),
            Setting(
                "is not versioned, so a lost state cannot be restored",
                lambda: s3.get_bucket_versioning(**whose).get("Status") == "Enabled",
                lambda: s3.put_bucket_versioning(
                    **whose, VersioningConfiguration={"Status": "Enabled"}
                ),
            ),
            Setting(
                "is not encrypted as wanted",
                lambda: self._encryption() == self._wanted_encryption(),
                lambda: s3.put_bucket_encryption(
                    **whose,
                    ServerSideEncryptionConfiguration={"Rules": [self._wanted_encryption()]},
                ),
            ),
            Setting(
                "has no policy that demands TLS and forbids deleting it",
                lambda: self._merged_policy() == self._policy(),
                lambda: s3.put_bucket_policy(
                    **whose, Policy=json.dumps(self._merged_policy(), sort_keys=True)
                ),
            ),
            Setting(
                "keeps old versions for ever",
                lambda: all(
                    any(_covers(found, rule) for found in self._lifecycle())
                    for rule in lifecycle_rules()
                ),
                lambda: s3.put_bucket_lifecycle_configuration(
                    **whose, LifecycleConfiguration={"Rules": self._merged_lifecycle()}
                ),
            ),
        ]
        if self._store.log_bucket is not None:
            logs: Any = {
                "TargetBucket": self._store.log_bucket,
                "TargetPrefix": f"{self._store.bucket}/",
            }
            found.append(
                Setting(
                    f"does not log accesses to {self._store.log_bucket}",
                    lambda: self._logging() == logs,
                    lambda: s3.put_bucket_logging(
                        **whose, BucketLoggingStatus={"LoggingEnabled": logs}
                    ),
                )
            )
        return found

    def _foreign(self) -> OperationError:
        return OperationError(
            "StateBucketTaken",
            f"the bucket {self._store.bucket} belongs to another account, or these credentials may not"
            f" look at it; choose another name, or use credentials of {self._store.account_id} that may",
        )

    def _location(self) -> str:
        return self._s3.get_bucket_location(**self._whose).get("LocationConstraint") or "us-east-1"

    def _ownership(self) -> str | None:
        found = _unless(
            "OwnershipControlsNotFoundError",
            lambda: self._s3.get_bucket_ownership_controls(**self._whose),
        )
        return found["OwnershipControls"]["Rules"][0]["ObjectOwnership"] if found else None

    def _public_access_block(self) -> Any:
        found = _unless(
            "NoSuchPublicAccessBlockConfiguration",
            lambda: self._s3.get_public_access_block(**self._whose),
        )
        return found["PublicAccessBlockConfiguration"] if found else None

    def _encryption(self) -> Any:
        found = _unless(
            "ServerSideEncryptionConfigurationNotFoundError",
            lambda: self._s3.get_bucket_encryption(**self._whose),
        )
        rules = found["ServerSideEncryptionConfiguration"]["Rules"] if found else [{}]
        return {
            "ApplyServerSideEncryptionByDefault": rules[0].get(
                "ApplyServerSideEncryptionByDefault"
            ),
            "BucketKeyEnabled": bool(rules[0].get("BucketKeyEnabled")),
        }

    def _wanted_encryption(self) -> Any:
        key = self._store.kms_key_arn
        if key is None:
            default = {"SSEAlgorithm": "AES256"}
        else:
            default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
        # A bucket key saves most of the calls to KMS.
        return {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": key is not None}

    def _policy(self) -> dict[str, Any]:
        found = _unless("NoSuchBucketPolicy", lambda: self._s3.get_bucket_policy(**self._whose))
        return dict(json.loads(found["Policy"])) if found else {}

    def _merged_policy(self) -> dict[str, Any]:
        """Put our statements first and keep those of others."""
        ours = bucket_policy_statements(self._store.bucket, partition_of(self._store.region))
        sids = {statement["Sid"] for statement in ours}
        others = [s for s in self._policy().get("Statement", []) if s.get("Sid") not in sids]
        return {"Version": "2012-10-17", "Statement": [*ours, *others]}

    def _lifecycle(self) -> list[Any]:
        found = _unless(
            "NoSuchLifecycleConfiguration",
            lambda: self._s3.get_bucket_lifecycle_configuration(**self._whose),
        )
        return list(found["Rules"]) if found else []

    def _merged_lifecycle(self) -> list[Any]:
        """Put our rules first and keep those of others."""
        ours = lifecycle_rules()
        ids = {rule["ID"] for rule in ours}
        return [*ours, *(rule for rule in self._lifecycle() if rule.get("ID") not in ids)]

    def _logging(self) -> Any:
        found = self._s3.get_bucket_logging(**self._whose).get("LoggingEnabled")
        return {k: v for k, v in (found or {}).items() if k in ("TargetBucket", "TargetPrefix")}


def _covers(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Tell whether a lifecycle rule is the wanted one.

    The number of versions to keep is compared only where it is reported: moto 5.2.5 drops it, and
    the emulated AWS must not need repair for ever.
    """
    filled = dict(found)
    if "NoncurrentVersionExpiration" in found:
        filled["NoncurrentVersionExpiration"] = {
            "NewerNoncurrentVersions": KEPT_VERSIONS,
            **found["NoncurrentVersionExpiration"],
        }
    return all(filled.get(key) == value for key, value in wanted.items())


def _unless(code: str, ask: Callable[[], Any]) -> Any:
    """Ask AWS; None when the answer is that there is nothing."""
    try:
        return ask()
    except ClientError as error:
        if error.response["Error"]["Code"] == code:
            return None
        raise
