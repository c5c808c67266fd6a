"""ScheduledTask: a task that EventBridge Scheduler starts."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.scheduler_schedule as aws_schedule
import cdktf_cdktf_provider_aws.scheduler_schedule_group as aws_schedule_group
from constructs import Construct

from platform_lib.alerts.alarm import Alarm, Metric, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.connections import Connections
from platform_lib.core.construct import PlatformConstruct
from platform_lib.ecs._ordering import resources_below, wait_for
from platform_lib.ecs._paths import open_way_to_aws
from platform_lib.ecs.cluster import strategy
from platform_lib.ecs.task_configs import ScheduledTaskConfig
from platform_lib.ecs.task_definition import TaskDefinition
from platform_lib.iam.policy import Statement
from platform_lib.iam.role import Role
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.network.tiers import Tier
from platform_lib.types import TokenStr

_FAILURES = {
    "TargetErrorCount": "ECS refused to start the task, and it is tried again.",
    "InvocationDroppedCount": "A start was given up: the task did not run.",
}
"""https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html"""


class ScheduledTask(PlatformConstruct):
    """A task that is started at certain times, in the private subnets, as the newest revision.

    A start is tried again if ECS refuses it. A task may be started twice for one time, in rare
    cases: what it does has to bear that.
    https://docs.aws.amazon.com/scheduler/latest/UserGuide/what-is-scheduler.html

    Defines:
        aws_scheduler_schedule, aws_scheduler_schedule_group, aws_iam_role, aws_iam_role_policy,
        aws_security_group, aws_cloudwatch_metric_alarm

    Args:
        config: When.
        task: What runs, and in which cluster.
        key: Encrypts the schedule.
        alerts: Hears of tasks that could not be started.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: ScheduledTaskConfig,
        task: TaskDefinition,
        key: Key,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, id)
        cluster = task.cluster
        name = self.physical_name(Kind.SCHEDULE)
        self.connections = Connections(
            self, vpc=cluster.vpc, description=f"Scheduled tasks of {name}"
        )
        """Network paths of the task; nothing calls it."""
        open_way_to_aws(self.connections)
        self.role = Role(
            self,
            f"{id}Scheduler",
            service="scheduler.amazonaws.com",
            description=f"Starts {task.family} at certain times",
        )
        """What the scheduler acts as."""
        task.grants.run(self.role)
        self.role.attach(
            "ReadSchedule",
            # https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html
            [Statement(actions=("kms:Decrypt",), resources=(key.arn,))],
        )
        # A group of its own: metrics are counted by group.
        group = aws_schedule_group.SchedulerScheduleGroup(self, "Group", name=name)
        schedule = aws_schedule.SchedulerSchedule(
            self,
            "Resource",
            name=name,
            group_name=group.name,
            description=config.description,
            schedule_expression=config.schedule,
            schedule_expression_timezone=config.timezone,
            kms_key_arn=key.arn,
            flexible_time_window=aws_schedule.SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
            target=aws_schedule.SchedulerScheduleTarget(
                arn=cluster.arn,
                role_arn=self.role.arn,
                ecs_parameters=aws_schedule.SchedulerScheduleTargetEcsParameters(
                    task_definition_arn=task.arn,
                    task_count=1,
                    capacity_provider_strategy=[
                        aws_schedule.SchedulerScheduleTargetEcsParametersCapacityProviderStrategy(
                            capacity_provider=provider, base=base, weight=weight
                        )
                        for provider, base, weight in strategy(config.capacity or cluster.capacity)
                    ],
                    enable_ecs_managed_tags=True,
                    enable_execute_command=task.config.execute_command,
                    propagate_tags="TASK_DEFINITION",
                    network_configuration=aws_schedule.SchedulerScheduleTargetEcsParametersNetworkConfiguration(
                        subnets=[*cluster.vpc.subnet_ids(Tier.PRIVATE).values()],
                        security_groups=[self.connections.security_group_id],
                        assign_public_ip=False,
                    ),
                ),
                retry_policy=aws_schedule.SchedulerScheduleTargetRetryPolicy(
                    maximum_retry_attempts=config.retries,
                    maximum_event_age_in_seconds=config.retry_minutes * 60,
                ),
            ),
        )
        # It may be due at once.
        wait_for(
            schedule,
            lambda: [*task.ready, *self.role.policies, *resources_below(self.connections)],
        )
        self._watch(group.name, task.family, alerts)

    def _watch(self, group_name: TokenStr, family: str, alerts: Alerts) -> None:
        for metric, meaning in _FAILURES.items():
            Alarm(
                self,
                metric.removesuffix("Count"),
                metric=Metric(
                    "AWS/Scheduler",
                    metric,
                    {"ScheduleGroup": group_name},
                    statistic="Sum",
                    period_seconds=300,
                ),
                threshold=Threshold(0, periods=1),
                severity=Severity.P2,
                description=(
                    f"{meaning} CloudTrail has the reason under RunTask; what {family} printed is"
                    f" in the log group /ecs/{family}."
                ),
                alerts=alerts,
                # Between two starts there is nothing to count.
                missing="notBreaching",
            )
