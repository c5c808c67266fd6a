"""What ECS, its tasks and those who start them do with roles, as statements; pure."""

from __future__ import annotations

from collections.abc import Iterable

from platform_lib.iam.policy import Statement
from platform_lib.types import TokenStr

_ANY = ("*",)


def pull(repository_arns: Iterable[TokenStr]) -> list[Statement]:
    """Allow to pull images of some repositories in ECR; decrypting them is up to ECR.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
    """
    arns = tuple(repository_arns)
    if not arns:
        return []
    actions = (
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetDownloadUrlForLayer",
    )
    return [
        Statement(actions=actions, resources=arns),
        # Knows no resources.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
        Statement(actions=("ecr:GetAuthorizationToken",), resources=_ANY),
    ]


def write_logs(log_group_arn: TokenStr) -> list[Statement]:
    """Allow to write to one log group, which exists already."""
    actions = ("logs:CreateLogStream", "logs:PutLogEvents")
    return [Statement(actions=actions, resources=(f"{log_group_arn}:*",))]


def read_secrets(
    secret_arns: Iterable[TokenStr], key_arns: Iterable[TokenStr], *, region: str
) -> list[Statement]:
    """Allow to read exactly these secrets, and to decrypt nothing but their values."""
    arns = tuple(sorted(set(secret_arns)))
    if not arns:
        return []
    return [
        Statement(actions=("secretsmanager:GetSecretValue",), resources=arns),
        Statement(
            actions=("kms:Decrypt",),
            resources=tuple(key_arns),
            # The keys encrypt more than secrets: only what Secrets Manager asks for these.
            # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
            conditions={
                "StringEquals": {
                    "kms:EncryptionContext:SecretARN": arns,
                    "kms:ViaService": (f"secretsmanager.{region}.amazonaws.com",),
                }
            },
        ),
    ]


def execute_command(*, log_group_arn: TokenStr, key_arn: TokenStr) -> list[Statement]:
    """Allow a task to open sessions of ECS Exec, and to record them.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    channels = (
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    )
    records = ("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents")
    return [
        # The channels and the list of groups know no resources.
        Statement(actions=(*channels, "logs:DescribeLogGroups"), resources=_ANY),
        Statement(actions=records, resources=(f"{log_group_arn}:*",)),
        Statement(actions=("kms:Decrypt",), resources=(key_arn,)),
    ]


def run_task(
    *,
    family_arn: str,
    cluster_arn: TokenStr,
    tasks_arn: str,
    role_arns: Iterable[TokenStr],
) -> list[Statement]:
    """Allow to start tasks of one family in one cluster, with the family's roles and with tags.

    Args:
        family_arn: ARN of the family's task definitions, without a revision.
        cluster_arn: ARN of the cluster.
        tasks_arn: ARN that all tasks of the cluster match.
        role_arns: The task role and the execution role.
    """
    return [
        Statement(
            actions=("ecs:RunTask",),
            # The latest revision is asked for without its number.
            resources=(family_arn, f"{family_arn}:*"),
            conditions={"ArnEquals": {"ecs:cluster": (cluster_arn,)}},
        ),
        Statement(
            actions=("ecs:TagResource",),
            resources=(tasks_arn,),
            # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
            conditions={"StringEquals": {"ecs:CreateAction": ("RunTask",)}},
        ),
        Statement(
            actions=("iam:PassRole",),
            resources=tuple(role_arns),
            conditions={"StringEquals": {"iam:PassedToService": ("ecs-tasks.amazonaws.com",)}},
        ),
    ]


def watch_tasks(*, cluster_arn: TokenStr, tasks_arn: str) -> list[Statement]:
    """Allow to list and to look at the tasks of one cluster."""
    return [
        Statement(actions=("ecs:DescribeTasks",), resources=(tasks_arn,)),
        Statement(
            actions=("ecs:ListTasks",),
            # On Fargate there are no container instances to name.
            # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
            resources=_ANY,
            conditions={"ArnEquals": {"ecs:cluster": (cluster_arn,)}},
        ),
    ]
