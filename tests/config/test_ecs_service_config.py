"""Services, schedules and migrations: what is accepted, what is refused, with which sentence."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.ecs.service_config import (
    DeploymentConfig,
    ScalingConfig,
    ScheduledScaling,
    ServiceAlarmsConfig,
    ServiceConfig,
)
from platform_lib.ecs.task_configs import MigrationConfig, ScheduledTaskConfig

NIGHTLY = ScheduledTaskConfig(description="Cleans up", schedule="cron(0 3 * * ? *)")


def _sentence(error: pytest.ExceptionInfo[ValidationError]) -> str:
    (problem,) = error.value.errors()
    return problem["msg"].removeprefix("Value error, ")


class TestScaling:
    """Limits and targets."""

    def test_follows_cpu_and_memory_by_default(self) -> None:
        """With two tasks at least, so that one zone may fail."""
        scaling = ScalingConfig(maximum=4)

        assert (scaling.minimum, scaling.cpu_percent, scaling.memory_percent) == (2, 60, 75)

    def test_refuses_a_minimum_above_the_maximum(self) -> None:
        """Both values are in the sentence."""
        with pytest.raises(ValidationError) as error:
            ScalingConfig(minimum=5, maximum=4)

        assert _sentence(error) == (
            "minimum=5 is above maximum=4; lower the one or raise the other"
        )
        assert ScalingConfig(minimum=4, maximum=4).maximum == 4

    def test_refuses_the_same_of_a_schedule(self) -> None:
        """The limits of a schedule are limits too."""
        with pytest.raises(ValidationError) as error:
            ScheduledScaling(schedule="cron(0 6 * * ? *)", minimum=3, maximum=2)

        assert _sentence(error) == (
            "minimum=3 is above maximum=2; lower the one or raise the other"
        )

    def test_refuses_to_scale_on_nothing(self) -> None:
        """A number says that better."""
        with pytest.raises(ValidationError) as error:
            ScalingConfig(maximum=4, cpu_percent=None, memory_percent=None)

        assert _sentence(error) == (
            "nothing says when to scale; give cpu_percent, memory_percent, requests_per_target,"
            " messages_per_task or schedules, or write tasks=<number> instead"
        )

    @pytest.mark.parametrize(
        "reason",
        [
            {"requests_per_target": 100},
            {"messages_per_task": 10},
            {"schedules": {"day": ScheduledScaling(schedule="rate(1 day)", minimum=1, maximum=2)}},
        ],
    )
    def test_one_reason_is_enough(self, reason: dict[str, Any]) -> None:
        """Whichever it is."""
        scaling = ScalingConfig(maximum=4, cpu_percent=None, memory_percent=None, **reason)

        assert scaling.cpu_percent is None

    @pytest.mark.parametrize("minimum", [0, 5001])
    def test_refuses_numbers_that_ecs_does_not_take(self, minimum: int) -> None:
        """None at all is no service, and ECS runs 5000 at most."""
        with pytest.raises(ValidationError):
            ScalingConfig(minimum=minimum, maximum=5000)


class TestDeployment:
    """How a revision replaces another one."""

    def test_stops_nothing_before_its_successor_is_well(self) -> None:
        """100 and 200 percent, a minute of grace."""
        deployment = DeploymentConfig()

        assert deployment.minimum_healthy_percent == 100
        assert deployment.maximum_percent == 200
        assert deployment.grace_period_seconds == 60

    def test_refuses_to_leave_no_room(self) -> None:
        """ECS would wait for ever."""
        with pytest.raises(ValidationError) as error:
            DeploymentConfig(maximum_percent=100)

        assert _sentence(error) == (
            "minimum_healthy_percent=100 with maximum_percent=100 lets no task stop and none start;"
            " raise maximum_percent to 200, or lower minimum_healthy_percent"
        )
        assert DeploymentConfig(minimum_healthy_percent=50, maximum_percent=100)

    @pytest.mark.parametrize(
        "wrong",
        [{"minimum_healthy_percent": 101}, {"maximum_percent": 201}, {"timeout_minutes": 4}],
    )
    def test_refuses_values_out_of_range(self, wrong: dict[str, int]) -> None:
        """Percent are percent."""
        with pytest.raises(ValidationError):
            DeploymentConfig(**wrong)


class TestService:
    """A service."""

    def test_runs_two_tasks_by_default(self) -> None:
        """So that one zone may fail."""
        service = ServiceConfig()

        assert service.first_tasks == 2
        assert service.scaling is None
        assert service.healthy_percents == (100, 200)

    def test_starts_with_the_minimum_where_it_scales(self) -> None:
        """Scaling decides about the rest."""
        service = ServiceConfig(tasks=ScalingConfig(minimum=3, maximum=9))

        assert service.first_tasks == 3
        assert service.scaling is not None

    @pytest.mark.parametrize(
        ("tasks", "given"), [(2, "2"), (ScalingConfig(maximum=2), "ScalingConfig(...)")]
    )
    def test_a_singleton_is_exactly_one(self, tasks: int | ScalingConfig, given: str) -> None:
        """Two schedulers would send everything twice."""
        with pytest.raises(ValidationError) as error:
            ServiceConfig(singleton=True, tasks=tasks)

        assert _sentence(error) == (
            f"singleton=True runs exactly one task, and tasks is {given}; write tasks=1, or leave"
            " singleton out"
        )

    def test_a_singleton_stops_before_it_starts_again(self) -> None:
        """None at least and one at most, whatever the deployment says."""
        service = ServiceConfig(singleton=True, tasks=1, deployment=DeploymentConfig())

        assert service.healthy_percents == (0, 100)

    def test_refuses_no_tasks(self) -> None:
        """A service of none is no service."""
        with pytest.raises(ValidationError):
            ServiceConfig(tasks=0)

    def test_is_alarming_at_ninety_percent(self) -> None:
        """And when tasks are missing for ten minutes."""
        alarms = ServiceAlarmsConfig()

        assert (alarms.cpu_percent, alarms.memory_percent, alarms.missing_minutes) == (90, 90, 10)


class TestSchedule:
    """When a task starts."""

    @pytest.mark.parametrize(
        "schedule",
        [
            "cron(0 3 * * ? *)",
            "cron(0/15 8-18 ? * MON-FRI *)",
            "cron(0 6 L * ? *)",
            "cron(0 6 ? * 6#3 2030)",
            "rate(1 minute)",
            "rate(5 minutes)",
            "at(2030-01-31T06:00:00)",
        ],
    )
    def test_takes_what_eventbridge_takes(self, schedule: str) -> None:
        """All three forms."""
        assert NIGHTLY.evolve(schedule=schedule).schedule == schedule

    @pytest.mark.parametrize(
        ("schedule", "problem"),
        [
            (
                "0 3 * * *",
                (
                    "write cron(minutes hours day-of-month month day-of-week year), rate(5 minutes) or"
                    " at(2030-01-31T06:00:00)"
                ),
            ),
            (
                "cron(0 3 * * ?)",
                (
                    "cron has 6 fields (minutes hours day-of-month month day-of-week year) and this one"
                    " has 5"
                ),
            ),
            ("cron(0 3 * * * *)", "exactly one of day-of-month and day-of-week has to be '?'"),
            ("cron(0 3 ? * ? *)", "exactly one of day-of-month and day-of-week has to be '?'"),
            ("cron(60 3 * * ? *)", "minutes is 0 to 59, not 60"),
            ("cron(0 24 * * ? *)", "hours is 0 to 23, not 24"),
            ("cron(0 3 ? * 8 *)", "day of week is 1 to 7, not 8"),
            ("cron(x 3 * * ? *)", "'x' is no minutes"),
            ("rate(1 minutes)", "write rate(1 minute)"),
            ("rate(5 minute)", "write rate(5 minutes)"),
            ("rate(0 minutes)", "a rate is a whole number from 1"),
        ],
    )
    def test_refuses_the_rest_with_what_is_wrong(self, schedule: str, problem: str) -> None:
        """The mistakes that people make."""
        with pytest.raises(ValidationError) as error:
            NIGHTLY.evolve(schedule=schedule)

        assert _sentence(error) == f"{schedule!r} is not a schedule: {problem}"

    def test_refuses_what_is_no_time_zone(self) -> None:
        """A shift from UTC is none."""
        with pytest.raises(ValidationError) as error:
            NIGHTLY.evolve(timezone="+01:00")

        assert _sentence(error) == (
            "'+01:00' is not a time zone; write it as in 'UTC' or 'Europe/Berlin'"
        )
        assert NIGHTLY.evolve(timezone="America/Argentina/Buenos_Aires").timezone

    @pytest.mark.parametrize("wrong", [{"retries": 186}, {"retry_minutes": 0}])
    def test_refuses_retries_that_eventbridge_does_not_take(self, wrong: dict[str, int]) -> None:
        """185 times within a day at most."""
        with pytest.raises(ValidationError):
            NIGHTLY.evolve(**wrong)

        assert (NIGHTLY.retries, NIGHTLY.retry_minutes) == (3, 60)


@pytest.mark.parametrize("minutes", [0, 15])
def test_a_migration_takes_no_longer_than_lambda_waits(minutes: int) -> None:
    """Lambda ends a call after 15 minutes."""
    config = MigrationConfig(description="Migrates")

    with pytest.raises(ValidationError):
        config.evolve(timeout_minutes=minutes)

    assert config.timeout_minutes == 14
