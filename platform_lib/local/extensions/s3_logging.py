"""S3: the key format of access logs.

Upstream gap: moto keeps TargetObjectKeyFormat of PutBucketLogging and leaves it out of
GetBucketLogging.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import xmltodict
from moto.s3.exceptions import MalformedXML
from moto.s3.responses import S3Response

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_SOURCES = ("EventTime", "DeliveryTime")
_END = "</LoggingEnabled>"


def install() -> None:
    """Patch moto."""
    replace(S3Response)(_logging_from_body)
    replace(S3Response)(get_bucket_logging)


def _logging_from_body(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a format that S3 does not have."""

    def read(self: Any) -> Any:
        enabled = (xmltodict.parse(self.body)["BucketLoggingStatus"] or {}).get("LoggingEnabled")
        style = (enabled or {}).get("TargetObjectKeyFormat")
        if style and "PartitionedPrefix" in style:
            source = (style["PartitionedPrefix"] or {}).get("PartitionDateSource")
            if source not in _SOURCES:
                raise MalformedXML
        return original(self)

    return read


def get_bucket_logging(original: Callable[..., Any]) -> Callable[..., Any]:
    """Add the format to the answer."""

    def get(self: Any) -> Any:
        status, headers, body = original(self)
        style = self.backend.get_bucket_logging(self.bucket_name).get("TargetObjectKeyFormat")
        if style:
            text = xmltodict.unparse({"TargetObjectKeyFormat": style}, full_document=False)
            body = body.replace(_END, text + _END)
        return status, headers, body

    return get
