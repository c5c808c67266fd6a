"""S3: lifecycle rules as they were put.

Upstream gap: moto's GetBucketLifecycleConfiguration leaves out object sizes and the number of
noncurrent versions to keep, and answers always with the same minimum object size. The AWS provider
then waits three minutes for the rules that it has put, and fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import xmltodict
from moto.core.responses import ActionResult
from moto.s3.exceptions import MalformedXML, NoSuchLifecycleConfiguration, S3ClientError
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_HEADER = "x-amz-transition-default-minimum-object-size"
_SIZES = ("all_storage_classes_128K", "varies_by_storage_class")
_LISTS = {
    "Rule": "Rules",
    "Tag": "Tags",
    "Transition": "Transitions",
    "NoncurrentVersionTransition": "NoncurrentVersionTransitions",
}
_NUMBERS = (
    "Days",
    "DaysAfterInitiation",
    "NewerNoncurrentVersions",
    "NoncurrentDays",
    "ObjectSizeGreaterThan",
    "ObjectSizeLessThan",
)
_EMPTY: Mapping[str, Any] = {"Expiration": {}, "Filter": {}, "Prefix": "", "Value": ""}
"""What an empty element stands for."""

_MAX_RULES = 1000
_MAX_NEWER = 100
_INFREQUENT = ("STANDARD_IA", "ONEZONE_IA")
_INFREQUENT_DAYS = 30


def install() -> None:
    """Patch moto."""
    replace(S3Response)(_bucket_response_put)
    replace(S3Response)(get_bucket_lifecycle)
    replace(FakeBucket)(delete_lifecycle)


def _bucket_response_put(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check and keep the rules."""

    def put(self: Any, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        if "lifecycle" not in querystring:
            return original(self, request, bucket_name, querystring)
        size = request.headers.get(_HEADER, _SIZES[0])
        if size not in _SIZES:
            raise _invalid(f"{_HEADER} must be one of {', '.join(_SIZES)}")
        document = xmltodict.parse(self.body, force_list=tuple(_LISTS))["LifecycleConfiguration"]
        rules = [_readable(rule) for rule in (document or {}).get("Rule", [])]
        _check(rules)
        answer = original(self, request, bucket_name, querystring)
        bucket = self.backend.get_bucket(bucket_name)
        bucket.lifecycle_document = {"Rules": rules, "TransitionDefaultMinimumObjectSize": size}
        return answer

    return put


def get_bucket_lifecycle(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the rules as they were put."""
    del original

    def get(self: Any) -> Any:
        self.data["Action"] = "GetBucketLifecycleConfiguration"
        bucket = self.backend.get_bucket(self.bucket_name)
        document = getattr(bucket, "lifecycle_document", None)
        if not document:
            raise NoSuchLifecycleConfiguration(bucket_name=self.bucket_name)
        return self.serialized(ActionResult(document))

    return get


def delete_lifecycle(original: Callable[..., Any]) -> Callable[..., Any]:
    """Forget the rules."""

    def delete(self: Any) -> None:
        self.lifecycle_document = None
        original(self)

    return delete


def _invalid(message: str) -> S3ClientError:
    return S3ClientError("InvalidArgument", message)


def _readable(value: Any, name: str = "") -> Any:
    """Turn what the XML says into what the API's model calls it."""
    if isinstance(value, list):
        return [_readable(one) for one in value]
    if isinstance(value, Mapping):
        found = {key: _readable(one, key) for key, one in value.items() if not key.startswith("@")}
        # A filter by one tag has a Tag, several of them stand as Tags inside And.
        if name == "Filter" and "Tag" in found:
            return found | {"Tag": found["Tag"][0]}
        return {_LISTS.get(key, key): one for key, one in found.items()}
    if name in _NUMBERS:
        return int(value)
    if name == "ExpiredObjectDeleteMarker":
        return value == "true"
    return _EMPTY.get(name) if value is None else value


def _check(rules: list[dict[str, Any]]) -> None:
    """Refuse what S3 refuses and moto takes.

    https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
    """
    if not rules or len(rules) > _MAX_RULES:
        raise MalformedXML
    names = [rule["ID"] for rule in rules if rule.get("ID")]
    if len(names) != len(set(names)):
        raise _invalid("Rule ID must be unique. Found same ID for more than one rule")
    for rule in rules:
        _check_actions(rule)


def _check_actions(rule: Mapping[str, Any]) -> None:
    transitions = rule.get("Transitions", [])
    noncurrent = rule.get("NoncurrentVersionTransitions", [])
    for days, kind in [(one.get("Days"), one["StorageClass"]) for one in transitions] + [
        (one["NoncurrentDays"], one["StorageClass"]) for one in noncurrent
    ]:
        if kind in _INFREQUENT and days is not None and days < _INFREQUENT_DAYS:
            raise _invalid(
                f"'Days' in Transition action must be greater than or equal to {_INFREQUENT_DAYS}"
                f" for storageClass '{kind}'"
            )
    expires = rule.get("Expiration", {}).get("Days")
    latest = max((one.get("Days") or 0 for one in transitions), default=0)
    if expires is not None and transitions and expires <= latest:
        raise _invalid(
            "'Days' in the Expiration action must be greater than 'Days' in the Transition action"
        )
    ends = rule.get("NoncurrentVersionExpiration", {})
    for one in [ends, *noncurrent]:
        if not 1 <= one.get("NewerNoncurrentVersions", 1) <= _MAX_NEWER:
            raise _invalid(
                f"'NewerNoncurrentVersions' must be greater than 0 and at most {_MAX_NEWER}"
            )
    latest = max((one["NoncurrentDays"] for one in noncurrent), default=0)
    if noncurrent and ends and ends["NoncurrentDays"] <= latest:
        raise _invalid(
            "'NoncurrentDays' in the NoncurrentVersionExpiration action must be greater than"
            " 'NoncurrentDays' in the NoncurrentVersionTransition action"
        )
    if (
        not {"Expiration", "Transitions", "NoncurrentVersionTransitions"} & rule.keys()
        and not {
            "NoncurrentVersionExpiration",
            "AbortIncompleteMultipartUpload",
        }
        & rule.keys()
    ):
        raise S3ClientError("InvalidRequest", "At least one action needs to be specified in a rule")
