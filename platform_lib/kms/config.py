"""What a person writes about KMS keys; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from platform_lib.model import Model
from platform_lib.types import RoleArn


class KeyUser(StrEnum):
    """An AWS service that uses a key itself, and so has to be named in the key's policy."""

    CLOUDWATCH_LOGS = "logs"
    """Log groups.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html"""

    LOG_DELIVERY = "log-delivery"
    """Logs that AWS delivers to a bucket, such as flow logs.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html"""

    SNS = "sns"
    """Encrypted topics.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""

    CLOUDWATCH_ALARMS = "cloudwatch"
    """Alarms that publish to an encrypted topic; without it they fail silently.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""

    EVENTBRIDGE = "events"
    """Rules that publish to an encrypted topic or queue.
    https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html"""

    RDS_EVENTS = "rds-events"
    """RDS event subscriptions that publish to an encrypted topic.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.GrantingPermissions.html"""


class KeyConfig(Model):
    """One customer managed key."""

    description: Annotated[str, Field(min_length=1, max_length=8192)]
    """What it encrypts; shown in the console."""

    rotation_days: Annotated[int, Field(ge=90, le=2560)] = 365
    """Days between two automatic rotations of the key material, 90 to 2560.
    https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable-disable.html"""

    services: tuple[KeyUser, ...] = ()
    """AWS services that use it for this account."""

    admin_role_arns: tuple[RoleArn, ...] = ()
    """Roles that may administer it, but not use it; the account always can administer it."""

    user_role_arns: tuple[RoleArn, ...] = ()
    """Roles outside this configuration that may encrypt and decrypt with it. Roles of this
    configuration get that through ``grants`` instead."""


class KeysConfig(Model):
    """The keys of an environment: ``data``, ``logs`` and ``sops``."""

    rotation_days: Annotated[int, Field(ge=90, le=2560)] = 365
    """Days between two automatic rotations of the key material, 90 to 2560."""

    admin_role_arns: tuple[RoleArn, ...] = ()
    """Roles that may administer the keys, but not use them."""

    sops_user_role_arns: tuple[RoleArn, ...] = ()
    """Roles that may encrypt and decrypt the environment's SOPS files."""
