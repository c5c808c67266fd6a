"""EcsCluster: where tasks run, on Fargate and Fargate Spot."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.ecs_cluster as aws_cluster
import cdktf_cdktf_provider_aws.ecs_cluster_capacity_providers as aws_capacity_providers
import cdktf_cdktf_provider_aws.service_discovery_http_namespace as aws_namespace
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.ecs import _policy
from platform_lib.ecs.config import CapacityConfig, ClusterConfig
from platform_lib.iam.policy import Statement
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.network.vpc import Vpc
from platform_lib.observability.log_group import log_group
from platform_lib.types import TokenStr


class EcsCluster(PlatformConstruct):
    """A cluster without servers, with Container Insights and recorded, encrypted ECS Exec.

    Defines:
        aws_ecs_cluster, aws_ecs_cluster_capacity_providers, aws_cloudwatch_log_group, and
        aws_service_discovery_http_namespace if it has a namespace

    Args:
        config: Capacity, insights, logs.
        vpc: Network of its tasks.
        key: Encrypts sessions of ECS Exec.
        logs_key: Encrypts the logs. Its policy must let CloudWatch Logs use it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: ClusterConfig,
        vpc: Vpc,
        key: Key,
        logs_key: Key,
    ) -> None:
        super().__init__(scope, id)
        name = self.physical_name(Kind.ECS_CLUSTER)
        retention = config.log_retention_days
        sessions = log_group(
            self, "Sessions", name=f"/ecs/{name}/exec", retention_days=retention, key=logs_key
        )
        insights = log_group(
            self,
            "Insights",
            # The name that Container Insights gives the group that it would make.
            name=f"/aws/ecs/containerinsights/{name}/performance",
            retention_days=retention,
            key=logs_key,
        )
        cluster = aws_cluster.EcsCluster(
            self,
            "Resource",
            name=name,
            setting=[
                aws_cluster.EcsClusterSetting(name="containerInsights", value=config.insights)
            ],
            configuration=aws_cluster.EcsClusterConfiguration(
                execute_command_configuration=aws_cluster.EcsClusterConfigurationExecuteCommandConfiguration(
                    kms_key_id=key.arn,
                    logging="OVERRIDE",
                    log_configuration=aws_cluster.EcsClusterConfigurationExecuteCommandConfigurationLogConfiguration(
                        cloud_watch_encryption_enabled=True,
                        cloud_watch_log_group_name=sessions.name,
                    ),
                )
            ),
            depends_on=[insights],
        )
        providers = aws_capacity_providers.EcsClusterCapacityProviders(
            self,
            "Capacity",
            cluster_name=cluster.name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategy=[
                aws_capacity_providers.EcsClusterCapacityProvidersDefaultCapacityProviderStrategy(
                    capacity_provider=provider, base=base, weight=weight
                )
                for provider, base, weight in strategy(config.capacity)
            ],
        )

        self.arn: TokenStr = cluster.arn
        """ARN of the cluster."""
        self.name: TokenStr = providers.cluster_name
        """Name of the cluster. Who uses it comes after the capacity and goes before it: AWS takes
        no provider away that a service has."""
        self.vpc = vpc
        """Network of its tasks."""
        self.capacity = config.capacity
        """How tasks are spread that do not say so themselves."""
        self.namespace_arn: TokenStr | None = None
        """ARN of the namespace for Service Connect; None without one."""
        if config.namespace is not None:
            namespace = aws_namespace.ServiceDiscoveryHttpNamespace(
                self, "Namespace", name=config.namespace, description=f"Services of {name}"
            )
            self.namespace_arn = namespace.arn
        stack = self.stack
        own = f"arn:{stack.partition}:ecs:{stack.target.region}:{stack.account.id}"
        self.tasks_arn = f"{own}:task/{self.name}/*"
        """What the ARNs of its tasks look like."""
        self.session_statements: list[Statement] = _policy.execute_command(
            log_group_arn=sessions.arn, key_arn=key.arn
        )
        """What a task may do for ECS Exec."""
        self.grants = ClusterGrants(self, key=key)
        """What roles may do in it."""


class ClusterGrants(Grants):
    """Permissions on the tasks of one cluster."""

    def __init__(self, cluster: EcsCluster, *, key: Key) -> None:
        super().__init__(cluster)
        self._cluster = cluster
        self._key = key

    def execute_command(self, grantee: Grantee) -> Grant:
        """Let the role find the cluster's tasks, and run commands in those that allow it."""
        cluster = self._cluster
        return self._give(
            grantee,
            "ExecuteCommand",
            Statement(
                actions=("ecs:ExecuteCommand",),
                resources=(cluster.arn, cluster.tasks_arn),
            ),
            *_policy.watch_tasks(cluster_arn=cluster.arn, tasks_arn=cluster.tasks_arn),
            # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
            Statement(actions=("kms:GenerateDataKey",), resources=(self._key.arn,)),
        )


def strategy(capacity: CapacityConfig) -> list[tuple[str, int, int]]:
    """Return provider, base and weight of each part; only one provider can have a base."""
    parts = [("FARGATE", capacity.on_demand_base, capacity.on_demand_weight)]
    if capacity.spot_weight:
        parts.append(("FARGATE_SPOT", 0, capacity.spot_weight))
    return parts
