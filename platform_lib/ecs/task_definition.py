"""TaskDefinition: what runs, as whom, how large, and where its logs go."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.ecs_task_definition as aws_task_definition
from cdktf import ITerraformDependable, TerraformResourceLifecycle
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.ecs import _policy
from platform_lib.ecs._containers import container_definitions
from platform_lib.ecs._image_version import image_reference
from platform_lib.ecs._variables import secret_problem
from platform_lib.ecs.cluster import EcsCluster
from platform_lib.ecs.config import TaskConfig
from platform_lib.ecs.images import ImageOwner
from platform_lib.ecs.references import ImageRepository, Injected, InjectedSecret
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.observability.log_group import log_group
from platform_lib.types import TokenStr

CONTAINER = "app"
"""Name of the container: the same in every task, so that commands and dashboards can rely on it."""

_LOG_BUFFER = "25m"
"""What a task keeps in memory while CloudWatch Logs does not take its logs; more is dropped.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html"""

_TASKS = "ecs-tasks.amazonaws.com"


class TaskDefinition(PlatformConstruct):
    """A family of task definitions with its roles and its log group.

    The execution role is ECS's, and reads exactly the image, the secrets and the log group of this
    family. The task role is the code's and starts with nothing: give it more by grants.

    Defines:
        aws_ecs_task_definition, aws_iam_role, aws_iam_role_policy, aws_cloudwatch_log_group

    Args:
        config: Size, container, logs.
        cluster: Where it runs.
        repositories: Repositories in ECR by the name that the image's configuration says.
        injected: What other constructs give the container.
        logs_key: Encrypts the logs. Its policy must let CloudWatch Logs use it.

    Raises:
        PlatformError: ``UnknownRepository``, ``SecretNotGiven``, ``VariableTwice``,
            ``SecretInEnvironment`` or ``ImageVersionTwice``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: TaskConfig,
        cluster: EcsCluster,
        logs_key: Key,
        repositories: Mapping[str, ImageRepository] | None = None,
        injected: Injected | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.config = config
        """What it is."""
        self.cluster = cluster
        """Where it runs."""
        injected = injected or Injected()
        secrets = self._secrets(injected)
        environment = self._environment(injected)
        stack = self.stack
        self.family = self.physical_name(Kind.ECS_TASK_FAMILY)
        """Name of the family."""
        own = f"arn:{stack.partition}:ecs:{stack.target.region}:{stack.account.id}"
        self.family_arn = f"{own}:task-definition/{self.family}"
        """ARN of the family's task definitions, without a revision."""
        logs = log_group(
            self,
            "LogGroup",
            name=f"/ecs/{self.family}",
            retention_days=config.log_retention_days,
            key=logs_key,
        )
        self.log_group_name: TokenStr = logs.name
        """Name of the log group."""
        self.task_role = Role(
            self, f"{id}Role", service=_TASKS, description=f"What {self.family} acts as"
        )
        """What the code acts as."""
        self.execution_role = Role(
            self, f"{id}Execution", service=_TASKS, description=f"What ECS starts {self.family} as"
        )
        """What ECS acts as when it starts a task."""
        repository = self._repository(repositories or {})
        self.execution_role.attach(
            "Start",
            [
                *_policy.pull([] if repository is None else [repository.arn]),
                *_policy.write_logs(logs.arn),
                *_policy.read_secrets(
                    [it.arn for it in secrets.values()],
                    [it.key.arn for it in secrets.values()],
                    region=stack.target.region,
                ),
            ],
        )
        if config.execute_command:
            self.task_role.attach("ExecuteCommand", cluster.session_statements)
        image = config.container.image
        definition = aws_task_definition.EcsTaskDefinition(
            self,
            "Resource",
            family=self.family,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(config.cpu),
            memory=str(config.memory_mib),
            task_role_arn=self.task_role.arn,
            execution_role_arn=self.execution_role.arn,
            runtime_platform=aws_task_definition.EcsTaskDefinitionRuntimePlatform(
                cpu_architecture=config.architecture.upper(), operating_system_family="LINUX"
            ),
            ephemeral_storage=(
                aws_task_definition.EcsTaskDefinitionEphemeralStorage(
                    size_in_gib=config.ephemeral_storage_gib
                )
                if config.ephemeral_storage_gib
                else None
            ),
            volume=[
                aws_task_definition.EcsTaskDefinitionVolume(name=volume)
                for volume in sorted(config.container.tmp_volumes)
            ]
            or None,
            # Else a revision that a release registered is a difference for ever.
            track_latest=True if image.owner is ImageOwner.SSM else None,
            container_definitions=container_definitions(
                config.container,
                name=CONTAINER,
                image=image_reference(
                    self, image, repository.url if repository else image.repository
                ),
                environment=environment,
                secrets={name: it.reference for name, it in secrets.items()},
                log_options={
                    "awslogs-group": logs.name,
                    "awslogs-region": stack.target.region,
                    "awslogs-stream-prefix": CONTAINER,
                    # The shop goes on selling when CloudWatch Logs does not listen.
                    "mode": "non-blocking",
                    "max-buffer-size": _LOG_BUFFER,
                },
            ),
            # A revision is retired when the service runs the next one, and not while ECS may still
            # have to roll back to it: retired ones start no tasks for anybody else.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

        self.arn: TokenStr = definition.arn
        """ARN of the newest revision that Terraform knows."""
        self.grants = TaskGrants(self, log_group_arn=logs.arn)
        """What roles may do with it."""

    @property
    def ready(self) -> list[ITerraformDependable]:
        """What has to be there before a task starts: the policies that its roles have so far."""
        return [*self.execution_role.policies, *self.task_role.policies]

    def _repository(self, repositories: Mapping[str, ImageRepository]) -> ImageRepository | None:
        image = self.config.container.image
        if image.is_elsewhere:
            return None
        if image.repository not in repositories:
            there = ", ".join(sorted(repositories)) or "none"
            raise PlatformError(
                "UnknownRepository",
                f"the image is in the repository {image.repository!r}, which is not among those"
                f" given: {there}; use one of them, or name the host of another registry, as in"
                f" 'docker.io/{image.repository}'",
                where=self.node.path,
            )
        return repositories[image.repository]

    def _secrets(self, injected: Injected) -> Mapping[str, InjectedSecret]:
        missing = [it for it in self.config.container.secrets if it not in injected.secrets]
        if missing:
            raise PlatformError(
                "SecretNotGiven",
                f"the container wants the secret {', '.join(missing)}, and the secrets given are"
                f" {', '.join(sorted(injected.secrets)) or 'none'}; give it, or take it out of"
                " secrets",
                where=self.node.path,
            )
        return injected.secrets

    def _environment(self, injected: Injected) -> Mapping[str, TokenStr]:
        own = self.config.container.environment
        twice = sorted(
            (own.keys() & injected.environment.keys())
            | ((own.keys() | injected.environment.keys()) & injected.secrets.keys())
        )
        if twice:
            raise PlatformError(
                "VariableTwice",
                f"the container gets the variable {', '.join(twice)} twice, from its configuration"
                " and from the platform, or as a value and as a secret; take one of them out",
                where=self.node.path,
            )
        for name, value in injected.environment.items():
            problem = secret_problem(name, value)
            if problem is not None:
                raise PlatformError("SecretInEnvironment", problem, where=self.node.path)
        return {**own, **injected.environment}


class TaskGrants(Grants):
    """Permissions on one family."""

    def __init__(self, task: TaskDefinition, *, log_group_arn: TokenStr) -> None:
        super().__init__(task)
        self._task = task
        self._log_group_arn = log_group_arn

    def run(self, grantee: Grantee) -> Grant:
        """Let the role start tasks of the family in its cluster, with the family's roles."""
        task = self._task
        return self._give(
            grantee,
            "Run",
            *_policy.run_task(
                family_arn=task.family_arn,
                cluster_arn=task.cluster.arn,
                tasks_arn=task.cluster.tasks_arn,
                role_arns=(task.task_role.arn, task.execution_role.arn),
            ),
        )

    def write_logs(self, grantee: Grantee) -> Grant:
        """Let the role itself write to the log group, beside what the container prints."""
        return self._give(grantee, "WriteLogs", *_policy.write_logs(self._log_group_arn))
