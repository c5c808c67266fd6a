"""A database of an application, and its login, which changes every month."""

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
from platform_lib.rds.config import PostgresConfig
from platform_lib.rds.postgres_instance import PostgresInstance
from platform_lib.secretsmanager.postgres_credential import PostgresCredential
from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig
from platform_lib.secretsmanager.rotation_function import RotationFunction


class ExampleStack(PlatformStack):
    """The shop's database server, and the credential that its API reads."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        users = (
            KeyUser.CLOUDWATCH_ALARMS,
            KeyUser.CLOUDWATCH_LOGS,
            KeyUser.RDS_EVENTS,
            KeyUser.SNS,
        )
        key = Key(self, "Data", config=KeyConfig(description="The shop", services=users))
        vpc = Vpc(self, "Vpc", config=VpcConfig(cidr=IPv4Network("10.30.0.0/16")), key=key)
        alerts = Alerts(self, "Alerts", config=AlertsConfig(), key=key)
        server = PostgresInstance(
            self,
            "Shop",
            config=PostgresConfig(instance_class="db.r7g.large"),
            vpc=vpc,
            key=key,
            logs_key=key,
            alerts=alerts,
        )
        rotation = RotationFunction(self, "Rotation", vpc=vpc, key=key, logs_key=key, alerts=alerts)
        self.credential = PostgresCredential(
            self,
            "Saleor",
            config=PostgresCredentialConfig(
                owner="saleor", ssl_root_certificate="/etc/ssl/rds/global-bundle.pem"
            ),
            server=server,
            rotation=rotation,
            key=key,
        )
        api = Role(self, "Api", service="ecs-tasks.amazonaws.com", description="The API")
        self.credential.secret.grants.read(api)
