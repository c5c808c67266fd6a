"""Application Auto Scaling: tags of targets, replicas of Aurora, and what hangs together.

Upstream gap: moto drops the tags of a scalable target and has no tag actions, takes targets of
clusters that do not exist and a maximum below the minimum, keeps policies of targets that are gone,
and gives every change of a policy another ARN and more alarms.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.exceptions import JsonRESTError
from moto.rds.models import rds_backends

from platform_lib.local.extensions.support import add, replace, settings

__all__ = ["install"]

_MOST_TAGS = 50
_RDS = "rds:cluster:ReadReplicaCount"
_MOST_REPLICAS = 15
_AURORA_METRICS = (
    "RDSReaderAverageCPUUtilization",
    "RDSReaderAverageDatabaseConnections",
)


class _RefusedError(JsonRESTError):
    """An error with another code than ``ValidationException``."""

    code = 400


def install() -> None:
    """Patch moto."""
    replace(ApplicationAutoscalingBackend)(register_scalable_target)
    replace(ApplicationAutoscalingBackend)(deregister_scalable_target)
    replace(ApplicationAutoscalingBackend)(put_scaling_policy)
    replace(ApplicationAutoScalingResponse, "register_scalable_target")(_register_with_tags)
    for action in (list_tags_for_resource, tag_resource, untag_resource):
        add(ApplicationAutoScalingResponse)(action)


def _targets(backend: Any) -> dict[str, Any]:
    return {target.arn: target for group in backend.targets.values() for target in group.values()}


def _tags(backend: Any, arn: str) -> dict[str, str]:
    """Return the tags of a target, to be changed in place.

    Raises:
        _RefusedError: ``ResourceNotFoundException``.
    """
    if arn not in _targets(backend):
        raise _RefusedError("ResourceNotFoundException", f"The resource {arn} does not exist.")
    tags: dict[str, str] = settings(backend, "autoscaling_tags").setdefault(arn, {})
    return tags


def register_scalable_target(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check the limits, and the cluster whose readers are counted."""

    def register(
        self: Any,
        namespace: str,
        r_id: str,
        dimension: str,
        min_capacity: int | None,
        max_capacity: int | None,
        role_arn: str,
        suspended_state: Any,
    ) -> Any:
        known = self.targets.get(dimension, {}).get(r_id)
        least = known.min_capacity if known and min_capacity is None else min_capacity
        most = known.max_capacity if known and max_capacity is None else max_capacity
        if least is None or most is None:
            raise AWSValidationException("MinCapacity and MaxCapacity must both be specified.")
        if not 0 <= least <= most:
            raise AWSValidationException("Maximum capacity cannot be less than minimum capacity.")
        if dimension == _RDS:
            if (
                r_id.removeprefix("cluster:")
                not in rds_backends[self.account_id][self.region_name].clusters
            ):
                raise AWSValidationException(f"DB cluster doesn't exist: {r_id}")
            if most > _MOST_REPLICAS:
                raise AWSValidationException(
                    f"Maximum capacity must be at most {_MOST_REPLICAS} for {dimension}."
                )
        target = original(
            self, namespace, r_id, dimension, min_capacity, max_capacity, role_arn, suspended_state
        )
        state = dict.fromkeys(
            (
                "DynamicScalingInSuspended",
                "DynamicScalingOutSuspended",
                "ScheduledScalingSuspended",
            ),
            False,
        )
        target.suspended_state = state | (target.suspended_state or {})
        target.role_arn = target.role_arn or _linked_role(self, namespace)
        return target

    return register


def _linked_role(backend: Any, namespace: str) -> str:
    names = {"rds": "RDSCluster", "ecs": "ECSService", "dynamodb": "DynamoDBTable"}
    name = names.get(namespace, namespace.capitalize())
    return (
        f"arn:{backend.partition}:iam::{backend.account_id}:role/aws-service-role/"
        f"{namespace}.application-autoscaling.amazonaws.com/"
        f"AWSServiceRoleForApplicationAutoScaling_{name}"
    )


def deregister_scalable_target(original: Callable[..., Any]) -> Callable[..., Any]:
    """Let policies and tags go with their target."""

    def deregister(self: Any, namespace: str, r_id: str, dimension: str) -> None:
        target = self.targets.get(dimension, {}).get(r_id)
        original(self, namespace, r_id, dimension)
        settings(self, "autoscaling_tags").pop(target.arn, None)
        for policy in list(self.policies.values()):
            if (policy.resource_id, policy.scalable_dimension) == (r_id, dimension):
                self.delete_scaling_policy(policy.policy_name, namespace, r_id, dimension)

    return deregister


def put_scaling_policy(original: Callable[..., Any]) -> Callable[..., Any]:
    """Want a target, know Aurora's metrics, and keep the ARN of a policy that is changed."""

    def put(
        self: Any,
        policy_name: str,
        service_namespace: str,
        resource_id: str,
        scalable_dimension: str,
        policy_body: dict[str, Any],
        policy_type: str | None,
    ) -> Any:
        if resource_id not in self.targets.get(scalable_dimension, {}):
            raise _RefusedError(
                "ObjectNotFoundException",
                f"No scalable target registered for service namespace: {service_namespace},"
                f" resource ID: {resource_id}, scalable dimension: {scalable_dimension}",
            )
        metric = (policy_body or {}).get("PredefinedMetricSpecification", {})
        name = metric.get("PredefinedMetricType")
        if scalable_dimension == _RDS and name and name not in _AURORA_METRICS:
            raise AWSValidationException(
                f"Metric type {name} is not supported for {scalable_dimension}"
            )
        arguments = (service_namespace, resource_id, scalable_dimension)
        key = "\t".join((*arguments, policy_name))
        known = self.policies.get(key)
        if known is not None:
            known.delete_alarms(self.account_id, self.region_name)
        policy = original(self, policy_name, *arguments, policy_body, policy_type)
        if known is not None:
            policy.policy_arn, policy.creation_time = known.policy_arn, known.creation_time
        return policy

    return put


def _register_with_tags(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the tags of the request."""

    def register(self: Any) -> str:
        answer: str = original(self)
        tags = self._get_param("Tags")
        if tags:
            arn = json.loads(answer)["ScalableTargetARN"]
            _tags(self.applicationautoscaling_backend, arn).update(tags)
        return answer

    return register


def list_tags_for_resource(self: Any) -> str:
    """Return the tags of a target."""
    tags = _tags(self.applicationautoscaling_backend, self._get_param("ResourceARN"))
    return json.dumps({"Tags": tags})


def tag_resource(self: Any) -> str:
    """Set tags of a target."""
    arn = self._get_param("ResourceARN")
    tags = _tags(self.applicationautoscaling_backend, arn)
    wanted = tags | self._get_param("Tags")
    if len(wanted) > _MOST_TAGS:
        raise _RefusedError("TooManyTagsException", f"A resource can have up to {_MOST_TAGS} tags.")
    tags.update(wanted)
    return "{}"


def untag_resource(self: Any) -> str:
    """Take tags off a target."""
    tags = _tags(self.applicationautoscaling_backend, self._get_param("ResourceARN"))
    for key in self._get_param("TagKeys"):
        tags.pop(key, None)
    return "{}"
