"""A broker, and a role that reads its credential."""

from ipaddress import IPv4Network

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.mq.broker import Broker
from platform_lib.mq.config import BrokerConfig
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc


class ExampleStack(PlatformStack):
    """Jobs of a shop, and the worker that does them."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.CLOUDWATCH_LOGS)
        key = Key(self, "Data", config=KeyConfig(description="Jobs", services=services))
        vpc = Vpc(self, "Vpc", config=VpcConfig(cidr=IPv4Network("10.30.0.0/16")), key=key)
        self.broker = Broker(
            self,
            "Jobs",
            config=BrokerConfig(host_type="mq.m7g.large", zones=("a", "b", "c")),
            vpc=vpc,
            key=key,
            alerts=Alerts(self, "Alerts", config=AlertsConfig(), key=key),
        )
        worker = Role(self, "Worker", service="ecs-tasks.amazonaws.com", description="The worker")
        self.broker.credential.grants.read(worker)
