"""Kinds of services: what each has to have, and what it cannot have."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib._validation import sentences_of
from platform_lib.alb.config import Route
from platform_lib.alb.target_config import TargetGroupSettings, TargetHealthCheck
from platform_lib.ecs.service_config import ScalingConfig, ServiceConnectConfig
from platform_lib.services.config import AlwaysOn, ServiceRoute
from platform_lib.services.uses import BrokerUse
from tests.config.service_shop import (
    DOMAIN,
    job,
    migration,
    scheduler,
    sentence,
    task,
    web,
    worker,
)

BY_NAME = ServiceConnectConfig(name="api")
CALLS_ONLY = ServiceConnectConfig()


def said(error: pytest.ExceptionInfo[ValidationError]) -> list[str]:
    """Return what the author reads."""
    return [it.text for it in sentences_of(error.value)]


class TestRoute:
    """Which requests reach a service."""

    def test_takes_every_path_by_default(self) -> None:
        """Of its hosts, below the environment's domain."""
        route = ServiceRoute(load_balancer="public", hosts=("api", "@"), priority=5)

        assert route.in_domain(DOMAIN) == Route(
            priority=5, hosts=("api.shop.example.com", "shop.example.com"), paths=("/*",)
        )

    def test_takes_the_paths_that_are_given(self) -> None:
        """Two services can share a host."""
        route = ServiceRoute(
            load_balancer="public", hosts=("api",), priority=5, paths=("/v1/*", "/v1")
        )

        assert route.in_domain(DOMAIN).paths == ("/v1/*", "/v1")

    @pytest.mark.parametrize("label", ["@", "a", "api-2", "a" * 63])
    def test_takes_one_label(self, label: str) -> None:
        """63 characters at most, as DNS has it."""
        route = ServiceRoute(load_balancer="public", hosts=(label,), priority=1)

        assert route.hosts == (label,)

    @pytest.mark.parametrize("label", ["", "API", "api.eu", "-api", "*", "a" * 64])
    def test_refuses_what_is_no_label(self, label: str) -> None:
        """The certificate is for names one level below the domain."""
        with pytest.raises(ValidationError) as refused:
            ServiceRoute(load_balancer="public", hosts=(label,), priority=1)

        assert sentence(refused.value) == (
            f"{label!r} is not one label below the environment's domain; write it as in 'api', or"
            " '@' for the domain itself"
        )

    def test_needs_a_host(self) -> None:
        """Without one it would take everybody's requests."""
        with pytest.raises(ValidationError) as refused:
            ServiceRoute(load_balancer="public", hosts=(), priority=1)

        assert said(refused) == ["ServiceRoute: hosts=() has 0 items; give at least 1"]

    @pytest.mark.parametrize("priority", [1, 50000])
    def test_takes_priorities_of_elb(self, priority: int) -> None:
        """1 to 50000."""
        route = ServiceRoute(load_balancer="public", hosts=("api",), priority=priority)

        assert route.priority == priority

    @pytest.mark.parametrize(
        ("priority", "said_of_it"),
        [(0, "is too small; use 1 or more"), (50001, "is too large; use 50000 or less")],
    )
    def test_refuses_other_priorities(self, priority: int, said_of_it: str) -> None:
        """ELB has no others."""
        with pytest.raises(ValidationError) as refused:
            ServiceRoute(load_balancer="public", hosts=("api",), priority=priority)

        assert said(refused) == [f"ServiceRoute: priority={priority} {said_of_it}"]

    def test_is_one_rule(self) -> None:
        """What a rule of a listener cannot have is refused here, at the line of the route."""
        with pytest.raises(ValidationError) as refused:
            ServiceRoute(
                load_balancer="public", hosts=tuple("abcd"), priority=1, paths=("/x", "/y")
            )

        assert sentence(refused.value) == (
            "hosts and paths have 6 values together and a rule takes 5; use wildcards, or make two"
            " routes"
        )


class TestWebService:
    """A service that answers requests."""

    def test_is_reached_by_a_route(self) -> None:
        """From a load balancer, with its defaults for health."""
        service = web()

        assert service.route is not None
        assert service.target == TargetGroupSettings()
        assert service.tasks == 2

    def test_is_reached_by_name(self) -> None:
        """From services of the same namespace, without a load balancer."""
        assert web(route=None, service_connect=BY_NAME).route is None

    @pytest.mark.parametrize("connect", [None, CALLS_ONLY])
    def test_is_refused_if_nobody_can_reach_it(self, connect: ServiceConnectConfig | None) -> None:
        """One that only calls others by name cannot be called by them."""
        with pytest.raises(ValidationError) as refused:
            web(route=None, service_connect=connect)

        assert sentence(refused.value) == (
            "nobody can reach it; give it a route, or a service_connect with a name, or write"
            " Worker for what nothing calls"
        )

    def test_is_refused_without_a_port(self) -> None:
        """Requests go to the port of its container."""
        with pytest.raises(ValidationError) as refused:
            web(task=task())

        assert sentence(refused.value) == (
            "task.container.port is missing, so nothing could call it; give the port that it"
            " listens on, or write Worker for what nothing calls"
        )

    def test_refuses_a_health_path_without_a_slash(self) -> None:
        """ELB would refuse it at the apply."""
        with pytest.raises(ValidationError) as refused:
            web(target={"health_check": {"path": "health/"}})

        assert said(refused) == [
            (
                "WebService: target.health_check.path: 'health/' is not a health check path; start"
                " it with a slash, as in '/health/'"
            )
        ]
        settings = TargetGroupSettings(health_check=TargetHealthCheck(path="/health/"))
        assert web(target=settings).target == settings

    def test_scales_on_requests_if_it_has_a_route(self) -> None:
        """The load balancer counts them."""
        scaling = ScalingConfig(maximum=4, requests_per_target=600)

        assert web(tasks=scaling).scaling == scaling
        with pytest.raises(ValidationError) as refused:
            web(tasks=scaling, route=None, service_connect=BY_NAME)
        assert sentence(refused.value) == (
            "tasks.requests_per_target=600 counts requests of a load balancer, and it has no route;"
            " leave it out, or give it a route"
        )

    def test_scales_on_messages_if_it_has_a_queue(self) -> None:
        """The broker counts them."""
        scaling = ScalingConfig(maximum=4, messages_per_task=10)

        assert web(tasks=scaling, brokers={"jobs": BrokerUse(queue="mail")}).scaling == scaling
        with pytest.raises(ValidationError) as refused:
            web(tasks=scaling, brokers={"jobs": BrokerUse()})
        assert sentence(refused.value) == (
            "tasks.messages_per_task=10 counts messages of a queue, and it works off none; leave it"
            " out, or write brokers={'<name>': BrokerUse(queue='<queue>')}"
        )

    @pytest.mark.parametrize(
        "fields",
        [
            {"task": task(port=8000, environment={"ALLOWED_HOSTS": "*"})},
            {"brokers": {"jobs": BrokerUse(variable="ALLOWED_HOSTS")}},
        ],
    )
    def test_has_its_hosts_in_a_variable_of_their_own(self, fields: dict[str, Any]) -> None:
        """The hosts differ by environment, so nobody writes them down."""
        with pytest.raises(ValidationError) as refused:
            web(**fields)

        assert sentence(refused.value) == (
            "variable ALLOWED_HOSTS comes from the route; leave it out, or call the other one"
            " something else"
        )
        assert web(route=None, service_connect=BY_NAME, **fields).route is None


class TestWorker:
    """A service that works off a queue."""

    def test_has_a_queue(self) -> None:
        """Besides, it may send to another broker."""
        service = worker(
            brokers={"jobs": BrokerUse(queue="mail"), "audit": BrokerUse(variable="AUDIT_URL")}
        )

        assert service.queue == ("jobs", "mail")

    @pytest.mark.parametrize("brokers", [{}, {"jobs": BrokerUse()}])
    def test_is_refused_without_one(self, brokers: dict[str, BrokerUse]) -> None:
        """One that only sends has nothing to do."""
        with pytest.raises(ValidationError) as refused:
            worker(brokers=brokers)

        assert sentence(refused.value) == (
            "it has no queue to work off; write brokers={'<name>': BrokerUse(queue='<queue>')}"
        )

    def test_is_refused_with_two(self) -> None:
        """Which of them would it scale on?"""
        brokers = {
            "jobs": BrokerUse(queue="mail"),
            "audit": BrokerUse(queue="audit", variable="AUDIT_URL"),
        }

        with pytest.raises(ValidationError) as refused:
            worker(brokers=brokers)

        assert sentence(refused.value) == (
            "it works off queues of jobs, audit, and scaling and alarms look at one; make a worker"
            " for each"
        )

    def test_scales_on_messages_and_not_on_requests(self) -> None:
        """Nothing calls it."""
        assert worker(tasks=ScalingConfig(maximum=4, messages_per_task=10)).scaling
        with pytest.raises(ValidationError) as refused:
            worker(tasks=ScalingConfig(maximum=4, requests_per_target=600))
        assert sentence(refused.value) == (
            "tasks.requests_per_target=600 counts requests of a load balancer, and nothing calls a"
            " Worker; write messages_per_task"
        )

    def test_calls_others_by_name_and_has_none(self) -> None:
        """Its container listens on no port."""
        assert worker(service_connect=CALLS_ONLY).service_connect == CALLS_ONLY
        with pytest.raises(ValidationError) as refused:
            worker(service_connect=BY_NAME)
        assert sentence(refused.value) == (
            "service_connect.name='api' is for what others call, and nothing calls a Worker; leave"
            " the name out, or write WebService"
        )


class TestScheduler:
    """A service of which there is one task."""

    def test_is_exactly_one(self) -> None:
        """Whatever nobody wrote."""
        assert (scheduler().tasks, scheduler().singleton) == (1, True)

    @pytest.mark.parametrize(
        ("fields", "said_of_it"),
        [
            ({"tasks": 2}, "Scheduler: tasks=2 is not allowed; use 1"),
            ({"singleton": False}, "Scheduler: singleton=False is not allowed; use True"),
        ],
    )
    def test_cannot_be_more(self, fields: dict[str, Any], said_of_it: str) -> None:
        """Two would start everything twice."""
        with pytest.raises(ValidationError) as refused:
            scheduler(**fields)

        assert said(refused) == [said_of_it]

    def test_calls_others_by_name_and_has_none(self) -> None:
        """As a worker."""
        assert scheduler(service_connect=CALLS_ONLY).service_connect == CALLS_ONLY
        with pytest.raises(ValidationError) as refused:
            scheduler(service_connect=BY_NAME)
        assert sentence(refused.value) == (
            "service_connect.name='api' is for what others call, and nothing calls a Scheduler;"
            " leave the name out, or write WebService"
        )


class TestMigration:
    """A task before a rollout."""

    def test_names_what_waits_for_it(self) -> None:
        """One or more."""
        assert migration(before=("api", "mailer")).before == ("api", "mailer")

    def test_is_before_something(self) -> None:
        """Else nobody would wait for it, and a job is what is meant."""
        with pytest.raises(ValidationError) as refused:
            migration(before=())

        assert said(refused) == ["Migration: before=() has 0 items; give at least 1"]

    def test_names_each_once(self) -> None:
        """A service waits for it once."""
        with pytest.raises(ValidationError) as refused:
            migration(before=("api", "mailer", "api"))

        assert sentence(refused.value) == "before has api twice; write each once"


def test_jobs_and_migrations_do_not_always_run() -> None:
    """They are started, and end."""
    running = [isinstance(it, AlwaysOn) for it in (web(), worker(), scheduler())]
    ending = [isinstance(it, AlwaysOn) for it in (job(), migration())]

    assert (all(running), any(ending)) == (True, False)


def test_a_job_has_a_time() -> None:
    """The schedule is checked as that of any task."""
    assert job().schedule == "cron(0 3 * * ? *)"
    with pytest.raises(ValidationError, match="is not a schedule"):
        job(schedule="daily")


@pytest.mark.parametrize("make", [web, worker, scheduler, job, migration])
def test_a_misspelt_field_is_refused(make: Any) -> None:
    """A name that is ignored would be a permission that is missing."""
    with pytest.raises(ValidationError) as refused:
        make(database={})

    (text,) = said(refused)
    assert "unknown field 'database'; did you mean 'databases'? allowed: " in text
