"""PostgresInstance: an RDS for PostgreSQL instance, its standby and its read replicas."""

from __future__ import annotations

from typing import Any

import cdktf_cdktf_provider_aws.db_instance as aws_db_instance
from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.network.vpc import Vpc
from platform_lib.rds._final_snapshot import final_snapshot
from platform_lib.rds._instance import shared_arguments
from platform_lib.rds._master_password import rotate_master_password
from platform_lib.rds._parameter_group import parameter_group
from platform_lib.rds.alarms import InstanceAlarms
from platform_lib.rds.config import PostgresConfig
from platform_lib.rds.grants import DatabaseGrants
from platform_lib.rds.master_credential import MasterCredential
from platform_lib.rds.parameters import Group
from platform_lib.rds.postgres_replica import PostgresReplica, ReplicaSource
from platform_lib.rds.restore import FromPointInTime, FromSnapshot
from platform_lib.types import TokenStr

PORT = 5432
"""The port of PostgreSQL."""


class PostgresInstance(PlatformConstruct):
    """An encrypted PostgreSQL instance in the VPC's database subnets, watched and backed up.

    Only who is connected to it reaches it, and only with TLS.

    Defines:
        aws_db_instance, aws_db_parameter_group, aws_secretsmanager_secret_rotation (or, with
        an edition, aws_secretsmanager_secret and aws_secretsmanager_secret_version),
        aws_security_group, two aws_cloudwatch_log_group, aws_iam_role, aws_iam_role_policy,
        aws_cloudwatch_metric_alarm; and for each replica what `PostgresReplica` defines

    Args:
        config: Version, size, durability, restore and replicas.
        vpc: Network that it is in.
        key: Encrypts data, backups, insights and the administrator's password.
        logs_key: Encrypts the logs. Its policy must let CloudWatch Logs use it.
        alerts: The topics that its alarms publish to.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: PostgresConfig,
        vpc: Vpc,
        key: Key,
        logs_key: Key,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._key = key
        self.connections = Connections(
            self, vpc=vpc, description="PostgreSQL database", listens_on=Port(PORT)
        )
        """Its security group; listens on 5432."""
        self._identifier = self.physical_name(Kind.DB_INSTANCE)
        version = config.engine_version()
        self._parameters = parameter_group(
            self,
            identifier=self._identifier,
            version=version,
            group=Group.POSTGRES,
            given=config.all_parameters(version),
        )
        self._master = self._define_master()
        instance = self._define_instance(vpc, logs_key)
        self._watch(instance, alerts)

        source = ReplicaSource(
            config, instance.identifier, self._parameters.name, self.connections.security_group_id
        )
        self.replicas: dict[str, PostgresReplica] = {
            name: PostgresReplica(
                self,
                # With the name of the database: names follow from the last id of a path.
                f"{id}{pascal(name)}",
                config=replica,
                source=source,
                key=key,
                logs_key=logs_key,
                alerts=alerts,
            )
            for name, replica in config.replicas.items()
        }
        """Read replicas by name."""

        self.identifier: TokenStr = instance.identifier
        """Identifier in RDS."""
        self.arn: TokenStr = instance.arn
        """ARN of the instance."""
        self.address: TokenStr = instance.address
        """Host of the instance; it stays when the standby takes over."""
        self.port = PORT
        """Port of the instance and its replicas."""
        self.secret_arn: TokenStr = self._secret_of(instance)
        """Secret with the administrator's user name and password."""
        self.instance_identifiers: tuple[TokenStr, ...] = (
            instance.identifier,
            *(replica.identifier for replica in self.replicas.values()),
        )
        """Identifiers of the instance and its replicas, for `DatabaseEvents`."""
        self.cluster_identifiers: tuple[TokenStr, ...] = ()
        """None: it is no cluster."""
        self.grants = DatabaseGrants(
            self,
            resource_ids=(
                instance.resource_id,
                *(replica.resource_id for replica in self.replicas.values()),
            ),
            secret_arn=self.secret_arn,
            key=key,
            iam=config.iam_authentication,
        )
        """What roles may do with it."""

    def _define_master(self) -> MasterCredential | None:
        config = self._config
        edition = config.master_password_edition
        if edition is None:
            return None
        return MasterCredential(
            self, "Master", username=config.master_username, edition=edition, key=self._key
        )

    def _secret_of(self, instance: aws_db_instance.DbInstance) -> TokenStr:
        if self._master is not None:
            return self._master.arn
        secret_arn: TokenStr = instance.master_user_secret.get(0).secret_arn
        days = self._config.master_rotation_days
        rotate_master_password(self, secret_arn=secret_arn, days=days)
        return secret_arn

    def _password(self) -> dict[str, Any]:
        """Return the arguments by which the administrator has a password: RDS's own, or ours."""
        if self._master is None:
            return {
                "manage_master_user_password": True,
                "master_user_secret_kms_key_id": self._key.arn,
            }
        return {
            "password_wo": self._master.password,
            "password_wo_version": self._config.master_password_edition,
        }

    def _define_instance(self, vpc: Vpc, logs_key: Key) -> aws_db_instance.DbInstance:
        config = self._config
        iops, throughput = config.storage.speed()
        restored = config.restore is not None
        instance = aws_db_instance.DbInstance(
            self,
            "Resource",
            engine=config.engine_version().engine.value,
            engine_version=config.version,
            # Otherwise AWS charges for extended support when standard support ends.
            # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/extended-support.html
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            allow_major_version_upgrade=config.allow_major_upgrade,
            instance_class=config.instance_class,
            multi_az=config.multi_az,
            allocated_storage=config.storage.size_gib,
            iops=iops,
            storage_throughput=throughput,
            kms_key_id=self._key.arn,
            db_subnet_group_name=vpc.db_subnet_group_name,
            vpc_security_group_ids=[self.connections.security_group_id],
            port=PORT,
            # What is restored brings its databases and its administrator.
            db_name=None if restored else config.database,
            username=None if restored else config.master_username,
            **self._password(),
            parameter_group_name=self._parameters.name,
            backup_retention_period=config.backup_retention_days,
            backup_window=config.backup_window,
            skip_final_snapshot=not config.final_snapshot,
            final_snapshot_identifier=final_snapshot(config, group=self._parameters.name),
            snapshot_identifier=config.restore.snapshot
            if isinstance(config.restore, FromSnapshot)
            else None,
            restore_to_point_in_time=self._moment(),
            **shared_arguments(
                self, config, identifier=self._identifier, key=self._key, logs_key=logs_key
            ),
        )
        protect(self, instance)
        return instance

    def _moment(self) -> aws_db_instance.DbInstanceRestoreToPointInTime | None:
        restore = self._config.restore
        if not isinstance(restore, FromPointInTime):
            return None
        return aws_db_instance.DbInstanceRestoreToPointInTime(
            source_db_instance_identifier=restore.source,
            restore_time=restore.time,
            use_latest_restorable_time=True if restore.time is None else None,
        )

    def _watch(self, instance: aws_db_instance.DbInstance, alerts: Alerts) -> None:
        config = self._config
        alarms = InstanceAlarms(
            self, identifier=instance.identifier, config=config.alarms, alerts=alerts
        )
        alarms.watch_load(
            instance_class=config.instance_class,
            max_connections=config.max_connections(config.instance_class),
        )
        alarms.watch_storage(config.storage.size_gib)
        alarms.watch_transaction_ids()
