"""RDS monitoring reads back what was asked for, at once."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.server import LocalAws


def _role(client: Callable[[str], Any], service: str) -> str:
    name = f"role-{secrets.token_hex(4)}"
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        ],
    }
    made = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(policy))
    return str(made["Role"]["Arn"])


def test_insights_read_back(
    client: Callable[[str], Any], rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """Performance Insights with our key, Database Insights, and the role of the agent."""
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    role = _role(client, "monitoring.rds.amazonaws.com")

    make(
        EnablePerformanceInsights=True,
        PerformanceInsightsKMSKeyId=key,
        PerformanceInsightsRetentionPeriod=465,
        DatabaseInsightsMode="advanced",
        MonitoringInterval=30,
        MonitoringRoleArn=role,
    )

    found = read()
    assert found["PerformanceInsightsKMSKeyId"] == key
    assert found["PerformanceInsightsRetentionPeriod"] == 465
    assert found["DatabaseInsightsMode"] == "advanced"
    assert found["MonitoringRoleArn"] == role
    assert found["EnhancedMonitoringResourceArn"].endswith(found["DbiResourceId"])


def test_insights_are_kept_for_a_week_by_default(make: Callable[..., Any]) -> None:
    """With AWS's own key."""
    made = make(EnablePerformanceInsights=True)

    assert made["PerformanceInsightsRetentionPeriod"] == 7
    assert made["PerformanceInsightsKMSKeyId"].startswith("arn:aws:kms:")


def test_insights_change_at_once(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """They never wait for the maintenance window."""
    make(EnablePerformanceInsights=True)

    rds.modify_db_instance(DBInstanceIdentifier="orders", PerformanceInsightsRetentionPeriod=731)
    longer = read()["PerformanceInsightsRetentionPeriod"]
    rds.modify_db_instance(DBInstanceIdentifier="orders", EnablePerformanceInsights=False)
    off = read()

    assert longer == 731
    assert off["PerformanceInsightsEnabled"] is False
    assert "PerformanceInsightsRetentionPeriod" not in off


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (
            {"EnablePerformanceInsights": True, "PerformanceInsightsRetentionPeriod": 30},
            "InvalidParameterValue",
        ),
        (
            {"EnablePerformanceInsights": False, "PerformanceInsightsRetentionPeriod": 7},
            "InvalidParameterCombination",
        ),
        ({"DatabaseInsightsMode": "advanced"}, "InvalidParameterCombination"),
        (
            {"EnablePerformanceInsights": True, "DatabaseInsightsMode": "advanced"},
            "InvalidParameterCombination",
        ),
        ({"DatabaseInsightsMode": "expert"}, "InvalidParameterValue"),
        ({"MonitoringInterval": 7}, "InvalidParameterValue"),
        ({"MonitoringInterval": 30}, "InvalidParameterCombination"),
        ({"EnableCloudwatchLogsExports": ["slowquery"]}, "InvalidParameterCombination"),
    ],
)
def test_refuses_monitoring_that_does_not_exist(
    refuse: Callable[..., str], changes: dict[str, Any], code: str
) -> None:
    """With the code that RDS documents."""
    assert refuse(**changes) == code


def test_refuses_a_role_that_the_agent_may_not_assume(
    client: Callable[[str], Any], refuse: Callable[..., str]
) -> None:
    """The role has to trust RDS's monitoring."""
    role = _role(client, "ec2.amazonaws.com")

    assert refuse(MonitoringInterval=30, MonitoringRoleArn=role) == "InvalidParameterValue"


def test_the_key_of_insights_stays(
    client: Callable[[str], Any], rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """It cannot be changed while they are on."""
    make(EnablePerformanceInsights=True)
    key = client("kms").create_key()["KeyMetadata"]["Arn"]

    code = refused(
        rds.modify_db_instance, DBInstanceIdentifier="orders", PerformanceInsightsKMSKeyId=key
    )

    assert code == "InvalidParameterCombination"


def test_exported_logs_get_a_group(
    aws: LocalAws,
    client: Callable[[str], Any],
    rds: Any,
    read: Callable[..., Any],
    make: Callable[..., Any],
) -> None:
    """RDS makes it where nobody has."""
    del aws
    logs = client("logs")
    logs.create_log_group(logGroupName="/aws/rds/instance/orders/upgrade")
    logs.put_retention_policy(logGroupName="/aws/rds/instance/orders/upgrade", retentionInDays=30)

    make(EnableCloudwatchLogsExports=["upgrade"])
    rds.modify_db_instance(
        DBInstanceIdentifier="orders",
        CloudwatchLogsExportConfiguration={"EnableLogTypes": ["postgresql"]},
    )

    groups = {
        group["logGroupName"].rpartition("/")[2]: group.get("retentionInDays")
        for group in logs.describe_log_groups()["logGroups"]
    }
    assert groups == {"postgresql": None, "upgrade": 30}
    assert read()["EnabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]
