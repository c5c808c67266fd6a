"""The real Terraform changes databases and what belongs to them, and restores copies."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from tests.local.applied_settings import History

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("settings")]


def test_rds_keeps_the_password_in_a_secret(settings: History) -> None:
    """It is RDS's, with our key, and rotated by the schedule that we ask for."""
    assert settings.managed_secret["Name"].startswith("rds!db-")
    assert settings.managed_secret["OwningService"] == "rds"
    assert settings.managed_secret["KmsKeyId"].startswith("arn:aws:kms:")
    assert settings.managed_secret["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert settings.managed_secret["Keys"] == ["password", "username"]


def test_settings_change_in_place(settings: History) -> None:
    """Nothing is replaced; the replica and three copies are added."""
    done = Counter("+".join(actions) for actions in settings.changes_in("rds").values())

    assert set(done) - {"read"} == {"create", "update"}
    assert done["create"] == 4
    assert done["update"] > 20


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
def test_changes_of_an_instance_are_stored(settings: History, setting: str, value: Any) -> None:
    """They were applied immediately."""
    assert settings.second.instance[setting] == value


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
def test_changes_of_a_cluster_are_stored(settings: History, setting: str, value: Any) -> None:
    """They were applied immediately."""
    assert settings.second.cluster[setting] == value
