"""rotate_master_password: when RDS changes an administrator's password."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.secretsmanager_secret_rotation as aws_rotation

from platform_lib.core.construct import PlatformConstruct
from platform_lib.types import TokenStr


def rotate_master_password(database: PlatformConstruct, *, secret_arn: TokenStr, days: int) -> None:
    """State the schedule: RDS rotates every seven days otherwise, whatever is configured.

    https://github.com/terraform-aws-modules/terraform-aws-rds/issues/538

    Args:
        database: The instance or cluster.
        secret_arn: The secret that RDS made for it.
        days: Days between two rotations.
    """
    aws_rotation.SecretsmanagerSecretRotation(
        database,
        "MasterRotation",
        secret_id=secret_arn,
        # The password is new; the first rotation is due after the interval.
        rotate_immediately=False,
        rotation_rules=aws_rotation.SecretsmanagerSecretRotationRotationRules(
            automatically_after_days=days
        ),
    )
