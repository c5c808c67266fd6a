"""The statements of a bucket's policy; pure."""

from __future__ import annotations

from platform_lib.iam.policy import Statement
from platform_lib.types import TokenStr


def tls_only(bucket_arn: TokenStr) -> Statement:
    """Refuse requests that are not encrypted on the way, whoever makes them.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
    """
    return Statement(
        sid="DenyWithoutTls",
        effect="Deny",
        actions=("s3:*",),
        resources=(bucket_arn, f"{bucket_arn}/*"),
        principals={"AWS": ("*",)},
        conditions={"Bool": {"aws:SecureTransport": ("false",)}},
    )


def log_delivery(
    bucket_arn: TokenStr, *, account_id: str, region: str, partition: str
) -> tuple[Statement, ...]:
    """Let AWS's log delivery write for this account's resources in this Region and of CloudFront.

    https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    """
    service = {"Service": ("delivery.logs.amazonaws.com",)}
    ours = {"aws:SourceAccount": (account_id,)}
    # Logs of CloudFront are delivered from us-east-1, wherever the bucket is.
    # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging.html
    regions = sorted({region, "us-east-1"} if partition == "aws" else {region})
    source = {"aws:SourceArn": tuple(f"arn:{partition}:logs:{it}:{account_id}:*" for it in regions)}
    return (
        Statement(
            sid="LogDeliveryWrites",
            actions=("s3:PutObject",),
            resources=(f"{bucket_arn}/AWSLogs/{account_id}/*",),
            principals=service,
            conditions={
                "StringEquals": ours | {"s3:x-amz-acl": ("bucket-owner-full-control",)},
                "ArnLike": source,
            },
        ),
        Statement(
            sid="LogDeliveryChecks",
            actions=("s3:GetBucketAcl", "s3:ListBucket"),
            resources=(bucket_arn,),
            principals=service,
            conditions={"StringEquals": ours, "ArnLike": source},
        ),
    )


def load_balancer_logs(
    bucket_arn: TokenStr, *, account_id: str, region: str, partition: str
) -> tuple[Statement, ...]:
    """Let load balancers of this account in this Region write their access logs.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    """
    load_balancers = f"arn:{partition}:elasticloadbalancing:{region}:{account_id}:loadbalancer/*"
    return (
        Statement(
            sid="LoadBalancersWrite",
            actions=("s3:PutObject",),
            resources=(f"{bucket_arn}/*AWSLogs/{account_id}/*",),
            principals={"Service": ("logdelivery.elasticloadbalancing.amazonaws.com",)},
            conditions={"ArnLike": {"aws:SourceArn": (load_balancers,)}},
        ),
    )


def access_logs(bucket_arn: TokenStr, *, account_id: str) -> tuple[Statement, ...]:
    """Let S3 write the access logs of this account's buckets.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    return (
        Statement(
            sid="AccessLogsWrite",
            actions=("s3:PutObject",),
            resources=(f"{bucket_arn}/*",),
            principals={"Service": ("logging.s3.amazonaws.com",)},
            conditions={"StringEquals": {"aws:SourceAccount": (account_id,)}},
        ),
    )


def distribution_reads(bucket_arn: TokenStr, distribution_arn: TokenStr) -> Statement:
    """Let one distribution of CloudFront read the objects.

    It may not list them, so what does not exist is answered with 403 instead of 404.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    return Statement(
        actions=("s3:GetObject",),
        resources=(f"{bucket_arn}/*",),
        principals={"Service": ("cloudfront.amazonaws.com",)},
        conditions={"StringEquals": {"aws:SourceArn": (distribution_arn,)}},
    )
