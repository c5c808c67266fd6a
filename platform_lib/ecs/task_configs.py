"""What a person writes about tasks that end; pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from platform_lib.ecs._schedules import Schedule, TimeZone
from platform_lib.ecs.config import CapacityConfig
from platform_lib.model import Model


class ScheduledTaskConfig(Model):
    """When a task is started."""

    schedule: Schedule
    """``cron(0 3 * * ? *)``, ``rate(5 minutes)`` or ``at(2030-01-31T06:00:00)``."""

    timezone: TimeZone = "UTC"
    """Time zone of the schedule; ``UTC`` has no hour twice and none never."""

    description: Annotated[str, Field(min_length=1, max_length=512)]
    """What it does; shown in the console."""

    retries: Annotated[int, Field(ge=0, le=185)] = 3
    """How often a start is tried again if ECS refuses it, with growing pauses. A task that has
    started is not tried again, whatever its exit code."""

    retry_minutes: Annotated[int, Field(ge=1, le=1440)] = 60
    """Minutes after its time until a start is given up."""

    capacity: CapacityConfig | None = None
    """Fargate or Fargate Spot; ``None`` for the cluster's way."""


class MigrationConfig(Model):
    """A task that runs before a rollout and has to succeed."""

    description: Annotated[str, Field(min_length=1, max_length=200)]
    """What it changes; shown in the console."""

    timeout_minutes: Annotated[int, Field(ge=1, le=14)] = 14
    """Minutes that an apply waits for it; Lambda offers no more. The task itself goes on, and the
    next apply waits on."""

    run: Annotated[int, Field(ge=1)] = 1
    """Raise it by one to run it again with the same revision."""
