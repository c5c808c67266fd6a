"""Production of the shop. Every field that is left out has the value that customers need."""

from ipaddress import IPv4Network

from environments.accounts import PRODUCTION, TAGS
from platform_lib.environment import Category, Environment
from platform_lib.network.config import VpcConfig

ENVIRONMENT = Environment(
    name="shop-prod",
    category=Category.CUSTOMER,
    account=PRODUCTION,
    region="us-east-1",
    system="shop",
    tags=TAGS.evolve(owner="shop", cost_center="3000"),
    vpc=VpcConfig(cidr=IPv4Network("10.54.0.0/16")),
)
