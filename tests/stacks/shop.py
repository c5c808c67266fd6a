"""The environment of tests that build it once for a whole module."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

from platform_lib.environment import Account, Category, Environment, S3State, Tags
from platform_lib.network.config import VpcConfig


def shop_prod(**parts: Any) -> Environment:
    """Return an environment with these parts; the fixture `environment` serves a single test."""
    tags = Tags(owner="platform", cost_center="1000", repository="acme/platform")
    account = Account(
        name="workloads",
        id="111111111111",
        region="us-east-1",
        organization="acme",
        state=S3State(bucket="acme-terraform-state"),
        tags=tags,
    )
    return Environment(
        name="shop-prod",
        category=Category.CUSTOMER,
        account=account,
        region="us-east-1",
        system="shop",
        tags=tags,
        vpc=VpcConfig(cidr=IPv4Network("10.10.0.0/16")),
        **parts,
    )
