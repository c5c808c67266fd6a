"""A network with every default, and the key that encrypts its flow logs."""

from ipaddress import IPv4Network

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc


class ExampleStack(PlatformStack):
    """One VPC over three zones."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        key = Key(
            self,
            "Logs",
            config=KeyConfig(description="Flow logs", services=(KeyUser.CLOUDWATCH_LOGS,)),
        )
        self.vpc = Vpc(
            self,
            "Vpc",
            config=VpcConfig(cidr=IPv4Network("10.54.0.0/16"), endpoints=("ecr",)),
            key=key,
        )
