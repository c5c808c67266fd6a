"""The services of one environment: what runs, as whom, how requests reach it."""

from __future__ import annotations

from typing import cast

from constructs import Construct

from platform_lib.alb.listener_rule import ListenerRule
from platform_lib.alb.target_config import TargetGroupConfig, TargetGroupSettings
from platform_lib.alb.target_group import TargetGroup
from platform_lib.cloudfront.hosts import distribution_at
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.alias_record import AliasRecord
from platform_lib.dns.config import AliasRecordConfig
from platform_lib.ecs.fargate_service import FargateService
from platform_lib.ecs.migration_task import MigrationTask
from platform_lib.ecs.scheduled_task import ScheduledTask
from platform_lib.ecs.task_definition import TaskDefinition
from platform_lib.environment import Environment
from platform_lib.kms.key import Key
from platform_lib.naming import pascal
from platform_lib.services.config import (
    AlwaysOn,
    Job,
    Migration,
    Service,
    ServiceRoute,
    WebService,
)
from platform_lib.services.ids import HOSTS, RULE, SMTP, TARGETS, TASK, id_of_host
from platform_lib.ses.config import SmtpUserConfig
from platform_lib.ses.smtp_user import SmtpUser
from platform_lib.stacks.foundation import FoundationStack
from platform_lib.stacks.surroundings import Surroundings


class ServicesStack(PlatformStack):
    """Task definitions, services, jobs, migrations, and the hosts that lead to them."""

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        foundation: FoundationStack,
        surroundings: Surroundings,
        logs_key: Key,
    ) -> None:
        super().__init__(scope, "services", target=environment)
        self._environment, self._surroundings = environment, surroundings
        self._logs_key = logs_key
        repositories = foundation.repositories
        self._repositories = {} if repositories is None else repositories.of(environment.name)
        self.tasks = {name: self._task(name, it) for name, it in environment.services.items()}
        """Task definitions by the name of their service."""
        self._define_hosts()
        self.services = {
            name: self._always_on(name, service)
            for name, service in environment.services.items()
            if isinstance(service, AlwaysOn)
        }
        """Services whose tasks always run, by name."""
        for name, service in environment.services.items():
            if isinstance(service, Job):
                self._job(name, service)
            elif isinstance(service, Migration):
                self._migration(name, service)
        publish(
            self,
            "service_names",
            {name: it.name for name, it in self.services.items()},
            description="Names of the ECS services",
        )

    def _task(self, name: str, service: Service) -> TaskDefinition:
        around = self._surroundings
        task = TaskDefinition(
            self,
            f"{pascal(name)}{TASK}",
            config=service.task,
            cluster=around.ecs.cluster,
            repositories=self._repositories,
            injected=around.injected(service, self._smtp_user(name, service)),
            logs_key=self._logs_key,
        )
        around.permit(service, task)
        return task

    def _smtp_user(self, name: str, service: Service) -> SmtpUser | None:
        identity = self._surroundings.ecs.email
        if service.email is None or service.email.smtp is None or identity is None:
            return None
        smtp = service.email.smtp
        return SmtpUser(
            self,
            f"{pascal(name)}{SMTP}",
            config=SmtpUserConfig(
                description=f"Mail of {name} by SMTP: {smtp.reason}",
                from_addresses=self._surroundings.addresses_of(service),
                port=smtp.port,
                editions=smtp.editions,
            ),
            identity=identity,
            key=self._surroundings.key,
        )

    def _always_on(self, name: str, service: AlwaysOn) -> FargateService:
        around = self._surroundings
        rule = (
            self._rule(name, service, service.route)
            if isinstance(service, WebService) and service.route is not None
            else None
        )
        running = FargateService(
            self,
            pascal(name),
            config=service,
            task=self.tasks[name],
            alerts=around.alerts,
            target=rule,
            queue=around.queue_of(service),
        )
        around.connect(service, running.connections)
        return running

    def _rule(self, name: str, service: WebService, route: ServiceRoute) -> ListenerRule:
        # A web service has a port and a load balancer has a domain: the models refuse others.
        port, domain = (
            cast("int", service.task.container.port),
            cast("str", self._environment.domain),
        )
        settings = {it: getattr(service.target, it) for it in TargetGroupSettings.model_fields}
        targets = TargetGroup(
            self,
            f"{pascal(name)}{TARGETS}",
            config=TargetGroupConfig(port=port, **settings),
            load_balancer=self._surroundings.ecs.load_balancers[route.load_balancer],
            alerts=self._surroundings.alerts,
        )
        return ListenerRule(
            self, f"{pascal(name)}{RULE}", config=route.in_domain(domain), target_group=targets
        )

    def _define_hosts(self) -> None:
        """Define one record for each host, however many services have paths of it.

        What a distribution answers for has its record beside the distribution.
        """
        ecs, domain = self._surroundings.ecs, self._environment.domain
        if ecs.zone is None or domain is None:
            return
        hosts = PlatformConstruct(self, HOSTS)
        balancers = {
            (label, host): service.route.load_balancer
            for service in self._environment.services.values()
            if isinstance(service, WebService) and service.route is not None
            for label, host in zip(service.route.hosts, service.route.hosts_in(domain), strict=True)
        }
        for (label, host), balancer in balancers.items():
            if distribution_at(host, self._environment.distributions) is not None:
                continue
            AliasRecord(
                hosts,
                id_of_host(label),
                config=AliasRecordConfig(host=host),
                zone=ecs.zone,
                target=ecs.load_balancers[balancer].alias,
            )

    def _job(self, name: str, job: Job) -> None:
        around = self._surroundings
        scheduled = ScheduledTask(
            self,
            pascal(name),
            config=job,
            task=self.tasks[name],
            key=around.key,
            alerts=around.alerts,
        )
        around.connect(job, scheduled.connections)

    def _migration(self, name: str, migration: Migration) -> None:
        around = self._surroundings
        task = MigrationTask(
            self,
            pascal(name),
            config=migration,
            task=self.tasks[name],
            key=around.key,
            logs_key=self._logs_key,
        )
        around.connect(migration, task.connections)
        task.run_before(*(self.services[it] for it in migration.before))
