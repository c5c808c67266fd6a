"""S3: Intelligent-Tiering configurations of a bucket.

Upstream gap: moto takes a PutBucketIntelligentTieringConfiguration for the creation of a bucket,
and a GetBucketIntelligentTieringConfiguration for a list of objects.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import xmltodict
from moto.core.responses import ActionResult
from moto.s3.exceptions import MalformedXML, S3ClientError
from moto.s3.responses import S3Response

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_QUERY = "intelligent-tiering"
_DAYS = {"ARCHIVE_ACCESS": (90, 730), "DEEP_ARCHIVE_ACCESS": (180, 730)}


class _NoSuchConfigurationError(S3ClientError):
    status_code = HTTPStatus.NOT_FOUND

    def __init__(self) -> None:
        super().__init__("NoSuchConfiguration", "The specified configuration does not exist.")


def install() -> None:
    """Patch moto."""
    replace(S3Response)(_bucket_response_put)
    replace(S3Response)(_bucket_response_get)
    replace(S3Response)(_bucket_response_delete)


def _configurations(response: Any) -> dict[str, dict[str, Any]]:
    bucket = response.backend.get_bucket(response.bucket_name)
    if not hasattr(bucket, "tierings"):
        bucket.tierings = {}
    found: dict[str, dict[str, Any]] = bucket.tierings
    return found


def _name(querystring: Mapping[str, Any]) -> str | None:
    names = querystring.get("id")
    return str(names[0]) if names else None


def _found(response: Any, querystring: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    name = _name(querystring)
    if name is None or name not in _configurations(response):
        raise _NoSuchConfigurationError
    return name, _configurations(response)[name]


def _bucket_response_put(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a configuration."""

    def put(self: Any, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        if _QUERY not in querystring:
            return original(self, request, bucket_name, querystring)
        self.bucket_name = bucket_name
        document = xmltodict.parse(self.body, force_list=("Tiering", "Tag"))
        configuration = _configuration(document["IntelligentTieringConfiguration"])
        if configuration["Id"] != _name(querystring):
            raise MalformedXML
        _configurations(self)[configuration["Id"]] = configuration
        return 200, {}, ""

    return put


def _configuration(given: Mapping[str, Any]) -> dict[str, Any]:
    tierings = [
        {"AccessTier": one["AccessTier"], "Days": int(one["Days"])}
        for one in given.get("Tiering", [])
    ]
    if not tierings or given.get("Status") not in ("Enabled", "Disabled"):
        raise MalformedXML
    for one in tierings:
        low, high = _DAYS.get(one["AccessTier"], (0, -1))
        if not low <= one["Days"] <= high:
            raise S3ClientError(
                "InvalidArgument", f"Days of {one['AccessTier']} must be between {low} and {high}"
            )
    kept = {"Id": given["Id"], "Status": given["Status"], "Tierings": tierings}
    return kept | ({"Filter": _filter(given["Filter"])} if given.get("Filter") else {})


def _filter(given: Mapping[str, Any]) -> dict[str, Any]:
    both = given.get("And")
    if both:
        return {"And": {"Prefix": both.get("Prefix") or "", "Tags": both.get("Tag", [])}}
    if "Tag" in given:
        return {"Tag": given["Tag"][0]}
    return {"Prefix": given.get("Prefix") or ""}


def _bucket_response_get(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return one configuration or all of them."""

    def get(self: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        if _QUERY not in querystring:
            return original(self, bucket_name, querystring)
        self.bucket_name = bucket_name
        if _name(querystring) is None:
            self.data["Action"] = "ListBucketIntelligentTieringConfigurations"
            found = list(_configurations(self).values())
            return self.serialized(
                ActionResult({"IntelligentTieringConfigurationList": found, "IsTruncated": False})
            )
        self.data["Action"] = "GetBucketIntelligentTieringConfiguration"
        _, configuration = _found(self, querystring)
        return self.serialized(ActionResult({"IntelligentTieringConfiguration": configuration}))

    return get


def _bucket_response_delete(original: Callable[..., Any]) -> Callable[..., Any]:
    """Delete a configuration."""

    def delete(self: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        if _QUERY not in querystring:
            return original(self, bucket_name, querystring)
        self.bucket_name = bucket_name
        name, _ = _found(self, querystring)
        del _configurations(self)[name]
        return 204, {}, ""

    return delete
