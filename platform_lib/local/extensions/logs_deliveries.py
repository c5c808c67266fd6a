"""CloudWatch Logs deliveries: where they are, what they name, and what is used.

Upstream gap: moto makes the source of a distribution in every Region and for one that does not exist,
takes buckets that are not there and fields that no record has, forgets the path that CloudFront's logs
always start with, and deletes sources and destinations that a delivery uses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudfront.models import cloudfront_backends
from moto.logs.exceptions import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from moto.logs.models import LogsBackend
from moto.s3.models import s3_backends

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_US_EAST_1 = "us-east-1"
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html"""

_PREFIX = "AWSLogs/{account-id}/CloudFront/"
_FIELDS = frozenset(
    {
        *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)"),
        *("cs-uri-stem", "sc-status", "cs(Referer)", "cs(User-Agent)", "cs-uri-query"),
        *("cs(Cookie)", "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol"),
        *("cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher"),
        *("x-edge-response-result-type", "cs-protocol-version", "fle-status"),
        *("fle-encrypted-fields", "c-port", "time-to-first-byte", "x-edge-detailed-result-type"),
        *("sc-content-type", "sc-content-len", "sc-range-start", "sc-range-end"),
        *("timestamp", "DistributionId", "timestamp(ms)", "origin-fbl", "origin-lbl", "asn"),
        *("c-country", "cache-behavior-path-pattern", "distribution-tenant-id"),
        "connection-id",
    }
)
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html"""


def install() -> None:
    """Patch moto."""
    replace(LogsBackend)(put_delivery_source)
    replace(LogsBackend)(put_delivery_destination)
    replace(LogsBackend)(create_delivery)
    replace(LogsBackend)(delete_delivery_source)
    replace(LogsBackend)(delete_delivery_destination)


def put_delivery_source(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a distribution that is not there, and another Region than CloudFront's."""

    def put(self: Any, name: str, resource_arn: str, log_type: str, tags: Any) -> Any:
        if resource_arn.split(":")[2] == "cloudfront":
            if self.region_name != _US_EAST_1:
                raise ValidationException(
                    msg=f"Log deliveries of CloudFront are made in {_US_EAST_1} only."
                )
            there = cloudfront_backends[self.account_id]["aws"].distributions.values()
            if resource_arn not in {it.arn for it in there}:
                raise ResourceNotFoundException(msg=f"{resource_arn} does not exist.")
        return original(self, name, resource_arn, log_type, tags)

    return put


def put_delivery_destination(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a bucket that is not there."""

    def put(
        self: Any,
        name: str,
        output_format: str | None,
        delivery_destination_configuration: Any,
        tags: Any,
    ) -> Any:
        arn = delivery_destination_configuration["destinationResourceArn"]
        if arn.split(":")[2] == "s3":
            bucket = arn.split(":")[5].partition("/")[0]
            if bucket not in s3_backends[self.account_id]["aws"].buckets:
                raise ValidationException(msg=f"The bucket {bucket} does not exist.")
        return original(self, name, output_format, delivery_destination_configuration, tags)

    return put


def create_delivery(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse fields that no record has, and write below the path of CloudFront's logs."""

    def create(
        self: Any,
        delivery_source_name: str,
        delivery_destination_arn: str,
        record_fields: list[str] | None,
        field_delimiter: str | None,
        s3_delivery_configuration: dict[str, Any] | None,
        tags: Any,
    ) -> Any:
        source = self.delivery_sources.get(delivery_source_name)
        of_cloudfront = source is not None and source.service == "cloudfront"
        unknown = sorted(set(record_fields or ()) - _FIELDS)
        if of_cloudfront and unknown:
            raise ValidationException(msg=f"Invalid record fields: {', '.join(unknown)}.")
        if of_cloudfront and s3_delivery_configuration:
            # https://github.com/hashicorp/terraform-provider-aws/issues/40968
            own = s3_delivery_configuration.get("suffixPath", "")
            s3_delivery_configuration = {
                "enableHiveCompatiblePath": False,
                **s3_delivery_configuration,
                "suffixPath": _PREFIX + own.removeprefix(_PREFIX),
            }
        return original(
            self,
            delivery_source_name,
            delivery_destination_arn,
            record_fields,
            field_delimiter,
            s3_delivery_configuration,
            tags,
        )

    return create


def delete_delivery_source(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete a source that a delivery uses."""

    def delete(self: Any, name: str) -> None:
        if any(it.delivery_source_name == name for it in self.deliveries.values()):
            raise ConflictException(msg="This source is used by a delivery; delete that first.")
        original(self, name)

    return delete


def delete_delivery_destination(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete a destination that a delivery uses."""

    def delete(self: Any, name: str) -> None:
        found = self.delivery_destinations.get(name)
        used = {it.delivery_destination_arn for it in self.deliveries.values()}
        if found is not None and found.arn in used:
            raise ConflictException(
                msg="This destination is used by a delivery; delete that first."
            )
        original(self, name)

    return delete
