"""Development of the checkout: one engineer can break it, nobody is paged."""

from ipaddress import IPv4Network

from environments.accounts import WORKLOADS
from environments.checkout import base
from platform_lib.environment import Category, Environment
from platform_lib.network.config import FlowLogsConfig, VpcConfig

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
    allow_destroy=True,  # rebuilt whenever somebody needs it empty
)
