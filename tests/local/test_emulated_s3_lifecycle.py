"""S3 keeps lifecycle rules, Intelligent-Tiering and the format of access logs as they were put."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def s3(client: Callable[[str], Any]) -> Any:
    """Return the S3 client."""
    return client("s3")


def _bucket(s3: Any) -> str:
    name = f"bucket-{secrets.token_hex(6)}"
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    return name


@pytest.fixture
def bucket(s3: Any) -> str:
    """Return an empty bucket."""
    return _bucket(s3)


def _rule(**other: Any) -> dict[str, Any]:
    given = {"ID": "one", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
    return {name: value for name, value in (given | other).items() if value is not None}


def _put(s3: Any, bucket: str, *rules: dict[str, Any], **more: Any) -> None:
    s3.put_bucket_lifecycle_configuration(
        Bucket=bucket, LifecycleConfiguration={"Rules": list(rules)}, **more
    )


_RULES = [
    _rule(),
    _rule(Status="Disabled", Filter={"Prefix": "old/"}),
    _rule(Filter={"Tag": {"Key": "a", "Value": "b"}}),
    _rule(Filter={"Tag": {"Key": "a", "Value": ""}}),
    _rule(Filter={"ObjectSizeGreaterThan": 1024}),
    _rule(
        Filter={
            "And": {
                "Prefix": "exports/",
                "Tags": [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "d"}],
                "ObjectSizeGreaterThan": 131072,
                "ObjectSizeLessThan": 1048576,
            }
        }
    ),
    _rule(Expiration={"ExpiredObjectDeleteMarker": True}),
    _rule(
        Expiration={"Days": 400},
        Transitions=[
            {"Days": 30, "StorageClass": "STANDARD_IA"},
            {"Days": 90, "StorageClass": "GLACIER"},
        ],
    ),
    _rule(
        Expiration=None,
        NoncurrentVersionTransitions=[
            {"NoncurrentDays": 10, "NewerNoncurrentVersions": 2, "StorageClass": "GLACIER_IR"}
        ],
        NoncurrentVersionExpiration={"NoncurrentDays": 30, "NewerNoncurrentVersions": 3},
    ),
    _rule(Expiration=None, AbortIncompleteMultipartUpload={"DaysAfterInitiation": 7}),
    _rule(Filter=None, Prefix="logs/"),
]


@pytest.mark.parametrize("rule", _RULES, ids=range(len(_RULES)))
def test_a_rule_reads_back(s3: Any, bucket: str, rule: dict[str, Any]) -> None:
    """Filters, expirations and transitions, also those that nothing here carries out."""
    _put(s3, bucket, rule)

    found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)

    assert found["Rules"] == [rule]
    assert found["TransitionDefaultMinimumObjectSize"] == "all_storage_classes_128K"


def test_the_minimum_size_is_kept(s3: Any, bucket: str) -> None:
    """It applies to all rules of a bucket."""
    _put(s3, bucket, _rule(), TransitionDefaultMinimumObjectSize="varies_by_storage_class")

    found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)

    assert found["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"


def test_rules_end(s3: Any, bucket: str, refused: Callable[..., str]) -> None:
    """Afterwards there are none, and rules can be put again."""
    _put(s3, bucket, _rule())

    s3.delete_bucket_lifecycle(Bucket=bucket)
    gone = refused(s3.get_bucket_lifecycle_configuration, Bucket=bucket)
    _put(s3, bucket, _rule(ID="two"))

    found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert gone == "NoSuchLifecycleConfiguration"
    assert [one["ID"] for one in found] == ["two"]


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([], "MalformedXML"),
        ([_rule(), _rule()], "InvalidArgument"),
        ([_rule(Expiration=None)], "InvalidRequest"),
        (
            [_rule(Transitions=[{"Days": 29, "StorageClass": "STANDARD_IA"}], Expiration=None)],
            "InvalidArgument",
        ),
        (
            [_rule(Transitions=[{"Days": 60, "StorageClass": "GLACIER"}], Expiration={"Days": 60})],
            "InvalidArgument",
        ),
        (
            [
                _rule(
                    NoncurrentVersionExpiration={
                        "NoncurrentDays": 1,
                        "NewerNoncurrentVersions": 101,
                    }
                )
            ],
            "InvalidArgument",
        ),
        (
            [
                _rule(
                    NoncurrentVersionExpiration={"NoncurrentDays": 30},
                    NoncurrentVersionTransitions=[
                        {"NoncurrentDays": 30, "StorageClass": "GLACIER"}
                    ],
                )
            ],
            "InvalidArgument",
        ),
    ],
)
def test_refuses_rules(
    s3: Any, bucket: str, refused: Callable[..., str], rules: list[dict[str, Any]], code: str
) -> None:
    """No rules, twice the same name, no action, times in the wrong order."""
    found = refused(
        s3.put_bucket_lifecycle_configuration,
        Bucket=bucket,
        LifecycleConfiguration={"Rules": rules},
    )

    assert found == code


def test_refuses_another_minimum_size(s3: Any, bucket: str, refused: Callable[..., str]) -> None:
    """There are two."""
    code = refused(
        s3.put_bucket_lifecycle_configuration,
        Bucket=bucket,
        LifecycleConfiguration={"Rules": [_rule()]},
        TransitionDefaultMinimumObjectSize="none",
    )

    assert code == "InvalidArgument"


def _tiering(name: str, **other: Any) -> dict[str, Any]:
    given = {
        "Id": name,
        "Status": "Enabled",
        "Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 125}],
    }
    return given | other


_FILTERS: list[dict[str, Any]] = [
    {},
    {"Filter": {"Prefix": "exports/"}},
    {"Filter": {"Tag": {"Key": "a", "Value": "b"}}},
    {"Filter": {"And": {"Prefix": "a/", "Tags": [{"Key": "a", "Value": "b"}]}}},
]


@pytest.mark.parametrize("more", _FILTERS, ids=range(len(_FILTERS)))
def test_tiering_reads_back(s3: Any, bucket: str, more: dict[str, Any]) -> None:
    """With its filter; a second put replaces it."""
    wanted = _tiering("archive", Status="Disabled", **more)
    for given in (_tiering("archive"), wanted):
        s3.put_bucket_intelligent_tiering_configuration(
            Bucket=bucket, Id="archive", IntelligentTieringConfiguration=given
        )

    one = s3.get_bucket_intelligent_tiering_configuration(Bucket=bucket, Id="archive")
    listed = s3.list_bucket_intelligent_tiering_configurations(Bucket=bucket)

    assert one["IntelligentTieringConfiguration"] == wanted
    assert listed["IntelligentTieringConfigurationList"] == [wanted]


def test_tiering_ends(s3: Any, bucket: str, refused: Callable[..., str]) -> None:
    """Afterwards it is not found."""
    s3.put_bucket_intelligent_tiering_configuration(
        Bucket=bucket, Id="archive", IntelligentTieringConfiguration=_tiering("archive")
    )
    name = {"Bucket": bucket, "Id": "archive"}

    s3.delete_bucket_intelligent_tiering_configuration(**name)

    assert refused(s3.get_bucket_intelligent_tiering_configuration, **name) == "NoSuchConfiguration"
    assert (
        refused(s3.delete_bucket_intelligent_tiering_configuration, **name) == "NoSuchConfiguration"
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"Tierings": [{"AccessTier": "ARCHIVE_ACCESS", "Days": 89}]}, "InvalidArgument"),
        ({"Tierings": [{"AccessTier": "DEEP_ARCHIVE_ACCESS", "Days": 179}]}, "InvalidArgument"),
        ({"Tierings": [{"AccessTier": "OTHER", "Days": 200}]}, "InvalidArgument"),
        ({"Tierings": []}, "MalformedXML"),
        ({"Status": "On"}, "MalformedXML"),
        ({"Id": "other"}, "MalformedXML"),
    ],
)
def test_refuses_tiering(
    s3: Any, bucket: str, refused: Callable[..., str], given: dict[str, Any], code: str
) -> None:
    """Tiers begin late, and the name is the one in the request."""
    found = refused(
        s3.put_bucket_intelligent_tiering_configuration,
        Bucket=bucket,
        Id="archive",
        IntelligentTieringConfiguration=_tiering("archive") | given,
    )

    assert found == code


def _logging(target: str, **style: Any) -> dict[str, Any]:
    return {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": "a/"} | style}


@pytest.fixture
def target(s3: Any) -> str:
    """Return a bucket that takes access logs."""
    name = _bucket(s3)
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    s3.put_bucket_policy(
        Bucket=name, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    return name


@pytest.mark.parametrize(
    "style",
    [
        {},
        {"TargetObjectKeyFormat": {"SimplePrefix": {}}},
        {"TargetObjectKeyFormat": {"PartitionedPrefix": {"PartitionDateSource": "EventTime"}}},
    ],
)
def test_logging_reads_back(s3: Any, bucket: str, target: str, style: dict[str, Any]) -> None:
    """With the format of the logs' names."""
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus=_logging(target, **style))

    found = s3.get_bucket_logging(Bucket=bucket)

    assert found["LoggingEnabled"] == _logging(target, **style)["LoggingEnabled"]


def test_refuses_another_format(
    s3: Any, bucket: str, target: str, refused: Callable[..., str]
) -> None:
    """Names are made from the time of the event or of the delivery."""
    style = {"PartitionedPrefix": {"PartitionDateSource": "Now"}}

    code = refused(
        s3.put_bucket_logging,
        Bucket=bucket,
        BucketLoggingStatus=_logging(target, TargetObjectKeyFormat=style),
    )

    assert code == "MalformedXML"
