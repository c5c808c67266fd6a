"""What a person writes about a cache; pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StrictInt, StrictStr, model_validator

from platform_lib.elasticache._acl import access_string
from platform_lib.elasticache._checks import problems_of
from platform_lib.elasticache.alarms_config import CacheAlarmsConfig
from platform_lib.elasticache.commands import Commands
from platform_lib.elasticache.parameters import Role
from platform_lib.elasticache.versions import VERSIONS, Engine, EngineVersion
from platform_lib.model import Model
from platform_lib.types import LogRetentionDays, Slug, matching
from platform_lib.windows import Window, daily, weekly, window_check

_NODE_TYPE = r"cache\.[a-z][a-z0-9]*\.[a-z0-9]+"
_WITHOUT_ENCRYPTION = frozenset({"t1", "m1", "m2", "c1"})
"""https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/at-rest-encryption.html"""
_TIERED = "r6gd"


def _is_offered_here(value: str) -> str:
    family = value.split(".")[1]
    if family in _WITHOUT_ENCRYPTION:
        raise ValueError(f"{value!r} cannot encrypt what it stores; use a newer family")
    if family == _TIERED:
        raise ValueError(f"{value!r} keeps data on disk too, which is not offered here; use 'r6g'")
    return value


def _window(read: Callable[[str], Window]) -> AfterValidator:
    return AfterValidator(window_check(read, service="ElastiCache", least_minutes=60))


Prefix = Annotated[
    str,
    AfterValidator(
        matching(
            r"[A-Za-z0-9_.:/{}-]*",
            "a prefix of keys or channels; use letters, digits and _.:/{}-, without a star",
        )
    ),
]
"""What keys or channels start with; an empty one stands for all of them."""


class CacheUserConfig(Model):
    """One application that uses a cache, as an ACL user of its own."""

    authentication: Literal["iam", "password"] = "iam"
    """How it signs in. With ``iam`` the client library signs a token with the task's role, and
    there is no password. With ``password`` one is generated into Secrets Manager; the provider
    keeps it in the Terraform state too. Changes in place."""

    key_prefixes: tuple[Prefix, ...] = ()
    """What the keys start with that it may touch; without any, its own name and a colon. An empty
    prefix, ``("",)``, is every key, for a user that is alone in the cache."""

    channel_prefixes: tuple[Prefix, ...] = ()
    """What the channels start with that it may publish and listen to; without any it has none."""

    commands: Commands = Commands.READ_WRITE
    """What it may do with its keys."""

    edition: Annotated[int, Field(ge=1)] = 1
    """Raise it by one to have a new password made. Connections that are open stay; new ones need the new
    password, so start the application's tasks anew."""

    url_query: Annotated[
        str,
        AfterValidator(
            matching(
                r"([A-Za-z0-9_.~-]+=[A-Za-z0-9_.~-]+(&(?=.)|$))*",
                "the query of a URL; write it as in 'ssl_cert_reqs=required'",
            )
        ),
    ] = ""
    """What follows the question mark of ``url`` in the secret, for client libraries that are
    configured there: Celery wants ``ssl_cert_reqs=required``, and django-cache-url the prefix of the
    keys, as in ``key_prefix=shop``."""

    signs_in_without_name: bool = False
    """Whether its client gives a password and no user name, as django-cache-url does, with which
    Saleor reads its ``CACHE_URL``. It then is the user ``default``, which one application of a cache
    can be. Needs ``authentication="password"``. **Changing this replaces the user**, the new one
    first; start the application's tasks anew."""

    @model_validator(mode="after")
    def _has_a_password_to_speak_of(self) -> CacheUserConfig:
        if self.authentication == "iam":
            given = [
                f"{name}={getattr(self, name)!r}"
                for name in ("edition", "url_query", "signs_in_without_name")
                if getattr(self, name) != type(self).model_fields[name].default
            ]
            if given:
                raise ValueError(
                    f"{', '.join(given)} is about a secret, and a user with authentication='iam' has"
                    " none; leave it out or write authentication='password'"
                )
        return self


class CacheConfig(Model):
    """One Valkey or Redis OSS replication group. Encrypted at rest and on the way, always."""

    node_type: Annotated[
        str,
        AfterValidator(matching(_NODE_TYPE, "a node type; write it as in 'cache.m7g.large'")),
        AfterValidator(_is_offered_here),
    ]
    """Node type, for example ``cache.m7g.large``. Changes in place, with a failover."""

    users: Mapping[Slug, CacheUserConfig] = {}
    """The applications, each an ACL user with its own keys; the user ``default`` is off, unless one
    of them signs in as it. Required, except with ``transit_encryption="preferred"``."""

    role: Role = Role.CACHE
    """What it is for; decides what happens when memory is full."""

    engine: Engine = Engine.VALKEY
    """Valkey or Redis OSS. From Redis OSS to Valkey it changes in place; **changing it back
    replaces the cache**."""

    engine_version: str = "8.2"
    """Major and minor version. A higher one changes in place, with a failover; **a lower one
    replaces the cache**."""

    replicas: Annotated[int, Field(ge=0, le=5)] = 1
    """Read replicas of the primary node, or of each shard's, 0 to 5."""

    automatic_failover: bool = True
    """Whether a replica becomes the primary node when that fails."""

    multi_az: bool = True
    """Whether the replicas are in other availability zones than the primary node."""

    shards: Annotated[int, Field(ge=1, le=500)] | None = None
    """Parts that the keys are spread over in cluster mode, 1 to 500; clients have to know cluster
    mode. Without it cluster mode is off. A number becomes another in place; **turning cluster mode
    on or off replaces the cache**."""

    logical_databases: Mapping[Slug, Annotated[int, Field(ge=0, le=15)]] = {}
    """Numbers 0 to 15 of logical databases, by user. They keep names of keys apart and nothing
    else: prefer a cache or prefixes for each application. Not in cluster mode."""

    parameters: Mapping[str, StrictBool | StrictInt | StrictStr] = {}
    """Further parameters of the engine, yes and no as True and False. They change in place.
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html"""

    network_type: Literal["ipv4", "dual_stack"] = "ipv4"
    """Whether clients may also use IPv6, which the VPC then has to have. **Changing this replaces
    the cache.**"""

    transit_encryption: Literal["required", "preferred"] = "required"
    """Whether clients have to use TLS. ``preferred`` is a step of a migration only, for a cache
    that was made without TLS: adopt it with ``preferred`` and without users, let every client use
    TLS, then write ``required``, and in the apply after that ``users``: both in one apply fail.
    https://github.com/hashicorp/terraform-provider-aws/issues/42966"""

    snapshot_retention_days: Annotated[int, Field(ge=0, le=35)] = 7
    """Days to keep the daily snapshots, 0 to 35; 0 turns them off."""

    snapshot_window: Annotated[str, _window(daily)] = "03:00-04:00"
    """When the daily snapshot is taken, in UTC, 60 minutes or longer."""

    maintenance_window: Annotated[str, _window(weekly)] = "sun:05:00-sun:06:00"
    """When AWS may patch nodes, in UTC, 60 minutes or longer."""

    restore_from_snapshot: str | None = None
    """Name of a snapshot that the new cache starts with. It stays here as long as the cache lives:
    **changing or removing it replaces the cache.**"""

    log_retention_days: LogRetentionDays = 90
    """Days that the slow log and the engine log are kept."""

    alarms: CacheAlarmsConfig = CacheAlarmsConfig()
    """Thresholds of its alarms."""

    @property
    def version(self) -> EngineVersion:
        """The engine's version, with what it can do and when its support ends."""
        return VERSIONS[self.engine, self.engine_version]

    @property
    def clustered(self) -> bool:
        """Whether it is in cluster mode."""
        return self.shards is not None

    @property
    def burstable(self) -> bool:
        """Whether its nodes have only a share of a processor, and less when that is used up."""
        return self.node_type.split(".")[1].startswith("t")

    def key_prefixes_of(self, user: str) -> tuple[str, ...]:
        """Return what the keys of a user start with."""
        return self.users[user].key_prefixes or (f"{user}:",)

    def access_string_of(self, user: str) -> str:
        """Return the ACL rules of a user."""
        return access_string(
            key_prefixes=self.key_prefixes_of(user),
            channel_prefixes=self.users[user].channel_prefixes,
            commands=self.users[user].commands,
            version=self.version,
            clustered=self.clustered,
        )

    @model_validator(mode="after")
    def _is_possible(self) -> CacheConfig:
        problems = list(problems_of(self))
        if problems:
            raise ValueError("\n".join(problems))
        return self
