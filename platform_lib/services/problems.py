"""What is wrong between the services of an environment and what they name of it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from platform_lib.alb.config import Route
from platform_lib.alb.routes import conflicts_of
from platform_lib.errors import Problem
from platform_lib.services.config import AlwaysOn, Migration, Service, WebService
from platform_lib.services.ids import ids_of

if TYPE_CHECKING:
    from platform_lib.environment import Environment


def problems_of(environment: Environment) -> list[Problem]:
    """Return everything that services name and the environment does not have, or claim twice."""
    services = environment.services
    if services and environment.cluster is None:
        return [
            Problem(
                f"services has {', '.join(services)}, and the environment has no cluster for them;"
                " give it cluster=ClusterConfig()",
                environment.written_at("services"),
                "NoCluster",
            )
        ]
    return [
        *(
            it
            for name, service in services.items()
            for it in _of_service(environment, name, service)
        ),
        *_of_routes(environment),
        *_of_ids(services),
    ]


def _of_service(environment: Environment, name: str, service: Service) -> Iterator[Problem]:
    yield from _of_names(environment, name, service)
    yield from _of_logins(environment, name, service)
    yield from _of_domain(environment, name, service)
    yield from _of_image(environment, name, service)
    if isinstance(service, WebService) and service.route is not None:
        wanted, there = service.route.load_balancer, environment.load_balancers
        if wanted not in there:
            yield _missing(name, service, "route", f"the load balancer {wanted!r}", there)
    if isinstance(service, AlwaysOn) and service.service_connect is not None:
        cluster = environment.cluster
        if cluster is not None and cluster.namespace is None:
            yield Problem(
                f"services[{name!r}].service_connect needs a namespace, and the cluster has none;"
                " give the environment's cluster one",
                service.written_at("service_connect"),
                "NoNamespace",
            )
    if isinstance(service, Migration):
        running = [it for it, other in environment.services.items() if isinstance(other, AlwaysOn)]
        for other in service.before:
            if other not in running:
                yield _missing(name, service, "before", f"the service {other!r}", running)


def _of_names(environment: Environment, name: str, service: Service) -> Iterator[Problem]:
    for field in ("databases", "caches", "brokers", "buckets", "tables"):
        there: Mapping[str, object] = getattr(environment, field)
        for used in getattr(service, field):
            if used not in there:
                yield _missing(name, service, field, repr(used), there)
    for secret in service.secrets.values():
        if secret.partition(":")[0] not in environment.secrets:
            yield _missing(name, service, "secrets", repr(secret), environment.secrets)


def _of_logins(environment: Environment, name: str, service: Service) -> Iterator[Problem]:
    for database, use in service.databases.items():
        if database in environment.databases:
            credentials = environment.databases[database].credentials
            if use.credential not in credentials:
                what = f"the credential {use.credential!r} of {database!r}"
                yield _missing(name, service, "databases", what, credentials)
    for cache, cache_use in service.caches.items():
        if cache in environment.caches:
            users = environment.caches[cache].users
            if cache_use.user not in users:
                what = f"the user {cache_use.user!r} of {cache!r}"
                yield _missing(name, service, "caches", what, users)


def _of_domain(environment: Environment, name: str, service: Service) -> Iterator[Problem]:
    if service.email is not None and environment.email is None:
        yield Problem(
            f"services[{name!r}].email sends mail, and the environment has no domain to send from;"
            " give it email=EmailIdentityConfig(domain=...)",
            service.written_at("email"),
            "NoEmail",
        )
    if service.addresses and environment.domain is None:
        yield Problem(
            f"services[{name!r}].addresses names the environment's domain, and it has none; give it"
            " a domain",
            service.written_at("addresses"),
            "NoDomain",
        )


def _of_image(environment: Environment, name: str, service: Service) -> Iterator[Problem]:
    image = service.task.container.image
    repositories = environment.account.repositories
    there = () if repositories is None else repositories.images
    if not image.is_elsewhere and image.repository not in there:
        yield Problem(
            f"services[{name!r}] runs an image of {image.repository!r}, for which the account"
            f" {environment.account.name!r} has no repository: it has"
            f" {', '.join(there) or 'none'}; add it to the account's repositories",
            service.written_at("task"),
            "NoSuchRepository",
        )


def _missing(
    name: str, service: Service, field: str, what: str, there: Mapping[str, object] | list[str]
) -> Problem:
    return Problem(
        f"services[{name!r}].{field} names {what}, and the environment has"
        f" {', '.join(there) or 'none'}; choose one of those, or add it to the environment",
        service.written_at(field),
        "NotInEnvironment",
    )


def _of_routes(environment: Environment) -> Iterator[Problem]:
    domain = environment.domain
    if domain is None:
        return
    routes = {
        name: service.route
        for name, service in environment.services.items()
        if isinstance(service, WebService) and service.route is not None
    }
    by_balancer: dict[str, dict[str, Route]] = {}
    owners: dict[str, tuple[str, str]] = {}
    for name, route in routes.items():
        balancer = route.load_balancer
        by_balancer.setdefault(balancer, {})[name] = route.in_domain(domain)
        for host in route.hosts_in(domain):
            other, its = owners.setdefault(host, (name, balancer))
            if its != balancer:
                yield Problem(
                    f"services[{name!r}] is at {host} on the load balancer {balancer!r}, and"
                    f" {other!r} has that host on {its!r}; a host leads to one load balancer, so"
                    " use another host, or the same load balancer",
                    environment.services[name].written_at("route"),
                    "HostTaken",
                )
    for balancer, claimed in by_balancer.items():
        for conflict in conflicts_of(claimed):
            yield Problem(
                f"load_balancers[{balancer!r}]: {conflict.message}",
                environment.services[conflict.name].written_at("route"),
                "RouteTaken",
            )


def _of_ids(services: Mapping[str, Service]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for name, service in services.items():
        for id in ids_of(name, service):  # noqa: A001 - the framework's name
            other = owners.setdefault(id, name)
            if other != name:
                yield Problem(
                    f"services[{name!r}] would have a part called {id}, as {other!r} has; give one"
                    " of them another name",
                    service.written_at(),
                    "NameTaken",
                )
                break
