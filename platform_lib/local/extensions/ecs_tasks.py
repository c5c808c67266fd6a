"""ECS tasks on Fargate: started from a revision, counted, stopped, and never really run.

Upstream gap: moto cannot start a task without memory at its containers, gives it an address outside
its subnet, says that it ended with 0 while it runs, ends every task after some questions, leaves its
network interface behind, and drops tags, tokens and the service that it belongs to.

No container runs. A task of a service is RUNNING from its start until its service or somebody stops
it. A task of RunTask is RUNNING when it is first asked for, and has ended with exit code 0 when it is
asked for again. What would keep it from starting is looked at (`_ecs_starts`): then it stops at once,
without an exit code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ecs import models
from moto.ecs.exceptions import EcsClientException, InvalidParameterException
from moto.ecs.models import Container, EC2ContainerServiceBackend, Task
from moto.ecs.responses import EC2ContainerServiceResponse

from platform_lib.local.extensions import _ecs_starts
from platform_lib.local.extensions.ecs_clusters import check_strategy
from platform_lib.local.extensions.ecs_task_definitions import active
from platform_lib.local.extensions.support import add, replace, settings

__all__ = ["Order", "install", "merge_tags", "start", "stop"]

FARGATE = ("FARGATE", "FARGATE_SPOT")
_MOST_AT_ONCE = 10


@dataclass(frozen=True)
class Order:
    """How tasks of one revision are started."""

    cluster: Any
    definition: Any
    network: Mapping[str, Any] | None
    strategy: tuple[Mapping[str, Any], ...] = ()
    group: str = ""
    started_by: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    execute_command: bool = False
    overrides: Mapping[str, Any] = field(default_factory=dict)


def install() -> None:
    """Patch moto."""
    replace(EC2ContainerServiceResponse)(run_task)
    for method in (describe_tasks, list_tasks, stop_task):
        replace(EC2ContainerServiceBackend)(method)
    # Without DNS host names in its VPC an interface has no name, and moto asks for it.
    add(NetworkInterface, "private_dns_name")("")
    # An address of the subnet, which EC2 chooses.
    replace(models, "random_private_ip")(lambda _: lambda *_arguments: None)


def run_task(original: Callable[..., Any]) -> Callable[..., Any]:
    """Start tasks on Fargate, once per token; leave those on EC2 machines to moto."""

    def run(self: Any) -> Any:
        ask, backend = self._get_param, self.ecs_backend
        cluster = backend._get_cluster(ask("cluster", "default"))  # noqa: SLF001 - moto's own look-up
        strategy = ask("capacityProviderStrategy") or ()
        launch = ask("launchType")
        if launch and strategy:
            raise InvalidParameterException(
                "Specify either Launch Type or Capacity Provider Strategy, but not both."
            )
        check_strategy(backend, cluster.capacity_providers or (), strategy)
        if not launch and not strategy:
            strategy = cluster.default_capacity_provider_strategy or ()
        if launch != "FARGATE" and not any(it["capacityProvider"] in FARGATE for it in strategy):
            return original(self)
        tokens = settings(backend, "ecs_run_tokens")
        token = ask("clientToken")
        if token in tokens:
            return ActionResult({"tasks": tokens[token], "failures": []})
        definition = active(backend, ask("taskDefinition"))
        problem = _ecs_starts.role_problem(backend, definition)
        if problem is not None:
            raise EcsClientException(problem)
        count = self._get_int_param("count", 1)
        if not 1 <= count <= _MOST_AT_ONCE:
            raise InvalidParameterException(f"count must be between 1 and {_MOST_AT_ONCE}.")
        tasks = start(
            backend,
            Order(
                cluster,
                definition,
                ask("networkConfiguration"),
                tuple(strategy),
                group=ask("group") or f"family:{definition.family}",
                started_by=ask("startedBy") or "",
                tags=merge_tags(
                    {"aws:ecs:clusterName": cluster.name} if ask("enableECSManagedTags") else {},
                    definition.tags if ask("propagateTags") == "TASK_DEFINITION" else (),
                    ask("tags") or (),
                ),
                execute_command=bool(ask("enableExecuteCommand")),
                overrides=ask("overrides") or {},
            ),
            count,
        )
        if token:
            tokens[token] = tasks
        return ActionResult({"tasks": tasks, "failures": []})

    return run


def merge_tags(first: Mapping[str, str], *lists: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """Return tags as a mapping; a later list wins."""
    merged = dict(first)
    for tags in lists:
        merged |= {tag["key"]: tag.get("value", "") for tag in tags}
    return merged


def start(backend: Any, order: Order, count: int) -> list[Any]:
    """Start tasks, spread over subnets and capacity providers.

    Args:
        backend: Moto's backend of ECS.
        order: What is started, and how.
        count: How many.
    """
    problem = _ecs_starts.resource_problem(backend, order.definition)
    known = backend.tasks.setdefault(order.cluster.name, {}).values()
    there = sum(
        (it.group, it.started_by, it.desired_status) == (order.group, order.started_by, "RUNNING")
        for it in known
    )
    return [_start_one(backend, order, there + number, problem) for number in range(count)]


def _start_one(backend: Any, order: Order, number: int, problem: str | None) -> Any:
    definition, network = order.definition, order.network
    if network and network.get("awsvpcConfiguration"):
        given = network["awsvpcConfiguration"]
        subnets = given["subnets"]
        network = {
            "awsvpcConfiguration": {
                **given,
                "subnets": [subnets[number % len(subnets)]],
                "securityGroups": given.get("securityGroups") or [],
            }
        }
    make: Any = Task
    task = make(
        order.cluster,
        definition,
        None,
        None,
        backend,
        order.group,
        launch_type="FARGATE",
        overrides=dict(order.overrides),
        started_by=order.started_by,
        tags=[{"key": key, "value": value} for key, value in order.tags.items()],
        networking_configuration=network,
        platform_version="1.4.0",
        capacity_provider_name=_provider(order.strategy, number),
    )
    task.containers = [_container(definition, it, task) for it in definition.container_definitions]
    task.cpu, task.memory = definition.cpu, definition.memory
    task.platform_family = "Linux"
    task.enable_execute_command = order.execute_command
    task.created_at = task.started_at = utcnow()
    task.asked = 0
    backend.tasks[order.cluster.name][task.task_arn] = task
    if problem is not None:
        task.started_at = None
        stop(backend, task, problem, code="TaskFailedToStart", exit_code=None)
    return task


def _provider(strategy: tuple[Mapping[str, Any], ...], number: int) -> str | None:
    """Return where a task goes: the base first, then by weight."""
    for part in strategy:
        if number < part.get("base", 0):
            return str(part["capacityProvider"])
        number -= part.get("base", 0)
    weights = [it for it in strategy for _ in range(it.get("weight", 0))]
    return str(weights[number % len(weights)]["capacityProvider"]) if weights else None


def _container(definition: Any, wanted: Mapping[str, Any], task: Any) -> Any:
    make: Any = Container  # abstract by its annotations only
    container = make(definition)
    container.container_arn = f"{task.task_arn.replace(':task/', ':container/')}/{wanted['name']}"
    container.task_arn = task.task_arn
    container.name, container.image = wanted["name"], wanted["image"]
    container.last_status = "RUNNING"
    container.exitCode = None
    container.health_status = "HEALTHY" if wanted.get("healthCheck") else "UNKNOWN"
    return container


def stop(backend: Any, task: Any, reason: str, *, code: str, exit_code: int | None) -> None:
    """End a task, and give its network interface back.

    Args:
        backend: Moto's backend of ECS.
        task: The task.
        reason: What is said of it.
        code: What the reason is called.
        exit_code: Exit code of its containers; None if they did not run.
    """
    task.last_status = task.desired_status = "STOPPED"
    task.stopped_reason, task.stop_code = reason, code
    task.stopped_at = utcnow()
    for container in task.containers:
        container.last_status, container.exitCode = "STOPPED", exit_code
    enis = ec2_backends[backend.account_id][backend.region_name].enis
    for attachment in task.attachments:
        attachment["status"] = "DELETED"
        for detail in attachment["details"]:
            if detail["name"] == "networkInterfaceId":
                enis.pop(detail["value"], None)


def describe_tasks(_: Callable[..., Any]) -> Callable[..., Any]:
    """Return the cluster's tasks; one of RunTask has ended when it is asked for again."""

    def describe(self: Any, cluster_name: str, names: list[str]) -> list[Any]:
        cluster = self._get_cluster(cluster_name)
        if not names:
            raise InvalidParameterException("Tasks cannot be empty.")
        known = self.tasks.get(cluster.name, {}).values()
        wanted = {name.rpartition("/")[2] for name in names}
        found = [task for task in known if task.id in wanted]
        for task in found:
            if hasattr(task, "asked") and not task.group.startswith("service:"):
                task.asked += 1
                if task.asked > 1 and task.desired_status == "RUNNING":
                    reason = "Essential container in task exited"
                    stop(self, task, reason, code="EssentialContainerExited", exit_code=0)
        return found

    return describe


def list_tasks(_: Callable[..., Any]) -> Callable[..., Any]:
    """Choose by service and family too; what is meant to run, unless stopped ones are asked for."""

    def find(
        self: Any,
        cluster_name: str | None = None,
        container_instance: str | None = None,
        family: str | None = None,
        started_by: str | None = None,
        service_name: str | None = None,
        desired_status: str | None = None,
    ) -> list[Any]:
        if cluster_name is None:
            # Moto's own question, for tags.
            return [task for tasks in self.tasks.values() for task in tasks.values()]
        cluster = self._get_cluster(cluster_name)
        group = f"service:{(service_name or '').rpartition('/')[2]}"
        return [
            task
            for task in self.tasks.get(cluster.name, {}).values()
            if task.desired_status == (desired_status or "RUNNING")
            and (not family or task.task_definition_arn.rpartition("/")[2].startswith(f"{family}:"))
            and (not service_name or task.group == group)
            and (not started_by or task.started_by == started_by)
            and (not container_instance or container_instance in str(task.container_instance_arn))
        ]

    return find


def stop_task(original: Callable[..., Any]) -> Callable[..., Any]:
    """End a task on Fargate with what its container makes of SIGTERM."""

    def end(self: Any, cluster_name: str, name: str, reason: str | None) -> Any:
        cluster = self._get_cluster(cluster_name)
        known = self.tasks.get(cluster.name, {}).values()
        task = next((it for it in known if it.id == name.rpartition("/")[2]), None)
        if task is None:
            raise InvalidParameterException("The referenced task was not found.")
        if not hasattr(task, "asked"):
            return original(self, cluster_name, name, reason)
        if task.desired_status == "RUNNING":
            said = reason or "Task stopped by user"
            stop(self, task, said, code="UserInitiated", exit_code=143)
        return task

    return end
