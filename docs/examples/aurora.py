"""An Aurora cluster with readers that come and go, and a proxy that a role logs in to."""

from ipaddress import IPv4Network

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.rds.aurora_capacity import ReaderConfig, ReaderScaling
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.aurora_postgres import AuroraPostgres
from platform_lib.rds.proxy import DatabaseProxy
from platform_lib.rds.proxy_config import ProxyConfig
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.secret import Secret


class ExampleStack(PlatformStack):
    """The platform's database, and the shop that reads and writes it."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        users = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.RDS_EVENTS)
        key = Key(self, "Data", config=KeyConfig(description="Data", services=users))
        logs = (KeyUser.CLOUDWATCH_LOGS,)
        logs_key = Key(self, "Logs", config=KeyConfig(description="Logs", services=logs))
        vpc = Vpc(self, "Vpc", config=VpcConfig(cidr=IPv4Network("10.30.0.0/16")), key=logs_key)
        alerts = Alerts(self, "Alerts", config=AlertsConfig(), key=key)

        self.platform = AuroraPostgres(
            self,
            "Platform",
            config=AuroraConfig(
                version="15.12",
                instance_class="db.r7g.large",
                database="platform",
                master_username="platform_admin",
                readers={"standby": ReaderConfig()},
                reader_scaling=ReaderScaling(maximum=5, target_cpu_percent=60),
            ),
            vpc=vpc,
            key=key,
            logs_key=logs_key,
            alerts=alerts,
        )
        login = SecretConfig(description="User name and password of the shop in the database")
        self.proxy = DatabaseProxy(
            self,
            "PlatformProxy",
            config=ProxyConfig(iam_authentication=True),
            database=self.platform,
            vpc=vpc,
            logs_key=logs_key,
            alerts=alerts,
            credentials=(Secret(self, "ShopLogin", config=login, key=key),),
        )
        shop = Role(self, "Shop", service="ecs-tasks.amazonaws.com", description="The shop")
        self.proxy.grants.connect(shop, user="shop")
