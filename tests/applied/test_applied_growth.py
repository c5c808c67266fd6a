"""A zone and a tier that come later move nothing that is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from platform_lib.terraform.plan import Plan
from tests.applied.conftest import SMALL_ENVIRONMENT, Repository, bootstrapped

pytestmark = pytest.mark.terraform

WITH_ENDPOINTS = SMALL_ENVIRONMENT.replace("endpoints=()", 'endpoints=("ecr",)')
"""Interface endpoints have a subnet in each zone, so they grow too."""


def _by_action(plan: Plan) -> dict[tuple[str, ...], set[str]]:
    found: dict[tuple[str, ...], set[str]] = {}
    for change in plan.changes:
        found.setdefault(change.actions, set()).add(change.address)
    return found


def test_a_zone_and_a_tier_are_added_to_what_is_applied(
    make_repository: Callable[[], Repository],
) -> None:
    """Nothing is destroyed, replaced or renamed; only the two subnet groups change in place."""
    repository = bootstrapped(make_repository, WITH_ENDPOINTS)
    repository.run("apply", "small", "keys", "network")
    repository.edit("environments/small.py", 'zones=("a", "b")', 'zones=("c", "b", "a")')
    repository.edit(
        "environments/small.py",
        "        endpoints=",
        "        tiers=(Tier.INTRA, Tier.DATABASE, Tier.PRIVATE, Tier.PUBLIC),\n        endpoints=",
    )
    repository.run("synth", "small")

    plan = repository.changes("small-network")

    changes = _by_action(plan)
    assert set(changes) == {("create",), ("update",)}
    assert (plan.counts.destroy, plan.counts.moved) == (0, 0)
    assert {address.split(".")[0] for address in changes["update",]} == {
        "aws_db_subnet_group",
        "aws_elasticache_subnet_group",
    }
    assert len(changes["update",]) == 2
    created = Counter(address.split(".")[0] for address in changes["create",])
    assert created["aws_subnet"] == 3 + 3  # zone c in three tiers, and intra in three zones
    assert created["aws_vpc_endpoint_subnet_association"] == 2
    assert not {"aws_vpc", "aws_nat_gateway", "aws_vpc_endpoint"} & created.keys()

    repository.run("apply", "small", "network")
    repository.settled("small-network")
