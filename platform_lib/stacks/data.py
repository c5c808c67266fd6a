"""Everything in one environment that holds state and must survive a redeploy."""

from __future__ import annotations

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.dynamodb.table import Table
from platform_lib.elasticache.cache import Cache
from platform_lib.environment import Environment
from platform_lib.kms.key import Key
from platform_lib.mq.broker import Broker
from platform_lib.naming import pascal
from platform_lib.network.vpc import Vpc
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.aurora_postgres import AuroraPostgres
from platform_lib.rds.config import PostgresConfig
from platform_lib.rds.events import DatabaseEvents
from platform_lib.rds.postgres_instance import PostgresInstance
from platform_lib.rds.proxy import DatabaseProxy
from platform_lib.rds.proxy_config import ProxyConfig
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.secretsmanager.postgres_credential import PostgresCredential
from platform_lib.secretsmanager.rotation_function import RotationFunction
from platform_lib.secretsmanager.secrets import Secrets

_ACCESS_LOG_DAYS = 365
"""A year, so that a leak that is found late can still be followed."""


class DataStack(PlatformStack):
    """Databases, caches, brokers, tables, buckets and secrets, with their alarms."""

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        vpc: Vpc,
        key: Key,
        logs_key: Key,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, "data", target=environment)
        self._environment = environment
        self._vpc, self._key, self._logs_key, self._alerts = vpc, key, logs_key, alerts

        self.databases: dict[str, PostgresInstance | AuroraPostgres] = {
            name: self._database(name, config) for name, config in environment.databases.items()
        }
        """Databases by name."""
        self.credentials = self._define_credentials()
        """Credentials of applications, by database and application."""
        self.proxies = {
            name: self._proxy(name, proxy)
            for name, config in environment.databases.items()
            if (proxy := config.proxy) is not None
        }
        """Proxies by the name of their database."""
        if self.databases:
            DatabaseEvents(
                self, "DatabaseEvents", databases=tuple(self.databases.values()), alerts=alerts
            )
        self.caches = {
            name: Cache(
                self,
                f"{pascal(name)}Cache",
                config=config,
                vpc=vpc,
                key=key,
                logs_key=logs_key,
                alerts=alerts,
            )
            for name, config in environment.caches.items()
        }
        """Caches by name."""
        self.brokers = {
            name: Broker(
                self, f"{pascal(name)}Broker", config=config, vpc=vpc, key=key, alerts=alerts
            )
            for name, config in environment.brokers.items()
        }
        """Brokers by name."""
        self.tables = {
            name: Table(self, f"{pascal(name)}Table", config=config, key=key, alerts=alerts)
            for name, config in environment.tables.items()
        }
        """DynamoDB tables by name."""
        self.buckets = self._define_buckets()
        """Buckets by name."""
        self.secrets = Secrets(self, "Secrets", configs=environment.secrets, key=key)
        """Secrets by name."""
        self._publish()

    def _database(
        self, name: str, config: PostgresConfig | AuroraConfig
    ) -> PostgresInstance | AuroraPostgres:
        own = f"{pascal(name)}Database"
        if isinstance(config, AuroraConfig):
            return AuroraPostgres(
                self,
                own,
                config=config,
                vpc=self._vpc,
                key=self._key,
                logs_key=self._logs_key,
                alerts=self._alerts,
            )
        return PostgresInstance(
            self,
            own,
            config=config,
            vpc=self._vpc,
            key=self._key,
            logs_key=self._logs_key,
            alerts=self._alerts,
        )

    def _define_credentials(self) -> dict[str, dict[str, PostgresCredential]]:
        configs = self._environment.databases
        if not any(config.credentials for config in configs.values()):
            return {}
        rotation = RotationFunction(
            self,
            "Rotation",
            vpc=self._vpc,
            key=self._key,
            logs_key=self._logs_key,
            alerts=self._alerts,
        )
        return {
            name: {
                application: PostgresCredential(
                    self,
                    f"{pascal(name)}Database{pascal(application)}Credential",
                    config=credential,
                    server=self.databases[name],
                    rotation=rotation,
                    key=self._key,
                )
                for application, credential in config.credentials.items()
            }
            for name, config in configs.items()
        }

    def _proxy(self, name: str, config: ProxyConfig) -> DatabaseProxy:
        credentials = self.credentials.get(name, {}).values()
        return DatabaseProxy(
            self,
            f"{pascal(name)}Proxy",
            config=config,
            database=self.databases[name],
            vpc=self._vpc,
            logs_key=self._logs_key,
            alerts=self._alerts,
            credentials=[it.secret for it in credentials],
        )

    def _define_buckets(self) -> dict[str, Bucket]:
        configs = self._environment.buckets
        if not configs:
            return {}
        records = Bucket(
            self,
            "AccessLogs",
            config=BucketConfig(purpose=Purpose.ACCESS_LOGS, retention_days=_ACCESS_LOG_DAYS),
            key=self._key,
        )
        return {
            name: Bucket(
                self,
                f"{pascal(name)}Bucket",
                config=config,
                key=self._logs_key if config.purpose is Purpose.LOGS else self._key,
                access_logs=records,
            )
            for name, config in configs.items()
        }

    def _publish(self) -> None:
        for name, value, description in (
            (
                "database_addresses",
                {name: it.address for name, it in self.databases.items()},
                "Hosts of the databases",
            ),
            (
                "database_secret_arns",
                {name: it.secret_arn for name, it in self.databases.items()},
                "Secrets of the databases' administrators",
            ),
            (
                "cache_addresses",
                {name: it.address for name, it in self.caches.items()},
                "Hosts of the caches",
            ),
            (
                "broker_secret_arns",
                {name: it.credential.arn for name, it in self.brokers.items()},
                "Secrets with address and user of the brokers",
            ),
            (
                "bucket_names",
                {name: it.name for name, it in self.buckets.items()},
                "Names of the buckets",
            ),
            (
                "secret_policy_arns",
                dict(self.secrets.policy_arns),
                "Policies that read one secret each, for roles from elsewhere",
            ),
        ):
            if value:
                publish(self, name, value, description=description)
