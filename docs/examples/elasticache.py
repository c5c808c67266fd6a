"""A cache of two applications, and the roles that may use it."""

from ipaddress import IPv4Network

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.elasticache.cache import Cache
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc


class ExampleStack(PlatformStack):
    """Sessions of a shop, and the counters of a bot that keeps track of its visitors."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.CLOUDWATCH_LOGS)
        key = Key(self, "Data", config=KeyConfig(description="Sessions", services=services))
        vpc = Vpc(self, "Vpc", config=VpcConfig(cidr=IPv4Network("10.30.0.0/16")), key=key)
        self.cache = Cache(
            self,
            "Sessions",
            config=CacheConfig(
                node_type="cache.m7g.large",
                users={
                    # Its library knows passwords only.
                    "shop": CacheUserConfig(
                        authentication="password", url_query="ssl_cert_reqs=required"
                    ),
                    "counter": CacheUserConfig(key_prefixes=("visits:",)),
                },
            ),
            vpc=vpc,
            key=key,
            logs_key=key,
            alerts=Alerts(self, "Alerts", config=AlertsConfig(), key=key),
        )
        shop = Role(self, "Shop", service="ecs-tasks.amazonaws.com", description="The shop")
        self.cache.secret("shop").grants.read(shop)
        counter = Role(self, "Counter", service="lambda.amazonaws.com", description="The counter")
        self.cache.grants.connect(counter, user="counter")
