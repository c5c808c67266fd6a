"""What an environment offers its services, and how a service gets what it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from platform_lib.alerts.alarm import Metric
from platform_lib.alerts.alerts import Alerts
from platform_lib.core.connections import Connections, Port
from platform_lib.core.grants import Grantee
from platform_lib.ecs.references import Injected, InjectedSecret
from platform_lib.ecs.task_definition import TaskDefinition
from platform_lib.environment import Environment
from platform_lib.kms.key import Key
from platform_lib.secretsmanager.secret import Secret
from platform_lib.services.config import HOSTS_VARIABLE, Service, WebService
from platform_lib.services.uses import SMTP_VARIABLES, own_variable
from platform_lib.ses.smtp_user import SmtpUser
from platform_lib.stacks.data import DataStack
from platform_lib.stacks.ecs import EcsStack
from platform_lib.types import TokenStr

_URL = "url"
_EVERYWHERE = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything that the services of one environment may name."""

    environment: Environment
    """What was written."""

    ecs: EcsStack
    """Cluster, load balancers, mail."""

    data: DataStack | None
    """Databases, caches, brokers, buckets, tables, secrets."""

    key: Key
    """Encrypts secrets."""

    alerts: Alerts
    """Hears of alarms."""

    def injected(self, service: Service, smtp: SmtpUser | None) -> Injected:
        """Return the variables of a service."""
        return Injected(
            environment=dict(self._values(service)),
            secrets={
                variable: InjectedSecret(secret.arn, self.key, json_key)
                for variable, secret, json_key in self._secrets(service, smtp)
            },
        )

    def connect(self, service: Service, connections: Connections) -> None:
        """Open the way to what the service names."""
        if service.email is not None and service.email.smtp is not None:
            # The addresses of SES are AWS's, of which no list of prefixes has them alone.
            port = Port(service.email.smtp.port)
            connections.allow_to_cidr(_EVERYWHERE, port, description="mail by SMTP")
        data = self.data
        if data is None:
            return
        for name, database in service.databases.items():
            connections.allow_to(
                data.databases[name], description=f"database {name} as {database.credential}"
            )
        for name, cache in service.caches.items():
            connections.allow_to(data.caches[name], description=f"cache {name} as {cache.user}")
        for name in service.brokers:
            connections.allow_to(data.brokers[name], description=f"broker {name}")

    def permit(self, service: Service, task: TaskDefinition) -> None:
        """Give the task role what the service's code does with what it names."""
        role, data = task.task_role, self.data
        if data is not None:
            for name, bucket in service.buckets.items():
                for prefix in bucket.prefixes:
                    getattr(data.buckets[name].grants, bucket.access)(role, prefix=prefix)
            for name, table in service.tables.items():
                getattr(data.tables[name].grants, table.access)(role)
            for name, cache in service.caches.items():
                if self._signs_in_with_iam(name, cache.user):
                    data.caches[name].grants.connect(role, user=cache.user)
        if service.email is not None and service.email.smtp is None and self.ecs.email is not None:
            self.ecs.email.grants.send(role, from_addresses=self.addresses_of(service))
        if service.reads_secrets:
            self._permit_secrets(service, role)
        if service.writes_logs:
            task.grants.write_logs(role)

    def queue_of(self, service: Service) -> Metric | None:
        """Return what counts the messages that wait for the service."""
        if service.queue is None or self.data is None:
            return None
        broker, queue = service.queue
        return self.data.brokers[broker].waiting(queue)

    def addresses_of(self, service: Service) -> tuple[str, ...]:
        """Return the addresses that the service sends mail from."""
        if service.email is None or self.ecs.email is None:
            return ()
        return tuple(f"{it}@{self.ecs.email.domain}" for it in service.email.senders)

    def _values(self, service: Service) -> Iterator[tuple[str, TokenStr]]:
        domain, data = self.environment.domain, self.data
        if isinstance(service, WebService) and service.route is not None and domain is not None:
            yield HOSTS_VARIABLE, ",".join(service.route.hosts_in(domain))
        if domain is not None:
            for variable, template in service.addresses.items():
                yield variable, template.replace("{domain}", domain)
        if service.email is not None:
            yield service.email.variable, self.addresses_of(service)[0]
        if data is None:
            return
        for name, bucket in service.buckets.items():
            yield bucket.variable or own_variable(name, "BUCKET"), data.buckets[name].name
        for name, table in service.tables.items():
            yield table.variable or own_variable(name, "TABLE"), data.tables[name].name
        for name, use in service.caches.items():
            if self._signs_in_with_iam(name, use.user):
                cache = data.caches[name]
                yield (
                    use.variable,
                    f"rediss://{cache.username(use.user)}@{cache.address}:{cache.port}",
                )

    def _secrets(
        self, service: Service, smtp: SmtpUser | None
    ) -> Iterator[tuple[str, Secret, str | None]]:
        if self.data is not None:
            data = self.data
            for name, database in service.databases.items():
                yield database.variable, data.credentials[name][database.credential].secret, _URL
            for name, cache in service.caches.items():
                if not self._signs_in_with_iam(name, cache.user):
                    yield cache.variable, data.caches[name].secret(cache.user), _URL
            for name, broker in service.brokers.items():
                yield broker.variable, data.brokers[name].credential, _URL
            for variable, named in service.secrets.items():
                name, _, json_key = named.partition(":")
                yield variable, data.secrets[name], json_key or None
        if smtp is not None:
            for variable, json_key in SMTP_VARIABLES.items():
                yield variable, smtp.credential, json_key

    def _permit_secrets(self, service: Service, role: Grantee) -> None:
        given: Mapping[str, Secret] = {
            str(secret.arn): secret for _, secret, _ in self._secrets(service, None)
        }
        for secret in given.values():
            secret.grants.read(role)

    def _signs_in_with_iam(self, cache: str, user: str) -> bool:
        return self.environment.caches[cache].users[user].authentication == "iam"
