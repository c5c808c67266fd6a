"""FlowLogs: records of the traffic, in a log group or a bucket of their own."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import FlowLogsConfig, VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Template, policy

KEY_ARN = "${aws_kms_key.Logs_6819BB44.arn}"
GROUP_ARN = "${aws_cloudwatch_log_group.Vpc_FlowLogs_LogGroup_83885117.arn}"
BUCKET = "aws_s3_bucket.Vpc_FlowLogs_VpcFlowLogs_65ECC39E"


def _synth(stack: PlatformStack, flow_logs: FlowLogsConfig | None) -> Template:
    key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    config = VpcConfig(cidr=IPv4Network("10.10.0.0/16"), flow_logs=flow_logs)
    Vpc(stack, "Vpc", config=config, key=key)
    return Template(stack)


def test_all_traffic_is_recorded_by_default(stack: PlatformStack) -> None:
    """The VPC's records go to its own log group through its own role."""
    template = _synth(stack, FlowLogsConfig())

    assert template.only("aws_flow_log") == {
        "vpc_id": "${aws_vpc.Vpc_8378EB38.id}",
        "traffic_type": "ALL",
        "max_aggregation_interval": 600,
        "log_destination_type": "cloud-watch-logs",
        "log_destination": GROUP_ARN,
        "iam_role_arn": "${aws_iam_role.Vpc_FlowLogs_VpcFlowLogs_65ECC39E.arn}",
        "tags": {"Name": "shop-prod-flow-logs"},
    }


def test_the_log_group_is_encrypted_kept_and_protected(stack: PlatformStack) -> None:
    """It is named after the VPC, and what it holds expires."""
    template = _synth(stack, FlowLogsConfig(retention_days=30))

    assert template.only("aws_cloudwatch_log_group") == {
        "name": "/aws/vpc/flowlogs/shop-prod-vpc",
        "retention_in_days": 30,
        "kms_key_id": KEY_ARN,
        "lifecycle": {"prevent_destroy": True},
    }


def test_the_log_group_goes_where_destroying_is_allowed(
    environment: Environment, tmp_path: Path
) -> None:
    """An environment that may be destroyed takes its records with it."""
    stack = stack_of(environment.evolve(allow_destroy=True), tmp_path)

    template = _synth(stack, FlowLogsConfig())

    assert "lifecycle" not in template.only("aws_cloudwatch_log_group")


def test_the_role_is_for_flow_logs_of_this_account(stack: PlatformStack) -> None:
    """Another account cannot make the service write here."""
    template = _synth(stack, FlowLogsConfig())

    role = template.only("aws_iam_role")
    (statement,) = policy(role, "assume_role_policy")["Statement"]
    assert role["name"] == "shop-prod-vpc-flow-logs"
    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}


def test_the_role_writes_to_the_one_group(stack: PlatformStack) -> None:
    """It can neither make groups nor touch another."""
    template = _synth(stack, FlowLogsConfig())

    (statement,) = policy(template.only("aws_iam_role_policy"))["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": [
            "logs:CreateLogStream",
            "logs:DescribeLogGroups",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ],
        "Resource": [GROUP_ARN, f"{GROUP_ARN}:*"],
    }


def test_records_can_go_to_a_bucket(stack: PlatformStack) -> None:
    """AWS delivers them without a role, once the bucket's policy lets it."""
    template = _synth(stack, FlowLogsConfig(destination="s3"))

    policy_address = "aws_s3_bucket_policy.Vpc_FlowLogs_VpcFlowLogs_Policy_B2320749"
    assert template.only("aws_flow_log") == {
        "vpc_id": "${aws_vpc.Vpc_8378EB38.id}",
        "traffic_type": "ALL",
        "max_aggregation_interval": 600,
        "log_destination_type": "s3",
        "log_destination": f"${{{BUCKET}.arn}}",
        "tags": {"Name": "shop-prod-flow-logs"},
        "depends_on": [policy_address],
    }
    assert template.count("aws_iam_role") == 0
    assert template.count("aws_cloudwatch_log_group") == 0


def test_the_bucket_keeps_records_for_as_long_as_asked(stack: PlatformStack) -> None:
    """Key, name and retention are those of the flow logs."""
    template = _synth(stack, FlowLogsConfig(destination="s3", retention_days=400))

    (rule,) = template.only("aws_s3_bucket_lifecycle_configuration")["rule"]
    (encryption,) = template.only("aws_s3_bucket_server_side_encryption_configuration")["rule"]
    default = encryption["apply_server_side_encryption_by_default"]
    assert template.only("aws_s3_bucket")["bucket"] == "acme-shop-prod-vpc-flow-logs"
    assert rule["expiration"] == [{"days": 400}]
    assert default["kms_master_key_id"] == KEY_ARN


def test_a_log_group_needs_no_bucket(stack: PlatformStack) -> None:
    """Only one destination is made."""
    template = _synth(stack, FlowLogsConfig(destination="cloudwatch"))

    assert template.count("aws_s3_bucket") == 0


@pytest.mark.parametrize("destination", ["cloudwatch", "s3"])
@pytest.mark.parametrize("traffic", ["ALL", "ACCEPT", "REJECT"])
@pytest.mark.parametrize("seconds", [60, 600])
def test_traffic_and_aggregation_are_as_asked(
    stack: PlatformStack, destination: Any, traffic: Any, seconds: Any
) -> None:
    """They mean the same for both destinations."""
    config = FlowLogsConfig(destination=destination, traffic=traffic, aggregation_seconds=seconds)

    flow_log = _synth(stack, config).only("aws_flow_log")

    assert flow_log["traffic_type"] == traffic
    assert flow_log["max_aggregation_interval"] == seconds


def test_without_flow_logs_nothing_is_recorded(stack: PlatformStack) -> None:
    """None means none: no group, no role, no bucket."""
    template = _synth(stack, None)

    for kind in ("aws_flow_log", "aws_cloudwatch_log_group", "aws_iam_role", "aws_s3_bucket"):
        assert template.count(kind) == 0
