"""Production of the checkout: customers pay here."""

from ipaddress import IPv4Network

from environments.accounts import PRODUCTION
from environments.checkout import base
from platform_lib.environment import Category, Environment
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier

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
)
