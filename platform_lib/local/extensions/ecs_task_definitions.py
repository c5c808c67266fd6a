"""ECS task definitions: what Fargate offers, and revisions that are retired.

Upstream gap: moto takes any size and network mode for Fargate and mounts of volumes that do not
exist, deregisters twice, says not when, and starts tasks of revisions that are deregistered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.utils import utcnow
from moto.ecs.exceptions import EcsClientException
from moto.ecs.models import EC2ContainerServiceBackend

from platform_lib.ecs._sizes import size_problem
from platform_lib.local.extensions.support import replace

__all__ = ["active", "install"]


def install() -> None:
    """Patch moto."""
    replace(EC2ContainerServiceBackend)(register_task_definition)
    replace(EC2ContainerServiceBackend)(deregister_task_definition)


def register_task_definition(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check what Fargate asks for."""

    def register(self: Any, family: str, containers: list[dict[str, Any]], **settings: Any) -> Any:
        if "FARGATE" in (settings.get("requires_compatibilities") or ()):
            _check_fargate(settings)
        _check_containers(containers, settings)
        definition = original(self, family, containers, **settings)
        definition.registered_at = utcnow()
        definition.registered_by = f"arn:{self.partition}:iam::{self.account_id}:user/emulated"
        return definition

    return register


def _check_fargate(settings: dict[str, Any]) -> None:
    if settings.get("network_mode") != "awsvpc":
        raise EcsClientException("Fargate only supports network mode 'awsvpc'.")
    cpu, memory = settings.get("cpu"), settings.get("memory")
    if not cpu or not memory:
        raise EcsClientException(
            "Fargate requires that 'cpu' and 'memory' be defined at the task level."
        )
    if size_problem(int(cpu), int(memory)) is not None:
        raise EcsClientException(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory."
        )


def _check_containers(containers: list[dict[str, Any]], settings: dict[str, Any]) -> None:
    volumes = {volume["name"] for volume in settings.get("volumes") or ()}
    needs_role = False
    for container in containers:
        for mount in container.get("mountPoints") or ():
            if mount.get("sourceVolume") not in volumes:
                raise EcsClientException(f"Unknown volume '{mount.get('sourceVolume')}'.")
        needs_role |= bool(container.get("secrets"))
    if needs_role and not settings.get("execution_role_arn"):
        raise EcsClientException(
            "When you are specifying container secrets, you must also specify a value for"
            " 'executionRoleArn'."
        )


def deregister_task_definition(original: Callable[..., Any]) -> Callable[..., Any]:
    """Say when, and refuse a second time."""

    def deregister(self: Any, name: str) -> Any:
        if ":" in name.rpartition("/")[2] and self.describe_task_definition(name).status != (
            "ACTIVE"
        ):
            raise EcsClientException(
                "The specified task definition is inactive. Specify a task definition that is"
                " active and try again."
            )
        definition = original(self, name)
        definition.deregistered_at = utcnow()
        return definition

    return deregister


def active(backend: Any, name: str) -> Any:
    """Return a task definition that new tasks and services may use.

    Args:
        backend: Moto's backend.
        name: Family, ``family:revision`` or ARN; a family alone is its newest active revision.

    Raises:
        EcsClientException: There is none, or it is deregistered.
    """
    short = name.rpartition("/")[2]
    if ":" not in short:
        revisions = backend.task_definitions.get(short, {})
        usable = [it for it in revisions.values() if it.status == "ACTIVE"]
        if not usable:
            raise EcsClientException(f"TaskDefinition not found: {short}")
        return max(usable, key=lambda it: int(it.revision))
    definition = backend.describe_task_definition(name)
    if definition.status != "ACTIVE":
        raise EcsClientException("TaskDefinition is inactive")
    return definition
