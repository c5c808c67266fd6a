"""The examples about databases do what their pages say."""

from __future__ import annotations

from datetime import date

import pytest

from docs import _synthesised, generate
from docs.examples import restore_database, shop_database, upgrade_engine
from platform_lib import addresses
from platform_lib.environment import Environment
from platform_lib.guardrails.review import review
from platform_lib.project import load
from platform_lib.testing.template import Block, policy

TODAY = date(2026, 11, 20)


def _instances(environment: Environment) -> dict[str, Block]:
    found = _synthesised.stack_of(environment, "data").all("aws_db_instance").values()
    return {instance["identifier"]: instance for instance in found}


@pytest.mark.parametrize("module", [shop_database, restore_database, upgrade_engine])
def test_databases_meet_every_guardrail(module: object) -> None:
    """A reader who copies an example gets no finding about its database."""
    environment: Environment = module.ENVIRONMENT  # type: ignore[attr-defined] # all three have it
    every = [*load(generate.ROOT).environments, environment]

    errors = review(every, as_of=TODAY).narrowed_to([environment.name]).errors

    assert [it for it in errors if it.finding.address.startswith("databases")] == []
    assert addresses.problems(every) == []


def test_the_role_logs_in_as_one_user_at_both_instances() -> None:
    """The API may connect as `orders_api` to the database and to its replica."""
    template = _synthesised.example("postgres")

    (statement,) = policy(
        template.only("aws_iam_role_policy", path="Api/ExampleOrdersConnectOrdersApi")
    )["Statement"]

    assert statement["Action"] == "rds-db:connect"
    assert len(statement["Resource"]) == 2
    assert all(arn.endswith("/orders_api") for arn in statement["Resource"])


def test_the_restored_database_is_a_second_one() -> None:
    """It is made from the first, whose own block stays as it is."""
    before = _instances(shop_database.ENVIRONMENT)
    after = _instances(restore_database.ENVIRONMENT)

    assert after["shop-prod-orders-database"] == before["shop-prod-orders-database"]
    assert after["shop-prod-orders-restored-database"]["restore_to_point_in_time"] == {
        "source_db_instance_identifier": "shop-prod-orders-database",
        "restore_time": "2026-11-20T08:30:00Z",
    }
    assert "db_name" not in after["shop-prod-orders-restored-database"]


def test_the_upgrade_changes_only_what_changes_in_place() -> None:
    """Of the instance, the version and the two permissions; its parameter group is a new one."""
    before = _instances(shop_database.ENVIRONMENT)["shop-prod-orders-database"]
    after = _instances(upgrade_engine.ENVIRONMENT)["shop-prod-orders-database"]

    changed = {name: after[name] for name in after if after[name] != before.get(name)}

    assert changed == {
        "allow_major_version_upgrade": True,
        "apply_immediately": True,
        "engine_version": "17",
    }
    group = _synthesised.stack_of(upgrade_engine.ENVIRONMENT, "data").only("aws_db_parameter_group")
    assert group["family"] == "postgres17"
