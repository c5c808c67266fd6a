"""RDS instances have an identity, change when they are told to, and end as RDS lets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.server import LocalAws


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


def test_changes_wait_for_the_maintenance_window(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """Unless they are applied immediately, and then everything that waits is applied too."""
    make()

    rds.modify_db_instance(DBInstanceIdentifier="orders", DBInstanceClass="db.m7g.xlarge")
    waiting = read()
    rds.modify_db_instance(
        DBInstanceIdentifier="orders", DBInstanceClass="db.m7g.xlarge", ApplyImmediately=True
    )
    applied = read()

    assert waiting["DBInstanceClass"] == "db.m7g.large"
    assert waiting["PendingModifiedValues"] == {"DBInstanceClass": "db.m7g.xlarge"}
    assert applied["DBInstanceClass"] == "db.m7g.xlarge"
    assert applied["PendingModifiedValues"] == {}


def test_windows_and_protection_do_not_wait(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """They change nothing that runs."""
    make()

    rds.modify_db_instance(
        DBInstanceIdentifier="orders",
        PreferredBackupWindow="04:00-04:30",
        BackupRetentionPeriod=14,
        DeletionProtection=True,
        DBPortNumber=6432,
    )

    found = read()
    assert found["PreferredBackupWindow"] == "04:00-04:30"
    assert found["BackupRetentionPeriod"] == 14
    assert found["DeletionProtection"] is True
    assert found["Endpoint"]["Port"] == 6432


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
    rds: Any, read: Callable[..., Any], make: Callable[..., Any], asked: str, stored: str
) -> None:
    """A major version alone is what the instance already has."""
    make()

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", EngineVersion=asked, ApplyImmediately=True
    )

    assert read()["EngineVersion"] == stored


def test_a_major_upgrade_takes_a_group_of_its_family(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any], refused: Callable[..., str]
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

    found = read()
    assert code == "InvalidParameterCombination"
    assert found["EngineVersion"] == "17.4"
    assert found["DBParameterGroups"][0]["DBParameterGroupName"] == "default.postgres17"


def test_a_name_can_be_changed(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """The instance stays the same, and so do its replicas."""
    made = make()
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="orders"
    )

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", NewDBInstanceIdentifier="sales", ApplyImmediately=True
    )

    assert read("sales")["DbiResourceId"] == made["DbiResourceId"]
    assert read("replica")["ReadReplicaSourceDBInstanceIdentifier"] == "sales"


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
    assert refused(rds.describe_db_instances, DBInstanceIdentifier="orders") == "DBInstanceNotFound"


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


def test_a_replica_without_a_source_is_a_database(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """Deleting the source leaves what followed it."""
    make()
    rds.create_db_instance_read_replica(
        DBInstanceIdentifier="replica", SourceDBInstanceIdentifier="orders"
    )

    rds.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)

    assert "ReadReplicaSourceDBInstanceIdentifier" not in read("replica")


def test_refuses_to_reboot_what_does_not_run(
    rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """A stopped instance has to be started."""
    make()

    rds.reboot_db_instance(DBInstanceIdentifier="orders")
    rds.stop_db_instance(DBInstanceIdentifier="orders")
    code = refused(rds.reboot_db_instance, DBInstanceIdentifier="orders")

    assert code == "InvalidDBInstanceState"
