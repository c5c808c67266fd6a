"""What is wrong between the hosts and routes of an environment's services; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from platform_lib.acm.config import LONGEST_COMMON_NAME
from platform_lib.alb.config import Route
from platform_lib.alb.routes import conflicts_of
from platform_lib.errors import Problem
from platform_lib.services.config import ServiceRoute, WebService
from platform_lib.services.ids import id_of_host

if TYPE_CHECKING:
    from platform_lib.environment import Environment


def problems_of_hosts(environment: Environment) -> Iterator[Problem]:
    """Yield hosts and routes that two services claim; nothing where hosts cannot be known."""
    domain = environment.domain
    if domain is None or len(domain) > LONGEST_COMMON_NAME:
        return
    routes = {
        name: service.route
        for name, service in environment.services.items()
        if isinstance(service, WebService) and service.route is not None
    }
    yield from _of_hosts(routes, domain)
    by_balancer: dict[str, dict[str, Route]] = {}
    for name, route in routes.items():
        by_balancer.setdefault(route.load_balancer, {})[name] = route.in_domain(domain)
    for balancer, claimed in by_balancer.items():
        for conflict in conflicts_of(claimed):
            yield Problem(
                f"load_balancers[{balancer!r}]: {conflict.message}",
                routes[conflict.name].written_at("priority"),
                "RouteTaken",
            )


def _of_hosts(routes: dict[str, ServiceRoute], domain: str) -> Iterator[Problem]:
    leads: dict[str, tuple[str, str]] = {}
    labels: dict[str, str] = {}
    for name, route in routes.items():
        balancer, where = route.load_balancer, route.written_at("hosts")
        for label, host in zip(route.hosts, route.hosts_in(domain), strict=True):
            other, its = leads.setdefault(host, (name, balancer))
            if its != balancer:
                yield Problem(
                    f"services[{name!r}] is at {host} on the load balancer {balancer!r}, and"
                    f" {other!r} has that host on {its!r}; a host leads to one load balancer, so"
                    " use another host, or the same load balancer",
                    where,
                    "HostTaken",
                )
            like = labels.setdefault(id_of_host(label), label)
            if like != label:
                yield Problem(
                    f"services[{name!r}] has the host {label!r}, whose records would have the id"
                    f" {id_of_host(label)} of those of {like!r}; use another host",
                    where,
                    "NameTaken",
                )
