"""A small shop of services, and an environment that has everything they name."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from pydantic import ValidationError

from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dynamodb.config import KeyAttribute, TableConfig
from platform_lib.ecr.config import RepositoriesConfig
from platform_lib.ecs.config import ClusterConfig, ContainerConfig, TaskConfig
from platform_lib.ecs.images import ImageConfig
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.environment import Account, Category, Environment, S3State, Tags
from platform_lib.mq.config import BrokerConfig
from platform_lib.network.config import VpcConfig
from platform_lib.rds.config import PostgresConfig
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.secretsmanager.config import GeneratedValue, SecretConfig
from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig
from platform_lib.services.config import (
    Job,
    Migration,
    Scheduler,
    Service,
    ServiceRoute,
    WebService,
    Worker,
)
from platform_lib.services.uses import BrokerUse
from platform_lib.ses.config import EmailIdentityConfig

DOMAIN = "shop.example.com"
IMAGE = ImageConfig(repository="shop/app", version="1.0.0")
TAGS = Tags(owner="shop", cost_center="1000", repository="acme/shop")


def task(*, port: int | None = None, **container: Any) -> TaskConfig:
    """Return the smallest task there is."""
    given = {"image": IMAGE, "port": port, **container}
    return TaskConfig(cpu=256, memory_mib=512, container=ContainerConfig.model_validate(given))


def web(**fields: Any) -> WebService:
    """Return a service at ``api`` of the load balancer ``public``."""
    route = ServiceRoute(load_balancer="public", hosts=("api",), priority=100)
    return WebService.model_validate({"task": task(port=8000), "route": route, **fields})


def worker(**fields: Any) -> Worker:
    """Return a worker of the queue ``mail``."""
    return Worker.model_validate(
        {"task": task(), "brokers": {"jobs": BrokerUse(queue="mail")}, **fields}
    )


def scheduler(**fields: Any) -> Scheduler:
    """Return a scheduler."""
    return Scheduler.model_validate({"task": task(), **fields})


def job(**fields: Any) -> Job:
    """Return a job of every night."""
    given = {"task": task(), "description": "Cleans up", "schedule": "cron(0 3 * * ? *)"}
    return Job.model_validate({**given, **fields})


def migration(**fields: Any) -> Migration:
    """Return a migration before ``api``."""
    given = {"task": task(), "description": "The schema", "before": ("api",)}
    return Migration.model_validate({**given, **fields})


def account(**fields: Any) -> Account:
    """Return an account with a zone and a repository."""
    given = {
        "name": "workloads",
        "id": "111111111111",
        "region": "us-east-1",
        "organization": "acme",
        "state": S3State(bucket="acme-terraform-state"),
        "zones": {"main": HostedZoneConfig(domain="example.com")},
        "repositories": RepositoriesConfig(images=("shop/app",)),
        "tags": TAGS,
    }
    return Account.model_validate({**given, **fields})


def environment(**fields: Any) -> Environment:
    """Return an environment with one of everything that a service may name, and no service."""
    given = {
        "name": "shop-dev",
        "category": Category.INTERNAL,
        "account": account(),
        "region": "us-east-1",
        "system": "shop",
        "tags": TAGS,
        "vpc": VpcConfig(cidr=IPv4Network("10.10.0.0/16"), ipv6=True),
        "databases": {
            "orders": PostgresConfig(
                instance_class="db.m7g.large",
                credentials={"shop": PostgresCredentialConfig(owner="shop")},
            )
        },
        "caches": {
            "sessions": CacheConfig(node_type="cache.m7g.large", users={"shop": CacheUserConfig()})
        },
        "brokers": {"jobs": BrokerConfig(host_type="mq.m7g.large", zones=("a", "b", "c"))},
        "tables": {"tax": TableConfig(partition_key=KeyAttribute(name="order_id"))},
        "buckets": {"media": BucketConfig(purpose=Purpose.MEDIA)},
        "secrets": {
            "signing-key": SecretConfig(description="Signs", generated=GeneratedValue()),
            "payment-api": SecretConfig(description="Opens the API of payments"),
        },
        "domain": DOMAIN,
        "email": EmailIdentityConfig(domain=DOMAIN),
        "cluster": ClusterConfig(),
        "load_balancers": {
            "public": LoadBalancerConfig(sources=("everybody",)),
            "office": LoadBalancerConfig(sources=("10.0.0.0/8",), internal=True),
        },
    }
    return Environment.model_validate({**given, **fields})


def sentence(error: ValidationError) -> str:
    """Return the one thing that a model says."""
    problems = error.errors(include_input=False)
    # Pydantic also counts the items that are left once a wrong one is out.
    own = [it for it in problems if it["type"] != "too_short"]
    (problem,) = own or problems
    return problem["msg"].removeprefix("Value error, ")


def services(**named: Service) -> dict[str, Service]:
    """Return services by name."""
    return named
