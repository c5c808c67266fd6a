"""An API, its migration, its scheduler and a nightly task on one cluster."""

from ipaddress import IPv4Network

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.cluster import EcsCluster
from platform_lib.ecs.config import ClusterConfig, ContainerConfig, TaskConfig
from platform_lib.ecs.fargate_service import FargateService
from platform_lib.ecs.images import ImageConfig
from platform_lib.ecs.migration_task import MigrationTask
from platform_lib.ecs.references import Injected, InjectedSecret
from platform_lib.ecs.scheduled_task import ScheduledTask
from platform_lib.ecs.service_config import ScalingConfig, ServiceConfig, ServiceConnectConfig
from platform_lib.ecs.task_configs import MigrationConfig, ScheduledTaskConfig
from platform_lib.ecs.task_definition import TaskDefinition
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.secret import Secret

CONTAINER = ContainerConfig(
    image=ImageConfig(repository="ghcr.io/saleor/saleor", version="3.21.1"),
    secrets=("DATABASE_URL",),
)
API = TaskConfig(cpu=512, memory_mib=1024, container=CONTAINER.evolve(port=8000))


class ExampleStack(PlatformStack):
    """A shop that is called through Service Connect."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        users = (
            KeyUser.CLOUDWATCH_LOGS,
            KeyUser.SNS,
            KeyUser.CLOUDWATCH_ALARMS,
            KeyUser.RDS_EVENTS,
        )
        key = Key(self, "Data", config=KeyConfig(description="Example", services=users))
        vpc = Vpc(self, "Vpc", config=VpcConfig(cidr=IPv4Network("10.30.0.0/16")), key=key)
        alerts = Alerts(self, "Alerts", config=AlertsConfig(), key=key)
        database = Secret(
            self,
            "DatabaseUrl",
            config=SecretConfig(description="Where the shop's data is"),
            key=key,
        )
        cluster = EcsCluster(
            self,
            "Shop",
            config=ClusterConfig(namespace="shop.internal"),
            vpc=vpc,
            key=key,
            logs_key=key,
        )
        injected = Injected(secrets={"DATABASE_URL": InjectedSecret(database.arn, key)})

        def task(id: str, config: TaskConfig) -> TaskDefinition:
            return TaskDefinition(
                self, id, config=config, cluster=cluster, injected=injected, logs_key=key
            )

        def runs(*command: str) -> TaskConfig:
            return API.evolve(container=CONTAINER.evolve(command=command))

        self.migration = MigrationTask(
            self,
            "Migration",
            config=MigrationConfig(description="Brings the database to the image's version"),
            task=task("MigrationTask", runs("python", "manage.py", "migrate")),
            key=key,
            logs_key=key,
        )
        self.api = FargateService(
            self,
            "Api",
            config=ServiceConfig(
                tasks=ScalingConfig(minimum=2, maximum=6),
                service_connect=ServiceConnectConfig(name="api"),
            ),
            task=task("ApiTask", API),
            alerts=alerts,
        )
        self.beat = FargateService(
            self,
            "Beat",
            config=ServiceConfig(tasks=1, singleton=True),
            task=task("BeatTask", runs("celery", "--app=saleor.celeryconf:app", "beat")),
            alerts=alerts,
        )
        self.cleanup = ScheduledTask(
            self,
            "Cleanup",
            config=ScheduledTaskConfig(
                description="Removes baskets that nobody came back to", schedule="cron(0 3 * * ? *)"
            ),
            task=task("CleanupTask", runs("python", "manage.py", "clear_old_checkouts")),
            key=key,
            alerts=alerts,
        )
        self.migration.run_before(self.api, self.beat)
