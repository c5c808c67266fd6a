"""log_group: a log group of ours, encrypted and with a retention."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.cloudwatch_log_group as aws_log_group
from cdktf import TerraformProvider

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.kms.key import Key
from platform_lib.types import LogRetentionDays


def log_group(
    scope: PlatformConstruct,
    id: str,
    *,
    name: str,
    retention_days: LogRetentionDays,
    key: Key,
    provider: TerraformProvider | None = None,
) -> aws_log_group.CloudwatchLogGroup:
    """Define a log group before the service that writes to it would make its own.

    A group that a service makes is not encrypted with our key and never expires.

    Args:
        scope: The construct whose logs it holds.
        id: Id of the resource.
        name: The full name; for most services AWS decides it.
        retention_days: Days that events are kept.
        key: Encrypts the events. Its policy must let CloudWatch Logs use it.
        provider: Provider of another Region, where the service writes; the key has to be there too.
    """
    group = aws_log_group.CloudwatchLogGroup(
        scope,
        id,
        name=name,
        retention_in_days=retention_days,
        kms_key_id=key.arn,
        provider=provider,
    )
    protect(scope, group)
    return group
