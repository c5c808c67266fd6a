"""Access logs of a distribution: standard logs, second version."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.cloudwatch_log_delivery as aws_delivery
import cdktf_cdktf_provider_aws.cloudwatch_log_delivery_destination as aws_delivery_destination
import cdktf_cdktf_provider_aws.cloudwatch_log_delivery_source as aws_delivery_source

from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind
from platform_lib.s3.bucket import Bucket
from platform_lib.types import TokenStr

_FIELDS = (
    "date",
    "time",
    "x-edge-location",
    "sc-bytes",
    "c-ip",
    "cs-method",
    "cs(Host)",
    "cs-uri-stem",
    "sc-status",
    "cs(Referer)",
    "cs(User-Agent)",
    "cs-uri-query",
    "x-edge-result-type",
    "x-edge-request-id",
    "x-host-header",
    "cs-protocol",
    "cs-bytes",
    "time-taken",
    "x-forwarded-for",
    "ssl-protocol",
    "ssl-cipher",
    "x-edge-response-result-type",
    "cs-protocol-version",
    "c-port",
    "time-to-first-byte",
    "x-edge-detailed-result-type",
    "sc-content-type",
    "sc-content-len",
    "sc-range-start",
    "sc-range-end",
)
"""All that are written by default, but cookies, which hold sessions, and field-level encryption.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html"""


def deliver_access_logs(
    distribution: PlatformConstruct, *, distribution_arn: TokenStr, logs: Bucket
) -> None:
    """Write a record of each request to a bucket, below ``AWSLogs/<account>/CloudFront/``.

    The files are named after the distribution, so that several may share the folder. All of it is
    in us-east-1, wherever the bucket is.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    """
    provider = distribution.stack.us_east_1_provider()
    source = aws_delivery_source.CloudwatchLogDeliverySource(
        distribution,
        "AccessLogs",
        name=distribution.physical_name(Kind.LOG_DELIVERY),
        log_type="ACCESS_LOGS",
        resource_arn=distribution_arn,
        provider=provider,
    )
    destination = aws_delivery_destination.CloudwatchLogDeliveryDestination(
        distribution,
        "AccessLogsBucket",
        name=distribution.physical_name(Kind.LOG_DELIVERY, "bucket"),
        output_format="json",
        delivery_destination_configuration=[
            aws_delivery_destination.CloudwatchLogDeliveryDestinationDeliveryDestinationConfiguration(
                destination_resource_arn=logs.arn
            )
        ],
        provider=provider,
    )
    # Without a path of its own: AWS puts a prefix in front of one, and a later change takes it
    # away again. https://github.com/hashicorp/terraform-provider-aws/issues/46328
    aws_delivery.CloudwatchLogDelivery(
        distribution,
        "AccessLogsDelivery",
        delivery_source_name=source.name,
        delivery_destination_arn=destination.arn,
        record_fields=list(_FIELDS),
        provider=provider,
        # Whether it may write is tried at once.
        depends_on=[logs.policy] if logs.stack is distribution.stack else None,
    )
