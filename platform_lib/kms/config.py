"""What a person writes about a KMS key; pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from platform_lib.model import Model
from platform_lib.types import RoleArn


class KeyConfig(Model):
    """One customer managed key."""

    description: Annotated[str, Field(min_length=1, max_length=8192)]
    """What it encrypts; shown in the console."""

    rotation_days: Annotated[int, Field(ge=90, le=2560)] = 365
    """Days between two automatic rotations of the key material, 90 to 2560.
    https://docs.aws.amazon.com/kms/latest/developerguide/rotating-keys-enable-disable.html"""

    services: tuple[str, ...] = ()
    """AWS services that use it for this account: ``logs``, ``sns``, ``cloudwatch``, ``events``, ``s3-logs``."""

    admin_role_arns: tuple[RoleArn, ...] = ()
    """Roles that may administer it, but not use it; the account always can administer it."""

    user_role_arns: tuple[RoleArn, ...] = ()
    """Roles outside this configuration that may encrypt and decrypt with it. Roles of this
    configuration are given that by ``grants`` instead."""

    multi_region: bool = False
    """Whether replicas in other Regions are possible. **Changing this replaces the key.**"""
