"""FlowLogs: records of a VPC's IP traffic."""

from __future__ import annotations

from collections.abc import Sequence

import cdktf_cdktf_provider_aws.cloudwatch_log_group as aws_log_group
import cdktf_cdktf_provider_aws.flow_log as aws_flow_log
from cdktf import ITerraformDependable

from platform_lib.core.connections import HasVpcId
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.iam.policy import Statement
from platform_lib.iam.role import Role
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.network.config import FlowLogsConfig
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.types import TokenStr


class FlowLogs(PlatformConstruct):
    """Records of the traffic of a VPC, in a log group or a bucket of its own.

    Defines:
        aws_flow_log; aws_cloudwatch_log_group and a role, or a bucket

    Args:
        config: Where the records go and for how long.
        vpc: The network.
        key: Encrypts the records. Its policy must let CloudWatch Logs or log delivery use it.
    """

    def __init__(
        self,
        scope: PlatformConstruct,
        id: str,
        *,
        config: FlowLogsConfig,
        vpc: HasVpcId,
        key: Key,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._vpc = vpc
        if config.destination == "s3":
            self._to_bucket(key)
        else:
            self._to_log_group(
                scope.physical_name(Kind.LOG_GROUP, before="/aws/vpc/flowlogs/"), key
            )

    def _to_bucket(self, key: Key) -> None:
        bucket = Bucket(
            self,
            "VpcFlowLogs",
            config=BucketConfig(purpose=Purpose.LOGS, retention_days=self._config.retention_days),
            key=key,
        )
        # AWS writes a policy of its own where it finds none that lets it deliver.
        self._flow_log("s3", bucket.arn, after=[bucket.policy])

    def _to_log_group(self, name: str, key: Key) -> None:
        group = aws_log_group.CloudwatchLogGroup(
            self,
            "LogGroup",
            name=name,
            retention_in_days=self._config.retention_days,
            kms_key_id=key.arn,
        )
        protect(self, group)
        role = Role(
            self,
            "VpcFlowLogs",
            service="vpc-flow-logs.amazonaws.com",
            description="Writes the VPC's flow logs to their log group",
        )
        role.attach(
            "WriteFlowLogs",
            [
                Statement(
                    # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
                    # without CreateLogGroup: the group exists, encrypted and with its retention.
                    actions=(
                        "logs:CreateLogStream",
                        "logs:DescribeLogGroups",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ),
                    resources=(group.arn, f"{group.arn}:*"),
                )
            ],
        )
        self._flow_log("cloud-watch-logs", group.arn, role_arn=role.arn)

    def _flow_log(
        self,
        kind: str,
        destination: TokenStr,
        *,
        role_arn: TokenStr | None = None,
        after: Sequence[ITerraformDependable] | None = None,
    ) -> None:
        aws_flow_log.FlowLog(
            self,
            "Resource",
            vpc_id=self._vpc.vpc_id,
            traffic_type=self._config.traffic,
            max_aggregation_interval=self._config.aggregation_seconds,
            log_destination_type=kind,
            log_destination=destination,
            iam_role_arn=role_arn,
            tags={"Name": self.physical_name(Kind.TAG)},
            depends_on=after,
        )
