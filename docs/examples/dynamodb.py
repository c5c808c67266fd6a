"""A table, and a role that may create, read, change and delete its items."""

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dynamodb.config import KeyAttribute, TableConfig
from platform_lib.dynamodb.table import Table
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key


class ExampleStack(PlatformStack):
    """Tax data of orders, and the API that keeps it."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.RDS_EVENTS)
        key = Key(self, "Data", config=KeyConfig(description="Tax data", services=services))
        self.table = Table(
            self,
            "Tax",
            config=TableConfig(partition_key=KeyAttribute(name="order_id"), expires_by="expires"),
            key=key,
            alerts=Alerts(self, "Alerts", config=AlertsConfig(), key=key),
        )
        api = Role(self, "Api", service="ecs-tasks.amazonaws.com", description="The API")
        self.table.grants.read_write(api)
