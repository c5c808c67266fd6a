"""Services taken together: the images that they run, and how one environment differs; pure."""

from __future__ import annotations

from collections.abc import Mapping

from platform_lib.ecs.images import ImageVersion
from platform_lib.ecs.service_config import ScalingConfig
from platform_lib.errors import PlatformError
from platform_lib.services.config import Service, WebService, Worker


def images_of(services: Mapping[str, Service]) -> tuple[str, ...]:
    """Return the repositories of our own ECR that services run images of, each once, in order."""
    images = [service.task.container.image for service in services.values()]
    return tuple(sorted({image.repository for image in images if not image.is_elsewhere}))


def adjusted(
    services: Mapping[str, Service],
    *,
    versions: Mapping[str, ImageVersion] | None = None,
    tasks: tuple[int, int] | None = None,
) -> Mapping[str, Service]:
    """Return the services as one environment runs them.

    Args:
        services: As their file has them, which is production's way.
        versions: Tag or digest by repository, where this environment starts with another.
        tasks: Fewest and most tasks of every service that scales; one that has a fixed number
            gets the smaller of it and the most.

    Raises:
        PlatformError: ``UnknownRepository`` if no service runs an image of a repository.
    """
    unknown = sorted({*(versions or {})} - {*images_of(services)})
    if unknown:
        raise PlatformError(
            "UnknownRepository",
            f"versions names {', '.join(map(repr, unknown))}, and the services run images of"
            f" {', '.join(map(repr, images_of(services)))}; use one of those",
        )
    return {
        name: _with_tasks(_with_version(service, versions or {}), tasks)
        for name, service in services.items()
    }


def _with_version(service: Service, versions: Mapping[str, ImageVersion]) -> Service:
    container = service.task.container
    version = versions.get(container.image.repository)
    if version is None:
        return service
    image = container.image.evolve(version=version)
    return service.evolve(task=service.task.evolve(container=container.evolve(image=image)))


def _with_tasks(service: Service, tasks: tuple[int, int] | None) -> Service:
    if tasks is None or not isinstance(service, WebService | Worker):
        return service
    fewest, most = tasks
    if isinstance(service.tasks, ScalingConfig):
        return service.evolve(tasks=service.tasks.evolve(minimum=fewest, maximum=most))
    return service.evolve(tasks=min(service.tasks, most))
