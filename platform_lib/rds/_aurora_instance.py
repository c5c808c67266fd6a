"""AuroraInstance: one instance of an Aurora cluster, which writes or reads as the cluster decides."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.rds_cluster as aws_rds_cluster
import cdktf_cdktf_provider_aws.rds_cluster_instance as aws_rds_cluster_instance
from cdktf import ITerraformDependable

from platform_lib.alerts.alerts import Alerts
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.naming import Kind
from platform_lib.rds.alarms import InstanceAlarms
from platform_lib.rds.aurora_capacity import ReaderConfig
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.monitoring import MonitoringRole
from platform_lib.types import TokenStr

_SERVERLESS = "db.serverless"


class AuroraInstance(PlatformConstruct):
    """One instance of a cluster, with its alarms.

    Insights are set for the whole cluster, and so are engine, key, backups and security groups;
    an instance must not repeat them.

    Defines:
        aws_rds_cluster_instance, aws_cloudwatch_metric_alarm

    Args:
        config: The cluster's configuration.
        place: Class, zone and order of taking over.
        cluster: The cluster.
        parameter_group: Name of the group of instance parameters.
        monitoring: Role that delivers enhanced monitoring, if that is on.
        alerts: The topics.
        after: What has to be there first.
    """

    def __init__(  # noqa: PLR0913 - the parts of a cluster that every instance is tied to
        self,
        scope: PlatformConstruct,
        id: str,
        *,
        config: AuroraConfig,
        place: ReaderConfig,
        cluster: aws_rds_cluster.RdsCluster,
        parameter_group: TokenStr,
        monitoring: MonitoringRole | None,
        alerts: Alerts,
        after: list[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id)
        instance_class = config.class_of(place)
        region = self.stack.target.region
        instance = aws_rds_cluster_instance.RdsClusterInstance(
            self,
            "Resource",
            identifier=self.physical_name(Kind.DB_INSTANCE),
            # Not cluster_identifier, which is known before a new cluster is made: the instances of a
            # cluster that is replaced would stay in its way.
            cluster_identifier=cluster.id,
            engine=cluster.engine,
            instance_class=instance_class or _SERVERLESS,
            availability_zone=None if place.zone is None else f"{region}{place.zone}",
            promotion_tier=place.promotion_tier,
            # The provider wants the cluster's own group here, or replaces the instance.
            db_subnet_group_name=cluster.db_subnet_group_name,
            db_parameter_group_name=parameter_group,
            publicly_accessible=False,
            ca_cert_identifier=config.certificate_authority.value,
            monitoring_interval=config.monitoring_seconds or 0,
            monitoring_role_arn=None if monitoring is None else monitoring.arn,
            # Of a pinned version AWS must not install another release by itself.
            auto_minor_version_upgrade=not config.engine_version().pinned,
            preferred_maintenance_window=config.maintenance_window,
            apply_immediately=config.apply_immediately,
            copy_tags_to_snapshot=True,
            tags={"Name": self.physical_name(Kind.TAG)},
            # RDS looks at what the role may do.
            depends_on=after if monitoring is None else [*after, monitoring.policy],
        )
        protect(self, instance)
        self._watch(instance.identifier, instance_class, config, alerts)

        self.resource: ITerraformDependable = instance
        """What others that need the instance depend on."""
        self.identifier: TokenStr = instance.identifier
        """Identifier in RDS."""
        self.cluster_identifier: TokenStr = instance.cluster_identifier
        """Identifier of the cluster; whoever uses it waits for this instance."""

    def _watch(
        self, identifier: TokenStr, instance_class: str | None, config: AuroraConfig, alerts: Alerts
    ) -> None:
        alarms = InstanceAlarms(self, identifier=identifier, config=config.alarms, alerts=alerts)
        connections = config.max_connections(instance_class)
        if instance_class is None:
            # CloudWatch measures a serverless instance against its largest size.
            alarms.watch_cpu()
            alarms.watch_memory(config.memory_gib(None))
            alarms.watch_connections(connections)
            alarms.watch_latency()
        else:
            alarms.watch_load(instance_class=instance_class, max_connections=connections)
