"""The real Terraform makes, reads back, changes and destroys databases and what belongs to them.

One run of several minutes is recorded by a fixture; each test asks the record for one fact. Most of
the time is waiting: the AWS provider looks at an instance for the first time after a minute.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.server import LocalAws

# One worker, so that the run of several minutes happens once.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("emulated-data-rds")]

_SECOND = ("-var", "step=second")


@dataclass(frozen=True)
class History:
    """What happened, step by step."""

    second_plan: int
    secret: dict[str, Any]
    update: str
    plan_after_update: int
    instance: dict[str, Any]
    cluster: dict[str, Any]
    left: list[Item]
    gaps: list[Gap]


@pytest.fixture(scope="module")
def history(
    workspace: Callable[[str, LocalAws], Any], connect: Callable[[str, str], Any]
) -> Iterator[History]:
    """Apply, change every setting that can be, restore copies, destroy."""
    with LocalAws(account_id="210987654321", region="eu-central-1") as aws:
        data = workspace("data_rds", aws)
        with zipfile.ZipFile(data.directory / "rotation.zip", "w") as archive:
            archive.writestr(zipfile.ZipInfo("rotation.py"), "def handle(event, context): ...\n")
        data.apply()
        second_plan = data.differences()
        rds = connect(aws.endpoint, "rds")
        secret = _managed_secret(rds, connect(aws.endpoint, "secretsmanager"))
        rds.create_db_snapshot(DBInstanceIdentifier="orders", DBSnapshotIdentifier="orders-copy")
        rds.create_db_cluster_snapshot(
            DBClusterIdentifier="catalog", DBClusterSnapshotIdentifier="catalog-copy"
        )
        update = data.run("apply", "-input=false", "-auto-approve", *_SECOND).stdout
        plan_after_update = data.differences(*_SECOND)
        instance = rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]
        cluster = rds.describe_db_clusters(DBClusterIdentifier="catalog")["DBClusters"][0]
        data.destroy(*_SECOND)
        yield History(
            second_plan,
            secret,
            update,
            plan_after_update,
            instance,
            cluster,
            aws.inventory(),
            aws.unimplemented(),
        )


def _managed_secret(rds: Any, manager: Any) -> dict[str, Any]:
    instance = rds.describe_db_instances(DBInstanceIdentifier="orders")["DBInstances"][0]
    arn = instance["MasterUserSecret"]["SecretArn"]
    value = manager.get_secret_value(SecretId=arn)["SecretString"]
    described: dict[str, Any] = manager.describe_secret(SecretId=arn)
    return described | {"Keys": sorted(json.loads(value))}


def test_the_second_plan_is_empty(history: History) -> None:
    """Databases, groups, proxies, subscriptions, functions and rotations read back."""
    assert history.second_plan == 0


def test_rds_keeps_the_password_in_a_secret(history: History) -> None:
    """It is RDS's, with our key, and rotated by the schedule that we ask for."""
    assert history.secret["Name"].startswith("rds!db-")
    assert history.secret["OwningService"] == "rds"
    assert history.secret["KmsKeyId"].startswith("arn:aws:kms:")
    assert history.secret["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert history.secret["Keys"] == ["password", "username"]


def test_settings_change_in_place(history: History) -> None:
    """Nothing is replaced; the replica and three copies are added."""
    found = re.search(r"Plan: (\d+) to add, (\d+) to change, (\d+) to destroy", history.update)

    assert found is not None
    assert (found[1], found[3]) == ("4", "0")
    assert int(found[2]) > 20


def test_the_plan_after_the_changes_is_empty(history: History) -> None:
    """What was changed and restored reads back."""
    assert history.plan_after_update == 0


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("DBInstanceClass", "db.m7g.xlarge"),
        ("EngineVersion", "16.8"),
        ("AllocatedStorage", 200),
        ("BackupRetentionPeriod", 14),
        ("PreferredBackupWindow", "04:00-04:30"),
        ("CACertificateIdentifier", "rds-ca-ecc384-g1"),
        ("PerformanceInsightsRetentionPeriod", 731),
        ("DeletionProtection", False),
        ("PendingModifiedValues", {}),
    ],
)
def test_changes_of_an_instance_are_stored(history: History, setting: str, value: Any) -> None:
    """They were applied immediately."""
    assert history.instance[setting] == value


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("EngineVersion", "16.6"),
        ("BackupRetentionPeriod", 14),
        (
            "ServerlessV2ScalingConfiguration",
            {"MinCapacity": 0.0, "MaxCapacity": 8.0, "SecondsUntilAutoPause": 600},
        ),
    ],
)
def test_changes_of_a_cluster_are_stored(history: History, setting: str, value: Any) -> None:
    """They were applied immediately."""
    assert history.cluster[setting] == value


def test_destroy_leaves_the_snapshots_and_the_key(history: History) -> None:
    """The final ones, those that the test made, and the key that waits for its deletion."""
    left = sorted(
        (item.kind, item.id if item.service == "rds" else item.state) for item in history.left
    )

    assert left == [
        ("DBClusterSnapshot", "catalog-copy"),
        ("DBClusterSnapshot", "catalog-final"),
        ("DBSnapshot", "orders-copy"),
        ("DBSnapshot", "orders-final"),
        ("Key", "PendingDeletion"),
    ]


def test_nothing_was_missing(history: History) -> None:
    """No action was answered 501."""
    assert history.gaps == []
