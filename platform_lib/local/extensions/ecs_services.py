"""ECS services on Fargate: tasks that are started, deployments that complete, settings read back.

Upstream gap: moto starts no task for a service and says that none runs, so that whoever waits for it
waits for ever; it drops capacity providers, rebalancing, deployment settings, ECS Exec, Service Connect
and managed tags, calls every service one on EC2 machines, keeps its old deployment when it changes,
and makes a service anew whose name is taken.

Tasks are started from the revision (`ecs_tasks`) whenever the service is made, changed or asked for, so
a service whose tasks could not start becomes steady once what they lacked is there. A deployment
completes at once when its tasks run, and only then the tasks of the one before it end. Until then both
deployments are shown; the circuit breaker's settings are kept, and it is not pulled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.exceptions import InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.models import elbv2_backends
from moto.moto_api._internal import mock_random

from platform_lib.local.extensions import _ecs_service_checks, _ecs_starts, ecs_tasks
from platform_lib.local.extensions.ecs_clusters import check_strategy
from platform_lib.local.extensions.ecs_task_definitions import active
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_DEFAULTS: Mapping[str, Any] = {
    "availabilityZoneRebalancing": "DISABLED",
    "capacityProviderStrategy": [],
    "deploymentConfiguration": {},
    "desiredCount": 0,
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": None,
    "launchType": None,
    "loadBalancers": [],
    "networkConfiguration": None,
    "placementConstraints": [],
    "placementStrategy": [],
    "platformVersion": "LATEST",
    "propagateTags": "NONE",
    "serviceConnectConfiguration": None,
    "serviceRegistries": [],
    "volumeConfigurations": [],
}
"""What a service has that is asked for without it."""

_DEPLOYMENT = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
}
_DEPLOYS = frozenset(
    {
        *("capacityProviderStrategy", "enableECSManagedTags", "enableExecuteCommand"),
        *("loadBalancers", "networkConfiguration", "platformVersion", "propagateTags"),
        *("serviceConnectConfiguration", "serviceRegistries", "volumeConfigurations"),
    }
)
"""Settings that a running task does not take over: a change of one starts others."""

_DEPLOYMENT_SHOWS = (
    *("capacityProviderStrategy", "launchType", "networkConfiguration", "platformVersion"),
    *("serviceConnectConfiguration", "volumeConfigurations"),
)


def install() -> None:
    """Patch moto."""
    replace(EC2ContainerServiceResponse)(create_service)
    replace(EC2ContainerServiceResponse)(update_service)
    replace(EC2ContainerServiceBackend)(describe_services)
    replace(EC2ContainerServiceBackend)(delete_service)
    replace(EC2ContainerServiceBackend)(list_services)


def create_service(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make a service on Fargate, and start its tasks; leave those on EC2 machines to moto."""

    def create(self: Any) -> Any:
        backend, asked = self.ecs_backend, self._get_params()
        cluster = backend._get_cluster(asked.get("cluster", "default"))  # noqa: SLF001 - moto's own look-up
        known = backend.services.get(f"{cluster.name}:{asked['serviceName']}")
        if known is not None and known.status != "INACTIVE":
            raise InvalidParameterException("Creation of service was not idempotent.")
        launch, strategy = asked.get("launchType"), asked.get("capacityProviderStrategy") or []
        if launch and strategy:
            raise InvalidParameterException(
                "Specify either Launch Type or Capacity Provider Strategy, but not both."
            )
        if not launch and not strategy:
            strategy = cluster.default_capacity_provider_strategy or []
        if launch != "FARGATE" and not any(
            it["capacityProvider"] in ecs_tasks.FARGATE for it in strategy
        ):
            return original(self)
        check_strategy(backend, cluster.capacity_providers or (), strategy)
        definition = active(backend, asked.get("taskDefinition", ""))
        wanted = {**_DEFAULTS, **asked, "capacityProviderStrategy": strategy}
        _ecs_service_checks.check(backend, definition, wanted)
        if "FARGATE" not in (definition.requires_compatibilities or ()):
            raise InvalidParameterException("Task definition does not support launch_type FARGATE.")
        service = backend.create_service(
            cluster.name,
            asked["serviceName"],
            wanted["desiredCount"],
            definition.arn,
            tags=asked.get("tags"),
            launch_type="FARGATE",
            network_configuration=_with_groups(wanted["networkConfiguration"]),
        )
        service.wanted = {name: wanted[name] for name in _DEFAULTS}
        service.created_at = utcnow()
        service.platform_family = "Linux"
        service.deployments = []
        _deploy(service, definition)
        _reconcile(backend, service)
        return ActionResult({"service": service})

    return create


def _with_groups(network: Mapping[str, Any]) -> dict[str, Any]:
    """Moto looks at the security groups, which are not required."""
    given = network["awsvpcConfiguration"]
    return {"awsvpcConfiguration": {"securityGroups": [], **given}}


def update_service(original: Callable[..., Any]) -> Callable[..., Any]:
    """Change what is given, and deploy if tasks have to be others."""

    def update(self: Any) -> Any:
        backend, asked = self.ecs_backend, self._get_params()
        cluster = backend._get_cluster(asked.get("cluster", "default"))  # noqa: SLF001 - moto's own look-up
        service = backend._get_service(cluster.name, asked["service"].rpartition("/")[2])  # noqa: SLF001
        if not hasattr(service, "wanted"):
            return original(self)
        if service.status != "ACTIVE":
            raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
        changes = {name: asked[name] for name in _DEFAULTS if asked.get(name) is not None}
        if "deploymentConfiguration" in changes:
            changes["deploymentConfiguration"] = {
                **service.wanted["deploymentConfiguration"],
                **changes["deploymentConfiguration"],
            }
        wanted = service.wanted | changes
        check_strategy(
            backend, cluster.capacity_providers or (), wanted["capacityProviderStrategy"]
        )
        name = asked.get("taskDefinition")
        definition = (
            active(backend, name)
            if name
            else backend.describe_task_definition(service.task_definition)
        )
        _ecs_service_checks.check(backend, definition, wanted)
        deploys = (
            asked.get("forceNewDeployment")
            or definition.arn != service.task_definition
            or any(wanted[it] != service.wanted[it] for it in _DEPLOYS)
        )
        service.wanted = wanted
        if deploys:
            _deploy(service, definition)
        _reconcile(backend, service)
        return ActionResult({"service": service})

    return update


def describe_services(original: Callable[..., Any]) -> Callable[..., Any]:
    """Look after the services' tasks, then tell of them."""

    def describe(self: Any, cluster_name: str, names: list[str]) -> Any:
        found, failures = original(self, cluster_name, names)
        for service in found:
            if hasattr(service, "wanted") and service.status == "ACTIVE":
                _reconcile(self, service)
        return found, failures

    return describe


def delete_service(original: Callable[..., Any]) -> Callable[..., Any]:
    """Stop all tasks."""

    def delete(self: Any, cluster_name: str, name: str, force: bool | None) -> Any:  # noqa: FBT001 - moto's signature
        service = self._get_service(cluster_name, name.rpartition("/")[2])
        if service.status == "INACTIVE":
            raise AwsError("ServiceNotFoundException", "Service not found.")
        service = original(self, cluster_name, service.name, force)
        if hasattr(service, "wanted"):
            for task in _running(self, service):
                _end(self, service, task)
            service.running_count = 0
            service.deployments = []
        return service

    return delete


def list_services(original: Callable[..., Any]) -> Callable[..., Any]:
    """Leave out what is deleted."""

    def find(self: Any, *arguments: Any, **named: Any) -> list[str]:
        gone = {it.arn for it in self.services.values() if it.status == "INACTIVE"}
        return [arn for arn in original(self, *arguments, **named) if arn not in gone]

    return find


def _deploy(service: Any, definition: Any) -> None:
    """Begin a deployment; those before it wait for its tasks."""
    service.task_definition = definition.arn
    for older in service.deployments:
        older["status"] = "ACTIVE"
    now = utcnow()
    service.deployments = [
        {
            "id": f"ecs-svc/{mock_random.randint(0, 10**19)}",
            "status": "PRIMARY",
            "taskDefinition": definition.arn,
            "createdAt": now,
            "updatedAt": now,
            "failedTasks": 0,
            "platformFamily": "Linux",
        },
        *service.deployments,
    ]


def _reconcile(backend: Any, service: Any) -> None:
    """Start and stop tasks until there are as many as should be, of the newest deployment."""
    for name, value in service.wanted.items():
        setattr(service, _ATTRIBUTES[name], value)
    service.deployment_configuration = _DEPLOYMENT | service.wanted["deploymentConfiguration"]
    newest, desired = service.deployments[0], service.desired_count
    own = [it for it in _running(backend, service) if it.started_by == newest["id"]]
    for task in own[desired:]:
        _end(backend, service, task)
    if len(own) < desired:
        _start(backend, service, newest, desired - len(own))
    running = _running(backend, service)
    if sum(it.started_by == newest["id"] for it in running) >= desired:
        for task in running:
            if task.started_by != newest["id"]:
                _end(backend, service, task)
        if len(service.deployments) > 1 or newest.get("rolloutState") != "COMPLETED":
            _say(service, f"(service {service.name}) has reached a steady state.")
        service.deployments = [newest]
    _count(backend, service)


_ATTRIBUTES = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
    "deploymentConfiguration": "deployment_configuration",
    "desiredCount": "desired_count",
    "enableECSManagedTags": "enableECSManagedTags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "launchType": "launch_type",
    "loadBalancers": "load_balancers",
    "networkConfiguration": "network_configuration",
    "placementConstraints": "placement_constraints",
    "placementStrategy": "placement_strategy",
    "platformVersion": "platform_version",
    "propagateTags": "propagate_tags",
    "serviceConnectConfiguration": "service_connect_configuration",
    "serviceRegistries": "service_registries",
    "volumeConfigurations": "volume_configurations",
}
"""Names under which moto writes a service's settings into its answers."""


def _start(backend: Any, service: Any, deployment: dict[str, Any], count: int) -> None:
    cluster = backend._get_cluster(service.cluster_name)  # noqa: SLF001 - moto's own look-up
    definition = backend.describe_task_definition(deployment["taskDefinition"])
    problem = _ecs_starts.role_problem(backend, definition)
    if problem is not None:
        deployment["failedTasks"] += count
        _say(service, f"(service {service.name}) failed to launch a task with (error {problem}).")
        return
    propagated = {
        "SERVICE": service.tags or [],
        "TASK_DEFINITION": definition.tags,
    }.get(service.propagate_tags, [])
    managed = {"aws:ecs:clusterName": cluster.name, "aws:ecs:serviceName": service.name}
    tasks = ecs_tasks.start(
        backend,
        ecs_tasks.Order(
            cluster,
            definition,
            service.network_configuration,
            tuple(service.capacity_provider_strategy),
            group=f"service:{service.name}",
            started_by=deployment["id"],
            tags=ecs_tasks.merge_tags(
                managed if service.wanted["enableECSManagedTags"] else {}, propagated
            ),
            execute_command=service.enable_execute_command,
        ),
        count,
    )
    for task in tasks:
        if task.desired_status == "STOPPED":
            deployment["failedTasks"] += 1
            _say(
                service,
                f"(service {service.name}) was unable to place a task: {task.stopped_reason}",
            )
        else:
            _register(backend, service, task, "register_targets")


def _end(backend: Any, service: Any, task: Any) -> None:
    _register(backend, service, task, "deregister_targets")
    reason = f"Scaling activity initiated by (deployment {task.started_by})"
    ecs_tasks.stop(backend, task, reason, code="ServiceSchedulerInitiated", exit_code=143)


def _register(backend: Any, service: Any, task: Any, action: str) -> None:
    """Put a task into the service's target groups, or take it out."""
    balancers = elbv2_backends[backend.account_id][backend.region_name]
    details = {it["name"]: it["value"] for it in task.attachments[0]["details"]}
    for wanted in service.load_balancers:
        group = balancers.target_groups.get(wanted.get("targetGroupArn"))
        address = details["privateIPv4Address"]
        if group is not None and (action == "register_targets" or address in group.targets):
            target = {"Id": address, "Port": wanted["containerPort"]}
            getattr(balancers, action)(group.arn, [target])


def _running(backend: Any, service: Any) -> list[Any]:
    tasks = backend.tasks.get(service.cluster_name, {}).values()
    group = f"service:{service.name}"
    return [it for it in tasks if it.group == group and it.desired_status == "RUNNING"]


def _count(backend: Any, service: Any) -> None:
    running = _running(backend, service)
    service.running_count, service.pending_count = len(running), 0
    for deployment in service.deployments:
        own = sum(it.started_by == deployment["id"] for it in running)
        done = deployment["status"] == "PRIMARY" and own == service.desired_count
        if deployment["status"] == "PRIMARY":
            deployment |= {name: service.wanted[name] for name in _DEPLOYMENT_SHOWS}
            deployment["desiredCount"] = service.desired_count
        if done or "rolloutState" not in deployment:
            deployment["rolloutState"] = "COMPLETED" if done else "IN_PROGRESS"
        state = "completed" if deployment["rolloutState"] == "COMPLETED" else "in progress"
        deployment |= {
            "rolloutStateReason": f"ECS deployment {deployment['id']} {state}.",
            "runningCount": own,
            "pendingCount": 0,
        }


def _say(service: Any, message: str) -> None:
    """Tell of something once, the latest first."""
    if not service.events or service.events[0]["message"] != message:
        event = {"id": str(mock_random.uuid4()), "createdAt": utcnow(), "message": message}
        service.events = [event, *service.events][:100]
