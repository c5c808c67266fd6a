"""RDS copies are what was asked for, and not what their source is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


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


def test_an_earlier_state_is_restored(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """From the automated backups."""
    make()

    rds.restore_db_instance_to_point_in_time(
        SourceDBInstanceIdentifier="orders",
        TargetDBInstanceIdentifier="earlier",
        UseLatestRestorableTime=True,
        MultiAZ=True,
    )

    found = read("earlier")
    assert (found["DBName"], found["MultiAZ"], found["AllocatedStorage"]) == ("orders", True, 100)


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


def test_a_replica_follows_its_source(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """It has an identity and a class of its own, and becomes a database when it is promoted."""
    make()

    replica = rds.create_db_instance_read_replica(
        DBInstanceIdentifier="replica",
        SourceDBInstanceIdentifier="orders",
        DBInstanceClass="db.m7g.xlarge",
    )["DBInstance"]
    followed = read()["ReadReplicaDBInstanceIdentifiers"]
    rds.promote_read_replica(DBInstanceIdentifier="replica", BackupRetentionPeriod=7)

    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "orders"
    assert replica["DBInstanceClass"] == "db.m7g.xlarge"
    assert replica["BackupRetentionPeriod"] == 0
    assert followed == ["replica"]
    assert read()["ReadReplicaDBInstanceIdentifiers"] == []
    assert "ReadReplicaSourceDBInstanceIdentifier" not in read("replica")
    assert read("replica")["BackupRetentionPeriod"] == 7


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
