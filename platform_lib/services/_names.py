"""What services name and their environment does not have; pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from platform_lib.errors import Location, PlatformError, Problem
from platform_lib.model import Model
from platform_lib.services.config import AlwaysOn, Migration, Service, WebService
from platform_lib.types import Slug

if TYPE_CHECKING:
    from platform_lib.environment import Environment

_SLUG: TypeAdapter[str] = TypeAdapter(Slug)


def check_names(services: Any) -> Any:
    """Refuse names of services that cannot be names in AWS, at the lines of the services.

    Pydantic would name the line of the environment, and of each one that runs the service.

    Raises:
        PlatformError: ``NameNotAllowed`` for each of them.
    """
    if not isinstance(services, Mapping):
        return services
    problems = [
        Problem(f"services: {wrong}", service.written_at(), "NameNotAllowed")
        for name, service in services.items()
        if isinstance(service, Model) and isinstance(name, str) and (wrong := _wrong(name))
    ]
    if problems:
        raise PlatformError.of(problems)
    return services


def _wrong(name: str) -> str | None:
    try:
        _SLUG.validate_python(name)
    except ValidationError as error:
        context = error.errors()[0]["ctx"]
        if "error" in context:
            return str(context["error"])
        most = context["max_length"]
        return f"{name!r} has {len(name)} characters; give a name of at most {most}"
    return None


def problems_of_names(environment: Environment, name: str, service: Service) -> Iterator[Problem]:
    """Yield everything that a service names and its environment lacks."""
    has = _Searched(environment.name, name)
    for field in ("databases", "caches", "brokers", "buckets", "tables"):
        there: Mapping[str, object] = getattr(environment, field)
        uses: Mapping[str, Model] = getattr(service, field)
        for used, use in uses.items():
            yield from has.problem(field, used, there, use.written_at())
    yield from _of_logins(environment, has, service)
    yield from _of_secrets(environment, has, service)
    if isinstance(service, WebService) and service.route is not None:
        route = service.route
        balancers = environment.load_balancers
        where = route.written_at("load_balancer")
        yield from has.problem(
            "route",
            route.load_balancer,
            balancers,
            where,
            add="load_balancers",
            kind="load balancer",
        )
    if isinstance(service, Migration):
        running = [it for it, other in environment.services.items() if isinstance(other, AlwaysOn)]
        for other in service.before:
            where = service.written_at("before")
            yield from has.problem(
                "before", other, running, where, add="services", kind="always running service"
            )


class _Searched:
    """One service, looking for what it names in one environment."""

    def __init__(self, environment: str, service: str) -> None:
        self._environment = environment
        self.service = f"services[{service!r}]"
        """The service, as its author would write it."""

    def problem(
        self,
        field: str,
        wanted: str,
        there: Iterable[str],
        where: Location | None,
        *,
        kind: str = "",
        holder: str = "",
        add: str = "",
    ) -> Iterator[Problem]:
        """Yield a problem if ``wanted`` is not ``there``.

        Args:
            field: Field of the service that names it.
            wanted: The name.
            there: The names that there are.
            where: The author's line.
            kind: What it is, where that is more than the field says.
            holder: What should have it, if not the environment itself.
            add: Field of the holder that it can be added to, if it is called otherwise.
        """
        names = [*there]
        if wanted in names:
            return
        what = f"the {kind} {wanted!r}" if kind else repr(wanted)
        holder = holder or self._environment
        near = get_close_matches(wanted, names, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        choice = "name one of those, or " if names else ""
        yield Problem(
            f"{self.service}.{field} names {what}, and {holder} has"
            f" {', '.join(names) or 'none'}; {hint}{choice}add it to {add or field} of {holder}",
            where,
            "NotInEnvironment",
        )


def _of_logins(environment: Environment, has: _Searched, service: Service) -> Iterator[Problem]:
    for name, use in service.databases.items():
        if name in environment.databases:
            yield from has.problem(
                "databases",
                use.credential,
                environment.databases[name].credentials,
                use.written_at("credential"),
                kind="credential",
                holder=f"databases[{name!r}] of {environment.name}",
                add="the credentials",
            )
    for name, cache in service.caches.items():
        if name in environment.caches:
            yield from has.problem(
                "caches",
                cache.user,
                environment.caches[name].users,
                cache.written_at("user"),
                kind="user",
                holder=f"caches[{name!r}] of {environment.name}",
                add="the users",
            )


def _of_secrets(environment: Environment, has: _Searched, service: Service) -> Iterator[Problem]:
    where = service.written_at("secrets")
    for variable, named in service.secrets.items():
        name, _, key = named.partition(":")
        secret = environment.secrets.get(name)
        if secret is None:
            field = f"secrets[{variable!r}]"
            yield from has.problem(field, name, environment.secrets, where, add="secrets")
        elif key and secret.generated is not None:
            yield Problem(
                f"{has.service}.secrets[{variable!r}] names the key {key!r} of {name!r}, whose"
                f" generated value is a text without keys; name {name!r}",
                where,
                "NotInEnvironment",
            )
