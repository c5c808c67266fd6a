"""A zone and a tier that come later move nothing that is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.applied.conftest import Repository, applied_small

pytestmark = pytest.mark.terraform


def _by_action(plan: dict[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for change in plan["resource_changes"]:
        actions = "/".join(change["change"]["actions"])
        found.setdefault(actions, set()).add(change["address"])
        assert "previous_address" not in change, change["address"]
    return found


def test_a_zone_and_a_tier_are_added_to_what_is_applied(
    make_repository: Callable[[], Repository],
) -> None:
    """Nothing is destroyed, replaced or renamed; only the two subnet groups change in place."""
    repository = applied_small(make_repository)
    repository.edit("environments/small.py", 'zones=("a", "b")', 'zones=("c", "b", "a")')
    repository.edit(
        "environments/small.py",
        "        endpoints=(),",
        "        tiers=(Tier.INTRA, Tier.DATABASE, Tier.PRIVATE, Tier.PUBLIC),\n"
        "        endpoints=(),",
    )
    repository.run("synth", "small")

    changes = _by_action(repository.plan("small-network"))

    assert set(changes) <= {"no-op", "create", "update", "read"}
    assert {address.split(".")[0] for address in changes["update"]} == {
        "aws_db_subnet_group",
        "aws_elasticache_subnet_group",
    }
    assert len(changes["update"]) == 2
    created = {address.split(".")[0] for address in changes["create"]}
    assert "aws_subnet" in created
    assert "aws_vpc" not in created

    repository.run("apply", "small")
    repository.run("plan", "small", "--detailed-exitcode")
