"""The environment that tests of single constructs are applied to."""

from __future__ import annotations

from ipaddress import IPv4Network

from platform_lib.environment import Account, Category, Environment, LocalState, Tags
from platform_lib.network.config import VpcConfig

__all__ = ["shop"]


def shop(*, account_id: str, region: str, ipv6: bool = False) -> Environment:
    """Return an environment with a small network, whose states lie in files."""
    account = Account(
        name="workloads",
        id=account_id,
        region=region,
        organization="acme",
        state=LocalState(path="state"),
        tags=Tags(owner="platform", cost_center="1000", repository="acme/platform"),
    )
    return Environment(
        name="shop-dev",
        account=account,
        category=Category.INTERNAL,
        system="shop",
        region=region,
        vpc=VpcConfig(
            cidr=IPv4Network("10.30.0.0/16"),
            zones=("a", "b"),
            nat_zones=(),
            ipv6=ipv6,
            endpoints=(),
            flow_logs=None,
        ),
        tags=account.tags,
        allow_destroy=True,
    )
