"""FargateService: how it deploys, what is left to others, and how it is reached."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.alerts.alarm import Metric
from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.config import CapacityConfig, TaskConfig
from platform_lib.ecs.fargate_service import FargateService
from platform_lib.ecs.service_config import (
    DeploymentConfig,
    ScalingConfig,
    ServiceConfig,
    ServiceConnectConfig,
)
from platform_lib.errors import PlatformError
from platform_lib.testing.template import Block, Template
from tests.constructs.ecs_shop import CONTAINER, IMAGE, TASK, Shop

WORKER = TASK.evolve(container=CONTAINER.evolve(port=None))


def _service(
    stack: PlatformStack,
    *,
    task: TaskConfig = TASK,
    balanced: bool = False,
    namespace: str | None = None,
    queue: Metric | None = None,
    **config: Any,
) -> FargateService:
    shop = Shop(stack, namespace=namespace)
    return FargateService(
        stack,
        "Api",
        config=ServiceConfig(**config),
        task=shop.task(config=task),
        alerts=shop.alerts,
        target=shop.balancer() if balanced else None,
        queue=queue,
    )


def _only(stack: PlatformStack) -> Block:
    return Template(stack).only("aws_ecs_service")


class TestDeployment:
    """A new revision replaces the old one, or the apply fails."""

    def test_stops_nothing_before_its_successor_is_well(self, stack: PlatformStack) -> None:
        """And spreads tasks over the zones again after one has failed."""
        _service(stack)

        service = _only(stack)

        assert service["deployment_minimum_healthy_percent"] == 100
        assert service["deployment_maximum_percent"] == 200
        assert service["availability_zone_rebalancing"] == "ENABLED"

    def test_is_rolled_back_and_waited_for(self, stack: PlatformStack) -> None:
        """ECS takes the last good revision, and Terraform waits until it is steady."""
        _service(stack, deployment=DeploymentConfig(timeout_minutes=45))

        service = _only(stack)

        assert service["deployment_circuit_breaker"] == {"enable": True, "rollback": True}
        assert service["wait_for_steady_state"] is True
        assert service["timeouts"] == {"create": "45m", "update": "45m", "delete": "45m"}

    def test_fails_the_apply_where_ecs_rolled_back(self, stack: PlatformStack) -> None:
        """A steady service of the old revision is no success."""
        _service(stack)

        (check,) = _only(stack)["lifecycle"]["postcondition"]

        (name,) = Template(stack).all("aws_ecs_task_definition")
        assert check["condition"] == (
            f"${{self.task_definition == aws_ecs_task_definition.{name}.arn}}"
        )
        assert check["error_message"] == (
            "ECS rolled the service back: it runs ${self.task_definition}. Look at its events in the"
            " ECS console and at the log group /ecs/shop-prod-api-task."
        )

    def test_of_a_singleton_stops_before_it_starts(self, stack: PlatformStack) -> None:
        """Never two of it; without room ECS cannot rebalance."""
        _service(stack, tasks=1, singleton=True)

        service = _only(stack)

        assert service["desired_count"] == 1
        assert service["deployment_minimum_healthy_percent"] == 0
        assert service["deployment_maximum_percent"] == 100
        assert service["availability_zone_rebalancing"] == "DISABLED"
        assert Template(stack).count("aws_appautoscaling_target") == 0

    def test_never_replaces_the_service_for_its_capacity(self, stack: PlatformStack) -> None:
        """The strategy is always written, and a change of it is a deployment."""
        _service(stack)

        service = _only(stack)

        assert service["force_new_deployment"] is True
        assert service["capacity_provider_strategy"] == [
            {"base": 1, "capacity_provider": "FARGATE", "weight": 1}
        ]
        assert "launch_type" not in service

    def test_spreads_as_asked(self, stack: PlatformStack) -> None:
        """In place of the cluster's way."""
        _service(
            stack, capacity=CapacityConfig(on_demand_base=0, on_demand_weight=0, spot_weight=1)
        )

        assert _only(stack)["capacity_provider_strategy"] == [
            {"base": 0, "capacity_provider": "FARGATE", "weight": 0},
            {"base": 0, "capacity_provider": "FARGATE_SPOT", "weight": 1},
        ]


class TestOwnership:
    """What Terraform leaves to others."""

    def test_is_nothing_for_a_number_of_tasks(self, stack: PlatformStack) -> None:
        """A number that somebody changed by hand is set back."""
        _service(stack, tasks=3)

        service = _only(stack)

        assert service["desired_count"] == 3
        assert "ignore_changes" not in service["lifecycle"]

    def test_is_the_number_of_tasks_where_it_scales(self, stack: PlatformStack) -> None:
        """Scaling decides; it starts with the minimum."""
        _service(stack, tasks=ScalingConfig(minimum=4, maximum=8))

        service = _only(stack)

        assert service["desired_count"] == 4
        assert service["lifecycle"]["ignore_changes"] == ["desired_count"]
        assert len(service["lifecycle"]["postcondition"]) == 1

    def test_is_the_revision_where_a_release_job_deploys(self, stack: PlatformStack) -> None:
        """Then it may run any revision, and there is nothing to hold it to."""
        image = IMAGE.evolve(owner="cd")
        _service(
            stack,
            task=TASK.evolve(container=CONTAINER.evolve(image=image)),
            tasks=ScalingConfig(maximum=4),
        )

        assert _only(stack)["lifecycle"] == {"ignore_changes": ["desired_count", "task_definition"]}

    def test_is_not_the_revision_where_a_parameter_says_it(self, stack: PlatformStack) -> None:
        """The plan reads the same version, and finds no difference."""
        image = IMAGE.evolve(owner="ssm", version=None, parameter="/checkout/api")
        _service(stack, task=TASK.evolve(container=CONTAINER.evolve(image=image)))

        lifecycle = _only(stack)["lifecycle"]

        assert "ignore_changes" not in lifecycle
        assert len(lifecycle["postcondition"]) == 1


class TestNetwork:
    """Who calls whom."""

    def test_is_private(self, stack: PlatformStack) -> None:
        """In the private subnets, without a public address, with a group of its own."""
        _service(stack)

        network = _only(stack)["network_configuration"]

        assert network["assign_public_ip"] is False
        assert len(network["subnets"]) == 3
        assert all(it.startswith("${aws_subnet.Vpc_Private_") for it in network["subnets"])
        assert network["security_groups"][0].startswith("${aws_security_group.Api_Connections_")

    def test_is_called_by_its_load_balancer_only(self, stack: PlatformStack) -> None:
        """On the container's port, both halves."""
        _service(stack, balanced=True)

        (rule,) = Template(stack).all("aws_vpc_security_group_ingress_rule").values()

        assert (rule["from_port"], rule["to_port"], rule["ip_protocol"]) == (8000, 8000, "tcp")
        assert rule["referenced_security_group_id"].startswith("${aws_security_group.Balancer_")

    def test_reaches_what_fargate_needs_to_start_it(self, stack: PlatformStack) -> None:
        """Image, secrets and logs go over the task's own interface."""
        _service(stack)

        rule = Template(stack).only("aws_vpc_security_group_egress_rule")

        assert (rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) == ("0.0.0.0/0", 443, 443)

    def test_registers_with_the_target_group(self, stack: PlatformStack) -> None:
        """With a minute of grace."""
        _service(stack, balanced=True)

        service = _only(stack)

        assert service["load_balancer"] == [
            {
                "container_name": "app",
                "container_port": 8000,
                "target_group_arn": (
                    "arn:aws:elasticloadbalancing:us-east-1:111111111111:targetgroup/a/1"
                ),
            }
        ]
        assert service["health_check_grace_period_seconds"] == 60

    def test_starts_when_the_listener_has_its_rule(self, stack: PlatformStack) -> None:
        """ECS refuses a target group that belongs to no load balancer."""
        _service(stack, balanced=True)

        assert any(
            it.startswith("aws_lb_listener_rule.Balancer_") for it in _only(stack)["depends_on"]
        )

    def test_of_a_worker_has_no_target_and_no_grace(self, stack: PlatformStack) -> None:
        """ECS refuses a grace period without a load balancer."""
        _service(stack, task=WORKER)

        service = _only(stack)

        assert not {"load_balancer", "health_check_grace_period_seconds"} & service.keys()
        assert Template(stack).count("aws_vpc_security_group_ingress_rule") == 0

    def test_refuses_a_load_balancer_without_a_port(self, stack: PlatformStack) -> None:
        """There is nothing to call."""
        with pytest.raises(PlatformError) as error:
            _service(stack, task=WORKER, balanced=True)

        assert str(error.value) == (
            "shop-prod-test/Api: a load balancer calls the service, and its container listens on no"
            " port; give the container a port [NoPort]"
        )


class TestServiceConnect:
    """By name, inside the cluster's namespace."""

    def test_is_an_option(self, stack: PlatformStack) -> None:
        """Nothing takes part by itself."""
        _service(stack, namespace="shop.internal")

        assert "service_connect_configuration" not in _only(stack)

    def test_offers_the_port_under_a_name(self, stack: PlatformStack) -> None:
        """And its proxy logs to the task's group."""
        _service(stack, namespace="shop.internal", service_connect=ServiceConnectConfig(name="api"))

        connect = _only(stack)["service_connect_configuration"]

        assert connect["enabled"] is True
        assert connect["namespace"].startswith("${aws_service_discovery_http_namespace.")
        assert connect["service"] == [
            {
                "port_name": "main",
                "discovery_name": "api",
                "client_alias": {"dns_name": "api", "port": 8000},
            }
        ]
        options = connect["log_configuration"]["options"]
        assert options["awslogs-group"].startswith("${aws_cloudwatch_log_group.ApiTask_LogGroup_")

    def test_only_calls_without_a_name(self, stack: PlatformStack) -> None:
        """A worker needs the proxy and offers nothing."""
        _service(
            stack,
            task=WORKER,
            namespace="shop.internal",
            service_connect=ServiceConnectConfig(),
        )

        assert "service" not in _only(stack)["service_connect_configuration"]

    def test_refuses_a_name_without_a_port(self, stack: PlatformStack) -> None:
        """There is nothing to call."""
        with pytest.raises(PlatformError) as error:
            _service(
                stack,
                task=WORKER,
                namespace="shop.internal",
                service_connect=ServiceConnectConfig(name="api"),
            )

        assert str(error.value) == (
            "shop-prod-test/Api: service_connect calls it 'api', and its container listens on no"
            " port; give the container a port, or leave name out [NoPort]"
        )

    def test_refuses_a_cluster_without_a_namespace(self, stack: PlatformStack) -> None:
        """Names belong to one."""
        with pytest.raises(PlatformError) as error:
            _service(stack, service_connect=ServiceConnectConfig())

        assert str(error.value) == (
            "shop-prod-test/Api: service_connect needs a namespace, and the cluster has none; give"
            " the cluster's configuration one [NoNamespace]"
        )


class TestSessions:
    """ECS Exec."""

    def test_are_off(self, stack: PlatformStack) -> None:
        """Nobody gets in by default, and the task role has nothing."""
        service = _service(stack)

        assert _only(stack)["enable_execute_command"] is False
        assert service.task.task_role.policies == []

    def test_are_on_where_asked(self, stack: PlatformStack) -> None:
        """With the permission that the agent needs."""
        writable = CONTAINER.evolve(read_only_root=False)
        service = _service(stack, task=TASK.evolve(execute_command=True, container=writable))

        assert _only(stack)["enable_execute_command"] is True
        assert len(service.task.task_role.policies) == 1


def test_tasks_carry_the_tags(stack: PlatformStack) -> None:
    """Of the service, and those of ECS, so that costs can be told apart."""
    _service(stack)

    service = _only(stack)

    assert service["propagate_tags"] == "SERVICE"
    assert service["enable_ecs_managed_tags"] is True


def test_waits_for_permissions_and_paths_that_come_later(stack: PlatformStack) -> None:
    """Grants and rules that are made after the service are there before its first task."""
    shop = Shop(stack)
    task = shop.task()
    service = FargateService(stack, "Api", config=ServiceConfig(), task=task, alerts=shop.alerts)

    shop.key.grants.decrypt(task.task_role)
    service.connections.allow_to(shop.balancer(), description="later")

    waits = _only(stack)["depends_on"]
    assert any("DataDecrypt" in it for it in waits)
    assert any(
        it.startswith("aws_vpc_security_group_egress_rule.Api_Connections_ToTestBalancer")
        for it in waits
    )
    assert not any("${" in it for it in waits)


class TestAlarms:
    """Who hears of what."""

    @pytest.mark.parametrize(
        ("path", "name", "topic"),
        [
            ("Api/Down/Resource", "shop-prod-api-down-p1", "P1"),
            ("Api/MissingTasks/Resource", "shop-prod-api-missing-tasks-p2", "P2"),
            ("Api/Cpu/Resource", "shop-prod-api-cpu-p2", "P2"),
            ("Api/Memory/Resource", "shop-prod-api-memory-p2", "P2"),
        ],
    )
    def test_go_to_the_topic_of_their_severity(
        self, stack: PlatformStack, path: str, name: str, topic: str
    ) -> None:
        """Only a service without a task wakes somebody."""
        _service(stack)

        alarm = Template(stack).only("aws_cloudwatch_metric_alarm", path=path)

        assert alarm["alarm_name"] == name
        assert f".Alerts_{topic}_" in alarm["alarm_actions"][0]

    def test_tell_when_nothing_runs(self, stack: PlatformStack) -> None:
        """Silence is bad news too."""
        _service(stack)

        alarm = Template(stack).only("aws_cloudwatch_metric_alarm", path="Api/Down/Resource")

        assert (alarm["namespace"], alarm["metric_name"]) == (
            "ECS/ContainerInsights",
            "RunningTaskCount",
        )
        assert (alarm["threshold"], alarm["comparison_operator"]) == (1, "LessThanThreshold")
        assert alarm["treat_missing_data"] == "breaching"

    @pytest.mark.parametrize(("singleton", "minutes"), [(False, 3), (True, 5)])
    def test_bear_the_deployment_of_a_singleton(
        self, stack: PlatformStack, *, singleton: bool, minutes: int
    ) -> None:
        """Which is some time without a task."""
        _service(stack, tasks=1, singleton=singleton)

        alarm = Template(stack).only("aws_cloudwatch_metric_alarm", path="Api/Down/Resource")

        assert alarm["evaluation_periods"] == minutes

    def test_tell_when_fewer_run_than_should(self, stack: PlatformStack) -> None:
        """As a share, so that scaling does not trigger it."""
        _service(stack, alarms={"missing_minutes": 4})

        alarm = Template(stack).only(
            "aws_cloudwatch_metric_alarm", path="Api/MissingTasks/Resource"
        )

        names = [it["metric"]["metric_name"] for it in alarm["metric_query"] if "metric" in it]
        assert names == ["RunningTaskCount", "DesiredTaskCount"]
        assert (alarm["threshold"], alarm["evaluation_periods"]) == (100, 4)

    def test_tell_of_load_as_asked(self, stack: PlatformStack) -> None:
        """The thresholds are the configuration's."""
        _service(stack, alarms={"cpu_percent": 70, "memory_percent": 80})

        found = {
            it["metric_name"]: it["threshold"]
            for it in Template(stack).all("aws_cloudwatch_metric_alarm").values()
            if it.get("namespace") == "AWS/ECS"
        }
        assert found == {"CPUUtilization": 70, "MemoryUtilization": 80}
