"""AuroraPostgres: an Aurora PostgreSQL cluster, its instances and its readers."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.rds_cluster as aws_rds_cluster
import cdktf_cdktf_provider_aws.rds_cluster_parameter_group as aws_cluster_parameter_group
from cdktf import TerraformResourceLifecycle
from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.errors import PlatformError
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.network.vpc import Vpc
from platform_lib.observability.log_group import log_group
from platform_lib.rds._aurora_alarms import ClusterAlarms
from platform_lib.rds._aurora_instance import AuroraInstance
from platform_lib.rds._aurora_scaling import ReaderAutoscaling
from platform_lib.rds._final_snapshot import final_snapshot
from platform_lib.rds._master_password import rotate_master_password
from platform_lib.rds._parameter_group import parameter_group
from platform_lib.rds.aurora_capacity import FIRST, ReaderConfig
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.database_config import INSIGHTS_RETENTION_DAYS
from platform_lib.rds.grants import DatabaseGrants
from platform_lib.rds.monitoring import monitoring_role
from platform_lib.rds.parameters import Group, parameters
from platform_lib.rds.postgres_instance import PORT
from platform_lib.rds.restore import FromPointInTime, FromSnapshot
from platform_lib.types import TokenStr

_LOG = "postgresql"
_FIRST_TIER = 0


class AuroraPostgres(PlatformConstruct):
    """An encrypted Aurora cluster in the VPC's database subnets, watched and backed up.

    Which instance writes is the cluster's own affair: a failover swaps roles and changes nothing
    here. The instance that the cluster starts with is called ``first``; the readers have names,
    and one that is added or taken away leaves the others alone.
    Only who is connected to it reaches it, and only with TLS.

    Defines:
        aws_rds_cluster, aws_rds_cluster_instance, aws_rds_cluster_parameter_group,
        aws_db_parameter_group, aws_secretsmanager_secret_rotation, aws_security_group,
        aws_cloudwatch_log_group, aws_iam_role, aws_iam_role_policy, aws_cloudwatch_metric_alarm;
        with autoscaling aws_appautoscaling_target and aws_appautoscaling_policy

    Args:
        config: Version, size, readers, durability and restore.
        vpc: Network that it is in.
        key: Encrypts data, backups, insights and the administrator's password; the environment's
            or one of its own. **Another key replaces the cluster.**
        logs_key: Encrypts the logs. Its policy must let CloudWatch Logs use it.
        alerts: The topics that its alarms publish to.

    Raises:
        PlatformError: ``NoSuchZone`` if an instance is put into a zone without database subnets.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: AuroraConfig,
        vpc: Vpc,
        key: Key,
        logs_key: Key,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._check_zones(vpc)
        self.connections = Connections(
            self, vpc=vpc, description="Aurora PostgreSQL cluster", listens_on=Port(PORT)
        )
        """Its security group; listens on 5432."""
        self._identifier = self.physical_name(Kind.DB_CLUSTER)
        # Not used by the cluster, but a major upgrade has to name it.
        self._instance_parameters = parameter_group(
            self,
            identifier=self._identifier,
            version=config.engine_version(),
            group=Group.AURORA_INSTANCE,
            given=config.instance_parameters,
        ).name
        cluster = self._define_cluster(vpc, key, logs_key)
        self.secret_arn: TokenStr = cluster.master_user_secret.get(0).secret_arn
        """Secret with the administrator's user name and password; RDS owns and rotates it."""
        rotate_master_password(self, secret_arn=self.secret_arn, days=config.master_rotation_days)
        instances = self._define_instances(id, cluster, alerts)
        self._watch(cluster, alerts)

        self.identifier: TokenStr = instances[FIRST].cluster_identifier
        """Identifier in RDS, of a cluster that has an instance already."""
        self.arn: TokenStr = cluster.arn
        """ARN of the cluster."""
        self.address: TokenStr = cluster.endpoint
        """Host that leads to the instance that writes; it stays when another one takes over."""
        self.reader_address: TokenStr = cluster.reader_endpoint
        """Host that spreads connections over the readers; without any it leads to the writer."""
        self.port = PORT
        """Port of both."""
        self.pauses = config.serverless is not None and config.serverless.pauses
        """Whether its instances pause when nobody is connected."""
        self.instance_identifiers: tuple[TokenStr, ...] = tuple(
            instance.identifier for instance in instances.values()
        )
        """Identifiers of the instances that have names, for `DatabaseEvents`."""
        self.cluster_identifiers: tuple[TokenStr, ...] = (cluster.id,)
        """Identifier of the cluster, for `DatabaseEvents`."""
        self.grants = DatabaseGrants(
            self,
            resource_ids=(cluster.cluster_resource_id,),
            secret_arn=self.secret_arn,
            key=key,
            iam=config.iam_authentication,
        )
        """What roles may do with it."""

    def _check_zones(self, vpc: Vpc) -> None:
        there = vpc.database_subnet_ids
        wanted = [self._config.zone, *(it.zone for it in self._config.readers.values())]
        for zone in wanted:
            if zone is not None and zone not in there:
                raise PlatformError(
                    "NoSuchZone",
                    f"an instance is put into zone {zone!r}, where the VPC has no database"
                    f" subnet; use one of {', '.join(there)}, or add the zone to the VPC",
                    where=self.node.path,
                )

    def _define_parameters(self) -> aws_cluster_parameter_group.RdsClusterParameterGroup:
        version = self._config.engine_version()
        given = self._config.all_parameters(version)
        return aws_cluster_parameter_group.RdsClusterParameterGroup(
            self,
            "ClusterParameters",
            # As with the group of the instances: the successor is made first.
            name_prefix=f"{self._identifier}-{version.family}-",
            family=version.family,
            description=f"Parameters of {self._identifier}",
            parameter=[
                aws_cluster_parameter_group.RdsClusterParameterGroupParameter(
                    name=it.name, value=it.value, apply_method=it.apply_method
                )
                for it in parameters(given, version=version, group=Group.AURORA_CLUSTER)
            ],
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )

    def _define_cluster(self, vpc: Vpc, key: Key, logs_key: Key) -> aws_rds_cluster.RdsCluster:
        config = self._config
        restored = config.restore is not None
        group = self._define_parameters()
        log = log_group(
            self,
            "PostgresqlLog",
            name=f"/aws/rds/cluster/{self._identifier}/{_LOG}",
            retention_days=config.log_retention_days,
            key=logs_key,
        )
        # availability_zones is left out: of the volume, which is in three zones always. Naming
        # fewer makes the provider replace the cluster at every apply.
        # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/rds_cluster
        cluster = aws_rds_cluster.RdsCluster(
            self,
            "Resource",
            cluster_identifier=self._identifier,
            engine=config.engine_version().engine.value,
            engine_version=config.version,
            # Otherwise AWS charges for extended support when standard support ends.
            # https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/extended-support.html
            engine_lifecycle_support="open-source-rds-extended-support-disabled",
            allow_major_version_upgrade=config.allow_major_upgrade,
            # A major upgrade needs the instances' next group; other changes must not name it.
            db_instance_parameter_group_name=self._instance_parameters
            if config.allow_major_upgrade
            else None,
            serverlessv2_scaling_configuration=self._capacity(),
            storage_type=config.storage_type,
            storage_encrypted=True,
            kms_key_id=key.arn,
            db_subnet_group_name=vpc.db_subnet_group_name,
            vpc_security_group_ids=[self.connections.security_group_id],
            port=PORT,
            # What is restored brings its databases and its administrator.
            database_name=None if restored else config.database,
            master_username=None if restored else config.master_username,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=key.arn,
            iam_database_authentication_enabled=config.iam_authentication,
            db_cluster_parameter_group_name=group.name,
            backup_retention_period=config.backup_retention_days,
            preferred_backup_window=config.backup_window,
            preferred_maintenance_window=config.maintenance_window,
            apply_immediately=config.apply_immediately,
            deletion_protection=self.stack.protected,
            copy_tags_to_snapshot=True,
            skip_final_snapshot=not config.final_snapshot,
            final_snapshot_identifier=final_snapshot(config, group=group.name),
            snapshot_identifier=config.restore.snapshot
            if isinstance(config.restore, FromSnapshot)
            else None,
            restore_to_point_in_time=self._moment(),
            enabled_cloudwatch_logs_exports=[_LOG],
            # For the whole cluster, so that readers that autoscaling adds have them too.
            database_insights_mode=config.insights,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key.arn,
            performance_insights_retention_period=INSIGHTS_RETENTION_DAYS[config.insights],
            tags={"Name": self.physical_name(Kind.TAG)},
            depends_on=[log],
        )
        protect(self, cluster)
        return cluster

    def _capacity(self) -> aws_rds_cluster.RdsClusterServerlessv2ScalingConfiguration | None:
        capacity = self._config.serverless
        if capacity is None:
            return None
        return aws_rds_cluster.RdsClusterServerlessv2ScalingConfiguration(
            min_capacity=capacity.minimum_acu,
            max_capacity=capacity.maximum_acu,
            seconds_until_auto_pause=capacity.pause_after_seconds,
        )

    def _moment(self) -> aws_rds_cluster.RdsClusterRestoreToPointInTime | None:
        restore = self._config.restore
        if not isinstance(restore, FromPointInTime):
            return None
        return aws_rds_cluster.RdsClusterRestoreToPointInTime(
            source_cluster_identifier=restore.source,
            # A copy of its own, not a clone that shares the volume.
            restore_type="full-copy",
            restore_to_time=restore.time,
            use_latest_restorable_time=True if restore.time is None else None,
        )

    def _define_instances(
        self, id: str, cluster: aws_rds_cluster.RdsCluster, alerts: Alerts
    ) -> dict[str, AuroraInstance]:
        config = self._config
        # A place of their own, so that a reader may be called as something else of the cluster is.
        place = PlatformConstruct(self, "Instances")
        watched = config.monitoring_seconds is not None
        monitoring = monitoring_role(self) if watched else None

        def define(name: str, reader: ReaderConfig, *others: AuroraInstance) -> AuroraInstance:
            return AuroraInstance(
                place,
                # With the name of the cluster: names follow from the last id of a path.
                f"{id}{pascal(name)}",
                config=config,
                place=reader,
                cluster=cluster,
                parameter_group=self._instance_parameters,
                monitoring=monitoring,
                alerts=alerts,
                after=[other.resource for other in others],
            )

        # It is made before the readers, because Aurora lets the first one of a cluster write.
        first = define(FIRST, ReaderConfig(zone=config.zone, promotion_tier=_FIRST_TIER))
        readers = {name: define(name, it, first) for name, it in config.readers.items()}
        instances = {FIRST: first, **readers}
        if config.reader_scaling is not None:
            ReaderAutoscaling(
                self,
                "ReaderScaling",
                config=config.reader_scaling,
                cluster_id=cluster.id,
                after=[instance.resource for instance in instances.values()],
            )
        return instances

    def _watch(self, cluster: aws_rds_cluster.RdsCluster, alerts: Alerts) -> None:
        config = self._config
        alarms = ClusterAlarms(
            self, cluster_id=cluster.id, config=config.cluster_alarms, alerts=alerts
        )
        alarms.watch_local_storage()
        alarms.watch_deadlocks()
        alarms.watch_transaction_ids(config.alarms)
        if config.readers or config.reader_scaling is not None:
            alarms.watch_replica_lag()
        if config.serverless is not None:
            alarms.watch_capacity()
