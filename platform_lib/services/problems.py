"""What is wrong between the services of an environment and what they need of it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from platform_lib.ecs.images import ImageConfig, ImageOwner
from platform_lib.errors import Problem
from platform_lib.services._hosts import problems_of_hosts
from platform_lib.services._names import problems_of_names
from platform_lib.services.catalogue import images_of
from platform_lib.services.config import AlwaysOn, Migration, Service
from platform_lib.services.ids import RESERVED, ids_of

if TYPE_CHECKING:
    from platform_lib.environment import Environment


def problems_of(environment: Environment) -> list[Problem]:
    """Return everything that services need and the environment does not have, or claim twice."""
    services = environment.services
    if services and environment.cluster is None:
        return [
            Problem(
                f"services has {', '.join(services)}, and {environment.name} has no cluster for"
                " them; give it cluster=ClusterConfig()",
                environment.written_at("services"),
                "NoCluster",
            )
        ]
    return [
        *(
            problem
            for name, service in services.items()
            for problem in (
                *problems_of_names(environment, name, service),
                *_of_surroundings(environment, name, service),
                *_of_repository(environment, name, service.task.container.image),
            )
        ),
        *_of_registry(environment),
        *_of_versions(services),
        *problems_of_hosts(environment),
        *_of_ids(services),
    ]


def _of_surroundings(environment: Environment, name: str, service: Service) -> Iterator[Problem]:
    cluster, vpc = environment.cluster, environment.vpc
    if service.email is not None and environment.email is None:
        yield Problem(
            f"services[{name!r}].email sends mail, and {environment.name} has no domain to send"
            " from; give it email=EmailIdentityConfig(domain=...)",
            service.email.written_at(),
            "NoEmail",
        )
    if service.addresses and environment.domain is None:
        yield Problem(
            f"services[{name!r}].addresses names the environment's domain in"
            f" {', '.join(service.addresses)}, and {environment.name} has none; give it one, as in"
            " domain='shop.example.com'",
            service.written_at("addresses"),
            "NoDomain",
        )
    connect = service.service_connect if isinstance(service, AlwaysOn) else None
    if connect is not None and (cluster is None or cluster.namespace is None):
        yield Problem(
            f"services[{name!r}].service_connect needs a namespace, and the cluster of"
            f" {environment.name} has none; give it one, as in"
            " ClusterConfig(namespace='shop.internal')",
            connect.written_at(),
            "NoNamespace",
        )
    starts = vpc.zones_with_nat() or "ecs" in vpc.endpoint_services()
    if isinstance(service, Migration) and not starts:
        yield Problem(
            f"services[{name!r}] is started by a function in the VPC of {environment.name}, which"
            " has neither an endpoint of ECS nor a NAT gateway; add 'ecs' to its endpoints, or a"
            " zone to nat_zones",
            service.written_at(),
            "NoWayToEcs",
        )


def _of_repository(environment: Environment, name: str, image: ImageConfig) -> Iterator[Problem]:
    repositories = environment.account.repositories
    there = () if repositories is None else repositories.images
    if not image.is_elsewhere and image.repository not in there:
        yield Problem(
            f"services[{name!r}] runs an image of {image.repository!r}, and the account"
            f" {environment.account.name!r} has repositories for {', '.join(there) or 'none'}; use"
            " one of those, add it to the account's repositories, or name the host of another"
            f" registry, as in 'docker.io/{image.repository}'",
            image.written_at("repository"),
            "NoSuchRepository",
        )


def _of_registry(environment: Environment) -> Iterator[Problem]:
    repositories = environment.account.repositories
    if repositories is None or not images_of(environment.services):
        return
    if repositories.environments and environment.name not in repositories.environments:
        yield Problem(
            f"the repositories of the account {environment.account.name!r} belong to"
            f" {', '.join(repositories.environments)}, and {environment.name} runs images of them"
            f" too; add {environment.name!r} to their environments",
            repositories.written_at("environments"),
            "NoRepositories",
        )


def _of_versions(services: Mapping[str, Service]) -> Iterator[Problem]:
    """Find images that share a Terraform variable and start with different versions."""
    first: dict[str, tuple[str, ImageConfig]] = {}
    for name, service in services.items():
        image = service.task.container.image
        if image.owner is not ImageOwner.TERRAFORM:
            continue
        other, known = first.setdefault(image.variable_name, (name, image))
        if known.version != image.version:
            yield Problem(
                f"services[{name!r}] starts with version {image.version!r}, and {other!r} with"
                f" {known.version!r} by the same variable {image.variable_name!r}; write one"
                " version, or give one of the two images another variable",
                image.written_at("version"),
                "ImageVersionTwice",
            )


def _of_ids(services: Mapping[str, Service]) -> Iterator[Problem]:
    owners = dict.fromkeys(RESERVED, "the platform")
    for name, service in services.items():
        for id in ids_of(name, service):  # noqa: A001 - the framework's name
            other = owners.setdefault(id, name)
            if other != name:
                yield Problem(
                    f"services[{name!r}] would have a part called {id}, as"
                    f" {other if id in RESERVED else repr(other)} has; give it another name",
                    service.written_at(),
                    "NameTaken",
                )
                break
