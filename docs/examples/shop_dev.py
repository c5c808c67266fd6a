"""Development of the shop: two zones, one NAT gateway, and nothing that is dear."""

from ipaddress import IPv4Network

from environments.accounts import TAGS, WORKLOADS
from platform_lib.environment import Category, Environment
from platform_lib.network.config import FlowLogsConfig, VpcConfig

ENVIRONMENT = Environment(
    name="shop-dev",
    category=Category.INTERNAL,
    account=WORKLOADS,
    region="us-east-1",
    system="shop",
    tags=TAGS.evolve(owner="shop"),
    vpc=VpcConfig(
        cidr=IPv4Network("10.53.0.0/16"),
        zones=("a", "b"),
        nat_zones=("a",),
        endpoints=(),
        flow_logs=FlowLogsConfig(retention_days=7),
    ),
    allow_destroy=True,
)
