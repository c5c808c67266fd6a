"""Interface endpoint services by purpose and by name; pure.

https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

GATEWAY_SERVICES = ("dynamodb", "s3")
"""Services whose gateway endpoints are free and always there.
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"""

PRESETS: Mapping[str, tuple[str, ...]] = {
    "ecr": ("ecr.api", "ecr.dkr"),
    "ecs": ("ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"),
    "eks": ("eks", "eks-auth", "sts", "ec2", "ecr.api", "ecr.dkr", "logs", "elasticloadbalancing"),
    "secrets": ("secretsmanager",),
    "ssm": ("ssm", "ssmmessages", "ec2messages"),
}
"""What each purpose needs. A container image also needs S3, whose gateway endpoint is always there."""

SERVICES = frozenset(
    {service for services in PRESETS.values() for service in services}
    | {
        "autoscaling", "athena", "cloudformation", "cloudtrail", "codebuild", "elasticache",
        "elasticfilesystem", "email-smtp", "events", "execute-api", "glue", "guardduty-data",
        "kinesis-firehose", "kinesis-streams", "kms", "lambda", "monitoring", "rds", "rds-data",
        "scheduler", "servicediscovery", "sns", "sqs", "states", "synthetics", "xray",
    }
)  # fmt: skip
"""Service names, without ``com.amazonaws.<region>.``, that endpoints are commonly made for."""


def is_full_name(name: str) -> bool:
    """Tell whether ``name`` is a complete endpoint service name, which is not checked further."""
    return name.startswith(("com.amazonaws.", "aws."))


def services_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the service names that presets and names stand for, sorted, each once."""
    return tuple(sorted({service for name in names for service in PRESETS.get(name, (name,))}))


def check_name(name: str) -> str:
    """Return ``name`` if it is a preset, a known service or a full service name.

    Raises:
        ValueError: It is none of them.
    """
    if name in PRESETS or name in SERVICES or is_full_name(name):
        return name
    near = get_close_matches(name, [*PRESETS, *SERVICES], n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(
        f"{name!r} is not an interface endpoint known here; {hint}use a preset"
        f" ({', '.join(sorted(PRESETS))}), a service name such as 'kms', or the full name that"
        " starts with 'com.amazonaws.'"
    )
