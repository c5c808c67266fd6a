"""monitoring_role: the role by which RDS delivers enhanced monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from cdktf import ITerraformDependable

from platform_lib.core.construct import PlatformConstruct
from platform_lib.iam.policy import Statement
from platform_lib.iam.role import Role
from platform_lib.types import TokenStr

_LOG_GROUP = "RDSOSMetrics"
"""One log group for all databases of an account and Region; RDS decides its name and makes it.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.CloudWatchLogs.html"""

_POLICY = "WriteMetrics"


@dataclass(frozen=True, slots=True)
class MonitoringRole:
    """A role for enhanced monitoring."""

    arn: TokenStr
    """ARN of the role."""

    policy: ITerraformDependable
    """What it may do; has to exist before an instance names the role, because RDS looks."""


def monitoring_role(database: PlatformConstruct) -> MonitoringRole:
    """Define a role by which RDS writes a database's operating system metrics to CloudWatch Logs.

    It may do what AWS's managed policy AmazonRDSEnhancedMonitoringRole allows, but only in this
    account and Region, and only in the log group that RDS uses.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html

    Args:
        database: The database that is watched; the role is called after it.
    """
    own = database.path.split("/")[-1]
    role = Role(
        database,
        f"{own}Monitoring",
        service="monitoring.rds.amazonaws.com",
        description="Writes the enhanced monitoring of a database to CloudWatch Logs",
    )
    stack = database.stack
    group = (
        f"arn:{stack.partition}:logs:{stack.target.region}:{stack.account.id}"
        f":log-group:{_LOG_GROUP}"
    )
    role.attach(
        _POLICY,
        [
            Statement(
                actions=("logs:CreateLogGroup", "logs:PutRetentionPolicy"),
                resources=(group, f"{group}:*"),
            ),
            Statement(
                actions=(
                    "logs:CreateLogStream",
                    "logs:DescribeLogStreams",
                    "logs:GetLogEvents",
                    "logs:PutLogEvents",
                ),
                resources=(f"{group}:log-stream:*",),
            ),
        ],
    )
    policy = cast(ITerraformDependable, role.node.find_child(_POLICY))
    return MonitoringRole(role.arn, policy)
