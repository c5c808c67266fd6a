"""Aurora clusters and their instances read back, change, are copied and end as RDS lets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.server import LocalAws

_ASKED: dict[str, Any] = {
    "DBClusterIdentifier": "catalog",
    "Engine": "aurora-postgresql",
    "EngineVersion": "16.4",
    "DatabaseName": "catalog",
    "MasterUsername": "platform",
    "MasterUserPassword": "planted-password",
    "StorageEncrypted": True,
    "BackupRetentionPeriod": 7,
}


@pytest.fixture
def make(rds: Any) -> Callable[..., Any]:
    """Return a maker of clusters; None takes a setting away."""

    def create(**changes: Any) -> Any:
        asked = {name: value for name, value in (_ASKED | changes).items() if value is not None}
        return rds.create_db_cluster(**asked)["DBCluster"]

    return create


@pytest.fixture
def member(rds: Any) -> Callable[..., Any]:
    """Return a maker of instances in the cluster."""

    def create(name: str, **asked: Any) -> Any:
        return rds.create_db_instance(
            **{
                "DBInstanceIdentifier": name,
                "DBClusterIdentifier": "catalog",
                "DBInstanceClass": "db.r7g.large",
                "Engine": "aurora-postgresql",
                **asked,
            }
        )["DBInstance"]

    return create


@pytest.fixture
def change(rds: Any) -> Callable[..., Any]:
    """Return a caller that changes the cluster."""

    def modify(**changes: Any) -> Any:
        return rds.modify_db_cluster(DBClusterIdentifier="catalog", **changes)["DBCluster"]

    return modify


def _read(rds: Any, name: str = "catalog") -> Any:
    return rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"][0]


def _serverless(least: float, most: float, **more: Any) -> dict[str, Any]:
    return {"ServerlessV2ScalingConfiguration": {"MinCapacity": least, "MaxCapacity": most, **more}}


def test_defaults_are_those_of_aurora(make: Callable[..., Any]) -> None:
    """What nobody asked for reads back as RDS has it."""
    made = make(EngineVersion="16")

    assert made["EngineVersion"].startswith("16.")
    assert made["DBClusterParameterGroup"] == "default.aurora-postgresql16"
    assert made["KmsKeyId"].startswith("arn:aws:kms:")
    assert made["DbClusterResourceId"].startswith("cluster-")
    assert made["EngineLifecycleSupport"] == "open-source-rds-extended-support"
    assert made["DatabaseInsightsMode"] == "standard"
    assert made["HttpEndpointEnabled"] is False
    assert "StorageType" not in made
    assert "ScalingConfigurationInfo" not in made


def test_settings_read_back(
    client: Callable[[str], Any], rds: Any, make: Callable[..., Any]
) -> None:
    """Monitoring, storage, capacity and logs."""
    make(
        StorageType="aurora-iopt1",
        EnablePerformanceInsights=True,
        PerformanceInsightsRetentionPeriod=465,
        DatabaseInsightsMode="advanced",
        EnableIAMDatabaseAuthentication=True,
        EnableHttpEndpoint=True,
        EnableCloudwatchLogsExports=["postgresql"],
        EngineLifecycleSupport="open-source-rds-extended-support-disabled",
        **_serverless(0, 4),
    )

    read = _read(rds)
    groups = client("logs").describe_log_groups(logGroupNamePrefix="/aws/rds/cluster")["logGroups"]
    assert read["StorageType"] == "aurora-iopt1"
    assert read["PerformanceInsightsRetentionPeriod"] == 465
    assert read["DatabaseInsightsMode"] == "advanced"
    assert read["IAMDatabaseAuthenticationEnabled"] is True
    assert read["HttpEndpointEnabled"] is True
    assert read["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert read["ServerlessV2ScalingConfiguration"] == {
        "MinCapacity": 0.0,
        "MaxCapacity": 4.0,
        "SecondsUntilAutoPause": 300,
    }
    assert [group["logGroupName"] for group in groups] == ["/aws/rds/cluster/catalog/postgresql"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"EngineVersion": "8.0"}, "InvalidParameterCombination"),
        ({"BackupRetentionPeriod": 0}, "InvalidParameterValue"),
        ({"StorageType": "gp3"}, "InvalidParameterCombination"),
        ({"AllocatedStorage": 100}, "InvalidParameterCombination"),
        ({"DBSubnetGroupName": "nobody"}, "DBSubnetGroupNotFoundFault"),
        ({"DBClusterParameterGroupName": "nobody"}, "DBClusterParameterGroupNotFound"),
        (
            {"DBClusterParameterGroupName": "default.aurora-postgresql15"},
            "DBClusterParameterGroupNotFound",
        ),
        ({"KmsKeyId": "alias/nobody"}, "KMSKeyNotAccessibleFault"),
        ({"KmsKeyId": "alias/nobody", "StorageEncrypted": False}, "InvalidParameterCombination"),
        ({"EnableCloudwatchLogsExports": ["upgrade"]}, "InvalidParameterCombination"),
        ({"MasterUserPassword": None}, "InvalidParameterValue"),
        ({"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
        ({"CACertificateIdentifier": "rds-ca-2019"}, "CertificateNotFound"),
        (_serverless(2, 1), "InvalidParameterValue"),
        (_serverless(0.3, 1), "InvalidParameterValue"),
        (_serverless(0, 0.5), "InvalidParameterValue"),
        (_serverless(0, 512), "InvalidParameterValue"),
        (_serverless(0.5, 4, SecondsUntilAutoPause=600), "InvalidParameterCombination"),
        (_serverless(0, 4, SecondsUntilAutoPause=60), "InvalidParameterCombination"),
        ({"EngineVersion": "15.4", **_serverless(0, 4)}, "InvalidParameterCombination"),
    ],
)
def test_refuses_what_rds_refuses(
    rds: Any, refused: Callable[..., str], changes: dict[str, Any], code: str
) -> None:
    """With the code that RDS documents."""
    asked = {name: value for name, value in (_ASKED | changes).items() if value is not None}

    assert refused(rds.create_db_cluster, **asked) == code


def test_refuses_a_name_that_is_taken(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """Nothing is overwritten."""
    make()

    assert refused(rds.create_db_cluster, **_ASKED) == "DBClusterAlreadyExistsFault"


# Instances


def test_instances_take_over_what_the_cluster_has(
    rds: Any, make: Callable[..., Any], member: Callable[..., Any]
) -> None:
    """Version, key, port, insights; the first writes, the tier is the instance's."""
    cluster = make(Port=6432, EnablePerformanceInsights=True)

    writer = member("writer")
    reader = member("reader", PromotionTier=3, EnablePerformanceInsights=False)

    assert writer["EngineVersion"] == "16.4"
    assert writer["Endpoint"]["Port"] == 6432
    assert writer["KmsKeyId"] == cluster["KmsKeyId"]
    assert writer["StorageType"] == "aurora"
    assert writer["PerformanceInsightsRetentionPeriod"] == 7
    assert reader["PerformanceInsightsEnabled"] is False
    assert [
        (found["DBInstanceIdentifier"], found["IsClusterWriter"], found["PromotionTier"])
        for found in _read(rds)["DBClusterMembers"]
    ] == [("writer", True, 1), ("reader", False, 3)]


def test_an_instance_has_no_backups_of_its_own(
    rds: Any, make: Callable[..., Any], member: Callable[..., Any]
) -> None:
    """They are the cluster's."""
    make()
    member("writer")

    found = rds.describe_db_snapshots(DBInstanceIdentifier="writer")["DBSnapshots"]
    assert found == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"PromotionTier": 16}, "InvalidParameterValue"),
        ({"DBInstanceClass": "db.serverless"}, "InvalidParameterCombination"),
        ({"EngineVersion": "16.6"}, "InvalidParameterCombination"),
        ({"MasterUsername": "other"}, "InvalidParameterCombination"),
        ({"MonitoringInterval": 30}, "InvalidParameterCombination"),
    ],
)
def test_refuses_instances_that_do_not_fit(
    rds: Any,
    make: Callable[..., Any],
    refused: Callable[..., str],
    asked: dict[str, Any],
    code: str,
) -> None:
    """With the code that RDS documents."""
    make()

    found = refused(
        rds.create_db_instance,
        **{
            "DBInstanceIdentifier": "writer",
            "DBClusterIdentifier": "catalog",
            "DBInstanceClass": "db.r7g.large",
            "Engine": "aurora-postgresql",
            **asked,
        },
    )

    assert found == code


def test_serverless_instances_need_limits(
    make: Callable[..., Any], member: Callable[..., Any]
) -> None:
    """With them they are made."""
    make(**_serverless(0.5, 2))

    assert member("writer", DBInstanceClass="db.serverless")["DBInstanceClass"] == "db.serverless"


def test_an_instance_changes_what_is_its_own(
    rds: Any, make: Callable[..., Any], member: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """Class and tier, but not what the cluster decides."""
    make()
    member("writer")

    rds.modify_db_instance(
        DBInstanceIdentifier="writer",
        DBInstanceClass="db.r7g.xlarge",
        PromotionTier=2,
        DeletionProtection=False,
        ApplyImmediately=True,
    )
    code = refused(rds.modify_db_instance, DBInstanceIdentifier="writer", BackupRetentionPeriod=14)
    version = refused(rds.modify_db_instance, DBInstanceIdentifier="writer", EngineVersion="16.6")

    read = rds.describe_db_instances(DBInstanceIdentifier="writer")["DBInstances"][0]
    assert (read["DBInstanceClass"], read["PromotionTier"]) == ("db.r7g.xlarge", 2)
    assert code == version == "InvalidParameterCombination"


# Changes


def test_a_cluster_is_changed_in_place(
    rds: Any, make: Callable[..., Any], member: Callable[..., Any], change: Callable[..., Any]
) -> None:
    """What does not wait reads back at once, also from the instances."""
    make(**_serverless(0, 4))
    member("writer", DBInstanceClass="db.serverless")

    change(
        BackupRetentionPeriod=14,
        PreferredBackupWindow="04:00-04:30",
        DeletionProtection=True,
        CloudwatchLogsExportConfiguration={"EnableLogTypes": ["postgresql"]},
        EnablePerformanceInsights=True,
        Port=6432,
        **_serverless(1, 8),
    )

    read = _read(rds)
    instance = rds.describe_db_instances(DBInstanceIdentifier="writer")["DBInstances"][0]
    assert read["BackupRetentionPeriod"] == 14
    assert read["PreferredBackupWindow"] == "04:00-04:30"
    assert read["DeletionProtection"] is True
    assert read["EnabledCloudwatchLogsExports"] == ["postgresql"]
    assert read["ServerlessV2ScalingConfiguration"] == {"MinCapacity": 1.0, "MaxCapacity": 8.0}
    assert instance["PerformanceInsightsEnabled"] is True
    assert instance["Endpoint"]["Port"] == 6432


def test_a_version_waits_for_the_maintenance_window(
    rds: Any, make: Callable[..., Any], change: Callable[..., Any]
) -> None:
    """Unless it is applied immediately."""
    make()

    waiting = change(EngineVersion="16.6", EnableIAMDatabaseAuthentication=True)
    unchanged = _read(rds)["EngineVersion"]
    change(EngineVersion="16.6", EnableIAMDatabaseAuthentication=True, ApplyImmediately=True)

    read = _read(rds)
    assert unchanged == "16.4"
    assert waiting["PendingModifiedValues"] == {
        "EngineVersion": "16.6",
        "IAMDatabaseAuthenticationEnabled": True,
    }
    assert (read["EngineVersion"], read["IAMDatabaseAuthenticationEnabled"]) == ("16.6", True)
    assert read["PendingModifiedValues"] == {}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"EngineVersion": "16.2"}, "InvalidParameterCombination"),
        ({"EngineVersion": "17.4"}, "InvalidParameterCombination"),
        ({"RotateMasterUserPassword": True}, "InvalidParameterCombination"),
        (_serverless(8, 4), "InvalidParameterValue"),
    ],
)
def test_a_refused_change_changes_nothing(
    rds: Any,
    make: Callable[..., Any],
    refused: Callable[..., str],
    changes: dict[str, Any],
    code: str,
) -> None:
    """The cluster is still there."""
    made = make()

    found = refused(rds.modify_db_cluster, DBClusterIdentifier="catalog", **changes)

    assert found == code
    assert _read(rds)["EngineVersion"] == made["EngineVersion"]


def test_a_major_upgrade_takes_a_group_of_its_family(
    rds: Any, make: Callable[..., Any], change: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """The group of the old version does not fit the new one."""
    for major in ("16", "17"):
        rds.create_db_cluster_parameter_group(
            DBClusterParameterGroupName=f"pg{major}",
            DBParameterGroupFamily=f"aurora-postgresql{major}",
            Description="catalog",
        )
    make(DBClusterParameterGroupName="pg16")
    upgrade = {
        "EngineVersion": "17.4",
        "AllowMajorVersionUpgrade": True,
        "ApplyImmediately": True,
    }

    code = refused(rds.modify_db_cluster, DBClusterIdentifier="catalog", **upgrade)
    change(**upgrade, DBClusterParameterGroupName="pg17")

    read = _read(rds)
    assert code == "InvalidParameterCombination"
    assert (read["EngineVersion"], read["DBClusterParameterGroup"]) == ("17.4", "pg17")


def test_the_data_api_is_turned_on_and_off(rds: Any, make: Callable[..., Any]) -> None:
    """By the cluster's ARN."""
    arn = make()["DBClusterArn"]

    rds.enable_http_endpoint(ResourceArn=arn)
    on = _read(rds)["HttpEndpointEnabled"]
    rds.disable_http_endpoint(ResourceArn=arn)

    assert on is True
    assert _read(rds)["HttpEndpointEnabled"] is False


def test_rds_manages_the_password(
    client: Callable[[str], Any],
    rds: Any,
    make: Callable[..., Any],
    change: Callable[..., Any],
    refused: Callable[..., str],
) -> None:
    """The secret is the cluster's, is rotated, and goes with the cluster."""
    manager = client("secretsmanager")
    made = make(MasterUserPassword=None, ManageMasterUserPassword=True)
    arn = made["MasterUserSecret"]["SecretArn"]
    before = json.loads(manager.get_secret_value(SecretId=arn)["SecretString"])

    change(RotateMasterUserPassword=True, ApplyImmediately=True)

    after = json.loads(manager.get_secret_value(SecretId=arn)["SecretString"])
    rds.delete_db_cluster(DBClusterIdentifier="catalog", SkipFinalSnapshot=True)
    assert ":secret:rds!cluster-" in arn
    assert before["username"] == after["username"] == "platform"
    assert before["password"] != after["password"]
    assert refused(manager.describe_secret, SecretId=arn) == "ResourceNotFoundException"


# Copies


def test_a_copy_is_what_was_asked_for(rds: Any, make: Callable[..., Any]) -> None:
    """A snapshot gives data and version, not protection, tags or secret."""
    source = make(
        MasterUserPassword=None,
        ManageMasterUserPassword=True,
        DeletionProtection=True,
        Tags=[{"Key": "Step", "Value": "first"}],
    )
    snapshot = rds.create_db_cluster_snapshot(
        DBClusterIdentifier="catalog", DBClusterSnapshotIdentifier="copy"
    )["DBClusterSnapshot"]

    restored = rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier="restored",
        SnapshotIdentifier=snapshot["DBClusterSnapshotArn"],
        Engine="aurora-postgresql",
        DeletionProtection=False,
    )["DBCluster"]

    assert restored["DbClusterResourceId"] != source["DbClusterResourceId"]
    assert restored["EngineVersion"] == "16.4"
    assert restored["MasterUsername"] == "platform"
    assert restored["KmsKeyId"] == source["KmsKeyId"]
    assert restored["DeletionProtection"] is False
    assert restored["TagList"] == []
    assert "MasterUserSecret" not in restored


def test_an_earlier_state_is_restored(rds: Any, make: Callable[..., Any]) -> None:
    """Also as a clone that shares the storage."""
    make()

    rds.restore_db_cluster_to_point_in_time(
        DBClusterIdentifier="earlier",
        SourceDBClusterIdentifier="catalog",
        UseLatestRestorableTime=True,
        RestoreType="copy-on-write",
    )

    assert _read(rds, "earlier")["DatabaseName"] == "catalog"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "InvalidParameterCombination"),
        (
            {"RestoreToTime": "2026-01-01T00:00:00Z", "RestoreType": "copy-on-write"},
            "InvalidParameterCombination",
        ),
        (
            {"UseLatestRestorableTime": True, "SourceDBClusterIdentifier": "nobody"},
            "DBClusterNotFoundFault",
        ),
    ],
)
def test_refuses_a_point_in_time_that_is_not_there(
    rds: Any,
    make: Callable[..., Any],
    refused: Callable[..., str],
    asked: dict[str, Any],
    code: str,
) -> None:
    """Without a time, or without the source."""
    make()

    found = refused(
        rds.restore_db_cluster_to_point_in_time,
        **{"DBClusterIdentifier": "earlier", "SourceDBClusterIdentifier": "catalog", **asked},
    )

    assert found == code


def test_refuses_a_snapshot_that_is_not_there(rds: Any, refused: Callable[..., str]) -> None:
    """And another engine than the snapshot's."""
    code = refused(
        rds.restore_db_cluster_from_snapshot,
        DBClusterIdentifier="restored",
        SnapshotIdentifier="nobody",
        Engine="aurora-postgresql",
    )

    assert code == "DBClusterSnapshotNotFoundFault"


# The end


def test_a_protected_cluster_stays(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """Deleting is refused while the protection is on."""
    make(DeletionProtection=True)

    code = refused(rds.delete_db_cluster, DBClusterIdentifier="catalog", SkipFinalSnapshot=True)

    assert code == "InvalidParameterCombination"


@pytest.mark.parametrize(
    "decision", [{}, {"SkipFinalSnapshot": True, "FinalDBSnapshotIdentifier": "final"}]
)
def test_refuses_an_end_without_a_decision(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str], decision: dict[str, Any]
) -> None:
    """A final snapshot or none."""
    make()

    code = refused(rds.delete_db_cluster, DBClusterIdentifier="catalog", **decision)

    assert code == "InvalidParameterCombination"


def test_refuses_a_final_snapshot_whose_name_is_taken(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """The cluster and its secret stay."""
    make(MasterUserPassword=None, ManageMasterUserPassword=True)
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier="catalog", DBClusterSnapshotIdentifier="final"
    )

    code = refused(
        rds.delete_db_cluster,
        DBClusterIdentifier="catalog",
        SkipFinalSnapshot=False,
        FinalDBSnapshotIdentifier="final",
    )

    assert code == "DBClusterSnapshotAlreadyExistsFault"
    assert _read(rds)["MasterUserSecret"]["SecretStatus"] == "active"


def test_only_the_final_snapshot_is_left(
    aws: LocalAws, rds: Any, make: Callable[..., Any], member: Callable[..., Any]
) -> None:
    """Instances, secret and automated backups go."""
    make(MasterUserPassword=None, ManageMasterUserPassword=True)
    member("writer")

    rds.delete_db_instance(DBInstanceIdentifier="writer")
    rds.delete_db_cluster(
        DBClusterIdentifier="catalog",
        SkipFinalSnapshot=False,
        FinalDBSnapshotIdentifier="final",
    )

    assert [(item.kind, item.id) for item in aws.inventory()] == [("DBClusterSnapshot", "final")]
