"""What ECS refuses when a service is made or changed.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.ecs.exceptions import InvalidParameterException
from moto.elbv2.models import elbv2_backends
from moto.servicediscovery.models import servicediscovery_backends

__all__ = ["check"]

_ALL = 100


def check(backend: Any, definition: Any, wanted: Mapping[str, Any]) -> None:
    """Refuse settings that do not go together, and what does not exist.

    Args:
        backend: Moto's backend of ECS.
        definition: The revision that is to run.
        wanted: The service's settings under the names of the API.

    Raises:
        InvalidParameterException: One of them.
    """
    if (wanted.get("desiredCount") or 0) < 0:
        raise InvalidParameterException("desiredCount cannot be negative.")
    if definition.network_mode == "awsvpc" and not wanted.get("networkConfiguration"):
        raise InvalidParameterException(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    deployment = wanted.get("deploymentConfiguration") or {}
    most = deployment.get("maximumPercent", 2 * _ALL)
    if deployment.get("minimumHealthyPercent", _ALL) >= _ALL >= most:
        raise InvalidParameterException(
            "Invalid deployment configuration: both maximumPercent and minimumHealthyPercent"
            " cannot be 100 as this will block deployments."
        )
    if wanted.get("availabilityZoneRebalancing") == "ENABLED" and most <= _ALL:
        raise InvalidParameterException(
            "Availability Zone rebalancing needs a maximumPercent above 100."
        )
    for balancer in wanted.get("loadBalancers") or ():
        _check_balancer(backend, definition, balancer)
    if wanted.get("healthCheckGracePeriodSeconds") and not wanted.get("loadBalancers"):
        raise InvalidParameterException(
            "Health check grace period is only valid for services configured to use load balancers"
        )
    _check_connect(backend, definition, wanted.get("serviceConnectConfiguration") or {})


def _check_balancer(backend: Any, definition: Any, balancer: Mapping[str, Any]) -> None:
    name, port = balancer.get("containerName"), balancer.get("containerPort")
    containers = {it["name"]: it for it in definition.container_definitions}
    if name not in containers:
        raise InvalidParameterException(
            f"The container {name} does not exist in the task definition."
        )
    ports = [it.get("containerPort") for it in containers[name].get("portMappings") or ()]
    if port not in ports:
        raise InvalidParameterException(
            f"The container {name} did not have a container port {port} defined."
        )
    arn = str(balancer.get("targetGroupArn"))
    group = elbv2_backends[backend.account_id][backend.region_name].target_groups.get(arn)
    if group is None:
        raise InvalidParameterException(f"The specified target group does not exist: {arn}")
    if group.target_type != "ip":
        raise InvalidParameterException(
            f"The provided target group {arn} has target type {group.target_type}, which is"
            " incompatible with the awsvpc network mode specified in the task definition."
        )
    if not group.load_balancer_arns:
        raise InvalidParameterException(
            f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )


def _check_connect(backend: Any, definition: Any, config: Mapping[str, Any]) -> None:
    if not config.get("enabled"):
        return
    wanted = config.get("namespace")
    namespaces = servicediscovery_backends[backend.account_id][backend.region_name].namespaces
    if not any(wanted in (it.name, it.arn) for it in namespaces.values()):
        raise InvalidParameterException(f"Namespace {wanted} was not found.")
    named = {
        mapping.get("name")
        for container in definition.container_definitions
        for mapping in container.get("portMappings") or ()
    }
    for service in config.get("services") or ():
        if service["portName"] not in named:
            raise InvalidParameterException(
                f"The portName {service['portName']} does not refer to any named port mapping of"
                " the task definition."
            )
