"""PostgresReplica: a read replica of an RDS for PostgreSQL instance."""

from __future__ import annotations

from dataclasses import dataclass

import cdktf_cdktf_provider_aws.db_instance as aws_db_instance

from platform_lib.alerts.alerts import Alerts
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.rds._instance import shared_arguments
from platform_lib.rds.alarms import InstanceAlarms
from platform_lib.rds.config import PostgresConfig, ReplicaConfig
from platform_lib.types import TokenStr


@dataclass(frozen=True, slots=True)
class ReplicaSource:
    """The instance that a replica follows."""

    config: PostgresConfig
    identifier: TokenStr
    parameter_group: TokenStr
    security_group_id: TokenStr


class PostgresReplica(PlatformConstruct):
    """A copy that follows an instance and answers queries; `PostgresInstance` defines them.

    It has the settings, parameters, key and security group of the instance.

    Defines:
        aws_db_instance, two aws_cloudwatch_log_group, aws_iam_role, aws_iam_role_policy,
        aws_cloudwatch_metric_alarm

    Args:
        config: Its class and whether it has a standby.
        source: The instance that it follows.
        key: Encrypts insights; the data is encrypted as the instance's.
        logs_key: Encrypts the logs. Its policy must let CloudWatch Logs use it.
        alerts: The topics.
    """

    def __init__(
        self,
        scope: PlatformConstruct,
        id: str,
        *,
        config: ReplicaConfig,
        source: ReplicaSource,
        key: Key,
        logs_key: Key,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, id)
        database = source.config
        identifier = self.physical_name(Kind.DB_INSTANCE)
        instance_class = config.instance_class or database.instance_class
        replica = aws_db_instance.DbInstance(
            self,
            "Resource",
            replicate_source_db=source.identifier,
            instance_class=instance_class,
            multi_az=config.multi_az,
            parameter_group_name=source.parameter_group,
            vpc_security_group_ids=[source.security_group_id],
            # RDS takes none of a replica; the instance has the data.
            skip_final_snapshot=True,
            **shared_arguments(self, database, identifier=identifier, key=key, logs_key=logs_key),
        )
        protect(self, replica)
        alarms = InstanceAlarms(
            self, identifier=replica.identifier, config=database.alarms, alerts=alerts
        )
        alarms.watch_load(
            instance_class=instance_class, max_connections=database.max_connections(instance_class)
        )
        alarms.watch_storage(database.storage.size_gib)
        alarms.watch_replica_lag()

        self.address: TokenStr = replica.address
        """Host of the replica."""
        self.identifier: TokenStr = replica.identifier
        """Identifier in RDS."""
        self.resource_id: TokenStr = replica.resource_id
        """Id by which IAM names it in ``rds-db:connect``."""
