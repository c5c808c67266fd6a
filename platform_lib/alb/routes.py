"""Routes of one load balancer held against each other; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from platform_lib.alb._patterns import takes_all_of
from platform_lib.alb.config import Route

_ANY = "*"
_MOST_RULES = 100
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What is wrong with one route beside the others."""

    name: str
    """What the route leads to; of two, the one that is tried later."""

    message: str
    """The sentence."""


def conflicts_of(routes: Mapping[str, Route], *, about: str | None = None) -> list[Conflict]:
    """Return what contradicts each other among the routes of one load balancer.

    Args:
        routes: The routes by the name of what they lead to.
        about: Look only at this one beside the others, which are known to get along.
    """
    conflicts = []
    if len(routes) > _MOST_RULES:
        conflicts.append(
            Conflict(
                [*routes][-1],
                f"one load balancer may have {_MOST_RULES} routes and this one has {len(routes)};"
                " give some services a load balancer of their own",
            )
        )
    pairs = (
        combinations(sorted(routes), 2)
        if about is None
        else (sorted((about, other)) for other in routes if other != about)
    )
    for name, other in pairs:
        if routes[name].priority <= routes[other].priority:
            first, second = name, other
        else:
            first, second = other, name
        found = _problem(first, routes[first], second, routes[second])
        if found is not None:
            conflicts.append(Conflict(second, found))
    return conflicts


def _problem(first: str, route: Route, second: str, other: Route) -> str | None:
    """Say what is wrong between two routes, of which the first is tried first."""
    both = sorted(set(_claims(route)) & set(_claims(other)))
    if both:
        host, path = both[0]
        return (
            f"{first!r} and {second!r} both claim {_shown(host, path)}; let one of them claim another"
            " host or path"
        )
    if route.priority == other.priority:
        return (
            f"{first!r} and {second!r} both have priority {route.priority}; give each its own, the"
            " smaller one is tried first"
        )
    never = all(
        any(takes_all_of(h, host) and takes_all_of(p, path) for h, p in _claims(route))
        for host, path in _claims(other)
    )
    if never:
        host, path = next(_claims(other))
        return (
            f"{second!r} with priority {other.priority} never gets a request for {_shown(host, path)},"
            f" because {first!r} with priority {route.priority} takes them all; give {second!r} the"
            " smaller priority"
        )
    return None


def _claims(route: Route) -> Iterator[tuple[str, str]]:
    for host in route.hosts or (_ANY,):
        for path in route.paths:
            yield host, path


def _shown(host: str, path: str) -> str:
    return f"{path} of any host" if host == _ANY else f"{host}{path}"
