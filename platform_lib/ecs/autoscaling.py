"""ServiceScaling: how many tasks a service has, by load and by time."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.appautoscaling_policy as aws_policy
import cdktf_cdktf_provider_aws.appautoscaling_scheduled_action as aws_scheduled_action
import cdktf_cdktf_provider_aws.appautoscaling_target as aws_target

from platform_lib.alerts.alarm import Metric
from platform_lib.core.construct import PlatformConstruct
from platform_lib.ecs.references import LoadBalancerTarget
from platform_lib.ecs.service_config import ScalingConfig
from platform_lib.naming import pascal
from platform_lib.types import TokenStr

_Metrics = aws_policy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetrics
_MetricStat = aws_policy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStat
_Metric = aws_policy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetric
_Dimension = aws_policy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecificationMetricsMetricStatMetricDimensions
_Predefined = aws_policy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification
_Customized = aws_policy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationCustomizedMetricSpecification


def running_tasks(cluster_name: TokenStr, service_name: TokenStr) -> Metric:
    """Return the metric of a service's running tasks."""
    return _insight("RunningTaskCount", cluster_name, service_name)


def desired_tasks(cluster_name: TokenStr, service_name: TokenStr) -> Metric:
    """Return the metric of the tasks that a service should have."""
    return _insight("DesiredTaskCount", cluster_name, service_name)


def _insight(name: str, cluster_name: TokenStr, service_name: TokenStr) -> Metric:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html."""
    dimensions = {"ClusterName": cluster_name, "ServiceName": service_name}
    return Metric("ECS/ContainerInsights", name, dimensions)


class ServiceScaling(PlatformConstruct):
    """Keeps a service's load at targets by adding and removing tasks between two limits.

    Each target adds tasks by itself; tasks are removed when all of them agree.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html

    Defines:
        aws_appautoscaling_target, aws_appautoscaling_policy, aws_appautoscaling_scheduled_action

    Args:
        config: Limits, targets, schedules.
        cluster_name: Name of the cluster.
        service_name: Name of the service; a token of its resource, so that it is there first.
        target: Where requests come from, for ``requests_per_target``.
        queue: Messages that wait for the service, for ``messages_per_task``.
    """

    def __init__(
        self,
        scope: PlatformConstruct,
        id: str,
        *,
        config: ScalingConfig,
        cluster_name: TokenStr,
        service_name: TokenStr,
        target: LoadBalancerTarget | None,
        queue: Metric | None,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._scalable = aws_target.AppautoscalingTarget(
            self,
            "Resource",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=f"service/{cluster_name}/{service_name}",
            min_capacity=config.minimum,
            max_capacity=config.maximum,
        )
        if config.cpu_percent is not None:
            self._follow("Cpu", config.cpu_percent, "ECSServiceAverageCPUUtilization")
        if config.memory_percent is not None:
            self._follow("Memory", config.memory_percent, "ECSServiceAverageMemoryUtilization")
        if config.requests_per_target is not None and target is not None:
            self._follow(
                "Requests",
                config.requests_per_target,
                "ALBRequestCountPerTarget",
                label=f"{target.load_balancer_arn_suffix}/{target.target_group_arn_suffix}",
            )
        if config.messages_per_task is not None and queue is not None:
            running = running_tasks(cluster_name, service_name)
            self._policy("Messages", config.messages_per_task, customized=_backlog(queue, running))
        for name, action in sorted(config.schedules.items()):
            aws_scheduled_action.AppautoscalingScheduledAction(
                self,
                f"Schedule{pascal(name).capitalize()}",
                # Unique within the service only.
                name=name,
                service_namespace=self._scalable.service_namespace,
                scalable_dimension=self._scalable.scalable_dimension,
                resource_id=self._scalable.resource_id,
                schedule=action.schedule,
                timezone=action.timezone,
                scalable_target_action=aws_scheduled_action.AppautoscalingScheduledActionScalableTargetAction(
                    min_capacity=str(action.minimum), max_capacity=str(action.maximum)
                ),
            )

    def _follow(self, id: str, value: float, metric: str, *, label: TokenStr | None = None) -> None:
        self._policy(
            id, value, predefined=_Predefined(predefined_metric_type=metric, resource_label=label)
        )

    def _policy(
        self,
        id: str,
        value: float,
        *,
        predefined: _Predefined | None = None,
        customized: _Customized | None = None,
    ) -> None:
        aws_policy.AppautoscalingPolicy(
            self,
            id,
            # Unique within the service only.
            name=id.lower(),
            service_namespace=self._scalable.service_namespace,
            scalable_dimension=self._scalable.scalable_dimension,
            resource_id=self._scalable.resource_id,
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=aws_policy.AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration(
                target_value=value,
                scale_in_cooldown=self._config.scale_in_cooldown_seconds,
                scale_out_cooldown=self._config.scale_out_cooldown_seconds,
                predefined_metric_specification=predefined,
                customized_metric_specification=customized,
            ),
        )


def _backlog(queue: Metric, running: Metric) -> _Customized:
    """Write the messages that wait per running task as metric math.

    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
    """
    parts = [
        _Metrics(
            id=own,
            return_data=False,
            metric_stat=_MetricStat(
                stat=metric.statistic,
                metric=_Metric(
                    namespace=metric.namespace,
                    metric_name=metric.name,
                    dimensions=[
                        _Dimension(name=name, value=value)
                        for name, value in sorted(metric.dimensions.items())
                    ],
                ),
            ),
        )
        for own, metric in (("waiting", queue), ("running", running))
    ]
    backlog = _Metrics(
        id="backlog",
        # Without a running task all that waits is the backlog of one.
        expression="waiting / IF(running > 0, running, 1)",
        label=f"{queue.name} per task",
        return_data=True,
    )
    return _Customized(metrics=[*parts, backlog])
