"""MigrationTask: once per revision, before the services that wait for it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.fargate_service import FargateService
from platform_lib.ecs.migration_task import MigrationTask
from platform_lib.ecs.service_config import ServiceConfig
from platform_lib.ecs.task_configs import MigrationConfig
from platform_lib.errors import PlatformError
from platform_lib.network.vpc import Vpc
from platform_lib.testing.template import Template
from tests.constructs.ecs_shop import Shop


def _migrate(shop: Shop, **config: Any) -> MigrationTask:
    return MigrationTask(
        shop.stack,
        "Migration",
        config=MigrationConfig(description="Migrates the database").evolve(**config),
        task=shop.task("MigrationTask"),
        key=shop.key,
        logs_key=shop.logs_key,
    )


def test_is_ordered_again_for_every_revision(stack: PlatformStack) -> None:
    """The revision is part of the order, and another order replaces the invocation."""
    _migrate(Shop(stack))

    invocation = Template(stack).only("aws_lambda_invocation")
    order = json.loads(invocation["input"])

    assert invocation["lifecycle_scope"] == "CREATE_ONLY"
    assert order.pop("task_definition").startswith("${aws_ecs_task_definition.MigrationTask_")
    assert order.pop("cluster").startswith("${aws_ecs_cluster_capacity_providers.Main_")
    assert len(order.pop("subnets")) == 3
    (group,) = order.pop("security_groups")
    assert group.startswith("${aws_security_group.Migration_Connections_")
    assert order == {
        "capacity": [{"base": 1, "capacityProvider": "FARGATE", "weight": 1}],
        "family": "shop-prod-migration-task",
        "log_group": "/ecs/shop-prod-migration-task",
        "run": 1,
    }


def test_can_be_ordered_again_with_the_same_revision(stack: PlatformStack) -> None:
    """By its number."""
    _migrate(Shop(stack), run=2)

    assert json.loads(Template(stack).only("aws_lambda_invocation")["input"])["run"] == 2


@pytest.mark.parametrize(("minutes", "seconds"), [(14, 900), (5, 360)])
def test_the_function_has_time_left_to_answer(
    stack: PlatformStack, minutes: int, seconds: int
) -> None:
    """A minute more than the task, and never more than Lambda offers."""
    _migrate(Shop(stack), timeout_minutes=minutes)

    function = Template(stack).only("aws_lambda_function")

    assert function["timeout"] == seconds
    assert function["handler"] == "migration.handler.handle"


def test_services_wait_for_it(stack: PlatformStack) -> None:
    """Those that it runs before, and no others."""
    shop = Shop(stack)
    task = shop.task()
    waiting, other = (
        FargateService(stack, id, config=ServiceConfig(), task=task, alerts=shop.alerts)
        for id in ("Waiting", "Other")  # noqa: A001 - the framework's name
    )

    _migrate(shop).run_before(waiting)

    template = Template(stack)
    own, others = (
        template.only("aws_ecs_service", path=f"{it}/Resource")["depends_on"]
        for it in ("Waiting", "Other")
    )
    assert other.name != waiting.name
    assert any(it.startswith("aws_lambda_invocation.Migration_") for it in own)
    assert not any(it.startswith("aws_lambda_invocation.") for it in others)


def test_waits_for_permissions_and_paths_that_come_later(stack: PlatformStack) -> None:
    """The rule to the database is made after the task, and is there before it runs."""
    shop = Shop(stack)

    _migrate(shop).connections.allow_to(shop.balancer(), description="as to a database")

    waits = " ".join(Template(stack).only("aws_lambda_invocation")["depends_on"])
    assert "aws_vpc_security_group_egress_rule.Migration_Connections_ToTestBalancer" in waits
    assert "Migration_MigrationRunner_Connections_To0-0-0-0_0Port443Egress" in waits
    assert "MigrationTaskExecution_Start" in waits
    assert "_WatchTasks_" in waits


def test_refuses_a_network_without_a_way_to_ecs(stack: PlatformStack) -> None:
    """The function would wait for nothing, and fail without saying why."""
    shop = Shop(stack)
    closed = Vpc(
        stack,
        "Closed",
        config=shop.vpc._config.evolve(nat_zones=()),
        key=shop.logs_key,
    )
    shop.cluster.vpc = closed

    with pytest.raises(PlatformError) as error:
        _migrate(shop)

    assert str(error.value) == (
        "shop-prod-test/Migration: the VPC has neither an endpoint of ECS nor a NAT gateway, so"
        " nothing in it can start a task; add 'ecs' to its endpoints, or a zone to nat_zones"
        " [NoWayToEcs]"
    )


def test_uses_the_endpoint_of_ecs_where_there_is_one(stack: PlatformStack) -> None:
    """And nothing else."""
    shop = Shop(stack)
    shop.cluster.vpc = Vpc(
        stack,
        "Closed",
        config=shop.vpc._config.evolve(nat_zones=(), endpoints=("ecs",)),
        key=shop.logs_key,
    )

    _migrate(shop)

    rules = Template(stack).paths()["aws_vpc_security_group_egress_rule"]
    assert [it.rsplit("/", 1)[1] for it in rules if "MigrationRunner" in it] == [
        "ToTestClosedEndpointsPort443Egress"
    ]


def test_the_zip_holds_the_handler(stack: PlatformStack, tmp_path: Path) -> None:
    """And nothing that this machine compiled."""
    _migrate(Shop(stack))

    stack.node.root.synth()  # type: ignore[attr-defined] # the app

    (archive,) = tmp_path.rglob("code.zip")
    assert zipfile.ZipFile(archive).namelist() == ["migration/__init__.py", "migration/handler.py"]
