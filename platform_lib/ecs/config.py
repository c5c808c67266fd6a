"""What a person writes about clusters and task definitions; pure."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from platform_lib.ecs._sizes import size_problem
from platform_lib.ecs._variables import VariableName, secret_problem
from platform_lib.ecs.images import ImageConfig
from platform_lib.model import Model
from platform_lib.types import LogRetentionDays, Slug, matching

_AbsolutePath = Annotated[
    str,
    AfterValidator(
        matching(
            r"(/[A-Za-z0-9_.-]+)+", "an absolute path below the root; write it as in '/var/cache'"
        )
    ),
]
_NamespaceName = Annotated[
    str,
    AfterValidator(
        # https://docs.aws.amazon.com/cloud-map/latest/api/API_CreateHttpNamespace.html
        matching(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", "a namespace; write it as in 'shop.internal'")
    ),
    Field(max_length=253),
]


class CapacityConfig(Model):
    """How tasks are spread over Fargate and Fargate Spot."""

    on_demand_base: Annotated[int, Field(ge=0, le=100_000)] = 1
    """Tasks that always run on Fargate, before anything is spread."""

    on_demand_weight: Annotated[int, Field(ge=0, le=1000)] = 1
    """Share of the other tasks that runs on Fargate."""

    spot_weight: Annotated[int, Field(ge=0, le=1000)] = 0
    """Share of the other tasks that runs on Fargate Spot: cheaper, and stopped by AWS with two
    minutes' notice; zero for none.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html"""

    @model_validator(mode="after")
    def _has_a_weight(self) -> Self:
        if self.on_demand_weight == 0 and self.spot_weight == 0:
            raise ValueError(
                "on_demand_weight=0 and spot_weight=0 leave tasks above the base nowhere to run;"
                " give one of them 1 or more"
            )
        return self


class ClusterConfig(Model):
    """One ECS cluster on Fargate."""

    insights: Literal["enhanced", "enabled"] = "enhanced"
    """Container Insights: ``enhanced`` adds metrics per task and container to those per service,
    and costs more.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html"""

    capacity: CapacityConfig = CapacityConfig()
    """How tasks are spread that do not say so themselves."""

    namespace: _NamespaceName | None = None
    """Cloud Map namespace for Service Connect, made with the cluster; ``None`` for none.
    **Changing this replaces the namespace.**"""

    log_retention_days: LogRetentionDays = 365
    """Days that records of ECS Exec and of Container Insights are kept."""


class ContainerHealthCheck(Model):
    """A command in the container that says whether it is well."""

    command: Annotated[tuple[str, ...], Field(min_length=1)]
    """Program and arguments, run without a shell; exit code 0 is well."""

    interval_seconds: Annotated[int, Field(ge=5, le=300)] = 15
    """Seconds between two checks, 5 to 300."""

    timeout_seconds: Annotated[int, Field(ge=2, le=60)] = 5
    """Seconds until a check has failed, 2 to 60."""

    retries: Annotated[int, Field(ge=1, le=10)] = 3
    """Failed checks in a row that make it unhealthy, 1 to 10."""

    start_period_seconds: Annotated[int, Field(ge=0, le=300)] = 30
    """Seconds after the start in which failures do not count, at most 300."""


class ContainerConfig(Model):
    """The container of a task. Its root file system is read-only, its user is not root."""

    image: ImageConfig
    """What it runs."""

    entry_point: tuple[str, ...] = ()
    """Program in place of the image's own."""

    command: tuple[str, ...] = ()
    """Arguments in place of the image's own."""

    environment: Mapping[VariableName, str] = {}
    """Environment variables; never secrets."""

    secrets: tuple[VariableName, ...] = ()
    """Environment variables whose values ECS reads from Secrets Manager when a task starts."""

    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Port that it listens on; ``None`` for what nothing calls, as a worker."""

    health_check: ContainerHealthCheck | None = None
    """A check in the container, beside that of a load balancer; a worker has no other."""

    user: Annotated[
        str,
        AfterValidator(
            matching(
                r"[1-9]\d{0,4}(:\d{1,5})?",
                "a user other than root by number; write it as in '10001' or '10001:10001'",
            )
        ),
    ] = "10001:10001"
    """Number of the user, and of its group after a colon. Not a name, which an image may give to
    root."""

    read_only_root: bool = True
    """Whether the image's files cannot be changed. ECS Exec needs False."""

    tmp_volumes: Mapping[Slug, _AbsolutePath] = {"tmp": "/tmp"}  # noqa: S108 - a mount in a container
    """Folders that are empty at the start and writable, by name. The image has to make each for its
    user and declare it as a ``VOLUME``: else it belongs to root.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html"""

    stop_timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 30
    """Seconds between SIGTERM and SIGKILL, 2 to 120, the most that Fargate offers."""

    @model_validator(mode="after")
    def _keeps_secrets_out_of_the_environment(self) -> Self:
        for name, value in self.environment.items():
            problem = secret_problem(name, value)
            if problem is not None:
                raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _names_each_variable_once(self) -> Self:
        names = [*self.environment, *self.secrets]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"variable {', '.join(twice)} is named twice; name it once, in environment or in"
                " secrets"
            )
        return self

    @model_validator(mode="after")
    def _mounts_volumes_beside_each_other(self) -> Self:
        for (name, path), (other, outer) in permutations(self.tmp_volumes.items(), 2):
            if path == outer or path.startswith(f"{outer}/"):
                raise ValueError(
                    f"tmp_volumes {name!r} at {path} lies in {other!r} at {outer}; leave {name!r}"
                    " out"
                )
        return self


class TaskConfig(Model):
    """What a task is: its size, its container, its logs. A service, a schedule or a migration runs it."""

    cpu: int
    """CPU units, 1024 for a whole processor: 256, 512, 1024, 2048, 4096, 8192 or 16384."""

    memory_mib: int
    """Memory in MiB; Fargate offers some values with each ``cpu``."""

    container: ContainerConfig
    """What runs in it."""

    architecture: Literal["x86_64", "arm64"] = "x86_64"
    """Instruction set of the image; ``arm64`` costs a fifth less."""

    ephemeral_storage_gib: Annotated[int, Field(ge=21, le=200)] | None = None
    """Disk for the image and its volumes in GiB, 21 to 200; ``None`` for the 20 that are included."""

    execute_command: bool = False
    """Whether people with the permission may run commands in it, by ECS Exec. The session is
    encrypted and recorded in the cluster's log group."""

    log_retention_days: LogRetentionDays = 365
    """Days that its logs are kept."""

    @model_validator(mode="after")
    def _is_a_size_that_fargate_offers(self) -> Self:
        problem = size_problem(self.cpu, self.memory_mib)
        if problem is not None:
            raise ValueError(problem)
        return self

    @model_validator(mode="after")
    def _lets_ecs_exec_write(self) -> Self:
        # https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
        if self.execute_command and self.container.read_only_root:
            raise ValueError(
                "execute_command=True does not work with a read-only root, which its agent has to"
                " write to; leave it out, or set the container's read_only_root=False"
            )
        return self
