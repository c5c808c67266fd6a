"""The network of one environment."""

from __future__ import annotations

from constructs import Construct

from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc


class NetworkStack(PlatformStack):
    """VPC, ways out, endpoints and flow logs."""

    def __init__(self, scope: Construct, *, environment: Environment, key: Key) -> None:
        super().__init__(scope, "network", target=environment)
        self.vpc = Vpc(self, "Vpc", config=environment.vpc, key=key)

        publish(self, "vpc_id", self.vpc.vpc_id, description="Id of the VPC")
        publish(
            self,
            "nat_public_ips",
            self.vpc.nat_public_ips,
            description="Addresses that the environment calls others from, by zone",
        )
