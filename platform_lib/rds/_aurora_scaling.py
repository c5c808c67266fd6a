"""ReaderAutoscaling: readers of an Aurora cluster that come and go with the load."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.appautoscaling_policy as aws_scaling_policy
import cdktf_cdktf_provider_aws.appautoscaling_target as aws_scaling_target
from cdktf import ITerraformDependable

from platform_lib.core.construct import PlatformConstruct
from platform_lib.rds.aurora_capacity import ReaderScaling
from platform_lib.types import TokenStr

_NAMESPACE = "rds"
_DIMENSION = "rds:cluster:ReadReplicaCount"


class ReaderAutoscaling(PlatformConstruct):
    """Keeps the readers of a cluster at a target by adding and removing some.

    Terraform knows nothing of the readers that come and go: they are in no state, a plan does not
    show them, and they have to be gone before the cluster can be deleted.

    Defines:
        aws_appautoscaling_target, aws_appautoscaling_policy

    Args:
        config: How many, and what for.
        cluster_id: Identifier of the cluster.
        after: The instances that have names: scaling starts when they are there.
    """

    def __init__(
        self,
        scope: PlatformConstruct,
        id: str,
        *,
        config: ReaderScaling,
        cluster_id: TokenStr,
        after: list[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id)
        target = aws_scaling_target.AppautoscalingTarget(
            self,
            "Resource",
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=f"cluster:{cluster_id}",
            min_capacity=config.minimum,
            max_capacity=config.maximum,
            depends_on=after,
        )
        metric, value = config.target
        policy = aws_scaling_policy
        policy.AppautoscalingPolicy(
            self,
            "Policy",
            # Unique within the cluster only.
            name="readers",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=policy.AppautoscalingPolicyTargetTrackingScalingPolicyConfiguration(
                target_value=value,
                scale_in_cooldown=config.scale_in_cooldown_seconds,
                scale_out_cooldown=config.scale_out_cooldown_seconds,
                predefined_metric_specification=policy.AppautoscalingPolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecification(
                    predefined_metric_type=metric
                ),
            ),
        )
