"""What a service uses of its environment, by name, and which variables it gets for it; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from platform_lib.ecs._variables import VariableName, secret_problem
from platform_lib.ecs.config import TaskConfig
from platform_lib.model import Model
from platform_lib.ses._senders import SENDER
from platform_lib.ses.config import SmtpSettings
from platform_lib.types import Slug, matching

QueueName = Annotated[
    str,
    AfterValidator(
        matching(r"(?!amq\.)[A-Za-z0-9_.:-]{1,255}", "a queue; write it as in 'celery'")
    ),
]
"""Name of a queue. https://www.rabbitmq.com/docs/queues#names"""

SecretName = Annotated[
    str,
    AfterValidator(
        matching(
            r"[a-z][a-z0-9]*(-[a-z0-9]+)*(:[A-Za-z0-9_-]+)?",
            "a secret; write its name, or name and key of its JSON as in 'payment-api:public'",
        )
    ),
]
"""A secret of the environment, or one key of its JSON after a colon."""

Prefix = Annotated[
    str,
    AfterValidator(
        matching(
            r"([A-Za-z0-9_.-]+/)*",
            "a folder; write folders each with a slash at the end, as in 'products/'",
        )
    ),
]
"""Folders of a bucket, each with a slash at the end; empty for the whole bucket."""

Template = Annotated[
    str,
    AfterValidator(
        matching(
            r"[^{}]*(\{domain\}[^{}]*)+",
            "a value with the environment's domain; write it as in 'https://api.{domain}/'",
        )
    ),
]
"""A value in which ``{domain}`` stands for the environment's domain."""

Sender = Annotated[
    str,
    AfterValidator(
        matching(
            SENDER, "the part of an address before the @; write it in lower case as in 'orders'"
        )
    ),
]
"""What stands before the ``@`` of an address."""


class DatabaseUse(Model):
    """One of the environment's databases: the connection, the right to read the login, its URL."""

    credential: Slug
    """Which login of the database, by the name that its ``credentials`` have."""

    variable: VariableName = "DATABASE_URL"
    """Gets the URL with user and password, which ECS reads from the login's secret."""


class CacheUse(Model):
    """One of the environment's caches: the connection, the right to sign in, its URL."""

    user: Slug
    """Which user of the cache signs in."""

    variable: VariableName = "CACHE_URL"
    """Gets the URL with user and password, which ECS reads from the user's secret."""


class BrokerUse(Model):
    """One of the environment's brokers: the connection, the right to read its login, its URL."""

    queue: QueueName | None = None
    """The queue whose messages the service works off; ``None`` for one that only sends."""

    variable: VariableName = "BROKER_URL"
    """Gets the AMQPS URL with user and password, which ECS reads from the broker's secret."""


class BucketUse(Model):
    """One of the environment's buckets: the right to its objects, and its name."""

    access: Literal["read", "write", "read_write"] = "read_write"
    """What it may do with objects; ``write`` neither reads nor deletes."""

    prefixes: Annotated[tuple[Prefix, ...], Field(min_length=1)] = ("",)
    """Folders that it may use; the default is the whole bucket."""

    variable: VariableName | None = None
    """Gets the bucket's name; by default ``MEDIA_BUCKET`` for a bucket ``media``."""

    @model_validator(mode="after")
    def _names_each_folder_once(self) -> Self:
        for prefix in self.prefixes:
            wider = [it for it in self.prefixes if it != prefix and prefix.startswith(it)]
            if wider or self.prefixes.count(prefix) > 1:
                raise ValueError(
                    f"prefixes has {prefix!r}, which {wider[0] if wider else prefix!r} has already;"
                    " leave it out"
                )
        return self


class TableUse(Model):
    """One of the environment's tables: the right to its items, and its name."""

    access: Literal["read", "read_write"] = "read_write"
    """What it may do with items."""

    variable: VariableName | None = None
    """Gets the table's name; by default ``TAX_TABLE`` for a table ``tax``."""


class SmtpUse(SmtpSettings):
    """Mail by SMTP, for software that cannot call the API of SES: a key that lasts."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    """Why it cannot call the API; shown with the secret."""


class EmailUse(Model):
    """The environment's domain as a sender: the right to send from some addresses of it."""

    senders: Annotated[tuple[Sender, ...], Field(min_length=1)]
    """What stands before the ``@`` of the addresses; the first is in the variable."""

    variable: VariableName = "DEFAULT_FROM_EMAIL"
    """Gets the first address."""

    smtp: SmtpUse | None = None
    """Send by SMTP instead of by the API with the task role: gives the variables ``SMTP_HOST``,
    ``SMTP_PORT``, ``SMTP_USERNAME`` and ``SMTP_PASSWORD``."""

    @model_validator(mode="after")
    def _names_each_sender_once(self) -> Self:
        twice = sorted({it for it in self.senders if self.senders.count(it) > 1})
        if twice:
            raise ValueError(f"senders has {', '.join(twice)} twice; write each once")
        return self


SMTP_VARIABLES: Mapping[str, str] = {
    "SMTP_HOST": "host",
    "SMTP_PORT": "port",
    "SMTP_USERNAME": "username",
    "SMTP_PASSWORD": "password",
}
"""Variables of a service that sends by SMTP, with the secret's key that each is read from."""


class Uses(Model):
    """What runs, and what it uses: names are those of the environment that the service runs in."""

    task: TaskConfig
    """Size, container, logs."""

    databases: Mapping[Slug, DatabaseUse] = {}
    """Databases by name."""

    caches: Mapping[Slug, CacheUse] = {}
    """Caches by name."""

    brokers: Mapping[Slug, BrokerUse] = {}
    """Brokers by name."""

    buckets: Mapping[Slug, BucketUse] = {}
    """Buckets by name."""

    tables: Mapping[Slug, TableUse] = {}
    """Tables by name."""

    secrets: Mapping[VariableName, SecretName] = {}
    """Secrets by the variable that gets their value, which ECS reads when a task starts."""

    reads_secrets: bool = False
    """Whether the code itself may read these secrets and those of its databases, caches and
    brokers while it runs, as one does that follows a rotation without a restart. ECS reads them
    for it when a task starts, in any case."""

    writes_logs: bool = False
    """Whether the code itself may write to its log group, beside what it prints."""

    email: EmailUse | None = None
    """Sends mail from the environment's domain; ``None`` for not."""

    addresses: Mapping[VariableName, Template] = {}
    """Variables that name hosts of the environment: ``{domain}`` stands for its domain."""

    @property
    def queue(self) -> tuple[str, str] | None:
        """The broker and the queue whose messages it works off, if any."""
        found = [(name, use.queue) for name, use in self.brokers.items() if use.queue is not None]
        return found[0] if found else None

    def injected(self) -> Iterator[tuple[str, str]]:
        """Yield each variable that the platform adds, with what it is from: once each if all is well."""
        for kind, uses in (
            ("databases", self.databases),
            ("caches", self.caches),
            ("brokers", self.brokers),
        ):
            for name, use in uses.items():
                yield use.variable, f"{kind}[{name!r}]"
        for variable in self.secrets:
            yield variable, f"secrets[{variable!r}]"
        if self.email is not None and self.email.smtp is not None:
            yield from ((name, "email") for name in SMTP_VARIABLES)
        yield from ((variable, source) for variable, source, _ in self._plain())

    def _plain(self) -> Iterator[tuple[str, str, str]]:
        """Yield the variables whose values stand in the task definition, with what is known of them."""
        for name, bucket in self.buckets.items():
            yield bucket.variable or own_variable(name, "BUCKET"), f"buckets[{name!r}]", ""
        for name, table in self.tables.items():
            yield table.variable or own_variable(name, "TABLE"), f"tables[{name!r}]", ""
        if self.email is not None:
            yield self.email.variable, "email", ""
        for variable, template in self.addresses.items():
            yield variable, f"addresses[{variable!r}]", template

    @model_validator(mode="after")
    def _gives_each_variable_once(self) -> Self:
        given = dict.fromkeys(self.task.container.environment, "task.container.environment")
        for variable, source in self.injected():
            if variable in given:
                raise ValueError(
                    f"variable {variable} comes from {given[variable]} and from {source}; give one"
                    " of them another variable"
                )
            given[variable] = source
        return self

    @model_validator(mode="after")
    def _shows_no_secret(self) -> Self:
        for variable, source, value in self._plain():
            if secret_problem(variable, value) is not None:
                raise ValueError(
                    f"variable {variable} of {source} is called like a secret or holds one, and"
                    " everybody who may look at the task definition can read it; give it another"
                    " name, or keep the value in a secret of the environment and name that in"
                    " secrets"
                )
        return self

    @model_validator(mode="after")
    def _leaves_secrets_to_the_platform(self) -> Self:
        named = self.task.container.secrets
        if named:
            raise ValueError(
                f"task.container.secrets names {', '.join(named)}, and a service's secrets come from"
                " the environment; write secrets={'" + named[0] + "': '<name of the secret>'}"
            )
        return self


def own_variable(name: str, kind: str) -> str:
    """Return the variable that gets the name of a bucket or a table: ``MEDIA_BUCKET``."""
    return f"{name.upper().replace('-', '_')}_{kind}"
