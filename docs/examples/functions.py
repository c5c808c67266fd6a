"""A function of our own that EventBridge calls."""

from ipaddress import IPv4Network
from pathlib import Path

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.functions.asset import Code
from platform_lib.functions.config import FunctionConfig
from platform_lib.functions.function import Function
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc


class ExampleStack(PlatformStack):
    """A heartbeat, whose code is a folder beside this file."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        key = Key(
            self,
            "Data",
            config=KeyConfig(description="Example", services=(KeyUser.CLOUDWATCH_LOGS,)),
        )
        vpc = Vpc(self, "Vpc", config=VpcConfig(cidr=IPv4Network("10.30.0.0/16")), key=key)
        self.heartbeat = Function(
            self,
            "Heartbeat",
            config=FunctionConfig(description="Says that the shop is there"),
            code=Code(
                handler="heartbeat.handler.handle",
                packages=(Path(__file__).with_name("heartbeat"),),
            ),
            environment={"SHOP": environment.system},
            vpc=vpc,
            key=key,
            logs_key=key,
        )
        self.heartbeat.allow_invoke("EventBridge", service="events.amazonaws.com")
