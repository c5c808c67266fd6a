"""ECS clusters: settings and capacity providers that exist, and counts of what runs.

Upstream gap: moto makes a cluster anew whose name is taken, takes any setting and any capacity
provider, lets a cluster or a provider go that services still use, and works on in a deleted cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.ecs.exceptions import ClusterNotFoundException, InvalidParameterException
from moto.ecs.models import EC2ContainerServiceBackend

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["check_strategy", "install"]

_FARGATE = ("FARGATE", "FARGATE_SPOT")
_INSIGHTS = ("enhanced", "enabled", "disabled")
_LOGGING = ("NONE", "DEFAULT", "OVERRIDE")


def install() -> None:
    """Patch moto."""
    replace(EC2ContainerServiceBackend, "_get_cluster")(get_cluster)
    for method in (
        create_cluster,
        update_cluster,
        put_cluster_capacity_providers,
        describe_clusters,
        delete_cluster,
    ):
        replace(EC2ContainerServiceBackend)(method)


def get_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Know a deleted cluster no more."""

    def get(self: Any, name: str) -> Any:
        cluster = original(self, name)
        if cluster.status == "INACTIVE":
            raise ClusterNotFoundException
        return cluster

    return get


def create_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Answer a second call for a name with the cluster that has it."""

    def create(
        self: Any,
        name: str,
        tags: Any = None,
        settings: Any = None,
        configuration: Any = None,
        providers: Any = None,
        strategy: Any = None,
        **more: Any,
    ) -> Any:
        _check_settings(settings, configuration)
        check_strategy(self, providers or (), strategy or ())
        known = self.clusters.get(name)
        if known is not None and known.status == "ACTIVE":
            return known
        return original(self, name, tags, settings, configuration, providers, strategy, **more)

    return create


def update_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check the settings."""

    def update(self: Any, **changes: Any) -> Any:
        _check_settings(changes["cluster_settings"], changes["configuration"])
        return original(self, **changes)

    return update


def put_cluster_capacity_providers(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take only providers that exist, and none away that a service has."""

    def put(self: Any, name: str, providers: list[str] | None, strategy: Any) -> Any:
        cluster = self._get_cluster(name)
        check_strategy(self, providers or (), strategy or ())
        gone = set(cluster.capacity_providers or ()) - set(providers or ())
        used = {
            part["capacityProvider"]
            for service in _services(self, cluster)
            for part in getattr(service, "capacity_provider_strategy", None) or ()
        }
        if gone & used:
            raise AwsError(
                "ResourceInUseException",
                "The specified capacity provider is in use and cannot be removed:"
                f" {', '.join(sorted(gone & used))}",
            )
        return original(self, name, providers or [], strategy or [])

    return put


def describe_clusters(original: Callable[..., Any]) -> Callable[..., Any]:
    """Count services and tasks."""

    def describe(self: Any, names: list[str]) -> Any:
        found, failures = original(self, names)
        for cluster in found:
            cluster.active_services_count = len(_services(self, cluster))
            cluster.running_tasks_count = len(_tasks(self, cluster))
            cluster.pending_tasks_count = 0
        return found, failures

    return describe


def delete_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse while something runs in it."""

    def delete(self: Any, name: str) -> Any:
        cluster = self._get_cluster(name)
        if _services(self, cluster):
            raise AwsError(
                "ClusterContainsServicesException",
                "The Cluster cannot be deleted while Services are active.",
            )
        if _tasks(self, cluster):
            raise AwsError(
                "ClusterContainsTasksException",
                "The Cluster cannot be deleted while Tasks are active.",
            )
        return original(self, name)

    return delete


def check_strategy(
    backend: Any, providers: Iterable[str], strategy: Iterable[Mapping[str, Any]]
) -> None:
    """Refuse providers that do not exist, and a strategy that is none.

    Args:
        backend: Moto's backend.
        providers: The cluster's providers.
        strategy: How tasks are spread over them.

    Raises:
        InvalidParameterException: One of them is wrong.
    """
    for provider in providers:
        if provider not in _FARGATE and backend._get_provider(provider) is None:  # noqa: SLF001 - moto has no other way
            raise InvalidParameterException(
                f"The specified capacity provider '{provider}' was not found. Specify a valid"
                " name or ARN and try again."
            )
    parts = list(strategy)
    for part in parts:
        if part["capacityProvider"] not in set(providers):
            raise InvalidParameterException(
                f"The capacity provider {part['capacityProvider']} is not associated with the"
                " cluster."
            )
    if sum(1 for part in parts if part.get("base")) > 1:
        raise InvalidParameterException(
            "Only one capacity provider in a capacity provider strategy can have a base defined."
        )
    if parts and not any(part.get("weight") for part in parts):
        raise InvalidParameterException(
            "At least one capacity provider must have a weight greater than zero."
        )


def _check_settings(settings: Any, configuration: Any) -> None:
    for setting in settings or ():
        if setting["name"] != "containerInsights" or setting["value"] not in _INSIGHTS:
            raise InvalidParameterException(f"Invalid setting: {setting['name']}.")
    execute = (configuration or {}).get("executeCommandConfiguration") or {}
    logging = execute.get("logging", "DEFAULT")
    if logging not in _LOGGING or (logging == "OVERRIDE") != bool(execute.get("logConfiguration")):
        raise InvalidParameterException(
            "logConfiguration must be specified if, and only if, logging is set to OVERRIDE."
        )


def _services(backend: Any, cluster: Any) -> list[Any]:
    return [
        service
        for service in backend.services.values()
        if service.cluster_arn == cluster.arn and service.status != "INACTIVE"
    ]


def _tasks(backend: Any, cluster: Any) -> list[Any]:
    tasks = backend.tasks.get(cluster.name, {}).values()
    return [task for task in tasks if task.desired_status != "STOPPED"]
