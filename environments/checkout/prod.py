"""Production of the checkout: customers pay here."""

from datetime import date
from ipaddress import IPv4Network

from environments.accounts import PRODUCTION
from environments.checkout import base
from platform_lib.alerts.config import AlertsConfig
from platform_lib.ecs.config import ClusterConfig
from platform_lib.elasticache.config import CacheConfig
from platform_lib.elasticache.versions import Engine
from platform_lib.environment import Category, Environment
from platform_lib.mq.config import BrokerConfig
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.rds.config import PostgresConfig
from platform_lib.ses.config import EmailIdentityConfig
from platform_lib.waf.config import Mode
from platform_lib.waivers import Waiver
from services import checkout

DOMAIN = "checkout.acme.example"

ENVIRONMENT = Environment(
    name="checkout-prod",
    category=Category.CUSTOMER,
    account=PRODUCTION,
    region=base.REGION,
    system=base.SYSTEM,
    tags=base.TAGS,
    vpc=VpcConfig(
        cidr=IPv4Network("10.51.0.0/16"),
        zones=("b", "c", "a"),
        # The blocks that the hand-written platform has, in its order of zones.
        cidrs={
            Tier.PRIVATE: {
                "b": IPv4Network("10.51.0.0/18"),
                "c": IPv4Network("10.51.64.0/18"),
                "a": IPv4Network("10.51.128.0/18"),
            },
            Tier.DATABASE: {
                "b": IPv4Network("10.51.192.0/24"),
                "c": IPv4Network("10.51.193.0/24"),
                "a": IPv4Network("10.51.194.0/24"),
            },
            Tier.PUBLIC: {
                "b": IPv4Network("10.51.232.0/21"),
                "c": IPv4Network("10.51.240.0/21"),
                "a": IPv4Network("10.51.248.0/21"),
            },
        },
        ipv6=True,
    ),
    alerts=AlertsConfig(p1_emails=("on-call@acme.example",)),
    databases={
        "platform": PostgresConfig(
            instance_class="db.t3.medium",
            parameters={"max_connections": 1000},
            credentials=base.CREDENTIALS,
        ),
    },
    caches={
        "shared": CacheConfig(
            engine=Engine.REDIS,
            engine_version="7.1",
            node_type="cache.m7g.large",
            network_type="dual_stack",
            users=base.CACHE_USERS,
        ),
    },
    brokers={
        "jobs": BrokerConfig(
            version="3.13", host_type="mq.m7g.medium", deployment="single", zones=("b",)
        ),
    },
    tables=base.TABLES,
    buckets=base.BUCKETS,
    secrets=base.SECRETS,
    domain=DOMAIN,
    email=EmailIdentityConfig(domain=DOMAIN, dmarc_policy="quarantine"),
    cluster=ClusterConfig(),
    load_balancers=base.LOAD_BALANCERS,
    distributions=base.distributions(DOMAIN),
    web_acl=base.web_acl(Mode.ACTIVE),
    services=checkout.SERVICES,
    waivers=(
        Waiver(
            rule="burstable-database",
            address="databases.platform.instance_class",
            reason="the size of the hand-written platform, whose load it has carried",
            expires=date(2027, 5, 31),
        ),
        Waiver(
            rule="broker-size",
            address="brokers.jobs.host_type",
            reason="the size of the hand-written platform; to be measured before it grows",
            expires=date(2027, 5, 31),
        ),
        Waiver(
            rule="broker-cluster",
            address="brokers.jobs.deployment",
            reason="classic queues first have to become quorum queues, then a cluster replaces it",
            expires=date(2027, 5, 31),
        ),
        Waiver(
            rule="ecs-no-exec",
            address="services.saleor-api.task.execute_command",
            reason="on in the hand-written platform, where support looks at single orders in Saleor's"
            " shell; every session is recorded",
            expires=date(2027, 5, 31),
        ),
        Waiver(
            rule="ecs-read-only-root",
            address="services.saleor-api.task.container.read_only_root",
            reason="the agent of ECS Exec writes to the root; ends with the waiver of ecs-no-exec",
            expires=date(2027, 5, 31),
        ),
    ),
)
