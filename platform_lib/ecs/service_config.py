"""What a person writes about services; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator

from platform_lib.ecs._schedules import Schedule, TimeZone
from platform_lib.ecs.config import CapacityConfig
from platform_lib.model import Model
from platform_lib.types import Slug

_Percent = Annotated[int, Field(ge=1, le=100)]
_Tasks = Annotated[int, Field(ge=1, le=5000)]
"""https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html"""


def _check_range(minimum: int, maximum: int) -> None:
    if minimum > maximum:
        raise ValueError(
            f"minimum={minimum} is above maximum={maximum}; lower the one or raise the other"
        )


class ScheduledScaling(Model):
    """Other limits from a point in time on, until another schedule sets them again."""

    schedule: Schedule
    """When the limits change: ``cron(0 6 ? * MON-FRI *)``."""

    timezone: TimeZone = "UTC"
    """Time zone of the schedule."""

    minimum: _Tasks
    """Fewest tasks from then on."""

    maximum: _Tasks
    """Most tasks from then on."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        _check_range(self.minimum, self.maximum)
        return self


class ScalingConfig(Model):
    """How many tasks run, by load or by time."""

    minimum: _Tasks = 2
    """Fewest tasks; two, so that one zone may fail."""

    maximum: _Tasks
    """Most tasks."""

    cpu_percent: _Percent | None = 60
    """CPU that tasks are kept at on average; ``None`` to leave it out."""

    memory_percent: _Percent | None = 75
    """Memory that tasks are kept at on average; ``None`` to leave it out."""

    requests_per_target: Annotated[int, Field(ge=1)] | None = None
    """Requests per minute and task that the load balancer is kept at."""

    messages_per_task: Annotated[int, Field(ge=1)] | None = None
    """Messages in the service's queue per running task that it is kept at: how many a task works
    off in the time that a message may wait."""

    schedules: Mapping[Slug, ScheduledScaling] = {}
    """Other limits at certain times, by name."""

    scale_out_cooldown_seconds: Annotated[int, Field(ge=0)] = 60
    """Seconds after adding tasks before more are added."""

    scale_in_cooldown_seconds: Annotated[int, Field(ge=0)] = 300
    """Seconds after removing tasks before more are removed."""

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        _check_range(self.minimum, self.maximum)
        return self

    @model_validator(mode="after")
    def _scales_on_something(self) -> Self:
        targets = (
            self.cpu_percent,
            self.memory_percent,
            self.requests_per_target,
            self.messages_per_task,
        )
        if not self.schedules and all(it is None for it in targets):
            raise ValueError(
                "nothing says when to scale; give cpu_percent, memory_percent, requests_per_target,"
                " messages_per_task or schedules, or write tasks=<number> instead"
            )
        return self


class DeploymentConfig(Model):
    """How a new revision replaces the old one."""

    minimum_healthy_percent: Annotated[int, Field(ge=0, le=100)] = 100
    """Share of the tasks that stays healthy meanwhile; 100 stops none before its successor is well."""

    maximum_percent: Annotated[int, Field(ge=100, le=200)] = 200
    """Share of the tasks that runs at most meanwhile. At 100, ECS cannot spread tasks over the zones
    again after one has failed."""

    grace_period_seconds: Annotated[int, Field(ge=0, le=2_147_483_647)] = 60
    """Seconds after a task's start in which the load balancer's checks do not count; without
    effect, and not set, without a load balancer."""

    timeout_minutes: Annotated[int, Field(ge=5, le=120)] = 30
    """Minutes until the apply fails because the service is not steady; ECS needs some of them to
    see that a revision does not start, and to roll back."""

    @model_validator(mode="after")
    def _leaves_room(self) -> Self:
        if self.minimum_healthy_percent == 100 and self.maximum_percent == 100:  # noqa: PLR2004 - percent
            raise ValueError(
                "minimum_healthy_percent=100 with maximum_percent=100 lets no task stop and none"
                " start; raise maximum_percent to 200, or lower minimum_healthy_percent"
            )
        return self


class ServiceConnectConfig(Model):
    """How services of the cluster's namespace call this one by name, and it calls them."""

    name: Slug | None = None
    """Name that others call it by, on its container's port; ``None`` for one that only calls."""


class ServiceAlarmsConfig(Model):
    """When a service's metrics are alarming."""

    cpu_percent: _Percent = 90
    """CPU over ten minutes, on average over its tasks; above it, scaling does not keep up."""

    memory_percent: _Percent = 90
    """Memory over ten minutes, on average over its tasks; at 100 ECS stops a task."""

    missing_minutes: Annotated[int, Field(ge=1, le=60)] = 10
    """Minutes that tasks may be missing. A start takes one or two."""


class ServiceConfig(Model):
    """One service: tasks that always run."""

    tasks: _Tasks | ScalingConfig = 2
    """How many tasks run: a number, or limits that scaling moves between."""

    singleton: bool = False
    """Whether there must never be two, as with a scheduler such as Celery beat: the old task stops
    before the new one starts. Needs ``tasks=1``."""

    deployment: DeploymentConfig = DeploymentConfig()
    """How a new revision replaces the old one; without effect on a singleton, except for time."""

    capacity: CapacityConfig | None = None
    """How tasks are spread over Fargate and Fargate Spot; ``None`` for the cluster's way."""

    service_connect: ServiceConnectConfig | None = None
    """Takes part in Service Connect; ``None`` for not."""

    alarms: ServiceAlarmsConfig = ServiceAlarmsConfig()
    """When it is alarming."""

    @model_validator(mode="after")
    def _is_one_if_there_must_be_one(self) -> Self:
        if self.singleton and self.tasks != 1:
            given = self.tasks if isinstance(self.tasks, int) else "ScalingConfig(...)"
            raise ValueError(
                f"singleton=True runs exactly one task, and tasks is {given}; write tasks=1, or"
                " leave singleton out"
            )
        return self

    @property
    def scaling(self) -> ScalingConfig | None:
        """The limits, if it scales."""
        return self.tasks if isinstance(self.tasks, ScalingConfig) else None

    @property
    def first_tasks(self) -> int:
        """How many tasks run before scaling has decided anything."""
        return self.tasks if isinstance(self.tasks, int) else self.tasks.minimum

    @property
    def healthy_percents(self) -> tuple[int, int]:
        """Fewest and most tasks during a deployment, in percent."""
        if self.singleton:
            return 0, 100
        return self.deployment.minimum_healthy_percent, self.deployment.maximum_percent
