"""Physical names and their AWS limits; pure.

A name is ``<prefix>-<role>``: the prefix is the environment's or account's name, the role follows
from the construct path. A name that is too long for its kind is shortened with a stable hash of
the whole name, never silently cut. Nothing parses a name back.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import Enum

from platform_lib.errors import PlatformError

_HASH_LENGTH = 4


# By identity: an equal rule would make one kind an alias of the other, and two things of one name.
# ruff: noqa: PIE796
@dataclass(frozen=True, slots=True, eq=False)
class _Rule:
    limit: int
    pattern: str
    meaning: str


class Kind(Enum):
    """What a name is for; each carries the limit and the alphabet that AWS documents."""

    TAG = _Rule(
        # https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
        256, r"[A-Za-z0-9 _.:/=+@-]+", "letters, digits, spaces and _.:/=+-@"
    )  # fmt: skip
    SECURITY_GROUP = _Rule(
        # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html
        255, r"(?!sg-)[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]+", "letters, digits and ._-:/()#,@[]+=&;{}!$*"
    )  # fmt: skip
    IAM_ROLE = _Rule(
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        64, r"[\w+=,.@-]+", "letters, digits and _+=,.@-"
    )  # fmt: skip
    IAM_POLICY = _Rule(
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        128, r"[\w+=,.@-]+", "letters, digits and _+=,.@-"
    )  # fmt: skip
    LAMBDA_FUNCTION = _Rule(
        # https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
        64, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    SECRET = _Rule(
        # https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
        512, r"[A-Za-z0-9/_+=.@-]+", "letters, digits and /_+=.@-"
    )  # fmt: skip
    S3_BUCKET = _Rule(
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
        63, r"[a-z0-9][a-z0-9-]+[a-z0-9]", "lower-case letters, digits and hyphens"
    )  # fmt: skip
    KMS_ALIAS = _Rule(
        # https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
        256, r"alias/(?!aws/)[A-Za-z0-9/_-]+", "'alias/' and letters, digits, /_-"
    )  # fmt: skip
    LOG_GROUP = _Rule(
        # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
        512, r"[A-Za-z0-9_./#-]+", "letters, digits and _-/.#"
    )  # fmt: skip
    DB_SUBNET_GROUP = _Rule(
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBSubnetGroup.html
        255, r"(?!default$)[a-z0-9._ -]+", "lower-case letters, digits, full stops, underscores, spaces and hyphens"
    )  # fmt: skip
    ELASTICACHE_SUBNET_GROUP = _Rule(
        # https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheSubnetGroup.html
        255, r"[a-z0-9-]+", "lower-case letters, digits and hyphens"
    )  # fmt: skip
    DB_INSTANCE = _Rule(
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
        63, r"[a-z](-?[a-z0-9])*", "lower-case letters, digits and single hyphens, starting with a letter"
    )  # fmt: skip
    DB_CLUSTER = _Rule(
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
        63, r"[a-z](-?[a-z0-9])*", "lower-case letters, digits and single hyphens, starting with a letter"
    )  # fmt: skip
    DB_PROXY = _Rule(
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBProxy.html
        63, r"[A-Za-z](-?[A-Za-z0-9])*", "letters, digits and single hyphens, starting with a letter"
    )  # fmt: skip
    DB_EVENT_SUBSCRIPTION = _Rule(
        # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateEventSubscription.html
        255, r"[A-Za-z](-?[A-Za-z0-9])*", "letters, digits and single hyphens, starting with a letter"
    )  # fmt: skip
    REPLICATION_GROUP = _Rule(
        # https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
        40, r"[a-z](-?[a-z0-9])*", "lower-case letters, digits and single hyphens, starting with a letter"
    )  # fmt: skip
    ELASTICACHE_USER = _Rule(
        # https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateUser.html has
        # no limit, but more than 40 are refused: https://github.com/aws/aws-cdk/pull/36459
        40, r"[a-z]+(-?[a-z0-9])*", "lower-case letters, digits and single hyphens, starting with a letter"
    )  # fmt: skip
    ELASTICACHE_USER_GROUP = _Rule(
        # https://github.com/aws/aws-cdk/pull/36459
        40, r"[a-z][a-z0-9-]*", "lower-case letters, digits and hyphens, starting with a letter"
    )  # fmt: skip
    CACHE_PARAMETER_GROUP = _Rule(
        # https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Creating.html
        255, r"[a-z](-?[a-z0-9])*", "lower-case letters, digits and single hyphens, starting with a letter"
    )  # fmt: skip
    DYNAMODB_TABLE = _Rule(
        # https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
        255, r"[A-Za-z0-9_.-]{3,}", "letters, digits and _.-, three at least"
    )  # fmt: skip
    MQ_BROKER = _Rule(
        # https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers.html
        50, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    MQ_CONFIGURATION = _Rule(
        # https://docs.aws.amazon.com/amazon-mq/latest/api-reference/configurations.html
        150, r"[A-Za-z0-9_.~-]+", "letters, digits and _.~-"
    )  # fmt: skip
    LOAD_BALANCER = _Rule(
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
        32, r"(?!internal-)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", "letters, digits and hyphens, not 'internal-' first"
    )  # fmt: skip
    TARGET_GROUP = _Rule(
        # https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html
        32, r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?", "letters, digits and hyphens"
    )  # fmt: skip
    ECS_CLUSTER = _Rule(
        # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
        255, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    ECS_SERVICE = _Rule(
        # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
        255, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    ECS_TASK_FAMILY = _Rule(
        # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
        255, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    SCHEDULE = _Rule(
        # https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
        64, r"[0-9A-Za-z_.-]+", "letters, digits and _.-"
    )  # fmt: skip
    ECR_REPOSITORY = _Rule(
        # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
        256, r"(?=..)[a-z0-9]+([._/-][a-z0-9]+)*", "lower-case letters and digits, with single ._-/ between them"
    )  # fmt: skip
    IAM_USER = _Rule(
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
        64, r"[\w+=,.@-]+", "letters, digits and _+=,.@-"
    )  # fmt: skip
    SES_CONFIGURATION_SET = _Rule(
        # https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateConfigurationSet.html
        64, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    CLOUDFRONT_POLICY = _Rule(
        # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html has
        # no limit; more than 128 are refused: https://github.com/aws/aws-cdk/pull/13737
        128, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    CLOUDFRONT_FUNCTION = _Rule(
        # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html
        64, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    ORIGIN_ACCESS_CONTROL = _Rule(
        # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html
        64, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    VPC_ORIGIN = _Rule(
        # https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginEndpointConfig.html
        # has no limit; this is the one of all other names of CloudFront.
        64, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    LOG_DELIVERY = _Rule(
        # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
        60, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    SNS_TOPIC = _Rule(
        # https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
        256, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    ALARM = _Rule(
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
        255, r"[A-Za-z0-9_.:/ -]+", "letters, digits, spaces and _.:/-"
    )  # fmt: skip
    WEB_ACL = _Rule(
        # https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html
        128, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    IP_SET = _Rule(
        # https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateIPSet.html
        128, r"[A-Za-z0-9_-]+", "letters, digits, underscores and hyphens"
    )  # fmt: skip
    ANALYZER = _Rule(
        # https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html
        255, r"[A-Za-z][A-Za-z0-9_.-]*", "letters, digits and _.-"
    )  # fmt: skip


def physical_name(kind: Kind, *parts: str, before: str = "") -> str:
    """Join ``parts`` by hyphens into a name that AWS accepts for ``kind``.

    Args:
        kind: What is named; gives limit and alphabet.
        parts: Prefix and roles, general to specific; empty ones are left out.
        before: Text that AWS wants in front, for example ``alias/``.

    Raises:
        PlatformError: ``NameNotAllowed`` if a character is outside the alphabet of the kind.
    """
    rule = kind.value
    name = before + "-".join(part for part in parts if part)
    if re.fullmatch(rule.pattern, name, re.ASCII) is None:
        raise PlatformError(
            "NameNotAllowed",
            f"{name!r} cannot name a {kind.name.lower().replace('_', ' ')}; use {rule.meaning}",
        )
    if len(name) <= rule.limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]
    kept = name[: rule.limit - _HASH_LENGTH - 1].rstrip("-")
    return f"{kept}-{digest}"


_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z0-9]+|[A-Z]+|[0-9]+")


def kebab(id: str) -> str:
    """Turn a construct id such as ``FlowLogs`` into ``flow-logs``."""
    return "-".join(word.lower() for word in _WORDS.findall(id))


def pascal(name: str) -> str:
    """Turn a name such as ``ecr.dkr`` or ``flow-logs`` into an id such as ``EcrDkr``.

    A word that starts with a digit is set off, so that ``a-1`` and ``a1`` stay different.
    """
    words = re.split(r"[^A-Za-z0-9]+", name)
    return (
        words[0][:1].upper()
        + words[0][1:]
        + "".join(
            f"_{word}" if word[:1].isdigit() else word[:1].upper() + word[1:] for word in words[1:]
        )
    )


def partition_of(region: str) -> str:
    """Return the partition that starts the ARNs of a Region.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
    """
    for start, partition in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov")):
        if region.startswith(start):
            return partition
    return "aws"
