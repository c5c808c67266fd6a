"""Development of the checkout: one engineer can break it, nobody is paged."""

from ipaddress import IPv4Network

from environments.accounts import WORKLOADS
from environments.checkout import base
from platform_lib.ecs.config import CapacityConfig, ClusterConfig
from platform_lib.elasticache.config import CacheConfig
from platform_lib.elasticache.versions import Engine
from platform_lib.environment import Category, Environment
from platform_lib.mq.config import BrokerConfig
from platform_lib.network.config import FlowLogsConfig, VpcConfig
from platform_lib.rds.config import PostgresConfig
from platform_lib.services.catalogue import adjusted
from platform_lib.ses.config import EmailIdentityConfig
from platform_lib.waf.config import Mode
from services import checkout

DOMAIN = "dev.workloads.acme.example"

ENVIRONMENT = Environment(
    name="checkout-dev",
    category=Category.INTERNAL,
    account=WORKLOADS,
    region=base.REGION,
    system=base.SYSTEM,
    tags=base.TAGS,
    vpc=VpcConfig(
        cidr=IPv4Network("10.52.0.0/16"),
        zones=("a", "b"),
        nat_zones=("a",),  # one gateway: a zone may fail here
        ipv6=True,
        endpoints=(),  # each costs by zone and hour; image pulls may take the gateway here
        flow_logs=FlowLogsConfig(retention_days=7),
    ),
    databases={
        "platform": PostgresConfig(
            instance_class="db.t4g.micro",
            credentials=base.CREDENTIALS,
            multi_az=False,
            backup_retention_days=1,
            monitoring_seconds=None,
            log_retention_days=7,
            apply_immediately=True,
            final_snapshot=False,
        ),
    },
    caches={
        "shared": CacheConfig(
            engine=Engine.REDIS,
            engine_version="7.1",
            node_type="cache.t4g.micro",
            replicas=0,
            automatic_failover=False,
            multi_az=False,
            network_type="dual_stack",
            snapshot_retention_days=0,
            log_retention_days=7,
            users=base.CACHE_USERS,
        ),
    },
    brokers={
        "jobs": BrokerConfig(host_type="mq.m7g.medium", deployment="single", zones=("a",)),
    },
    tables=base.TABLES,
    buckets=base.BUCKETS,
    secrets=base.SECRETS,
    domain=DOMAIN,
    email=EmailIdentityConfig(domain=DOMAIN),
    cluster=ClusterConfig(
        insights="enabled",
        # Any task may be stopped at two minutes' notice here.
        capacity=CapacityConfig(on_demand_base=0, on_demand_weight=0, spot_weight=1),
        log_retention_days=7,
    ),
    load_balancers=base.LOAD_BALANCERS,
    distributions=base.distributions(DOMAIN),
    web_acl=base.web_acl(Mode.COUNT),
    services=adjusted(checkout.SERVICES, versions={"checkout/saleor": "3.21.1-dev"}, tasks=(1, 2)),
    allow_destroy=True,  # rebuilt whenever somebody needs it empty
)
