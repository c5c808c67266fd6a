"""FargateService: tasks that always run."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.ecs_service as aws_service
from cdktf import ITerraformDependable, Postcondition, TerraformResourceLifecycle
from constructs import Construct

from platform_lib.alerts.alarm import Metric
from platform_lib.alerts.alerts import Alerts
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.ecs._containers import PORT_NAME
from platform_lib.ecs._ordering import resources_below, wait_for
from platform_lib.ecs._paths import open_way_to_aws
from platform_lib.ecs._service_alarms import define_alarms
from platform_lib.ecs.autoscaling import ServiceScaling
from platform_lib.ecs.cluster import strategy
from platform_lib.ecs.images import ImageOwner
from platform_lib.ecs.references import LoadBalancerTarget
from platform_lib.ecs.service_config import ServiceConfig, ServiceConnectConfig
from platform_lib.ecs.task_definition import CONTAINER, TaskDefinition
from platform_lib.errors import PlatformError
from platform_lib.naming import Kind
from platform_lib.network.tiers import Tier
from platform_lib.types import TokenStr


class FargateService(PlatformConstruct):
    """A service in the private subnets whose failed deployments are rolled back, and fail the apply.

    With a load balancer's target it takes requests; without one it is a worker, which nothing calls.

    Defines:
        aws_ecs_service, aws_security_group, aws_vpc_security_group_ingress_rule,
        aws_vpc_security_group_egress_rule, aws_cloudwatch_metric_alarm, and where it scales
        aws_appautoscaling_target, aws_appautoscaling_policy, aws_appautoscaling_scheduled_action

    Args:
        config: How many tasks, how they are replaced, how they scale.
        task: What runs, and in which cluster.
        alerts: Hears of tasks that are missing or overloaded.
        target: The load balancer's target group that its tasks are registered with.
        queue: Messages that wait for it, where it scales on them.

    Raises:
        PlatformError: ``NoPort``, ``NoTarget``, ``NoQueue`` or ``NoNamespace``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: ServiceConfig,
        task: TaskDefinition,
        alerts: Alerts,
        target: LoadBalancerTarget | None = None,
        queue: Metric | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self.task = task
        """What runs."""
        self._check(target, queue)
        cluster = task.cluster
        name = self.physical_name(Kind.ECS_SERVICE)
        port = task.config.container.port
        self.connections = Connections(
            self,
            vpc=cluster.vpc,
            description=f"Tasks of the service {name}",
            listens_on=None if port is None else Port(port),
        )
        """Network paths of its tasks; listens on the container's port."""
        open_way_to_aws(self.connections)
        if target is not None:
            self.connections.allow_from(target, description=f"the load balancer calls {name}")
        fewest, most = config.healthy_percents
        service = aws_service.EcsService(
            self,
            "Resource",
            name=name,
            cluster=cluster.name,
            task_definition=task.arn,
            desired_count=config.first_tasks,
            capacity_provider_strategy=[
                aws_service.EcsServiceCapacityProviderStrategy(
                    capacity_provider=provider, base=base, weight=weight
                )
                # Written out even if it is the cluster's: a service that has one later or loses
                # it is replaced, and one whose strategy changes only if it is not forced to deploy.
                # https://github.com/hashicorp/terraform-provider-aws/pull/20707
                for provider, base, weight in strategy(config.capacity or cluster.capacity)
            ],
            force_new_deployment=True,
            deployment_minimum_healthy_percent=fewest,
            deployment_maximum_percent=most,
            deployment_circuit_breaker=aws_service.EcsServiceDeploymentCircuitBreaker(
                enable=True, rollback=True
            ),
            # ECS moves tasks by starting more than there should be.
            # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
            availability_zone_rebalancing="ENABLED" if most > 100 else "DISABLED",  # noqa: PLR2004 - percent
            wait_for_steady_state=True,
            timeouts=self._timeouts(),
            enable_execute_command=task.config.execute_command,
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            network_configuration=aws_service.EcsServiceNetworkConfiguration(
                subnets=[*cluster.vpc.subnet_ids(Tier.PRIVATE).values()],
                security_groups=[self.connections.security_group_id],
                assign_public_ip=False,
            ),
            load_balancer=self._load_balancer(target),
            health_check_grace_period_seconds=(
                config.deployment.grace_period_seconds if target is not None else None
            ),
            service_connect_configuration=self._service_connect(config.service_connect),
            lifecycle=self._lifecycle(),
        )
        self._after: list[ITerraformDependable] = [] if target is None else [target.depends]
        wait_for(service, lambda: [*task.ready, *resources_below(self.connections), *self._after])

        self.name: TokenStr = service.name
        """Name of the service."""
        if config.scaling is not None:
            ServiceScaling(
                self,
                "Scaling",
                config=config.scaling,
                cluster_name=cluster.name,
                service_name=service.name,
                target=target,
                queue=queue,
            )
        define_alarms(
            self,
            config.alarms,
            cluster_name=cluster.name,
            service_name=service.name,
            log_group_name=f"/ecs/{task.family}",
            # A deployment of a singleton is a minute or two without a task.
            down_minutes=5 if config.singleton else 3,
            alerts=alerts,
        )

    def start_after(self, *dependencies: ITerraformDependable) -> None:
        """Make and change the service only when these are done, as a migration."""
        self._after.extend(dependencies)

    def _timeouts(self) -> aws_service.EcsServiceTimeouts:
        minutes = f"{self._config.deployment.timeout_minutes}m"
        return aws_service.EcsServiceTimeouts(create=minutes, update=minutes, delete=minutes)

    def _load_balancer(
        self, target: LoadBalancerTarget | None
    ) -> list[aws_service.EcsServiceLoadBalancer] | None:
        port = self.task.config.container.port
        if target is None or port is None:
            return None
        return [
            aws_service.EcsServiceLoadBalancer(
                target_group_arn=target.target_group_arn,
                container_name=CONTAINER,
                container_port=port,
            )
        ]

    def _service_connect(
        self, config: ServiceConnectConfig | None
    ) -> aws_service.EcsServiceServiceConnectConfiguration | None:
        port = self.task.config.container.port
        if config is None:
            return None
        return aws_service.EcsServiceServiceConnectConfiguration(
            enabled=True,
            namespace=self.task.cluster.namespace_arn,
            log_configuration=aws_service.EcsServiceServiceConnectConfigurationLogConfiguration(
                log_driver="awslogs",
                options={
                    "awslogs-group": self.task.log_group_name,
                    "awslogs-region": self.stack.target.region,
                    "awslogs-stream-prefix": "service-connect",
                },
            ),
            service=[
                aws_service.EcsServiceServiceConnectConfigurationService(
                    port_name=PORT_NAME,
                    discovery_name=config.name,
                    client_alias=aws_service.EcsServiceServiceConnectConfigurationServiceClientAlias(
                        dns_name=config.name, port=port
                    ),
                )
            ]
            if config.name is not None and port is not None
            else None,
        )

    def _lifecycle(self) -> TerraformResourceLifecycle | None:
        """Return what is left to others, and what has to be true after an apply."""
        left = ["desired_count"] if self._config.scaling is not None else []
        if self.task.config.container.image.owner is ImageOwner.CD:
            return TerraformResourceLifecycle(ignore_changes=[*left, "task_definition"])
        # The provider calls a service that was rolled back a success: it is steady.
        # https://github.com/hashicorp/terraform-provider-aws/issues/20858
        return TerraformResourceLifecycle(
            ignore_changes=left or None,
            postcondition=[
                Postcondition(
                    condition=f"${{self.task_definition == {self.task.arn}}}",
                    error_message=(
                        "ECS rolled the service back: it runs ${self.task_definition}. Look at its"
                        f" events in the ECS console and at the log group /ecs/{self.task.family}."
                    ),
                )
            ],
        )

    def _check(self, target: LoadBalancerTarget | None, queue: Metric | None) -> None:
        scaling, port = self._config.scaling, self.task.config.container.port
        connect = self._config.service_connect
        if target is not None and port is None:
            raise PlatformError(
                "NoPort",
                "a load balancer calls the service, and its container listens on no port; give the"
                " container a port",
                where=self.node.path,
            )
        if connect is not None and connect.name is not None and port is None:
            raise PlatformError(
                "NoPort",
                f"service_connect calls it {connect.name!r}, and its container listens on no port;"
                " give the container a port, or leave name out",
                where=self.node.path,
            )
        if connect is not None and self.task.cluster.namespace_arn is None:
            raise PlatformError(
                "NoNamespace",
                "service_connect needs a namespace, and the cluster has none; give the cluster's"
                " configuration one",
                where=self.node.path,
            )
        if scaling is not None and scaling.requests_per_target is not None and target is None:
            raise PlatformError(
                "NoTarget",
                f"requests_per_target={scaling.requests_per_target} needs a load balancer, and none"
                " calls the service; leave it out, or give the service a target",
                where=self.node.path,
            )
        if scaling is not None and scaling.messages_per_task is not None and queue is None:
            raise PlatformError(
                "NoQueue",
                f"messages_per_task={scaling.messages_per_task} needs a queue to count, and the"
                " service has none; leave it out, or give the service a queue",
                where=self.node.path,
            )
