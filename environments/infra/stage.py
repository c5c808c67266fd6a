"""Staging of the EKS platform."""

from ipaddress import IPv4Network

from environments.accounts import WORKLOADS
from environments.infra import base
from platform_lib.environment import Category, Environment
from platform_lib.network.config import FlowLogsConfig, VpcConfig
from platform_lib.network.tiers import Tier

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
    allow_destroy=True,  # applied and destroyed by the tests
)
