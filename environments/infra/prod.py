"""Production of the EKS platform: the microservices that customers use."""

from ipaddress import IPv4Network

from environments.accounts import PRODUCTION
from environments.infra import base
from platform_lib.alerts.config import AlertsConfig
from platform_lib.elasticache.config import CacheConfig
from platform_lib.elasticache.versions import Engine
from platform_lib.environment import Category, Environment
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.config import PostgresConfig

ENVIRONMENT = Environment(
    name="infra-prod",
    category=Category.CUSTOMER,
    account=PRODUCTION,
    region=base.REGION,
    system=base.SYSTEM,
    tags=base.TAGS,
    vpc=VpcConfig(
        cidr=IPv4Network("10.21.0.0/16"),
        tiers=(Tier.PUBLIC, Tier.PRIVATE, Tier.INTRA, Tier.DATABASE),
        # The private blocks are those that the hand-written platform has.
        cidrs={
            Tier.PRIVATE: {
                "a": IPv4Network("10.21.1.0/24"),
                "b": IPv4Network("10.21.2.0/24"),
                "c": IPv4Network("10.21.3.0/24"),
            },
            Tier.INTRA: {
                "a": IPv4Network("10.21.51.0/24"),
                "b": IPv4Network("10.21.52.0/24"),
                "c": IPv4Network("10.21.53.0/24"),
            },
            Tier.PUBLIC: {
                "a": IPv4Network("10.21.101.0/24"),
                "b": IPv4Network("10.21.102.0/24"),
                "c": IPv4Network("10.21.103.0/24"),
            },
            Tier.DATABASE: {
                "a": IPv4Network("10.21.151.0/24"),
                "b": IPv4Network("10.21.152.0/24"),
                "c": IPv4Network("10.21.153.0/24"),
            },
        },
        endpoints=("ecr", "secrets"),
        kubernetes_clusters=("infra-prod",),
    ),
    alerts=AlertsConfig(p1_emails=("on-call@acme.example",)),
    databases={
        "platform": PostgresConfig(
            instance_class="db.m7g.large", parameters={"max_connections": 1000}
        ),
        "customer-service": PostgresConfig(instance_class="db.m7g.large"),
        "sandbox": PostgresConfig(instance_class="db.m7g.large"),
        # The e-commerce backend's; provisioned, since Serverless v2 was too slow to wake up.
        "commerce": AuroraConfig(
            version="15",
            instance_class="db.r7g.large",
            database="platform",
            master_username="platform_admin",
            insights="advanced",
        ),
    },
    caches={
        "shared": CacheConfig(
            engine=Engine.REDIS,
            engine_version="6.2",
            node_type="cache.m7g.large",
            users=base.CACHE_USERS,
        ),
    },
    secrets=base.SECRETS,
)
