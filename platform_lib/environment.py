"""Accounts and environments: the root of what a platform team writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, model_validator

from platform_lib.acm.config import LONGEST_COMMON_NAME
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.alerts.config import AlertsConfig
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.problems import problems_of as problems_of_distributions
from platform_lib.dns.config import DomainName, HostedZoneConfig, is_within
from platform_lib.dynamodb.config import TableConfig
from platform_lib.ecr.config import RepositoriesConfig
from platform_lib.ecs.config import ClusterConfig
from platform_lib.elasticache.config import CacheConfig
from platform_lib.errors import PlatformError, Problem
from platform_lib.kms.config import KeysConfig
from platform_lib.model import Model
from platform_lib.mq.config import BrokerConfig
from platform_lib.network.config import VpcConfig
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.config import PostgresConfig
from platform_lib.s3.config import BucketConfig
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.services._names import check_names
from platform_lib.services.config import Service
from platform_lib.services.problems import problems_of as problems_of_services
from platform_lib.ses.config import EmailIdentityConfig
from platform_lib.types import AccountId, BucketName, Region, RoleArn, Slug, matching
from platform_lib.waf.config import WebAclConfig
from platform_lib.waivers import Waiver


class Category(StrEnum):
    """What an environment is for. It decides how strictly guardrails are held, not its size.

    Not to be confused with the environment's name, on which nothing depends.
    """

    CUSTOMER = "customer"
    """Carries customers: a guardrail finding is an error unless a dated waiver names it."""

    INTERNAL = "internal"
    """Used by the company's own people: findings are listed."""

    SANDBOX = "sandbox"
    """May be gone tomorrow: guardrails are not asked."""


class S3State(Model):
    """Terraform state in one S3 bucket per account; the key is ``<prefix><env>/<stack>.tfstate``."""

    bucket: BucketName
    """Name of the state bucket."""

    lock: Literal["dynamodb", "s3"] = "dynamodb"
    """What holds the lock: a DynamoDB table, or a lock file beside the state (``s3``)."""

    lock_table: str = "terraform-state-lock"
    """Name of the DynamoDB lock table; unused with ``lock="s3"``."""

    prefix: Annotated[
        str, AfterValidator(matching(r"([A-Za-z0-9_.-]+/)*", "a key prefix; end it with a slash"))
    ] = ""
    """Put in front of every key, to share an existing bucket; empty or ending with a slash."""

    kms_key_arn: str | None = None
    """Encrypts the state with this existing key; without it S3's own keys (SSE-S3) do."""

    access_log_bucket: BucketName | None = None
    """Existing bucket that receives the state bucket's access logs."""


class LocalState(Model):
    """Terraform state in files on this machine, for trying things."""

    path: Annotated[
        str,
        AfterValidator(
            matching(
                r"(?!/|cdktf\.out|.*\.\.)[A-Za-z0-9_./-]+",
                "a folder for state; write a relative path inside the project, outside cdktf.out",
            )
        ),
    ] = ".state"
    """Folder relative to the project, outside ``cdktf.out``."""


class Tags(Model):
    """Tags that every resource carries, through the provider's ``default_tags``."""

    owner: str
    """Team that answers for it."""

    cost_center: str
    """Where its cost is booked."""

    repository: str
    """Repository that defines it."""

    data_class: Literal["public", "internal", "confidential"] = "confidential"
    """The most sensitive data that may be stored in it."""


class Target(Model):
    """What stacks are made for: an account or an environment."""

    name: Slug
    """Name; it starts every stack id and physical name."""

    tags: Tags
    """Tags of everything in it."""

    adopt: Mapping[str, Mapping[str, str]] = {}
    """Existing things to import, by stack and construct path: ``{"network": {"Vpc/Resource": "vpc-0a1b"}}``."""

    waivers: tuple[Waiver, ...] = ()
    """Guardrail findings that are accepted for a time."""


class Account(Target):
    """An AWS account and what exists in it once."""

    id: AccountId
    """The account's 12 digits."""

    region: Region
    """Home Region: of the state bucket and of what is not bound to an environment."""

    organization: Slug
    """Starts the names that are unique in all of AWS, such as those of buckets."""

    state: S3State | LocalState
    """Where Terraform keeps the state of everything in the account."""

    zones: Mapping[Slug, HostedZoneConfig] = {}
    """Public DNS zones by name."""

    repositories: RepositoriesConfig | None = None
    """Image repositories; ``None`` for none."""

    role_arn: RoleArn | None = None
    """Role that Terraform assumes; without it the caller's own credentials are used."""

    allow_destroy: bool = False
    """Whether ``destroy`` may run and protected things may be deleted."""

    @model_validator(mode="after")
    def _has_each_zone_once(self) -> Account:
        known: dict[str, str] = {}
        for name, zone in self.zones.items():
            other = known.setdefault(zone.domain, name)
            if other != name:
                raise ValueError(
                    f"zones has {zone.domain!r} as {other!r} and as {name!r}, and only one of them"
                    " would be asked; leave one out"
                )
        return self

    def zone_of(self, domain: str) -> str | None:
        """Return the name of the zone that a domain's records belong to: the closest one."""
        holding = [name for name, zone in self.zones.items() if is_within(domain, zone.domain)]
        return max(holding, key=lambda name: len(self.zones[name].domain), default=None)


class Environment(Target):
    """One account, one Region, one VPC, and optional parts; the stacks follow from the parts."""

    account: Account
    """The account it lives in."""

    category: Category
    """What it is for."""

    system: Slug
    """The system it belongs to, for example ``checkout``."""

    region: Region
    """The Region of everything in it."""

    vpc: VpcConfig
    """Its network."""

    keys: KeysConfig = KeysConfig()
    """Its KMS keys."""

    alerts: AlertsConfig = AlertsConfig()
    """Who hears of its alarms; without addresses the alarms still show in the console."""

    databases: Mapping[Slug, PostgresConfig | AuroraConfig] = {}
    """PostgreSQL databases by name, each an instance or an Aurora cluster of its own."""

    caches: Mapping[Slug, CacheConfig] = {}
    """Valkey or Redis OSS caches by name."""

    brokers: Mapping[Slug, BrokerConfig] = {}
    """RabbitMQ brokers by name."""

    tables: Mapping[Slug, TableConfig] = {}
    """DynamoDB tables by name."""

    buckets: Mapping[Slug, BucketConfig] = {}
    """S3 buckets by name; all of them record their requests in one more bucket."""

    secrets: Mapping[Slug, SecretConfig] = {}
    """Secrets by name, without their values."""

    domain: DomainName | None = None
    """Domain that its hosts are below; one of the account's zones holds it."""

    email: EmailIdentityConfig | None = None
    """Domain that its services send mail from."""

    cluster: ClusterConfig | None = None
    """Its ECS cluster; ``None`` for an environment without services."""

    load_balancers: Mapping[Slug, LoadBalancerConfig] = {}
    """Load balancers of its services, by name."""

    services: Annotated[Mapping[Slug, Service], BeforeValidator(check_names)] = {}
    """Services by name."""

    distributions: Mapping[Slug, DistributionConfig] = {}
    """Distributions of CloudFront by name; their aliases are below the domain."""

    web_acl: WebAclConfig | None = None
    """Rules of AWS WAF for all requests to the distributions."""

    allow_destroy: bool = False
    """Whether ``destroy`` may run and protected things may be deleted."""

    @property
    def has_data(self) -> bool:
        """Whether there is anything for the stack ``data``."""
        return any(
            (self.databases, self.caches, self.brokers, self.tables, self.buckets, self.secrets)
        )

    @model_validator(mode="after")
    def _has_no_problems(self) -> Environment:
        problems = self.problems()
        if problems:
            # Not a ValueError: each problem keeps the author's line of what it is about.
            raise PlatformError.of(problems)
        return self

    def problems(self) -> list[Problem]:
        """Return everything in it that contradicts something else in it."""
        return [
            *self._problems_of_network(),
            *self._problems_of_names(),
            *problems_of_services(self),
            *problems_of_distributions(self),
        ]

    def _problems_of_network(self) -> Iterator[Problem]:
        for message in self.vpc.problems_in(self.region):
            yield Problem(message, self.vpc.written_at("zones"), "ZoneNotInRegion")
        for name, broker in self.brokers.items():
            missing = [zone for zone in broker.zones if zone not in self.vpc.zones]
            if missing:
                yield Problem(
                    f"brokers[{name!r}]: zones names {', '.join(missing)}, where the VPC has no"
                    f" subnets; choose from {', '.join(self.vpc.zones)}",
                    broker.written_at("zones"),
                    "NoSuchZone",
                )
        if self.vpc.ipv6:
            return
        for name, cache in self.caches.items():
            if cache.network_type == "dual_stack":
                yield Problem(
                    f"caches[{name!r}] has network_type='dual_stack', and the VPC has no IPv6; give"
                    " the VPC ipv6=True, or the cache network_type='ipv4'",
                    cache.written_at("network_type"),
                    "NoIpv6",
                )
        for name, balancer in self.load_balancers.items():
            if balancer.dual_stack:
                yield Problem(
                    f"load_balancers[{name!r}] has dual_stack=True, and the VPC has no IPv6; give"
                    " the VPC ipv6=True, or the load balancer dual_stack=False",
                    balancer.written_at("dual_stack"),
                    "NoIpv6",
                )

    def _problems_of_names(self) -> Iterator[Problem]:
        balancers = ", ".join(self.load_balancers)
        if self.load_balancers and self.domain is None:
            yield Problem(
                f"load_balancers has {balancers}, and {self.name} has no domain for their"
                " certificate; give it one, as in domain='shop.example.com'",
                self.written_at("load_balancers"),
                "NoDomain",
            )
        if self.load_balancers and self.domain and len(self.domain) > LONGEST_COMMON_NAME:
            yield Problem(
                f"domain {self.domain!r} has {len(self.domain)} characters, and the certificate of"
                f" load_balancers {balancers} takes {LONGEST_COMMON_NAME}; use a shorter one",
                self.written_at("domain"),
                "DomainTooLong",
            )
        if self.load_balancers and self.cluster is None:
            yield Problem(
                f"load_balancers has {balancers}, and {self.name} has no cluster whose services"
                " they could call; give it cluster=ClusterConfig()",
                self.written_at("load_balancers"),
                "NoCluster",
            )
        sender = None if self.email is None else self.email.domain
        if sender is not None and self.cluster is None:
            yield Problem(
                f"email sends from {sender!r}, and {self.name} has no cluster whose services could"
                " send; give it cluster=ClusterConfig(), or leave email out",
                self.written_at("email"),
                "NoCluster",
            )
        for field, domain in (("domain", self.domain), ("email.domain", sender)):
            if domain is not None and self.account.zone_of(domain) is None:
                zones = ", ".join(zone.domain for zone in self.account.zones.values()) or "none"
                yield Problem(
                    f"{field} {domain!r} is in no zone of the account {self.account.name!r}, which"
                    f" has {zones}; use a name below one of them, or add a zone to the account",
                    self.written_at(field.partition(".")[0]),
                    "NoZone",
                )
