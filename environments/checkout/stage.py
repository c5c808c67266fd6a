"""Staging of the checkout: production's shape, before production."""

from ipaddress import IPv4Network

from environments.accounts import WORKLOADS
from environments.checkout import base
from platform_lib.ecs.config import ClusterConfig
from platform_lib.elasticache.config import CacheConfig
from platform_lib.elasticache.versions import Engine
from platform_lib.environment import Category, Environment
from platform_lib.mq.config import BrokerConfig
from platform_lib.network.config import FlowLogsConfig, VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.rds.config import PostgresConfig
from platform_lib.services.catalogue import adjusted
from platform_lib.ses.config import EmailIdentityConfig
from platform_lib.waf.config import Mode
from services import checkout

DOMAIN = "stage.workloads.acme.example"

ENVIRONMENT = Environment(
    name="checkout-stage",
    category=Category.INTERNAL,
    account=WORKLOADS,
    region=base.REGION,
    system=base.SYSTEM,
    tags=base.TAGS,
    vpc=VpcConfig(
        cidr=IPv4Network("10.50.0.0/16"),
        zones=("b", "c", "a"),
        # The blocks that the hand-written platform has, in its order of zones.
        cidrs={
            Tier.PRIVATE: {
                "b": IPv4Network("10.50.0.0/18"),
                "c": IPv4Network("10.50.64.0/18"),
                "a": IPv4Network("10.50.128.0/18"),
            },
            Tier.DATABASE: {
                "b": IPv4Network("10.50.192.0/24"),
                "c": IPv4Network("10.50.193.0/24"),
                "a": IPv4Network("10.50.194.0/24"),
            },
            Tier.PUBLIC: {
                "b": IPv4Network("10.50.232.0/21"),
                "c": IPv4Network("10.50.240.0/21"),
                "a": IPv4Network("10.50.248.0/21"),
            },
        },
        ipv6=True,
        flow_logs=FlowLogsConfig(retention_days=30),
    ),
    databases={
        "platform": PostgresConfig(
            instance_class="db.t3.small",
            multi_az=False,
            backup_retention_days=7,
            parameters={"max_connections": 1000},
            credentials=base.CREDENTIALS,
        ),
    },
    caches={
        # One node with a logical database for each application, as the hand-written platform has it.
        "shared": CacheConfig(
            engine=Engine.REDIS,
            engine_version="7.1",
            node_type="cache.t3.micro",
            replicas=0,
            automatic_failover=False,
            multi_az=False,
            network_type="dual_stack",
            users=base.CACHE_USERS,
            # 1 was Celery's queue, which a flush of a cache could empty.
            logical_databases={"saleor": 0, "fundgate": 2, "storefront": 4, "dashboard": 5},
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
    email=EmailIdentityConfig(domain=DOMAIN),
    cluster=ClusterConfig(log_retention_days=30),
    load_balancers=base.LOAD_BALANCERS,
    distributions=base.distributions(DOMAIN),
    web_acl=base.web_acl(Mode.STANDBY),
    services=adjusted(checkout.SERVICES, versions={"checkout/saleor": "3.21.1-stg"}, tasks=(1, 4)),
)
