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
from platform_lib.s3.config import BucketConfig, CorsRule, Purpose
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template, policy

ADDRESS = "aws_s3_bucket.AccessLogs_8B620ECA"
NAME = f"${{{ADDRESS}.id}}"
ARN = f"${{{ADDRESS}.arn}}"


def _synth(stack: PlatformStack, **config: Any) -> Template:
    _bucket(stack, **config)
    return Template(stack)


def _bucket(stack: PlatformStack, **config: Any) -> Bucket:
    key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    fields: dict[str, Any] = {"purpose": Purpose.LOGS, "retention_days": 90} | config
    given = BucketConfig(**fields)
    return Bucket(stack, "AccessLogs", config=given, key=key)


def _kept(purpose: Purpose) -> dict[str, Any]:
    """Return the smallest configuration of a purpose."""
    return {"purpose": purpose, "retention_days": 90 if purpose.expires else None}


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
                "noncurrent_version_expiration": [{"noncurrent_days": 30}],
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


@pytest.mark.parametrize("sid", ["LogDeliveryWrites", "LogDeliveryChecks"])
def test_cloudfronts_logs_come_from_us_east_1(
    environment: Environment, tmp_path: Path, sid: str
) -> None:
    """Those of everything else come from the Region of the bucket."""
    stack = stack_of(environment.evolve(region="eu-central-1"), tmp_path)

    statement = _statements(_synth(stack))[sid]

    assert statement["Condition"]["ArnLike"] == {
        "aws:SourceArn": [
            "arn:aws:logs:eu-central-1:111111111111:*",
            "arn:aws:logs:us-east-1:111111111111:*",
        ]
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


def test_load_balancers_of_this_account_write_their_logs(stack: PlatformStack) -> None:
    """The service is named, and held to this account's load balancers in this Region."""
    statement = _statements(_synth(stack, purpose=Purpose.LOAD_BALANCER_LOGS))["LoadBalancersWrite"]

    assert statement == {
        "Sid": "LoadBalancersWrite",
        "Effect": "Allow",
        "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{ARN}/*AWSLogs/111111111111/*",
        "Condition": {
            "ArnLike": {
                "aws:SourceArn": "arn:aws:elasticloadbalancing:us-east-1:111111111111:loadbalancer/*"
            }
        },
    }


def test_buckets_of_this_account_write_their_access_logs(stack: PlatformStack) -> None:
    """The service is named, and held to this account."""
    statement = _statements(_synth(stack, purpose=Purpose.ACCESS_LOGS))["AccessLogsWrite"]

    assert statement == {
        "Sid": "AccessLogsWrite",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"{ARN}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}},
    }


@pytest.mark.parametrize("purpose", [Purpose.MEDIA, Purpose.STATIC, Purpose.BACKUP, Purpose.STATE])
def test_no_service_writes_to_what_is_not_for_logs(stack: PlatformStack, purpose: Purpose) -> None:
    """The policy only denies; who may do something is said by grants."""
    assert set(_statements(_synth(stack, **_kept(purpose)))) == {"DenyWithoutTls"}


@pytest.mark.parametrize("purpose", [Purpose.LOAD_BALANCER_LOGS, Purpose.ACCESS_LOGS])
def test_logs_that_cannot_use_our_key_are_encrypted_with_s3s(
    stack: PlatformStack, purpose: Purpose
) -> None:
    """With our key AWS would drop these logs silently."""
    encryption = _synth(stack, **_kept(purpose)).only(
        "aws_s3_bucket_server_side_encryption_configuration"
    )

    assert encryption["rule"][0]["apply_server_side_encryption_by_default"] == {
        "sse_algorithm": "AES256"
    }


@pytest.mark.parametrize("purpose", [Purpose.MEDIA, Purpose.STATIC, Purpose.STATE])
def test_what_is_there_to_stay_never_expires(stack: PlatformStack, purpose: Purpose) -> None:
    """Only what was deleted or overwritten goes, after the days that it can be had back."""
    lifecycle = _synth(stack, **_kept(purpose), deleted_days=60).only(
        "aws_s3_bucket_lifecycle_configuration"
    )

    (rule,) = lifecycle["rule"]
    assert "expiration" not in rule
    assert rule["noncurrent_version_expiration"] == [{"noncurrent_days": 60}]


def test_pages_of_named_origins_may_use_it(stack: PlatformStack) -> None:
    """Each rule names origins and methods."""
    rule = CorsRule(origins=("https://shop.example.com",), methods=("GET", "PUT"))

    template = _synth(stack, **_kept(Purpose.MEDIA), cors=(rule,))

    assert template.only("aws_s3_bucket_cors_configuration")["cors_rule"] == [
        {
            "allowed_origins": ["https://shop.example.com"],
            "allowed_methods": ["GET", "PUT"],
            "allowed_headers": ["*"],
            "expose_headers": ["ETag"],
            "max_age_seconds": 3600,
        }
    ]


def test_without_a_rule_no_page_may(stack: PlatformStack) -> None:
    """There is no CORS configuration."""
    assert _synth(stack, **_kept(Purpose.MEDIA)).count("aws_s3_bucket_cors_configuration") == 0


def test_requests_are_recorded_in_another_bucket(stack: PlatformStack) -> None:
    """Below a folder of its own, once the other bucket lets S3 write."""
    logs = _bucket(stack, **_kept(Purpose.ACCESS_LOGS))
    key = Key(stack, "Data", config=KeyConfig(description="Data"))
    media = BucketConfig(purpose=Purpose.MEDIA)

    Bucket(stack, "UserMedia", config=media, key=key, access_logs=logs)

    template = Template(stack)
    logging = template.only("aws_s3_bucket_logging")
    assert logging["target_bucket"] == NAME
    assert logging["target_prefix"] == "user-media/"
    assert logging["depends_on"][0].startswith("aws_s3_bucket_policy.AccessLogs_Policy_")


def test_requests_are_not_recorded_unasked(stack: PlatformStack) -> None:
    """A bucket of logs does not log itself."""
    assert _synth(stack).count("aws_s3_bucket_logging") == 0


def test_refuses_to_keep_nothing() -> None:
    """Objects are kept for a day at least."""
    with pytest.raises(ValidationError) as refused:
        BucketConfig(purpose=Purpose.LOGS, retention_days=0)

    assert [error["msg"] for error in refused.value.errors()] == [
        "Input should be greater than or equal to 1"
    ]


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (
            {"purpose": Purpose.BACKUP},
            "a bucket for backup needs retention_days; write the days after which an object expires",
        ),
        (
            {"purpose": Purpose.MEDIA, "retention_days": 30},
            "retention_days=30 would delete what a bucket for media is there to keep; leave it out",
        ),
        (
            {
                "purpose": Purpose.STATE,
                "cors": (CorsRule(origins=("https://shop.example.com",)),),
            },
            "a bucket for state is not used from a browser; leave cors out",
        ),
    ],
)
def test_refuses_what_its_purpose_excludes(config: dict[str, Any], problem: str) -> None:
    """Retention and pages follow from the purpose."""
    with pytest.raises(ValidationError) as refused:
        BucketConfig(**config)

    assert [error["msg"] for error in refused.value.errors()] == [f"Value error, {problem}"]


@pytest.mark.parametrize("field", ["origins", "methods"])
def test_refuses_a_rule_that_opens_nothing(field: str) -> None:
    """An empty rule is a mistake."""
    with pytest.raises(ValidationError) as refused:
        CorsRule(**{"origins": ("*",)} | {field: ()})  # type: ignore[arg-type] # one of the two

    assert [error["msg"] for error in refused.value.errors()] == [
        f"Value error, {field} is empty, so the rule opens nothing; leave the rule out"
    ]


def test_any_page_may_read() -> None:
    """Fonts and pictures are used by everybody's pages."""
    assert CorsRule(origins=("*",)).methods == ("GET", "HEAD")


def test_refuses_that_any_page_writes() -> None:
    """Whoever writes is named."""
    with pytest.raises(ValidationError) as refused:
        CorsRule(origins=("*",), methods=("GET", "PUT", "DELETE"))

    (error,) = refused.value.errors()
    assert error["msg"] == (
        "Value error, origins has '*' with methods DELETE, PUT; any page may only GET and HEAD,"
        " so name the origins that may do more"
    )


@pytest.mark.parametrize("origin", ["shop.example.com", "https://shop.example.com/", "https://"])
def test_refuses_what_is_no_origin(origin: str) -> None:
    """An origin has a scheme and no path."""
    with pytest.raises(ValidationError) as refused:
        CorsRule(origins=(origin,))

    (error,) = refused.value.errors()
    assert error["msg"] == (
        f"Value error, {origin!r} is not an origin; write it as in 'https://shop.example.com',"
        " without a path"
    )
