"""MigrationTask: a task that has to succeed before a rollout starts."""

from __future__ import annotations

import json
from ipaddress import IPv4Network
from pathlib import Path

import cdktf_cdktf_provider_aws.lambda_invocation as aws_invocation
from constructs import Construct

from platform_lib.core.connections import HTTPS, Connections
from platform_lib.core.construct import PlatformConstruct
from platform_lib.ecs import _policy, migration
from platform_lib.ecs._ordering import resources_below, wait_for
from platform_lib.ecs._paths import open_way_to_aws
from platform_lib.ecs.cluster import strategy
from platform_lib.ecs.fargate_service import FargateService
from platform_lib.ecs.task_configs import MigrationConfig
from platform_lib.ecs.task_definition import TaskDefinition
from platform_lib.errors import PlatformError
from platform_lib.functions.asset import Code
from platform_lib.functions.config import FunctionConfig
from platform_lib.functions.function import Function
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc

_EVERYWHERE = IPv4Network("0.0.0.0/0")
_SPARE_SECONDS = 60
"""What the function has more than the task, to say that the time is over: at most Lambda's 900."""


class MigrationTask(PlatformConstruct):
    """A task that runs once per revision, whose failure fails the apply before any service changes.

    Terraform calls a Lambda function, which starts the task and answers with an error unless every
    container ended with 0. A call that failed is in no state, so the next apply makes it again; a
    task that still runs is then waited for and not started twice.

    Defines:
        aws_lambda_invocation, aws_lambda_function, aws_iam_role, aws_iam_role_policy,
        aws_cloudwatch_log_group, aws_security_group, and security group rules

    Args:
        config: How long to wait, and which run it is.
        task: What runs, and in which cluster.
        key: Encrypts what the function keeps.
        logs_key: Encrypts the function's logs. Its policy must let CloudWatch Logs use it.

    Raises:
        PlatformError: ``NoWayToEcs`` if the VPC has neither an endpoint of ECS nor a NAT gateway.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: MigrationConfig,
        task: TaskDefinition,
        key: Key,
        logs_key: Key,
    ) -> None:
        super().__init__(scope, id)
        cluster = task.cluster
        name = self.physical_name(Kind.TAG)
        self.connections = Connections(self, vpc=cluster.vpc, description=f"Migration task {name}")
        """Network paths of the task, for example to the database; nothing calls it."""
        open_way_to_aws(self.connections)
        self._function = Function(
            self,
            f"{id}Runner",
            config=FunctionConfig(
                description=f"Runs before a rollout: {config.description}",
                timeout_seconds=config.timeout_minutes * 60 + _SPARE_SECONDS,
                log_retention_days=task.config.log_retention_days,
            ),
            code=Code(handler="migration.handler.handle", packages=(Path(migration.__path__[0]),)),
            environment={},
            vpc=cluster.vpc,
            key=key,
            logs_key=logs_key,
        )
        self._reach_ecs(cluster.vpc)
        runner = self._function.role
        task.grants.run(runner)
        runner.attach(
            "WatchTasks",
            _policy.watch_tasks(cluster_arn=cluster.arn, tasks_arn=cluster.tasks_arn),
        )
        order = {
            "capacity": [
                {"capacityProvider": provider, "base": base, "weight": weight}
                for provider, base, weight in strategy(cluster.capacity)
            ],
            "cluster": cluster.name,
            "family": task.family,
            "log_group": f"/ecs/{task.family}",
            "run": config.run,
            "security_groups": [self.connections.security_group_id],
            "subnets": [*cluster.vpc.subnet_ids(Tier.PRIVATE).values()],
            # A new revision is a new order, and replaces the old invocation.
            "task_definition": task.arn,
        }
        self._invocation = aws_invocation.LambdaInvocation(
            self,
            "Resource",
            function_name=self._function.name,
            input=json.dumps(order, sort_keys=True),
            lifecycle_scope="CREATE_ONLY",
        )
        wait_for(
            self._invocation,
            lambda: [
                *task.ready,
                *runner.policies,
                *resources_below(self.connections),
                *resources_below(self._function.connections),
            ],
        )

    def run_before(self, *services: FargateService) -> None:
        """Change these services only when the task has succeeded."""
        for service in services:
            service.start_after(self._invocation)

    def _reach_ecs(self, vpc: Vpc) -> None:
        connections = self._function.connections
        if vpc.endpoints is not None and "ecs" in vpc.endpoints.endpoint_ids:
            connections.allow_to(vpc.endpoints, description="the migration's runner calls ECS")
        elif vpc.nat_gateway_ids:
            connections.allow_to_cidr(
                _EVERYWHERE, HTTPS, description="the migration's runner calls ECS"
            )
        else:
            raise PlatformError(
                "NoWayToEcs",
                "the VPC has neither an endpoint of ECS nor a NAT gateway, so nothing in it can"
                " start a task; add 'ecs' to its endpoints, or a zone to nat_zones",
                where=self.node.path,
            )
