"""The real Terraform makes, changes and destroys web ACLs, health checks and failover records.

One run is recorded by a fixture; each test asks the record for one fact.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.server import LocalAws
from tests import emulator
from tests.local import edge_rules

# One worker, so that the run of minutes happens once.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("emulated-edge-rules")]

_ACCOUNT = "210987654321"


@dataclass(frozen=True)
class History:
    """What happened, step by step."""

    second_plan: int
    capacities: dict[str, int]
    changes: dict[str, list[str]]
    plan_after_changes: int
    capacities_after_changes: dict[str, int]
    left: list[Item]
    gaps: list[Gap]


@pytest.fixture(scope="module")
def history(
    workspace: Callable[[str, LocalAws], Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[History]:
    """Apply, change the rules, destroy."""
    folder = tmp_path_factory.mktemp("edge") / "rules"
    edge_rules.write(folder, edge_rules.FIRST, account_id=_ACCOUNT)
    with emulator.start(account_id=_ACCOUNT, region="us-east-1") as aws:
        rules = workspace(str(folder), aws)
        rules.apply()
        second_plan, capacities = rules.differences(), _capacities(rules.directory)
        edge_rules.write(rules.directory, edge_rules.SECOND, account_id=_ACCOUNT)
        changes = rules.changes()
        rules.apply("planned")
        plan_after, capacities_after = rules.differences(), _capacities(rules.directory)
        rules.destroy()
        yield History(
            second_plan,
            capacities,
            changes,
            plan_after,
            capacities_after,
            aws.inventory(),
            aws.unimplemented(),
        )


def _capacities(folder: Path) -> dict[str, int]:
    state = json.loads((folder / "terraform.tfstate").read_text(encoding="utf-8"))
    return {
        instance["attributes"]["scope"]: instance["attributes"]["capacity"]
        for resource in state["resources"]
        if resource["type"] == "aws_wafv2_web_acl"
        for instance in resource["instances"]
    }


def test_the_second_plan_is_empty(history: History) -> None:
    """Rules, sets, logs, checks and records read back as they were asked for."""
    assert history.second_plan == 0


def test_the_units_are_those_that_were_counted_before(history: History) -> None:
    """What the configuration adds up is what the emulated AWS answers."""
    assert history.capacities["CLOUDFRONT"] == edge_rules.FIRST.capacity == 33
    assert history.capacities_after_changes["CLOUDFRONT"] == edge_rules.SECOND.capacity == 703
    assert history.capacities["REGIONAL"] == 2


def test_changed_rules_replace_nothing(history: History) -> None:
    """Only sets that no rule names any more go, and a health check that looks for a text is another."""
    changed: dict[str, list[str]] = {}
    for address, actions in history.changes.items():
        changed.setdefault("+".join(actions), []).append(address.rsplit("_", 1)[0])

    assert {kind: sorted(them) for kind, them in changed.items()} == {
        "update": [
            "aws_cloudwatch_metric_alarm.Health_Unhealthy",
            "aws_route53_record.Shop_PrimaryA",
            "aws_wafv2_ip_set.Edge_OfficeV4",
            "aws_wafv2_web_acl.Edge",
            "aws_wafv2_web_acl_logging_configuration.Edge_Logging",
        ],
        "delete": ["aws_wafv2_ip_set.Edge_OfficeV6", "aws_wafv2_ip_set.Edge_PartnersV4"],
        # The stream of a plan says "replace" for either order.
        "delete+create": ["aws_route53_health_check.Health"],
    }


def test_the_plan_after_the_changes_is_empty(history: History) -> None:
    """What was changed in place reads back."""
    assert history.plan_after_changes == 0


def test_destroy_leaves_a_key_that_waits(history: History) -> None:
    """Web ACLs are detached before they go."""
    assert [(item.service, item.kind, item.state) for item in history.left] == [
        ("kms", "Key", "PendingDeletion")
    ]


def test_nothing_was_missing(history: History) -> None:
    """No action was answered 501."""
    assert history.gaps == []
