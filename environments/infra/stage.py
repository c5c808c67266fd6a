"""Staging of the EKS platform."""

from ipaddress import IPv4Network

from environments.accounts import WORKLOADS
from environments.infra import base
from platform_lib.elasticache.config import CacheConfig
from platform_lib.elasticache.versions import Engine
from platform_lib.environment import Category, Environment
from platform_lib.network.config import FlowLogsConfig, VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.config import PostgresConfig

ENVIRONMENT = Environment(
    name="infra-stage",
    category=Category.INTERNAL,
    account=WORKLOADS,
    region=base.REGION,
    system=base.SYSTEM,
    tags=base.TAGS,
    vpc=VpcConfig(
        cidr=IPv4Network("10.20.0.0/16"),
        tiers=(Tier.PUBLIC, Tier.PRIVATE, Tier.INTRA, Tier.DATABASE),
        # The private blocks are those that the hand-written platform has.
        cidrs={
            Tier.PRIVATE: {
                "a": IPv4Network("10.20.1.0/24"),
                "b": IPv4Network("10.20.2.0/24"),
                "c": IPv4Network("10.20.3.0/24"),
            },
            Tier.INTRA: {
                "a": IPv4Network("10.20.51.0/24"),
                "b": IPv4Network("10.20.52.0/24"),
                "c": IPv4Network("10.20.53.0/24"),
            },
            Tier.PUBLIC: {
                "a": IPv4Network("10.20.101.0/24"),
                "b": IPv4Network("10.20.102.0/24"),
                "c": IPv4Network("10.20.103.0/24"),
            },
            Tier.DATABASE: {
                "a": IPv4Network("10.20.151.0/24"),
                "b": IPv4Network("10.20.152.0/24"),
                "c": IPv4Network("10.20.153.0/24"),
            },
        },
        endpoints=("ecr", "secrets"),
        flow_logs=FlowLogsConfig(retention_days=30),
        kubernetes_clusters=("infra-stage",),
    ),
    databases={
        "platform": PostgresConfig(
            instance_class="db.t3.medium",
            multi_az=False,
            backup_retention_days=7,
            parameters={"max_connections": 1000},
            final_snapshot=False,
        ),
        # The e-commerce backend's; provisioned, since Serverless v2 was too slow to wake up.
        "commerce": AuroraConfig(
            version="15",
            instance_class="db.r7g.large",
            database="platform",
            master_username="platform_admin",
            backup_retention_days=7,
            final_snapshot=False,
        ),
    },
    caches={
        "shared": CacheConfig(
            engine=Engine.REDIS,
            engine_version="6.2",
            node_type="cache.t3.micro",
            replicas=0,
            automatic_failover=False,
            multi_az=False,
            users=base.CACHE_USERS,
        ),
    },
    secrets=base.SECRETS,
    allow_destroy=True,  # applied and destroyed by the tests
)
