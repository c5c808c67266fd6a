"""The stacks that are measured, in our constructs.

Fixed here, so that a change of an environment does not move the numbers. Import ``platform_lib``
before this module: whoever imports ``cdktf`` first gets the bindings as they ship.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path

from cdktf import App

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Account, Category, Environment, S3State, Tags
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc

_CIDR = IPv4Network("10.0.0.0/16")
TAGS = Tags(owner="platform", cost_center="1000", repository="acme/platform")
ACCOUNT = Account(
    name="bench",
    id="111111111111",
    region="us-east-1",
    organization="acme",
    state=S3State(bucket="acme-bench-terraform-state"),
    tags=TAGS,
)


def configuration(shape: str) -> VpcConfig:
    """Return the network of a shape.

    Args:
        shape: ``one``, 61 resources with its key: two zones, three tiers, IPv6, an interface
            endpoint, flow logs. ``small``, 31 resources: two zones, two tiers, one NAT gateway.
            ``peer``, what `bench.peer_constructs` builds with AWS CDK: three zones, three tiers,
            a NAT gateway in each, gateway endpoints, one interface endpoint, flow logs.
    """
    if shape == "one":
        return VpcConfig(
            cidr=_CIDR,
            zones=("a", "b"),
            nat_zones=("a",),
            kept_eip_zones=("b",),
            ipv6=True,
            endpoints=("logs",),
        )
    if shape == "small":
        return VpcConfig(
            cidr=_CIDR,
            zones=("a", "b"),
            tiers=(Tier.PUBLIC, Tier.PRIVATE),
            nat_zones=("a",),
            subnet_group_tier=Tier.PRIVATE,
            endpoints=(),
            flow_logs=None,
        )
    if shape == "peer":
        return VpcConfig(
            cidr=_CIDR,
            tiers=(Tier.PUBLIC, Tier.PRIVATE, Tier.INTRA),
            subnet_group_tier=Tier.PRIVATE,
            endpoints=("logs",),
        )
    raise ValueError(f"{shape!r} is no shape; use one, small or peer")


def build(app: App, shape: str, number: int) -> PlatformStack:
    """Construct one stack: a key and the network whose flow logs it encrypts."""
    environment = Environment(
        name=f"bench-{number}",
        account=ACCOUNT,
        category=Category.CUSTOMER,
        system="bench",
        region="us-east-1",
        vpc=configuration(shape),
        tags=TAGS,
    )
    stack = PlatformStack(app, "network", target=environment)
    key = Key(
        stack,
        "Logs",
        config=KeyConfig(description="Flow logs", services=(KeyUser.CLOUDWATCH_LOGS,)),
    )
    Vpc(stack, "Vpc", config=environment.vpc, key=key)
    stack.settle_identities()
    return stack


def synthesise(outdir: Path, shape: str, stacks: int) -> None:
    """Write ``stacks`` stacks of a shape."""
    app = App(outdir=str(outdir))
    for number in range(stacks):
        build(app, shape, number)
    app.synth()
