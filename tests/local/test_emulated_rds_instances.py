"""RDS instances have an identity, read back what was asked for, and change when they are told to."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platform_lib.local.server import LocalAws
from tests.local.databases import forget

_ASKED: dict[str, Any] = {
    "DBInstanceIdentifier": "orders",
    "DBInstanceClass": "db.m7g.large",
    "Engine": "postgres",
    "EngineVersion": "16.4",
    "AllocatedStorage": 100,
    "MaxAllocatedStorage": 500,
    "StorageType": "gp3",
    "StorageEncrypted": True,
    "DBName": "orders",
    "MasterUsername": "platform",
    "MasterUserPassword": "planted-password",
    "BackupRetentionPeriod": 7,
}


@pytest.fixture
def rds(client: Callable[[str], Any]) -> Iterator[Any]:
    """Return the RDS client, and leave no database behind."""
    rds = client("rds")
    yield rds
    forget(rds)


@pytest.fixture
def make(rds: Any) -> Callable[..., Any]:
    """Return a maker of instances; None takes a setting away."""

    def create(**changes: Any) -> Any:
        asked = {name: value for name, value in (_ASKED | changes).items() if value is not None}
        return rds.create_db_instance(**asked)["DBInstance"]

    return create


@pytest.fixture
def refuse(rds: Any, refused: Callable[..., str]) -> Callable[..., str]:
    """Return a caller that returns the code with which an instance is refused."""

    def create(**changes: Any) -> str:
        asked = {name: value for name, value in (_ASKED | changes).items() if value is not None}
        return refused(rds.create_db_instance, **asked)

    return create


def _read(rds: Any, name: str = "orders") -> Any:
    return rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]


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


# Identity


def test_every_instance_is_found_by_its_own_resource_id(rds: Any, make: Callable[..., Any]) -> None:
    """The AWS provider looks instances up by it."""
    one, two = make(), make(DBInstanceIdentifier="other")

    found = rds.describe_db_instances(
        Filters=[{"Name": "dbi-resource-id", "Values": [one["DbiResourceId"]]}]
    )["DBInstances"]

    assert one["DbiResourceId"] != two["DbiResourceId"]
    assert [instance["DBInstanceIdentifier"] for instance in found] == ["orders"]


def test_defaults_are_those_of_rds(make: Callable[..., Any]) -> None:
    """What nobody asked for reads back as RDS has it."""
    made = make(EngineVersion="16")

    assert made["EngineVersion"].startswith("16.")
    assert made["CACertificateIdentifier"] == "rds-ca-rsa2048-g1"
    assert made["CertificateDetails"]["CAIdentifier"] == "rds-ca-rsa2048-g1"
    assert made["LicenseModel"] == "postgresql-license"
    assert made["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres16"
    assert made["OptionGroupMemberships"][0]["OptionGroupName"] == "default:postgres-16"
    assert made["EngineLifecycleSupport"] == "open-source-rds-extended-support"
    assert made["PerformanceInsightsEnabled"] is False
    assert made["DatabaseInsightsMode"] == "standard"
    assert made["NetworkType"] == "IPV4"
    assert made["KmsKeyId"].startswith("arn:aws:kms:")


def test_a_default_parameter_group_is_nobodys(aws: LocalAws, make: Callable[..., Any]) -> None:
    """It is AWS's and is not left behind."""
    make(BackupRetentionPeriod=0)

    assert [item.kind for item in aws.inventory()] == ["DBInstance"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"EngineVersion": "6.1"}, "InvalidParameterCombination"),
        ({"EngineVersion": "16.x"}, "InvalidParameterCombination"),
        ({"CACertificateIdentifier": "rds-ca-2019"}, "CertificateNotFound"),
        ({"DBInstanceClass": ""}, "InvalidParameterValue"),
        ({"MasterUsername": None}, "InvalidParameterValue"),
        ({"MasterUsername": "admin"}, "InvalidParameterValue"),
        ({"BackupRetentionPeriod": 36}, "InvalidParameterValue"),
        ({"EngineLifecycleSupport": "forever"}, "InvalidParameterValue"),
        ({"KmsKeyId": "alias/nobody"}, "KMSKeyNotAccessibleFault"),
        ({"KmsKeyId": "alias/nobody", "StorageEncrypted": False}, "InvalidParameterCombination"),
        ({"DBParameterGroupName": "nobody"}, "DBParameterGroupNotFound"),
        ({"DBParameterGroupName": "default.postgres15"}, "InvalidParameterCombination"),
        ({"DBSubnetGroupName": "nobody"}, "DBSubnetGroupNotFoundFault"),
    ],
)
def test_refuses_what_rds_refuses(
    refuse: Callable[..., str], changes: dict[str, Any], code: str
) -> None:
    """With the code that RDS documents."""
    assert refuse(**changes) == code


# Storage


@pytest.mark.parametrize(
    ("changes", "iops", "throughput"),
    [
        ({}, 3000, 125),
        ({"AllocatedStorage": 400}, 12_000, 500),
        ({"AllocatedStorage": 400, "Iops": 16_000, "StorageThroughput": 750}, 16_000, 750),
        ({"StorageType": "io2", "Iops": 2000}, 2000, None),
        ({"StorageType": "gp2"}, None, None),
    ],
)
def test_a_volume_performs_as_its_type_does(
    make: Callable[..., Any], changes: dict[str, Any], iops: int | None, throughput: int | None
) -> None:
    """The baseline reads back, and what can be chosen on top of it."""
    made = make(**changes)

    assert (made.get("Iops"), made.get("StorageThroughput")) == (iops, throughput)


@pytest.mark.parametrize(
    "changes",
    [
        {"AllocatedStorage": 10},
        {"AllocatedStorage": 399, "Iops": 12_000},
        {"AllocatedStorage": 400, "Iops": 3000},
        {"AllocatedStorage": 400, "StorageThroughput": 125},
        {"AllocatedStorage": 400, "Iops": 12_000, "StorageThroughput": 4000},
        {"StorageType": "gp2", "Iops": 3000},
        {"StorageType": "io1"},
        {"MaxAllocatedStorage": 50},
    ],
)
def test_refuses_volumes_that_do_not_exist(
    refuse: Callable[..., str], changes: dict[str, Any]
) -> None:
    """Sizes and rates have to go together."""
    assert refuse(**changes) == "InvalidParameterCombination"


def test_refuses_an_unknown_volume_type(refuse: Callable[..., str]) -> None:
    """There is no gp4."""
    assert refuse(StorageType="gp4") == "InvalidParameterValue"


@pytest.mark.parametrize(("asked", "stored"), [(200, 200), (105, 110)])
def test_storage_grows_by_a_tenth_at_least(
    rds: Any, make: Callable[..., Any], asked: int, stored: int
) -> None:
    """RDS rounds a smaller step up."""
    make()

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", AllocatedStorage=asked, ApplyImmediately=True
    )

    assert _read(rds)["AllocatedStorage"] == stored


def test_storage_does_not_shrink(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """A volume can only grow."""
    make()

    code = refused(rds.modify_db_instance, DBInstanceIdentifier="orders", AllocatedStorage=50)

    assert code == "InvalidParameterCombination"


def test_a_volume_changes_its_type(rds: Any, make: Callable[..., Any]) -> None:
    """Rates follow."""
    make(StorageType="gp2", AllocatedStorage=400)

    rds.modify_db_instance(
        DBInstanceIdentifier="orders",
        StorageThroughput=600,
        Iops=14_000,
        StorageType="gp3",
        ApplyImmediately=True,
    )

    read = _read(rds)
    assert (read["StorageType"], read["Iops"], read["StorageThroughput"]) == ("gp3", 14_000, 600)


# Monitoring


def test_insights_read_back(
    client: Callable[[str], Any], rds: Any, make: Callable[..., Any]
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

    read = _read(rds)
    assert read["PerformanceInsightsKMSKeyId"] == key
    assert read["PerformanceInsightsRetentionPeriod"] == 465
    assert read["DatabaseInsightsMode"] == "advanced"
    assert read["MonitoringRoleArn"] == role
    assert read["EnhancedMonitoringResourceArn"].endswith(read["DbiResourceId"])


def test_insights_are_kept_for_a_week_by_default(make: Callable[..., Any]) -> None:
    """With AWS's own key."""
    made = make(EnablePerformanceInsights=True)

    assert made["PerformanceInsightsRetentionPeriod"] == 7
    assert made["PerformanceInsightsKMSKeyId"].startswith("arn:aws:kms:")


def test_insights_change_at_once(rds: Any, make: Callable[..., Any]) -> None:
    """They never wait for the maintenance window."""
    make(EnablePerformanceInsights=True)

    rds.modify_db_instance(DBInstanceIdentifier="orders", PerformanceInsightsRetentionPeriod=731)
    longer = _read(rds)["PerformanceInsightsRetentionPeriod"]
    rds.modify_db_instance(DBInstanceIdentifier="orders", EnablePerformanceInsights=False)
    off = _read(rds)

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
    aws: LocalAws, client: Callable[[str], Any], rds: Any, make: Callable[..., Any]
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
    assert _read(rds)["EnabledCloudwatchLogsExports"] == ["postgresql", "upgrade"]


# Changes


def test_changes_wait_for_the_maintenance_window(rds: Any, make: Callable[..., Any]) -> None:
    """Unless they are applied immediately, and then everything that waits is applied too."""
    make()

    rds.modify_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.m7g.xlarge")
    waiting = _read(rds)
    rds.modify_db_instance(
        DBInstanceIdentifier="orders", DBInstanceClass="db.m7g.xlarge", ApplyImmediately=True
    )
    applied = _read(rds)

    assert waiting["DBInstanceClass"] == "db.m7g.large"
    assert waiting["PendingModifiedValues"] == {"DBInstanceClass": "db.m7g.xlarge"}
    assert applied["DBInstanceClass"] == "db.m7g.xlarge"
    assert applied["PendingModifiedValues"] == {}


def test_windows_and_protection_do_not_wait(rds: Any, make: Callable[..., Any]) -> None:
    """They change nothing that runs."""
    make()

    rds.modify_db_instance(
        DBInstanceIdentifier="orders",
        PreferredBackupWindow="04:00-04:30",
        BackupRetentionPeriod=14,
        DeletionProtection=True,
        DBPortNumber=6432,
    )

    read = _read(rds)
    assert read["PreferredBackupWindow"] == "04:00-04:30"
    assert read["BackupRetentionPeriod"] == 14
    assert read["DeletionProtection"] is True
    assert read["Endpoint"]["Port"] == 6432


@pytest.mark.parametrize(
    ("version", "extra", "code"),
    [
        ("16.2", {}, "InvalidParameterCombination"),
        ("17.4", {}, "InvalidParameterCombination"),
        ("99.1", {}, "InvalidParameterCombination"),
    ],
)
def test_refuses_steps_that_rds_does_not_make(
    rds: Any,
    make: Callable[..., Any],
    refused: Callable[..., str],
    version: str,
    extra: dict[str, Any],
    code: str,
) -> None:
    """No step back, and no major one that nobody allowed."""
    make()

    found = refused(
        rds.modify_db_instance, DBInstanceIdentifier="orders", EngineVersion=version, **extra
    )

    assert found == code


@pytest.mark.parametrize(("asked", "stored"), [("16.8", "16.8"), ("16", "16.4")])
def test_a_minor_version_is_upgraded(
    rds: Any, make: Callable[..., Any], asked: str, stored: str
) -> None:
    """A major version alone is what the instance already has."""
    make()

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", EngineVersion=asked, ApplyImmediately=True
    )

    assert _read(rds)["EngineVersion"] == stored


def test_a_major_upgrade_takes_a_group_of_its_family(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """The group of the old version does not fit the new one."""
    rds.create_db_parameter_group(
        DBParameterGroupName="old", DBParameterGroupFamily="postgres16", Description="old"
    )
    make(DBParameterGroupName="old")
    upgrade = {
        "DBInstanceIdentifier": "orders",
        "EngineVersion": "17.4",
        "AllowMajorVersionUpgrade": True,
        "ApplyImmediately": True,
    }

    code = refused(rds.modify_db_instance, **upgrade)
    rds.modify_db_instance(**upgrade, DBParameterGroupName="default.postgres17")

    read = _read(rds)
    assert code == "InvalidParameterCombination"
    assert read["EngineVersion"] == "17.4"
    assert read["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres17"


def test_a_name_can_be_changed(rds: Any, make: Callable[..., Any]) -> None:
    """The instance stays the same, and so do its replicas."""
    made = make()
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="orders"
    )

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", NewDBInstanceIdentifier="sales", ApplyImmediately=True
    )

    assert _read(rds, "sales")["DbiResourceId"] == made["DbiResourceId"]
    assert _read(rds, "replica")["ReadReplicaSourceDBInstanceIdentifier"] == "sales"


def test_refuses_a_name_that_is_taken(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """Nothing is overwritten."""
    make()
    make(DBInstanceIdentifier="other")

    code = refused(
        rds.modify_db_instance,
        DBInstanceIdentifier="orders",
        NewDBInstanceIdentifier="other",
        ApplyImmediately=True,
    )

    assert code == "DBInstanceAlreadyExists"


# Passwords


def _secret(client: Callable[[str], Any], made: Any) -> Any:
    manager = client("secretsmanager")
    arn = made["MasterUserSecret"]["SecretArn"]
    return manager.describe_secret(SecretId=arn) | {
        "Value": json.loads(manager.get_secret_value(SecretId=arn)["SecretString"])
    }


def test_rds_keeps_the_password_in_a_secret_of_its_own(
    client: Callable[[str], Any], make: Callable[..., Any]
) -> None:
    """Named and tagged as RDS does it, encrypted with the key asked for, rotated every week."""
    key = client("kms").create_key()["KeyMetadata"]["Arn"]

    made = make(
        MasterUserPassword=None, ManageMasterUserPassword=True, MasterUserSecretKmsKeyId=key
    )
    other = make(
        DBInstanceIdentifier="other", MasterUserPassword=None, ManageMasterUserPassword=True
    )

    secret = _secret(client, made)
    assert secret["Name"].startswith("rds!db-")
    assert secret["OwningService"] == "rds"
    assert made["MasterUserSecret"]["KmsKeyId"] == secret["KmsKeyId"] == key
    assert secret["Value"]["username"] == "platform"
    assert secret["Value"]["password"] != _secret(client, other)["Value"]["password"]
    assert secret["RotationEnabled"] is True
    assert secret["RotationRules"] == {"AutomaticallyAfterDays": 7}
    assert "RotationLambdaARN" not in secret


def test_a_repeated_setting_keeps_the_secret(rds: Any, make: Callable[..., Any]) -> None:
    """The password changes only when it is rotated."""
    made = make(MasterUserPassword=None, ManageMasterUserPassword=True)

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", ManageMasterUserPassword=True, ApplyImmediately=True
    )

    assert _read(rds)["MasterUserSecret"]["SecretArn"] == made["MasterUserSecret"]["SecretArn"]


def test_a_password_is_rotated(
    client: Callable[[str], Any], rds: Any, make: Callable[..., Any]
) -> None:
    """The secret has a new current version."""
    made = make(MasterUserPassword=None, ManageMasterUserPassword=True)
    before = _secret(client, made)["Value"]

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", RotateMasterUserPassword=True, ApplyImmediately=True
    )

    after = _secret(client, made)
    assert after["Value"]["password"] != before["password"]
    assert sorted(stage for stages in after["VersionIdsToStages"].values() for stage in stages) == [
        "AWSCURRENT",
        "AWSPREVIOUS",
    ]


def test_management_is_turned_off_with_a_password(
    client: Callable[[str], Any], rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """The secret goes; without a password nobody could log in any more."""
    make(MasterUserPassword=None, ManageMasterUserPassword=True)
    off = {
        "DBInstanceIdentifier": "orders",
        "ManageMasterUserPassword": False,
        "ApplyImmediately": True,
    }

    code = refused(rds.modify_db_instance, **off)
    rds.modify_db_instance(**off, MasterUserPassword="another-password")

    assert code == "InvalidParameterValue"
    assert "MasterUserSecret" not in _read(rds)
    assert client("secretsmanager").list_secrets()["SecretList"] == []


def test_the_key_of_a_managed_secret_stays(
    client: Callable[[str], Any], rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """RDS does not change it; the same key may be repeated."""
    key, other = (client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    make(MasterUserPassword=None, ManageMasterUserPassword=True, MasterUserSecretKmsKeyId=key)
    change = {"DBInstanceIdentifier": "orders", "ManageMasterUserPassword": True}

    rds.modify_db_instance(**change, MasterUserSecretKmsKeyId=key)
    code = refused(rds.modify_db_instance, **change, MasterUserSecretKmsKeyId=other)

    assert code == "InvalidParameterCombination"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
        ({"MasterUserPassword": None}, "InvalidParameterValue"),
        ({"MasterUserPassword": "short"}, "InvalidParameterValue"),
        ({"MasterUserSecretKmsKeyId": "alias/aws/secretsmanager"}, "InvalidParameterValue"),
        (
            {
                "MasterUserPassword": None,
                "ManageMasterUserPassword": True,
                "MasterUserSecretKmsKeyId": "alias/nobody",
            },
            "KMSKeyNotAccessibleFault",
        ),
    ],
)
def test_refuses_two_passwords_and_none(
    refuse: Callable[..., str], changes: dict[str, Any], code: str
) -> None:
    """Exactly one of them, and a key that exists."""
    assert refuse(**changes) == code


# Copies


def test_a_copy_is_what_was_asked_for(rds: Any, make: Callable[..., Any]) -> None:
    """A snapshot gives data and version, not protection, tags, windows or secret."""
    source = make(
        MasterUserPassword=None,
        ManageMasterUserPassword=True,
        DeletionProtection=True,
        MultiAZ=True,
        Tags=[{"Key": "Step", "Value": "first"}],
    )
    rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="copy")

    restored = rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="restored",
        DBSnapshotIdentifier="copy",
        DBInstanceClass="db.m7g.xlarge",
    )["DBInstance"]

    assert restored["DbiResourceId"] != source["DbiResourceId"]
    assert restored["DBInstanceClass"] == "db.m7g.xlarge"
    assert restored["MasterUsername"] == "platform"
    assert restored["EngineVersion"] == "16.4"
    assert restored["KmsKeyId"] == source["KmsKeyId"]
    assert restored["DeletionProtection"] is False
    assert restored["MultiAZ"] is False
    assert restored["TagList"] == []
    assert "MasterUserSecret" not in restored


def test_an_earlier_state_is_restored(rds: Any, make: Callable[..., Any]) -> None:
    """From the automated backups."""
    make()

    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders",
        TargetDBInstanceIdentifier="earlier",
        UseLatestRestorableTime=True,
        MultiAZ=True,
    )

    read = _read(rds, "earlier")
    assert (read["DBName"], read["MultiAZ"], read["AllocatedStorage"]) == ("orders", True, 100)


@pytest.mark.parametrize(
    ("retention", "when", "code"),
    [
        (0, {"UseLatestRestorableTime": True}, "PointInTimeRestoreNotEnabled"),
        (7, {}, "InvalidParameterCombination"),
    ],
)
def test_refuses_a_point_in_time_that_is_not_there(
    rds: Any,
    make: Callable[..., Any],
    refused: Callable[..., str],
    retention: int,
    when: dict[str, Any],
    code: str,
) -> None:
    """Without backups, or without a time."""
    make(BackupRetentionPeriod=retention)

    found = refused(
        rds.restore_db_instance_to_point_in_time,
        SourceDBInstanceIdentifier="orders",
        TargetDBInstanceIdentifier="earlier",
        **when,
    )

    assert found == code


def test_refuses_a_copy_that_is_too_small(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """The data has to fit."""
    make()
    rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="copy")

    code = refused(
        rds.restore_db_instance_from_db_snapshot,
        DBInstanceIdentifier="restored",
        DBSnapshotIdentifier="copy",
        AllocatedStorage=50,
    )

    assert code == "InvalidParameterValue"


def test_a_replica_follows_its_source(rds: Any, make: Callable[..., Any]) -> None:
    """It has an identity and a class of its own, and becomes a database when it is promoted."""
    make()

    replica = rds.create_db_instance_read_replica(
        DBInstanceIdentifier="replica",
        SourceDBInstanceIdentifier="orders",
        DBInstanceClass="db.m7g.xlarge",
    )["DBInstance"]
    followed = _read(rds)["ReadReplicaDBInstanceIdentifiers"]
    rds.promote_read_replica(DBInstanceIdentifier="replica", BackupRetentionPeriod=7)

    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "orders"
    assert replica["DBInstanceClass"] == "db.m7g.xlarge"
    assert replica["BackupRetentionPeriod"] == 0
    assert followed == ["replica"]
    assert _read(rds)["ReadReplicaDBInstanceIdentifiers"] == []
    assert "ReadReplicaSourceDBInstanceIdentifier" not in _read(rds, "replica")
    assert _read(rds, "replica")["BackupRetentionPeriod"] == 7


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"BackupRetentionPeriod": 0}, "InvalidDBInstanceState"),
        (
            {"MasterUserPassword": None, "ManageMasterUserPassword": True},
            "InvalidParameterValue",
        ),
    ],
)
def test_refuses_sources_that_cannot_be_followed(
    rds: Any,
    make: Callable[..., Any],
    refused: Callable[..., str],
    changes: dict[str, Any],
    code: str,
) -> None:
    """Without backups, or with a password that RDS manages."""
    make(**changes)

    found = refused(
        rds.create_db_instance_read_replica,
        DBInstanceIdentifier="replica",
        SourceDBInstanceIdentifier="orders",
    )

    assert found == code


def test_refuses_another_password_for_a_replica(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """It is that of the source."""
    make()
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="orders"
    )

    code = refused(
        rds.modify_db_instance,
        DBInstanceIdentifier="replica",
        MasterUserPassword="another-password",
    )

    assert code == "InvalidParameterCombination"


def test_refuses_to_promote_what_follows_nobody(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """Only a replica can be promoted."""
    make()

    assert (
        refused(rds.promote_read_replica, DBInstanceIdentifier="orders") == "InvalidDBInstanceState"
    )


# The end


def test_a_protected_instance_stays(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """Deleting is refused while the protection is on."""
    make(DeletionProtection=True)
    delete = {"DBInstanceIdentifier": "orders", "SkipFinalSnapshot": True}

    code = refused(rds.delete_db_instance, **delete)
    rds.modify_db_instance(DBInstanceIdentifier="orders", DeletionProtection=False)
    rds.delete_db_instance(**delete)

    assert code == "InvalidParameterCombination"
    assert rds.describe_db_instances()["DBInstances"] == []


@pytest.mark.parametrize(
    "decision",
    [{}, {"SkipFinalSnapshot": True, "FinalDBSnapshotIdentifier": "final"}],
)
def test_refuses_an_end_without_a_decision(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str], decision: dict[str, Any]
) -> None:
    """A final snapshot or none."""
    make()

    code = refused(rds.delete_db_instance, DBInstanceIdentifier="orders", **decision)

    assert code == "InvalidParameterCombination"


def test_only_the_final_snapshot_is_left(aws: LocalAws, rds: Any, make: Callable[..., Any]) -> None:
    """Secret and automated backups go with the instance, also under a changed name."""
    make(MasterUserPassword=None, ManageMasterUserPassword=True)
    rds.modify_db_instance(
        DBInstanceIdentifier="orders", NewDBInstanceIdentifier="sales", ApplyImmediately=True
    )

    rds.delete_db_instance(DBInstanceIdentifier="sales", FinalDBSnapshotIdentifier="final")

    assert [(item.kind, item.id) for item in aws.inventory()] == [("DBSnapshot", "final")]


def test_a_replica_without_a_source_is_a_database(rds: Any, make: Callable[..., Any]) -> None:
    """Deleting the source leaves what followed it."""
    make()
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="orders"
    )

    rds.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)

    assert "ReadReplicaSourceDBInstanceIdentifier" not in _read(rds, "replica")


def test_refuses_to_reboot_what_does_not_run(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """A stopped instance has to be started."""
    make()

    rds.reboot_db_instance(DBInstanceIdentifier="orders")
    rds.stop_db_instance(DBInstanceIdentifier="orders")
    code = refused(rds.reboot_db_instance, DBInstanceIdentifier="orders")

    assert code == "InvalidDBInstanceState"
