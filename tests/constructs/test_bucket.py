"""Bucket: private, encrypted, and written to only for its purpose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template, policy

ADDRESS = "aws_s3_bucket.AccessLogs_8B620ECA"
NAME = f"${{{ADDRESS}.id}}"
ARN = f"${{{ADDRESS}.arn}}"


def _synth(stack: PlatformStack, *, retention_days: int = 90) -> Template:
    key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    config = BucketConfig(purpose=Purpose.LOGS, retention_days=retention_days)
    Bucket(stack, "AccessLogs", config=config, key=key)
    return Template(stack)


def _statements(template: Template) -> dict[str, Block]:
    document = policy(template.only("aws_s3_bucket_policy"))
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_its_name_is_unique_in_all_of_aws(stack: PlatformStack) -> None:
    """The organization comes first."""
    bucket = _synth(stack).only("aws_s3_bucket")

    assert bucket["bucket"] == "acme-shop-prod-access-logs"


@pytest.mark.parametrize(
    ("allow_destroy", "lifecycle"), [(False, {"prevent_destroy": True}), (True, None)]
)
def test_it_is_protected_with_all_it_holds(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool, lifecycle: Any
) -> None:
    """Only where destroying is allowed does it go, and then its objects go too."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    bucket = _synth(stack).only("aws_s3_bucket")

    assert bucket.get("lifecycle") == lifecycle
    assert bucket["force_destroy"] is allow_destroy


def test_nothing_in_it_can_be_public(stack: PlatformStack) -> None:
    """All four blocks are on."""
    block = _synth(stack).only("aws_s3_bucket_public_access_block")

    assert block == {
        "bucket": NAME,
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    }


def test_everything_in_it_is_ours(stack: PlatformStack) -> None:
    """Access lists are off: whoever wrote an object, the bucket's owner owns it."""
    ownership = _synth(stack).only("aws_s3_bucket_ownership_controls")

    assert ownership["bucket"] == NAME
    assert ownership["rule"] == {"object_ownership": "BucketOwnerEnforced"}


def test_access_is_changed_one_setting_after_the_other(stack: PlatformStack) -> None:
    """S3 refuses two such changes at the same time."""
    template = _synth(stack)

    (block,) = template.all("aws_s3_bucket_public_access_block")
    (ownership,) = template.all("aws_s3_bucket_ownership_controls")
    assert template.only("aws_s3_bucket_ownership_controls")["depends_on"] == [
        f"aws_s3_bucket_public_access_block.{block}"
    ]
    assert template.only("aws_s3_bucket_policy")["depends_on"] == [
        f"aws_s3_bucket_ownership_controls.{ownership}"
    ]


def test_it_is_encrypted_with_the_key(stack: PlatformStack) -> None:
    """A bucket key keeps the calls to KMS few."""
    encryption = _synth(stack).only("aws_s3_bucket_server_side_encryption_configuration")

    assert encryption["bucket"] == NAME
    assert encryption["rule"] == [
        {
            "apply_server_side_encryption_by_default": {
                "sse_algorithm": "aws:kms",
                "kms_master_key_id": "${aws_kms_key.Logs_6819BB44.arn}",
            },
            "bucket_key_enabled": True,
        }
    ]


def test_a_deleted_log_can_be_had_back(stack: PlatformStack) -> None:
    """Versions are kept."""
    versioning = _synth(stack).only("aws_s3_bucket_versioning")

    assert versioning["bucket"] == NAME
    assert versioning["versioning_configuration"] == {"status": "Enabled"}


def test_objects_expire(stack: PlatformStack) -> None:
    """Everything goes: objects after retention, their versions and unfinished uploads soon."""
    template = _synth(stack, retention_days=30)

    lifecycle = template.only("aws_s3_bucket_lifecycle_configuration")
    (versioning,) = template.all("aws_s3_bucket_versioning")
    assert lifecycle == {
        "bucket": NAME,
        "rule": [
            {
                "id": "expire",
                "status": "Enabled",
                "filter": [{"prefix": ""}],
                "expiration": [{"days": 30}],
                "noncurrent_version_expiration": [{"noncurrent_days": 7}],
                "abort_incomplete_multipart_upload": [{"days_after_initiation": 7}],
            }
        ],
        "depends_on": [f"aws_s3_bucket_versioning.{versioning}"],
    }


def test_requests_without_tls_are_denied(stack: PlatformStack) -> None:
    """Whoever asks, for the bucket and for its objects."""
    statement = _statements(_synth(stack))["DenyWithoutTls"]

    assert statement == {
        "Sid": "DenyWithoutTls",
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [ARN, f"{ARN}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def test_log_delivery_writes_for_this_account_only(stack: PlatformStack) -> None:
    """Both source conditions hold, and only the account's own prefix is written to."""
    statement = _statements(_synth(stack))["LogDeliveryWrites"]

    assert statement == {
        "Sid": "LogDeliveryWrites",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{ARN}/AWSLogs/111111111111/*",
        "Condition": {
            "StringEquals": {
                "aws:SourceAccount": "111111111111",
                "s3:x-amz-acl": "bucket-owner-full-control",
            },
            "ArnLike": {"aws:SourceArn": "arn:aws:logs:us-east-1:111111111111:*"},
        },
    }


def test_log_delivery_may_check_the_bucket(stack: PlatformStack) -> None:
    """It asks whether it may write before it does, under the same conditions."""
    statement = _statements(_synth(stack))["LogDeliveryChecks"]

    assert statement == {
        "Sid": "LogDeliveryChecks",
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
        "Resource": ARN,
        "Condition": {
            "StringEquals": {"aws:SourceAccount": "111111111111"},
            "ArnLike": {"aws:SourceArn": "arn:aws:logs:us-east-1:111111111111:*"},
        },
    }


def test_one_policy_holds_every_statement(stack: PlatformStack) -> None:
    """A bucket has one policy; a second resource would overwrite the first."""
    template = _synth(stack)

    assert template.only("aws_s3_bucket_policy")["bucket"] == NAME
    assert set(_statements(template)) == {
        "DenyWithoutTls",
        "LogDeliveryWrites",
        "LogDeliveryChecks",
    }


def test_refuses_to_keep_nothing() -> None:
    """Objects are kept for a day at least."""
    with pytest.raises(ValidationError) as refused:
        BucketConfig(purpose=Purpose.LOGS, retention_days=0)

    assert [error["msg"] for error in refused.value.errors()] == [
        "Input should be greater than or equal to 1"
    ]
