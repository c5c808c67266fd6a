"""What Lambda itself does with a function's role, as statements; pure."""

from __future__ import annotations

from collections.abc import Iterable

from platform_lib.iam.policy import Statement
from platform_lib.types import TokenStr

_ANY = ("*",)


def write_logs(log_group_arn: TokenStr) -> list[Statement]:
    """Allow to write to one log group, which exists already."""
    actions = ("logs:CreateLogStream", "logs:PutLogEvents")
    return [Statement(actions=actions, resources=(f"{log_group_arn}:*",))]


def trace() -> list[Statement]:
    """Allow to send traces; these actions know no resources.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html
    """
    actions = ("xray:PutTelemetryRecords", "xray:PutTraceSegments")
    return [Statement(actions=actions, resources=_ANY)]


def use_network(
    *, arn_prefix: str, subnet_ids: Iterable[TokenStr], security_group_id: TokenStr, function: str
) -> list[Statement]:
    """Allow Lambda to make the function's network interfaces, and the function's code not to.

    Both act with the same role; what the code asks for names the function as its source.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions

    Args:
        arn_prefix: Beginning of the ARNs of EC2, ``arn:aws:ec2:<region>:<account>``.
        subnet_ids: Subnets of the interfaces.
        security_group_id: Security group of the interfaces.
        function: ARN of the function.
    """
    interfaces = f"{arn_prefix}:network-interface/*"
    # Lambda lists before it makes, and both lists know no resources.
    lists = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")
    changes = (
        "ec2:AssignPrivateIpAddresses",
        "ec2:CreateNetworkInterface",
        "ec2:DeleteNetworkInterface",
        "ec2:UnassignPrivateIpAddresses",
    )
    own = tuple(f"{arn_prefix}:subnet/{it}" for it in subnet_ids)
    return [
        Statement(actions=lists, resources=_ANY),
        Statement(actions=changes, resources=(interfaces,)),
        Statement(
            actions=("ec2:CreateNetworkInterface",),
            resources=(*own, f"{arn_prefix}:security-group/{security_group_id}"),
        ),
        Statement(
            effect="Deny",
            sid="NotFromTheCode",
            actions=(*lists, *changes),
            resources=_ANY,
            conditions={"ArnEquals": {"lambda:SourceFunctionArn": (function,)}},
        ),
    ]


def decrypt_environment(key_arn: TokenStr, *, function: str) -> list[Statement]:
    """Allow to read the function's own environment variables.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars-encryption.html
    """
    context = "kms:EncryptionContext:aws:lambda:FunctionArn"
    return [
        Statement(
            actions=("kms:Decrypt",),
            resources=(key_arn,),
            conditions={"StringEquals": {context: (function,)}},
        )
    ]
