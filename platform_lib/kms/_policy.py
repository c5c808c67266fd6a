"""The statements of a key's policy; pure."""

from __future__ import annotations

from collections.abc import Mapping

from platform_lib.iam.policy import Statement
from platform_lib.kms.config import KeyConfig, KeyUser

USE_ACTIONS = (
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
)
"""What encrypting and decrypting with a key takes.
https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html"""

_ADMIN_ACTIONS = (
    "kms:CancelKeyDeletion",
    "kms:Create*",
    "kms:Delete*",
    "kms:Describe*",
    "kms:Disable*",
    "kms:Enable*",
    "kms:Get*",
    "kms:List*",
    "kms:Put*",
    "kms:Revoke*",
    "kms:RotateKeyOnDemand",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:Update*",
)

# In a key policy "*" means this key.
_THIS_KEY = ("*",)


def key_statements(
    config: KeyConfig, *, account_id: str, region: str, partition: str
) -> list[Statement]:
    """Return the policy of a key: the account first, so that nobody can lock everybody out."""
    statements = [
        Statement(
            sid="AccountAdministers",
            actions=("kms:*",),
            resources=_THIS_KEY,
            principals={"AWS": (f"arn:{partition}:iam::{account_id}:root",)},
        ),
        *(_service_statement(user, account_id, region, partition) for user in config.services),
    ]
    if config.admin_role_arns:
        statements.append(
            Statement(
                sid="RolesAdminister",
                actions=_ADMIN_ACTIONS,
                resources=_THIS_KEY,
                principals={"AWS": config.admin_role_arns},
            )
        )
    if config.user_role_arns:
        users = {"AWS": config.user_role_arns}
        statements.append(
            Statement(sid="RolesUse", actions=USE_ACTIONS, resources=_THIS_KEY, principals=users)
        )
        statements.append(
            Statement(
                sid="RolesGrantToServices",
                actions=("kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"),
                resources=_THIS_KEY,
                principals=users,
                # Only for AWS services that act for the role, such as EBS.
                conditions={"Bool": {"kms:GrantIsForAWSResource": ("true",)}},
            )
        )
    return statements


_DATA_KEY_ACTIONS = ("kms:Decrypt", "kms:GenerateDataKey*")
_GLOBAL_SERVICES: Mapping[KeyUser, tuple[str, str, tuple[str, ...]]] = {
    # user: (sid, principal, actions)
    KeyUser.LOG_DELIVERY: ("LogDeliveryUses", "delivery.logs.amazonaws.com", USE_ACTIONS),
    KeyUser.SNS: ("SnsUses", "sns.amazonaws.com", _DATA_KEY_ACTIONS),
    KeyUser.CLOUDWATCH_ALARMS: ("AlarmsUse", "cloudwatch.amazonaws.com", _DATA_KEY_ACTIONS),
    KeyUser.EVENTBRIDGE: ("EventBridgeUses", "events.amazonaws.com", _DATA_KEY_ACTIONS),
    KeyUser.RDS_EVENTS: ("RdsEventsUse", "events.rds.amazonaws.com", _DATA_KEY_ACTIONS),
}


def _service_statement(user: KeyUser, account_id: str, region: str, partition: str) -> Statement:
    """Let one service use the key, for this account's resources only."""
    if user is KeyUser.CLOUDWATCH_LOGS:
        # CloudWatch Logs names the log group in the encryption context and sends no source account.
        arn = f"arn:{partition}:logs:{region}:{account_id}:*"
        return Statement(
            sid="CloudWatchLogsUses",
            actions=USE_ACTIONS,
            resources=_THIS_KEY,
            principals={"Service": (f"logs.{region}.amazonaws.com",)},
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": (arn,)}},
        )
    sid, principal, actions = _GLOBAL_SERVICES[user]
    return Statement(
        sid=sid,
        actions=actions,
        resources=_THIS_KEY,
        principals={"Service": (principal,)},
        conditions={"StringEquals": {"aws:SourceAccount": (account_id,)}},
    )


def distribution_decrypts(distribution_arn: str) -> Statement:
    """Let one distribution of CloudFront read what a bucket has encrypted with the key.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
    """
    return Statement(
        actions=("kms:Decrypt",),
        resources=_THIS_KEY,
        principals={"Service": ("cloudfront.amazonaws.com",)},
        conditions={"StringEquals": {"aws:SourceArn": (distribution_arn,)}},
    )
