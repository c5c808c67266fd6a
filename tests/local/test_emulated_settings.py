"""The real Terraform makes, reads back, changes and destroys everything that has an extension.

One run of several minutes is recorded by a fixture; each test asks the record for one fact. What is
said of one part alone stands in the files beside this one.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.local.applied_settings import History

# One worker, so that the run of several minutes happens once.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("settings")]


def test_the_lock_refuses_a_second_terraform(settings: History) -> None:
    """The holder is named."""
    assert "Error acquiring the state lock" in settings.locked
    assert "somebody@else" in settings.locked


def test_a_second_plan_changes_what_was_asked_for(settings: History) -> None:
    """A new image, and nothing else: everything that was made reads back as it was asked for."""
    # The stream of a plan does not tell which comes first.
    assert settings.rollout == {
        'module.ecs.aws_ecs_task_definition.main["api"]': ["delete", "create"],
        "module.ecs.aws_ecs_service.api": ["update"],
    }


def test_the_plan_after_the_changes_is_empty(settings: History) -> None:
    """What was changed in place, added and restored reads back."""
    assert settings.plan_after_changes == 0


def test_destroy_leaves_what_aws_keeps(settings: History) -> None:
    """Snapshots, keys and a secret that wait, settings of brokers, retired task definitions; and the state."""
    left = Counter((item.service, item.kind, item.state) for item in settings.left)
    snapshots = {item.id for item in settings.left if item.service == "rds"}

    assert snapshots == {"catalog-copy", "catalog-final", "orders-copy", "orders-final"}
    assert {it: number for it, number in left.items() if it[0] != "rds"} == {
        ("dynamodb", "Table", ""): 1,
        ("ecs", "TaskDefinition", "INACTIVE"): 5,
        ("elasticache", "Snapshot", ""): 1,
        ("kms", "Key", "PendingDeletion"): 5,
        ("mq", "Configuration", ""): 3,
        ("s3", "FakeBucket", ""): 1,
        ("secretsmanager", "FakeSecret", "PendingDeletion"): 1,
    }


def test_nothing_was_missing(settings: History) -> None:
    """No action was answered 501."""
    assert settings.gaps == []
