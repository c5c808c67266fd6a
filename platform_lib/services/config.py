"""Services: what a product engineer writes about a program that runs in an environment; pure."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from platform_lib.alb.config import PathPattern, Route, check_rule
from platform_lib.alb.target_config import TargetGroupSettings
from platform_lib.ecs.service_config import ServiceConfig
from platform_lib.ecs.task_configs import MigrationConfig, ScheduledTaskConfig
from platform_lib.model import Model
from platform_lib.services.uses import Uses
from platform_lib.types import Slug, matching

APEX = "@"
"""Stands for the environment's domain itself, as in zone files."""

HostLabel = Annotated[
    str,
    AfterValidator(
        matching(
            r"@|[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
            "one label below the environment's domain; write it as in 'api', or '@' for the domain"
            " itself",
        )
    ),
]
"""One label below the environment's domain, or ``@`` for the domain itself."""


HOSTS_VARIABLE = "ALLOWED_HOSTS"
"""Gets the hosts of a web service's route."""


class ServiceRoute(Model):
    """Which requests reach a service, in whatever environment it runs."""

    load_balancer: Slug
    """Load balancer of the environment, by name."""

    hosts: Annotated[tuple[HostLabel, ...], Field(min_length=1)]
    """Hosts below the environment's domain: ``api`` for ``api.<domain>``. Each gets a record."""

    priority: Annotated[int, Field(ge=1, le=50000)]
    """When it is tried, the smallest number first; no two of a load balancer are equal."""

    paths: tuple[PathPattern, ...] = ("/*",)
    """Paths of those hosts; the default takes every path."""

    def hosts_in(self, domain: str) -> tuple[str, ...]:
        """Return the full hosts."""
        return tuple(domain if label == APEX else f"{label}.{domain}" for label in self.hosts)

    def in_domain(self, domain: str) -> Route:
        """Return the route as the load balancer of an environment has it."""
        return Route(priority=self.priority, hosts=self.hosts_in(domain), paths=self.paths)

    @model_validator(mode="after")
    def _is_a_rule(self) -> Self:
        check_rule(self.hosts, self.paths)
        return self


class WebService(Uses, ServiceConfig):
    """A service that answers requests, from a load balancer or from other services.

    It gets ``ALLOWED_HOSTS`` with the hosts of its route, separated by commas.
    """

    route: ServiceRoute | None = None
    """Which requests a load balancer sends to it; ``None`` for one that only services call, by
    ``service_connect``."""

    target: TargetGroupSettings = TargetGroupSettings()
    """How the load balancer calls it: health check, draining, alarms."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.task.container.port is None:
            raise ValueError(
                "task.container.port is missing, so nothing could call it; give the port that it"
                " listens on, or write Worker for what nothing calls"
            )
        named = self.service_connect is not None and self.service_connect.name is not None
        if self.route is None and not named:
            raise ValueError(
                "nobody can reach it; give it a route, or a service_connect with a name, or write"
                " Worker for what nothing calls"
            )
        return self

    @model_validator(mode="after")
    def _scales_on_what_it_has(self) -> Self:
        scaling = self.scaling
        if scaling is None:
            return self
        if scaling.requests_per_target is not None and self.route is None:
            raise ValueError(
                f"tasks.requests_per_target={scaling.requests_per_target} counts requests of a load"
                " balancer, and it has no route; leave it out, or give it a route"
            )
        if scaling.messages_per_task is not None and self.queue is None:
            raise ValueError(
                f"tasks.messages_per_task={scaling.messages_per_task} counts messages of a queue,"
                " and it works off none; leave it out, or write"
                " brokers={'<name>': BrokerUse(queue='<queue>')}"
            )
        return self

    @model_validator(mode="after")
    def _names_allowed_hosts_once(self) -> Self:
        given = {*self.task.container.environment, *(name for name, _ in self.injected())}
        if self.route is not None and HOSTS_VARIABLE in given:
            raise ValueError(
                f"variable {HOSTS_VARIABLE} comes from the route; leave it out, or call the other"
                " one something else"
            )
        return self


def _check_not_called(service: ServiceConfig) -> None:
    connect = service.service_connect
    if connect is not None and connect.name is not None:
        raise ValueError(
            f"service_connect.name={connect.name!r} is for what others call, and nothing calls a"
            f" {type(service).__name__}; leave the name out, or write WebService"
        )


class Worker(Uses, ServiceConfig):
    """A service that works off the messages of a queue; nothing calls it."""

    @model_validator(mode="after")
    def _has_a_queue(self) -> Self:
        queues = [name for name, use in self.brokers.items() if use.queue is not None]
        if not queues:
            raise ValueError(
                "it has no queue to work off; write brokers={'<name>': BrokerUse(queue='<queue>')}"
            )
        if len(queues) > 1:
            raise ValueError(
                f"it works off queues of {', '.join(queues)}, and scaling and alarms look at one;"
                " make a worker for each"
            )
        return self

    @model_validator(mode="after")
    def _is_called_by_nothing(self) -> Self:
        _check_not_called(self)
        if self.scaling is not None and self.scaling.requests_per_target is not None:
            raise ValueError(
                f"tasks.requests_per_target={self.scaling.requests_per_target} counts requests of a"
                " load balancer, and nothing calls a Worker; write messages_per_task"
            )
        return self


class Scheduler(Uses, ServiceConfig):
    """A service of which exactly one task runs, such as Celery beat: the old one stops first."""

    tasks: Literal[1] = 1
    """One task."""

    singleton: Literal[True] = True
    """Never two, not even during a deployment."""

    @model_validator(mode="after")
    def _is_called_by_nothing(self) -> Self:
        _check_not_called(self)
        return self


class Job(Uses, ScheduledTaskConfig):
    """A task that is started at certain times and ends by itself."""


class Migration(Uses, MigrationConfig):
    """A task that has to succeed before the services that it is for change to a new revision."""

    before: Annotated[tuple[Slug, ...], Field(min_length=1)]
    """Services that wait for it, by name."""

    @model_validator(mode="after")
    def _names_each_once(self) -> Self:
        twice = sorted({it for it in self.before if self.before.count(it) > 1})
        if twice:
            raise ValueError(f"before has {', '.join(twice)} twice; write each once")
        return self


AlwaysOn = WebService | Worker | Scheduler
"""Services whose tasks always run."""

Service = WebService | Worker | Scheduler | Job | Migration
"""Any of them."""
