"""Guardrails about services: what each rule refuses and accepts, with the exact sentences."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.alerts.config import AlertsConfig
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.ecr.config import RepositoriesConfig
from platform_lib.ecs.config import CapacityConfig, ClusterConfig, ContainerConfig, TaskConfig
from platform_lib.ecs.images import ImageConfig, ImageOwner
from platform_lib.ecs.service_config import ScalingConfig, ScheduledScaling
from platform_lib.environment import Category, Environment
from platform_lib.guardrails.review import Review, review
from platform_lib.mq.config import BrokerConfig
from platform_lib.services.config import (
    Job,
    Migration,
    Scheduler,
    Service,
    ServiceRoute,
    WebService,
    Worker,
)
from platform_lib.services.uses import BrokerUse, EmailUse, SmtpUse
from platform_lib.ses.config import EmailIdentityConfig
from platform_lib.waivers import Waiver

TODAY = date(2026, 3, 1)
Variant = Callable[[Environment], Environment]

OWN_IMAGE = ImageConfig(repository="shop/api", version="1.4.0")
DIGEST = f"sha256:{'a' * 64}"
SPOT = CapacityConfig(on_demand_base=0, on_demand_weight=0, spot_weight=1)
MIXED = CapacityConfig(on_demand_base=0, on_demand_weight=1, spot_weight=3)


def task(*, image: ImageConfig = OWN_IMAGE, container: Any = None, **fields: Any) -> TaskConfig:
    """Return a small task, production's where nothing else is said."""
    ran = ContainerConfig(image=image, port=8080, **(container or {}))
    return TaskConfig(**{"cpu": 256, "memory_mib": 512, "container": ran, **fields})


def web(**fields: Any) -> WebService:
    """Return a service behind the load balancer."""
    route = ServiceRoute(load_balancer="public", hosts=("api",), priority=100)
    return WebService(**{"task": task(), "route": route, **fields})


def worker(**fields: Any) -> Worker:
    """Return a service that works off a queue."""
    queue = {"jobs": BrokerUse(queue="celery")}
    return Worker(**{"task": task(), "brokers": queue, **fields})


def job(**fields: Any) -> Job:
    """Return a nightly job."""
    return Job(**{"task": task(), "description": "Cleans up", "schedule": "rate(1 day)", **fields})


def shop(**fields: Any) -> Variant:
    """Return a change to an environment that runs services, with ``fields`` instead of its own."""
    parts: dict[str, Any] = {
        "domain": "shop.example.com",
        "email": EmailIdentityConfig(domain="shop.example.com", dmarc_policy="quarantine"),
        "cluster": ClusterConfig(),
        "load_balancers": {
            "public": LoadBalancerConfig(sources=("203.0.113.0/24",), dual_stack=False),
        },
        "brokers": {"jobs": BrokerConfig(host_type="mq.m7g.large", zones=("a", "b", "c"))},
        "services": {"api": web()},
        **fields,
    }

    def change(environment: Environment) -> Environment:
        account = environment.account.evolve(
            zones={"main": HostedZoneConfig(domain="example.com")},
            repositories=RepositoriesConfig(images=("shop/api",)),
        )
        return environment.evolve(account=account, **parts)

    return change


def services(**named: Service) -> Variant:
    """Return a change to an environment with these services."""
    return shop(services=named)


def balancer(**fields: Any) -> Variant:
    """Return a change to an environment with one load balancer, for partners."""
    given = {"sources": ("203.0.113.0/24",), "dual_stack": False, **fields}
    return shop(load_balancers={"public": LoadBalancerConfig(**given)})


def mailer(smtp: SmtpUse | None) -> Worker:
    """Return a worker that sends mail."""
    return worker(email=EmailUse(senders=("orders",), smtp=smtp))


def image(**fields: Any) -> WebService:
    """Return a service that runs another image."""
    return web(task=task(image=ImageConfig(**fields)))


def at_night(minimum: int) -> ScalingConfig:
    """Return limits that are lower at night."""
    night = ScheduledScaling(schedule="cron(0 22 * * ? *)", minimum=minimum, maximum=4)
    return ScalingConfig(maximum=8, schedules={"night": night})


SHELL = services(api=web(task=task(execute_command=True, container={"read_only_root": False})))
"""A service that people have a shell in, which needs a writable root."""

WRITABLE = Waiver(
    rule="ecs-read-only-root",
    address="services.api.task.container.read_only_root",
    reason="the agent of ECS Exec writes to it",
    expires=TODAY,
)

OPEN = Waiver(
    rule="load-balancer-behind-edge",
    address="load_balancers.public.sources",
    reason="partners come from everywhere",
    expires=TODAY,
)

BAD: dict[str, tuple[Variant, str, str]] = {
    "load-balancer-forwarded-for": (
        # That everybody may call it is accepted here.
        lambda environment: balancer(sources=("everybody",), forwarded_for="preserve")(
            environment
        ).evolve(waivers=(OPEN,)),
        "load_balancers.public.forwarded_for",
        (
            "everybody may call it, and services get the X-Forwarded-For that the client wrote; leave"
            ' forwarded_for out for the default, "append"'
        ),
    ),
    "ecs-read-only-root": (
        services(api=web(task=task(container={"read_only_root": False}))),
        "services.api.task.container.read_only_root",
        (
            "whoever breaks into it can change its programs, and leave others behind; leave"
            " read_only_root out, and name the folders that it writes to in tmp_volumes"
        ),
    ),
    "ecs-no-exec": (
        # A shell needs a writable root, so that is accepted here.
        lambda environment: SHELL(environment).evolve(waivers=(WRITABLE,)),
        "services.api.task.execute_command",
        (
            "people can run commands in its tasks, with its permissions and its secrets; leave"
            " execute_command out, and write a Job or a Migration for what is done there"
        ),
    ),
    "ecs-two-tasks": (
        services(api=web(tasks=1)),
        "services.api.tasks",
        (
            "one task may be all that runs, and nothing takes over when its zone fails; write 2 or"
            " more, or a Scheduler for what must run once"
        ),
    ),
    "ecs-on-demand-base": (
        shop(cluster=ClusterConfig(capacity=SPOT)),
        "cluster.capacity.on_demand_base",
        (
            "all tasks may be on Fargate Spot, which AWS takes away with two minutes' notice; leave"
            " on_demand_base out, or write 1 or more"
        ),
    ),
    "ecs-log-retention": (
        services(api=web(task=task(log_retention_days=60))),
        "services.api.task.log_retention_days",
        "its logs are kept for 60 days; write log_retention_days=90 or more",
    ),
    "image-digest": (
        services(api=image(repository="ghcr.io/acme/api", version="1.4.0")),
        "services.api.task.container.image.version",
        (
            "the owners of ghcr.io/acme/api may move the tag '1.4.0' to another image, which every new"
            " task then runs; write version='sha256:...', or copy the image to a repository of the"
            " account"
        ),
    ),
    "no-smtp-user": (
        services(mailer=mailer(SmtpUse(reason="It speaks SMTP only"))),
        "services.mailer.email.smtp",
        (
            "its key is valid until somebody changes it, and is in the Terraform state; leave smtp"
            " out, and let the software call the API"
        ),
    ),
    "mail-dmarc": (
        shop(email=EmailIdentityConfig(domain="shop.example.com", dmarc_policy="none")),
        "email.dmarc_policy",
        (
            "receivers deliver mail of others that claims to be from shop.example.com; write"
            ' dmarc_policy="quarantine" as soon as all that sends for the domain is known'
        ),
    ),
}
"""One weakening for each rule, with the address and the sentence of its finding."""

ALSO_BAD: dict[str, tuple[Variant, list[tuple[str, str]]]] = {
    "a worker with one task": (
        services(jobs=worker(tasks=1)),
        [("ecs-two-tasks", "services.jobs.tasks")],
    ),
    "one task at times": (
        services(api=web(tasks=ScalingConfig(minimum=1, maximum=8))),
        [("ecs-two-tasks", "services.api.tasks.minimum")],
    ),
    "one task at night": (
        services(api=web(tasks=at_night(1))),
        [("ecs-two-tasks", "services.api.tasks.schedules.night.minimum")],
    ),
    "a job with a writable root": (
        services(nightly=job(task=task(container={"read_only_root": False}))),
        [("ecs-read-only-root", "services.nightly.task.container.read_only_root")],
    ),
    "a service on Spot alone": (
        services(api=web(capacity=SPOT)),
        [("ecs-on-demand-base", "services.api.capacity.on_demand_base")],
    ),
    "a service that may be on Spot alone": (
        services(api=web(capacity=MIXED)),
        [("ecs-on-demand-base", "services.api.capacity.on_demand_base")],
    ),
    "a scheduler on Spot": (
        services(beat=Scheduler(task=task(), capacity=SPOT)),
        [("ecs-on-demand-base", "services.beat.capacity.on_demand_base")],
    ),
    "records of ECS Exec that are soon gone": (
        shop(cluster=ClusterConfig(log_retention_days=60)),
        [("ecs-log-retention", "cluster.log_retention_days")],
    ),
    "an image of others that a release job deploys": (
        services(
            api=image(repository="ghcr.io/acme/api", owner=ImageOwner.CD, version="1.4.0"),
        ),
        [("image-digest", "services.api.task.container.image.version")],
    ),
    "services whose alarms nobody hears": (
        shop(alerts=AlertsConfig(), brokers={}),
        [("alert-receivers", "alerts.p1_emails")],
    ),
    "a shell": (
        SHELL,
        [
            ("ecs-no-exec", "services.api.task.execute_command"),
            ("ecs-read-only-root", "services.api.task.container.read_only_root"),
        ],
    ),
}

GOOD: dict[str, Variant] = {
    "services of every kind": services(
        api=web(),
        jobs=worker(tasks=ScalingConfig(maximum=8)),
        beat=Scheduler(task=task()),
        nightly=job(capacity=SPOT),
        schema=Migration(task=task(), description="Its schema", before=("api",)),
    ),
    "two tasks at night": services(api=web(tasks=at_night(2))),
    "more tasks on Spot than on Fargate": services(
        api=web(capacity=CapacityConfig(on_demand_base=1, on_demand_weight=0, spot_weight=1))
    ),
    "no base where there is no Spot": services(
        api=web(capacity=CapacityConfig(on_demand_base=0, on_demand_weight=1))
    ),
    "a forwarded address from those who are let in": balancer(
        sources=("pl-12345678",), forwarded_for="preserve"
    ),
    "no forwarded address": balancer(forwarded_for="remove"),
    "the least retention": shop(
        cluster=ClusterConfig(log_retention_days=90),
        services={"api": web(task=task(log_retention_days=90))},
    ),
    "an image of others by its digest": services(
        api=image(repository="ghcr.io/acme/api", version=DIGEST)
    ),
    "an image of others whose version every plan gives": services(
        api=image(repository="ghcr.io/acme/api")
    ),
    "mail by the API": services(mailer=mailer(None)),
    "a policy that rejects": shop(
        email=EmailIdentityConfig(domain="shop.example.com", dmarc_policy="reject")
    ),
    "a policy that is kept elsewhere": shop(
        email=EmailIdentityConfig(domain="shop.example.com", dmarc_policy=None)
    ),
    "no cluster whose alarms somebody could hear": lambda environment: environment.evolve(
        alerts=AlertsConfig()
    ),
}


def found(environment: Environment) -> list[tuple[str, str]]:
    """Return rule and address of everything that is wrong in an environment."""
    return [
        (it.finding.rule, it.finding.address) for it in review([environment], as_of=TODAY).errors
    ]


@pytest.mark.parametrize("rule", BAD)
def test_each_rule_about_services_refuses(environment: Environment, rule: str) -> None:
    """One weakening gives exactly one error, with field, value and fix."""
    weaken, address, message = BAD[rule]

    (error,) = review([weaken(environment)], as_of=TODAY).errors

    assert (error.finding.rule, error.finding.address) == (rule, address)
    assert error.finding.message == f"shop-prod: {address}: {message}"


@pytest.mark.parametrize("variant", ALSO_BAD)
def test_the_same_weakness_is_found_elsewhere(environment: Environment, variant: str) -> None:
    """Every kind of service and every place of a field is looked at."""
    weaken, expected = ALSO_BAD[variant]

    assert found(weaken(environment)) == expected


@pytest.mark.parametrize("variant", GOOD)
def test_accepts_services_that_are_as_safe_as_the_default(
    environment: Environment, variant: str
) -> None:
    """A different value is not a weaker one."""
    assert review([GOOD[variant](environment)], as_of=TODAY) == Review()


def test_records_of_a_shell_say_how_long_they_are_kept(environment: Environment) -> None:
    """The cluster's logs are who did what, not what a program printed."""
    weaken, _ = ALSO_BAD["records of ECS Exec that are soon gone"]

    (error,) = review([weaken(environment)], as_of=TODAY).errors

    assert error.finding.message == (
        "shop-prod: cluster.log_retention_days: what people did by ECS Exec is known for 60 days;"
        " write log_retention_days=90 or more"
    )


def test_findings_about_services_name_the_line_of_the_field(environment: Environment) -> None:
    """A service is written far from its environment, and its own line is what has to change."""
    container = task().container.evolve(read_only_root=False)
    service = web(task=task().evolve(container=container))

    (error,) = review([services(api=service)(environment)], as_of=TODAY).errors

    assert error.finding.where == container.written_at("read_only_root")
    assert error.finding.where != service.written_at("task")


def test_services_where_no_customers_are_are_listed(environment: Environment) -> None:
    """One task on Spot is what development pays for."""
    internal = services(api=web(tasks=1, capacity=SPOT))(environment).evolve(
        category=Category.INTERNAL
    )

    result = review([internal], as_of=TODAY)

    assert [it.finding.rule for it in result.listed] == ["ecs-on-demand-base", "ecs-two-tasks"]
    assert result.problems == ()
