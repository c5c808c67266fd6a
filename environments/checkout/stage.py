"""Staging of the checkout: production's shape, before production."""

from ipaddress import IPv4Network

from environments.accounts import WORKLOADS
from environments.checkout import base
from platform_lib.environment import Category, Environment
from platform_lib.network.config import FlowLogsConfig, VpcConfig
from platform_lib.network.tiers import Tier

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
)
