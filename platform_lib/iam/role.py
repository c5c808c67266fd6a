"""Role: an IAM role for one service, with permissions attached by grants."""

from __future__ import annotations

from collections.abc import Iterable

import cdktf_cdktf_provider_aws.iam_role as aws_iam_role
import cdktf_cdktf_provider_aws.iam_role_policy as aws_iam_role_policy
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.iam.policy import Statement, policy_json
from platform_lib.naming import Kind
from platform_lib.types import TokenStr


class Role(PlatformConstruct):
    """An IAM role that one AWS service may assume for this account only.

    Defines:
        aws_iam_role, and one aws_iam_role_policy for each grant.

    Args:
        service: The service that assumes it, for example ``vpc-flow-logs.amazonaws.com``.
        description: What it is for; shown in the console.
    """

    def __init__(self, scope: Construct, id: str, *, service: str, description: str) -> None:
        super().__init__(scope, id)
        # Without the condition another account could make the service act for it with our role.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
        trust = Statement(
            actions=("sts:AssumeRole",),
            principals={"Service": (service,)},
            conditions={"StringEquals": {"aws:SourceAccount": (self.stack.account.id,)}},
        )
        role = aws_iam_role.IamRole(
            self,
            "Resource",
            name=self.physical_name(Kind.IAM_ROLE),
            description=description,
            assume_role_policy=policy_json([trust]),
        )

        self.arn: TokenStr = role.arn
        """ARN of the role."""
        self.name: TokenStr = role.name
        """Name of the role."""
        self.policies: list[aws_iam_role_policy.IamRolePolicy] = []
        """The policies that are attached so far, for a service that tries the role at once."""

    @property
    def role_name(self) -> TokenStr:
        """Name of the role, as a `Grantee` gives it."""
        return self.name

    def attach(self, id: str, statements: Iterable[Statement]) -> None:
        """Attach a policy of its own; ``id`` names the purpose."""
        self.policies.append(attach_policy(self, id, role_name=self.name, statements=statements))


def attach_policy(
    scope: Construct, id: str, *, role_name: TokenStr, statements: Iterable[Statement]
) -> aws_iam_role_policy.IamRolePolicy:
    """Define one inline policy of a role in the stack of ``scope``."""
    return aws_iam_role_policy.IamRolePolicy(
        scope, id, name=id, role=role_name, policy=policy_json(statements)
    )
