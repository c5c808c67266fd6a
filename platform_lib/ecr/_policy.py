"""Who pulls and pushes, and which images expire, as ECR is told; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from platform_lib.ecr.config import RepositorySettings
from platform_lib.iam.policy import Statement
from platform_lib.types import TokenStr

_LAMBDA_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
_PULL = ("ecr:BatchCheckLayerAvailability", *_LAMBDA_PULL)
# A push looks for what is there already, and a build reads the layers that it keeps.
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
_PUSH = (
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
    *_PULL,
)


def pull(repository_arn: TokenStr) -> tuple[Statement, ...]:
    """Allow to pull images of one repository."""
    return Statement(actions=_PULL, resources=(repository_arn,)), _sign_in()


def push(repository_arn: TokenStr) -> tuple[Statement, ...]:
    """Allow to push images to one repository, and to pull them."""
    return Statement(actions=_PUSH, resources=(repository_arn,)), _sign_in()


def _sign_in() -> Statement:
    """Allow to sign in to the registry, which says nothing about any repository in it.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html
    """
    return Statement(actions=("ecr:GetAuthorizationToken",), resources=("*",))


def who_else_pulls(
    settings: RepositorySettings, *, region: str, partition: str
) -> Iterator[Statement]:
    """Yield the policy of a repository: who pulls beside the roles of its own account.

    Without resources, which ECR does not take here: a repository's policy speaks of it alone.
    """
    if settings.pull_account_ids:
        roots = (f"arn:{partition}:iam::{it}:root" for it in settings.pull_account_ids)
        yield Statement(sid="AccountsPull", actions=_PULL, principals={"AWS": tuple(roots)})
    if settings.pull_organization_id is not None:
        yield Statement(
            sid="OrganizationPulls",
            actions=_PULL,
            principals={"AWS": ("*",)},
            conditions={"StringEquals": {"aws:PrincipalOrgID": (settings.pull_organization_id,)}},
        )
    if settings.lambda_account_ids:
        functions = (
            f"arn:{partition}:lambda:{region}:{it}:function:*" for it in settings.lambda_account_ids
        )
        # https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#configuration-images-permissions
        yield Statement(
            sid="LambdaPulls",
            actions=_LAMBDA_PULL,
            principals={"Service": ("lambda.amazonaws.com",)},
            conditions={"ArnLike": {"aws:SourceArn": tuple(functions)}},
        )


def lifecycle(settings: RepositorySettings) -> str:
    """Write which images expire. What the first rule that matches an image keeps, it keeps.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html#lp_evaluation_rules
    """
    untagged: dict[str, Any] = {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": settings.untagged_days,
    }
    tagged = [
        {
            "tagStatus": "tagged",
            "tagPatternList": [pattern],
            "countType": "imageCountMoreThan",
            "countNumber": count,
        }
        for pattern, count in settings.keep_tagged.items()
    ]
    rules = [
        {"rulePriority": priority, "selection": selection, "action": {"type": "expire"}}
        for priority, selection in enumerate([untagged, *tagged], start=1)
    ]
    return json.dumps({"rules": rules}, sort_keys=True)
