"""A PostgreSQL instance with a replica, and a service that logs in with its IAM role."""

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
from platform_lib.rds.config import PostgresConfig, ReplicaConfig
from platform_lib.rds.events import DatabaseEvents
from platform_lib.rds.postgres_instance import PostgresInstance
from platform_lib.rds.storage import StorageConfig


class ExampleStack(PlatformStack):
    """The orders of a shop, a copy for reports, and the API that reads and writes both."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        data_users = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.RDS_EVENTS)
        key = Key(self, "Data", config=KeyConfig(description="Orders", services=data_users))
        logs_key = Key(
            self,
            "Logs",
            config=KeyConfig(description="Logs", services=(KeyUser.CLOUDWATCH_LOGS,)),
        )
        vpc = Vpc(self, "Vpc", config=VpcConfig(cidr=IPv4Network("10.30.0.0/16")), key=logs_key)
        alerts = Alerts(self, "Alerts", config=AlertsConfig(), key=key)
        self.database = PostgresInstance(
            self,
            "Orders",
            config=PostgresConfig(
                instance_class="db.r7g.large",
                database="orders",
                storage=StorageConfig(size_gib=100, max_gib=500),
                parameters={"max_connections": 1000},
                replicas={"reports": ReplicaConfig()},
                master_password_edition=1,
            ),
            vpc=vpc,
            key=key,
            logs_key=logs_key,
            alerts=alerts,
        )
        DatabaseEvents(self, "Events", databases=(self.database,), alerts=alerts)
        api = Role(self, "Api", service="ecs-tasks.amazonaws.com", description="The API")
        self.database.grants.connect(api, user="orders_api")
