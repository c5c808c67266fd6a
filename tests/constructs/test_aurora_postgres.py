"""AuroraPostgres: a cluster whose roles may swap, encrypted, protected and watched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.connections import Connections
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.rds.aurora_capacity import ReaderConfig, ReaderScaling, ServerlessCapacity
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.aurora_postgres import AuroraPostgres
from platform_lib.rds.database_config import CertificateAuthority
from platform_lib.rds.events import DatabaseEvents
from platform_lib.rds.restore import FromPointInTime, FromSnapshot
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template, policy

CLASS = "db.r7g.large"
CAPACITY = ServerlessCapacity(minimum_acu=0.5, maximum_acu=8)
KEY_ARN = "${aws_kms_key.Data_666C94C7.arn}"
LOGS_KEY_ARN = "${aws_kms_key.Logs_6819BB44.arn}"
CLUSTER_ID = "${aws_rds_cluster.Orders_A9B65338.id}"


def _aurora(stack: PlatformStack, **config: Any) -> AuroraPostgres:
    """Define a cluster called Orders, with what it needs, in ``stack``."""
    key = Key(stack, "Data", config=KeyConfig(description="Data at rest"))
    logs_key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    environment = stack.target
    assert isinstance(environment, Environment)
    network = environment.vpc.evolve(nat_zones=(), endpoints=(), flow_logs=None)
    return AuroraPostgres(
        stack,
        "Orders",
        config=AuroraConfig(**{"instance_class": CLASS, **config}),
        vpc=Vpc(stack, "Vpc", config=network, key=logs_key),
        key=key,
        logs_key=logs_key,
        alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=key),
    )


class Caller(PlatformConstruct):
    """Something that calls the cluster."""

    def __init__(self, stack: PlatformStack, id: str, aurora: AuroraPostgres) -> None:
        super().__init__(stack, id)
        vpc = stack.node.find_child("Vpc")
        assert isinstance(vpc, Vpc)
        self.connections = Connections(self, vpc=vpc, description="The API")
        self.connections.allow_to(aurora, description="API reads and writes orders")


def _cluster(stack: PlatformStack, **config: Any) -> Block:
    _aurora(stack, **config)
    return Template(stack).only("aws_rds_cluster")


def _instances(stack: PlatformStack) -> dict[str, Block]:
    blocks = Template(stack).all("aws_rds_cluster_instance")
    return {block["identifier"]: block for block in blocks.values()}


def _alarms(stack: PlatformStack) -> dict[str, Block]:
    alarms = Template(stack).all("aws_cloudwatch_metric_alarm").values()
    return {alarm["alarm_name"].removeprefix("shop-prod-"): alarm for alarm in alarms}


def test_data_backups_insights_and_password_are_encrypted_with_the_key(
    stack: PlatformStack,
) -> None:
    """One key for all that is at rest; it may be one of the cluster's own."""
    cluster = _cluster(stack)

    assert cluster["storage_encrypted"] is True
    assert cluster["kms_key_id"] == KEY_ARN
    assert cluster["master_user_secret_kms_key_id"] == KEY_ARN
    assert cluster["performance_insights_kms_key_id"] == KEY_ARN


def test_rds_makes_the_password_and_rotates_it_when_we_say(stack: PlatformStack) -> None:
    """No password is written anywhere, and the schedule is ours: RDS's own is seven days."""
    cluster = _cluster(stack, master_username="platform_admin", master_rotation_days=60)

    rotation = Template(stack).only("aws_secretsmanager_secret_rotation")

    assert cluster["manage_master_user_password"] is True
    assert cluster["master_username"] == "platform_admin"
    assert not {"master_password", "master_password_wo"} & cluster.keys()
    assert rotation["secret_id"] == (
        "${aws_rds_cluster.Orders_A9B65338.master_user_secret[0].secret_arn}"
    )
    assert rotation["rotation_rules"] == {"automatically_after_days": 60}
    assert rotation["rotate_immediately"] is False


def test_leaves_the_zones_of_the_volume_to_aurora(stack: PlatformStack) -> None:
    """A list of fewer than three would replace the cluster at every apply."""
    assert "availability_zones" not in _cluster(stack)


def test_is_in_the_database_subnets_and_in_no_other_security_group(stack: PlatformStack) -> None:
    """It uses the network's subnet group, and nobody reaches it before a connection is opened."""
    cluster = _cluster(stack)

    template = Template(stack)
    rules = template.all("aws_vpc_security_group_ingress_rule").values()
    group = template.only("aws_security_group", path="Orders/Connections/Resource")
    assert cluster["db_subnet_group_name"].startswith("${aws_db_subnet_group.Vpc_SubnetGroups_")
    assert cluster["vpc_security_group_ids"] == [
        "${aws_security_group.Orders_Connections_C746D981.id}"
    ]
    assert group["name_prefix"] == "shop-prod-orders-"
    assert not [rule for rule in rules if "Orders" in rule["security_group_id"]]


def test_has_what_the_configuration_says(stack: PlatformStack) -> None:
    """Version, database, port, backups, windows and authentication."""
    cluster = _cluster(
        stack,
        version="15.12",
        database="platform",
        backup_retention_days=7,
        backup_window="03:00-04:00",
        maintenance_window="sat:05:00-sat:06:00",
        storage_type="aurora-iopt1",
        iam_authentication=False,
    )

    assert cluster["engine"] == "aurora-postgresql"
    assert cluster["engine_version"] == "15.12"
    assert cluster["database_name"] == "platform"
    assert cluster["port"] == 5432
    assert cluster["backup_retention_period"] == 7
    assert cluster["preferred_backup_window"] == "03:00-04:00"
    assert cluster["preferred_maintenance_window"] == "sat:05:00-sat:06:00"
    assert cluster["storage_type"] == "aurora-iopt1"
    assert cluster["iam_database_authentication_enabled"] is False


def test_production_is_the_default(stack: PlatformStack) -> None:
    """What nobody wrote is what production would want, and no support is paid unasked."""
    cluster = _cluster(stack)

    assert cluster["backup_retention_period"] == 14
    assert cluster["iam_database_authentication_enabled"] is True
    assert cluster["copy_tags_to_snapshot"] is True
    assert cluster["apply_immediately"] is False
    assert cluster["storage_type"] == "aurora"
    assert cluster["engine_lifecycle_support"] == "open-source-rds-extended-support-disabled"
    assert "database_name" not in cluster
    assert cluster["tags"] == {"Name": "shop-prod-orders"}


@pytest.mark.parametrize(("mode", "days"), [("standard", 7), ("advanced", 465)])
def test_insights_are_on_for_the_whole_cluster(stack: PlatformStack, mode: str, days: int) -> None:
    """Also for readers that autoscaling adds; an instance that repeats them is refused by RDS."""
    cluster = _cluster(stack, insights=mode)

    assert cluster["performance_insights_enabled"] is True
    assert cluster["performance_insights_retention_period"] == days
    assert cluster["database_insights_mode"] == mode
    assert not [
        name
        for instance in _instances(stack).values()
        for name in instance
        if name.startswith("performance_insights")
    ]


def test_logs_go_to_a_group_of_ours_that_is_there_first(stack: PlatformStack) -> None:
    """The group that RDS would make is not encrypted and never expires."""
    cluster = _cluster(stack, log_retention_days=30)

    group = Template(stack).only("aws_cloudwatch_log_group", path="Orders/PostgresqlLog")
    assert cluster["enabled_cloudwatch_logs_exports"] == ["postgresql"]
    assert group["name"] == "/aws/rds/cluster/shop-prod-orders/postgresql"
    assert group["retention_in_days"] == 30
    assert group["kms_key_id"] == LOGS_KEY_ARN
    assert cluster["depends_on"] == ["aws_cloudwatch_log_group.Orders_PostgresqlLog_D9BBDC45"]


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_is_protected_unless_the_environment_allows_destroying(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """AWS and Terraform refuse to destroy the cluster, Terraform also its instances."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    cluster = _cluster(stack)

    wanted = None if allow_destroy else {"prevent_destroy": True}
    assert cluster["deletion_protection"] is not allow_destroy
    assert cluster.get("lifecycle") == wanted
    assert [it.get("lifecycle") for it in _instances(stack).values()] == [wanted, wanted]


def test_destroying_takes_a_snapshot_of_a_name_that_is_free(stack: PlatformStack) -> None:
    """The name has the random end of the parameter group's, so no earlier snapshot has it."""
    cluster = _cluster(stack)

    assert cluster["skip_final_snapshot"] is False
    assert cluster["final_snapshot_identifier"] == (
        "${aws_rds_cluster_parameter_group.Orders_ClusterParameters_456C74F5.name}-3c3b99-final"
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"database": "platform"},
        {"master_username": "platform_admin"},
        {"restore": FromSnapshot(snapshot="orders-final")},
    ],
)
def test_a_cluster_that_is_replaced_leaves_the_name_of_its_last_snapshot_free(
    environment: Environment, tmp_path: Path, changed: dict[str, Any]
) -> None:
    """The group stays when the cluster is replaced, and the next one is destroyed some day too."""
    before = stack_of(environment, tmp_path / "before")
    after = stack_of(environment, tmp_path / "after")

    names = [
        _cluster(before)["final_snapshot_identifier"],
        _cluster(after, **changed)["final_snapshot_identifier"],
    ]

    assert len(set(names)) == 2


def test_a_snapshot_can_be_given_up(stack: PlatformStack) -> None:
    """Where the data is worth nothing; it has to be said."""
    cluster = _cluster(stack, final_snapshot=False)

    assert cluster["skip_final_snapshot"] is True
    assert "final_snapshot_identifier" not in cluster


def test_parameters_are_replaced_before_they_are_deleted(stack: PlatformStack) -> None:
    """A group in use cannot be deleted, and another major version needs another family."""
    _aurora(stack, version="17")

    template = Template(stack)
    for kind in ("aws_rds_cluster_parameter_group", "aws_db_parameter_group"):
        group = template.only(kind)
        assert group["family"] == "aurora-postgresql17"
        assert group["name_prefix"] == "shop-prod-orders-aurora-postgresql17-"
        assert group["lifecycle"] == {"create_before_destroy": True}


def test_parameters_of_the_cluster_require_tls_and_log_what_is_slow(stack: PlatformStack) -> None:
    """Ours and those written; each is applied as it can be."""
    cluster = _cluster(stack, parameters={"work_mem": 8192, "max_connections": 500})

    group = Template(stack).only("aws_rds_cluster_parameter_group")
    written = {it["name"]: (it["value"], it["apply_method"]) for it in group["parameter"]}
    assert cluster["db_cluster_parameter_group_name"] == (
        "${aws_rds_cluster_parameter_group.Orders_ClusterParameters_456C74F5.name}"
    )
    assert written["rds.force_ssl"][0] == "1"
    assert written["log_min_duration_statement"] == ("1000", "immediate")
    assert written["shared_preload_libraries"] == ("pg_stat_statements", "pending-reboot")
    assert written["work_mem"] == ("8192", "immediate")
    assert written["max_connections"] == ("500", "pending-reboot")


def test_parameters_of_instances_are_for_every_instance(stack: PlatformStack) -> None:
    """One group, used by the first instance and by the readers."""
    _aurora(stack, instance_parameters={"work_mem": 65536})

    (parameter,) = Template(stack).only("aws_db_parameter_group")["parameter"]
    assert parameter == {"name": "work_mem", "value": "65536", "apply_method": "immediate"}
    assert {it["db_parameter_group_name"] for it in _instances(stack).values()} == {
        "${aws_db_parameter_group.Orders_Parameters_10B7E0D5.name}"
    }


def test_a_minor_upgrade_names_no_instance_parameters(stack: PlatformStack) -> None:
    """RDS refuses them with anything but a major upgrade."""
    cluster = _cluster(stack)

    assert cluster["allow_major_version_upgrade"] is False
    assert "db_instance_parameter_group_name" not in cluster


def test_a_major_upgrade_names_the_next_instance_parameters(stack: PlatformStack) -> None:
    """Without them RDS refuses it, because the group in use is of the old version."""
    cluster = _cluster(stack, allow_major_upgrade=True, apply_immediately=True)

    assert cluster["allow_major_version_upgrade"] is True
    assert cluster["db_instance_parameter_group_name"] == (
        "${aws_db_parameter_group.Orders_Parameters_10B7E0D5.name}"
    )
    assert cluster["apply_immediately"] is True


def test_the_first_instance_is_made_before_the_readers(stack: PlatformStack) -> None:
    """Aurora lets the first instance write, so the readers wait for it."""
    _aurora(stack, readers={"reports": ReaderConfig(), "standby": ReaderConfig()})

    instances = _instances(stack)

    first = "aws_rds_cluster_instance.Orders_Instances_OrdersFirst_A627CF07"
    assert set(instances) == {
        "shop-prod-orders-first",
        "shop-prod-orders-reports",
        "shop-prod-orders-standby",
    }
    assert first not in instances["shop-prod-orders-first"]["depends_on"]
    assert first in instances["shop-prod-orders-reports"]["depends_on"]
    assert first in instances["shop-prod-orders-standby"]["depends_on"]


def test_a_cluster_that_is_replaced_takes_its_instances_along(stack: PlatformStack) -> None:
    """They name its id, which a new cluster does not have yet, and not its name, which stays."""
    _aurora(stack)

    assert {it["cluster_identifier"] for it in _instances(stack).values()} == {CLUSTER_ID}


def test_a_reader_that_is_added_leaves_the_others_alone(
    environment: Environment, tmp_path: Path
) -> None:
    """Instances are identified by name: nothing else of the stack changes."""
    before = stack_of(environment, tmp_path / "before")
    after = stack_of(environment, tmp_path / "after")

    _aurora(before, readers={"standby": ReaderConfig()})
    _aurora(after, readers={"another": ReaderConfig(), "standby": ReaderConfig()})

    one, other = (Template(stack).json["resource"] for stack in (before, after))
    kind = "aws_rds_cluster_instance"
    added = other[kind].keys() - one[kind].keys()
    assert len(added) == 1
    assert one[kind] == {name: it for name, it in other[kind].items() if name not in added}
    assert one["aws_rds_cluster"] == other["aws_rds_cluster"]


def test_without_readers_there_is_one_instance(stack: PlatformStack) -> None:
    """Where nobody is served; no lag is watched then."""
    _aurora(stack, readers={})

    assert list(_instances(stack)) == ["shop-prod-orders-first"]
    assert "orders-replica-lag-p2" not in _alarms(stack)


@pytest.mark.parametrize("name", ["monitoring", "connections", "parameters", "resource"])
def test_a_reader_may_be_called_like_another_part_of_the_cluster(
    stack: PlatformStack, name: str
) -> None:
    """Readers have a place of their own."""
    _aurora(stack, readers={name: ReaderConfig()})

    assert f"shop-prod-orders-{name}" in _instances(stack)


def test_a_reader_is_as_large_as_the_writer_and_takes_over_second(stack: PlatformStack) -> None:
    """The default of a reader."""
    _aurora(stack)

    instances = _instances(stack)

    assert {it["instance_class"] for it in instances.values()} == {CLASS}
    assert instances["shop-prod-orders-first"]["promotion_tier"] == 0
    assert instances["shop-prod-orders-standby"]["promotion_tier"] == 1
    assert not [it for it in instances.values() if "availability_zone" in it]


def test_a_reader_may_have_a_class_a_zone_and_a_turn_of_its_own(stack: PlatformStack) -> None:
    """A larger one for reports, in a zone that is written, that takes over last."""
    reports = ReaderConfig(instance_class="db.r7g.4xlarge", zone="c", promotion_tier=15)

    _aurora(stack, zone="a", readers={"reports": reports})

    instances = _instances(stack)
    reader = instances["shop-prod-orders-reports"]
    assert instances["shop-prod-orders-first"]["availability_zone"] == "us-east-1a"
    assert reader["availability_zone"] == "us-east-1c"
    assert reader["instance_class"] == "db.r7g.4xlarge"
    assert reader["promotion_tier"] == 15


@pytest.mark.parametrize(
    "config", [{"zone": "f"}, {"readers": {"standby": ReaderConfig(zone="f")}}]
)
def test_refuses_a_zone_without_database_subnets(
    stack: PlatformStack, config: dict[str, Any]
) -> None:
    """RDS would refuse it at apply; the sentence lists the zones."""
    with pytest.raises(PlatformError) as refused:
        _aurora(stack, **config)

    assert str(refused.value) == (
        "shop-prod-test/Orders: an instance is put into zone 'f', where the VPC has no database subnet; use one"
        " of a, b, c, or add the zone to the VPC [NoSuchZone]"
    )


def test_instances_share_the_settings_of_the_cluster(stack: PlatformStack) -> None:
    """Certificate, maintenance, tags; and none has a public address."""
    _aurora(
        stack,
        certificate_authority=CertificateAuthority.ECC384,
        maintenance_window="sat:05:00-sat:06:00",
        apply_immediately=True,
    )

    for identifier, instance in _instances(stack).items():
        assert instance["ca_cert_identifier"] == "rds-ca-ecc384-g1"
        assert instance["preferred_maintenance_window"] == "sat:05:00-sat:06:00"
        assert instance["apply_immediately"] is True
        assert instance["publicly_accessible"] is False
        assert instance["copy_tags_to_snapshot"] is True
        assert instance["tags"] == {"Name": identifier}
        # The provider replaces an instance whose group is not the cluster's.
        assert instance["db_subnet_group_name"] == (
            "${aws_rds_cluster.Orders_A9B65338.db_subnet_group_name}"
        )


@pytest.mark.parametrize(("version", "by_aws"), [("16", True), ("16.13", False)])
def test_aws_installs_minor_releases_only_where_none_is_written(
    stack: PlatformStack, version: str, *, by_aws: bool
) -> None:
    """A release that AWS replaced would show as a downgrade, which RDS refuses."""
    _aurora(stack, version=version)

    assert {it["auto_minor_version_upgrade"] for it in _instances(stack).values()} == {by_aws}


def test_the_operating_system_is_watched_through_a_role(stack: PlatformStack) -> None:
    """One role for all instances, whose policy is there before they are."""
    _aurora(stack, monitoring_seconds=15)

    for instance in _instances(stack).values():
        assert instance["monitoring_interval"] == 15
        assert instance["monitoring_role_arn"].startswith("${aws_iam_role.Orders_OrdersMonitoring")
        assert [it for it in instance["depends_on"] if it.startswith("aws_iam_role_policy.")]


def test_enhanced_monitoring_can_be_left_out(stack: PlatformStack) -> None:
    """Then there is no role either."""
    _aurora(stack, monitoring_seconds=None)

    roles = Template(stack).all("aws_iam_role").values()
    assert {it["monitoring_interval"] for it in _instances(stack).values()} == {0}
    assert not [it for it in _instances(stack).values() if "monitoring_role_arn" in it]
    assert not [role for role in roles if "monitoring" in role["name"]]


def test_serverless_instances_shrink_and_grow_with_the_cluster(stack: PlatformStack) -> None:
    """The range is the cluster's, the class says that an instance follows it."""
    cluster = _cluster(stack, instance_class=None, serverless=CAPACITY)

    assert cluster["serverlessv2_scaling_configuration"] == {
        "min_capacity": 0.5,
        "max_capacity": 8,
    }
    assert {it["instance_class"] for it in _instances(stack).values()} == {"db.serverless"}
    assert "engine_mode" not in cluster


def test_serverless_instances_may_pause(stack: PlatformStack) -> None:
    """At 0, after the time that is written."""
    capacity = ServerlessCapacity(minimum_acu=0, maximum_acu=2, pause_after_seconds=600)

    aurora = _aurora(stack, instance_class=None, serverless=capacity)

    assert aurora.pauses
    assert Template(stack).only("aws_rds_cluster")["serverlessv2_scaling_configuration"] == {
        "min_capacity": 0,
        "max_capacity": 2,
        "seconds_until_auto_pause": 600,
    }


def test_instances_of_a_class_have_no_range(stack: PlatformStack) -> None:
    """And do not pause."""
    aurora = _aurora(stack)

    assert not aurora.pauses
    assert "serverlessv2_scaling_configuration" not in Template(stack).only("aws_rds_cluster")


def test_readers_come_and_go_with_the_processor(stack: PlatformStack) -> None:
    """From when those with names are there, between the two numbers."""
    _aurora(stack, reader_scaling=ReaderScaling(minimum=2, maximum=6, target_cpu_percent=60))

    target = Template(stack).only("aws_appautoscaling_target")
    rule = Template(stack).only("aws_appautoscaling_policy")
    tracking = rule["target_tracking_scaling_policy_configuration"]
    assert target["resource_id"] == f"cluster:{CLUSTER_ID}"
    assert target["scalable_dimension"] == "rds:cluster:ReadReplicaCount"
    assert (target["min_capacity"], target["max_capacity"]) == (2, 6)
    assert len(target["depends_on"]) == 2
    assert rule["policy_type"] == "TargetTrackingScaling"
    assert tracking == {
        "target_value": 60,
        "scale_in_cooldown": 300,
        "scale_out_cooldown": 300,
        "predefined_metric_specification": {
            "predefined_metric_type": "RDSReaderAverageCPUUtilization"
        },
    }


def test_readers_come_and_go_with_connections(stack: PlatformStack) -> None:
    """The other target, with pauses of its own."""
    _aurora(
        stack,
        reader_scaling=ReaderScaling(
            maximum=4,
            target_connections=700,
            scale_in_cooldown_seconds=900,
            scale_out_cooldown_seconds=60,
        ),
    )

    rule = Template(stack).only("aws_appautoscaling_policy")
    assert rule["target_tracking_scaling_policy_configuration"] == {
        "target_value": 700,
        "scale_in_cooldown": 900,
        "scale_out_cooldown": 60,
        "predefined_metric_specification": {
            "predefined_metric_type": "RDSReaderAverageDatabaseConnections"
        },
    }


def test_without_scaling_the_readers_are_those_with_names(stack: PlatformStack) -> None:
    """No target and no policy."""
    _aurora(stack)

    assert Template(stack).count("aws_appautoscaling_target") == 0
    assert Template(stack).count("aws_appautoscaling_policy") == 0


def test_starts_from_a_snapshot(stack: PlatformStack) -> None:
    """Which brings databases and administrator; the password is RDS's again."""
    cluster = _cluster(stack, restore=FromSnapshot(snapshot="orders-final"))

    assert cluster["snapshot_identifier"] == "orders-final"
    assert cluster["manage_master_user_password"] is True
    assert not {"restore_to_point_in_time", "database_name", "master_username"} & cluster.keys()


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        (None, {"use_latest_restorable_time": True}),
        ("2026-11-20T08:30:00Z", {"restore_to_time": "2026-11-20T08:30:00Z"}),
    ],
)
def test_starts_from_a_moment_of_another_cluster(
    stack: PlatformStack, time: str | None, moment: Block
) -> None:
    """The latest that is possible, or the one written; a full copy, no clone."""
    cluster = _cluster(stack, restore=FromPointInTime(source="shop-prod-orders", time=time))

    assert cluster["restore_to_point_in_time"] == {
        "source_cluster_identifier": "shop-prod-orders",
        "restore_type": "full-copy",
        **moment,
    }
    assert not {"snapshot_identifier", "database_name", "master_username"} & cluster.keys()


def test_starts_empty_unless_something_is_restored(stack: PlatformStack) -> None:
    """Neither a snapshot nor a moment."""
    assert not {"snapshot_identifier", "restore_to_point_in_time"} & _cluster(stack).keys()


def test_alarms_of_the_cluster_do_not_depend_on_which_instance_writes(
    stack: PlatformStack,
) -> None:
    """They name the cluster or a role, so a failover changes none."""
    _aurora(stack, parameters={"max_connections": 1000})

    alarms = {
        name: (
            it["metric_name"], it["dimensions"].get("Role"), it["statistic"], it["threshold"],
            it["comparison_operator"],
        )
        for name, it in _alarms(stack).items()
        if it["dimensions"].get("DBClusterIdentifier") == CLUSTER_ID
    }  # fmt: skip

    above, below = "GreaterThanThreshold", "LessThanThreshold"
    assert {_alarms(stack)[name]["evaluation_periods"] for name in alarms} == {5}
    assert alarms == {
        "orders-deadlocks-p2": ("Deadlocks", "WRITER", "Average", 0.1, above),
        "orders-free-local-storage-p2": (
            "FreeLocalStorage", None, "Minimum", 2 * 1024**3, below
        ),
        "orders-replica-lag-p2": ("AuroraReplicaLag", "READER", "Maximum", 2000, above),
        "orders-transaction-ids-p1": (
            "MaximumUsedTransactionIDs", None, "Maximum", 1_000_000_000, above
        ),
    }  # fmt: skip


def test_each_instance_has_alarms_of_its_own(stack: PlatformStack) -> None:
    """Named after cluster and instance, and held against the memory of its class."""
    _aurora(stack, readers={"reports": ReaderConfig(instance_class="db.r7g.xlarge")})

    alarms = _alarms(stack)

    first, reports = (
        alarms[f"orders-{name}-free-memory-p2"]["threshold"] for name in ("first", "reports")
    )
    assert {name for name in alarms if name.startswith("orders-first-")} == {
        "orders-first-connection-count-p1",
        "orders-first-cpu-p2",
        "orders-first-free-memory-p2",
        "orders-first-read-latency-p2",
        "orders-first-write-latency-p2",
    }
    assert alarms["orders-first-cpu-p2"]["dimensions"] == {
        "DBInstanceIdentifier": (
            "${aws_rds_cluster_instance.Orders_Instances_OrdersFirst_A627CF07.identifier}"
        )
    }
    assert reports == 2 * first


def test_a_burstable_instance_is_watched_for_its_credits(stack: PlatformStack) -> None:
    """It slows down or costs extra without them."""
    _aurora(stack, instance_class="db.t4g.medium", readers={})

    assert "orders-first-cpu-credits-p2" in _alarms(stack)


def test_a_serverless_instance_is_watched_against_its_largest_size(stack: PlatformStack) -> None:
    """Eight units are 16 GiB; that it is as large as it may be is an alarm too."""
    _aurora(stack, instance_class=None, serverless=CAPACITY)

    alarms = _alarms(stack)

    capacity = alarms["orders-acu-utilization-p2"]
    assert alarms["orders-first-free-memory-p2"]["threshold"] == pytest.approx(1.6 * 1024**3)
    assert alarms["orders-first-connection-count-p1"]["threshold"] == 1802 * 85 // 100
    assert capacity["metric_name"] == "ACUUtilization"
    assert capacity["statistic"] == "Maximum"
    assert capacity["threshold"] == 90
    assert capacity["dimensions"] == {"DBClusterIdentifier": CLUSTER_ID}
    assert capacity["evaluation_periods"] == 15
    assert "orders-first-cpu-p2" in alarms
    assert "orders-first-cpu-credits-p2" not in alarms


def test_an_instance_of_a_class_has_no_capacity_to_watch(stack: PlatformStack) -> None:
    """It does not grow."""
    _aurora(stack)

    assert "orders-acu-utilization-p2" not in _alarms(stack)


def test_readers_without_names_are_watched_for_their_lag(stack: PlatformStack) -> None:
    """CloudWatch sums up the role, whoever has it."""
    _aurora(stack, readers={}, reader_scaling=ReaderScaling(maximum=2, target_cpu_percent=60))

    assert "orders-replica-lag-p2" in _alarms(stack)


def test_thresholds_are_the_configurations(stack: PlatformStack) -> None:
    """Of the cluster, and of each instance."""
    _aurora(
        stack,
        alarms={"cpu_percent": 70, "transaction_ids": 500_000_000},
        cluster_alarms={
            "replica_lag_ms": 100,
            "free_local_storage_gib": 1,
            "deadlocks_per_second": 5,
        },
    )

    alarms = _alarms(stack)

    assert alarms["orders-first-cpu-p2"]["threshold"] == 70
    assert alarms["orders-standby-cpu-p2"]["threshold"] == 70
    assert alarms["orders-transaction-ids-p1"]["threshold"] == 500_000_000
    assert alarms["orders-replica-lag-p2"]["threshold"] == 100
    assert alarms["orders-free-local-storage-p2"]["threshold"] == 1024**3
    assert alarms["orders-deadlocks-p2"]["threshold"] == 5


def test_addresses_are_the_clusters(stack: PlatformStack) -> None:
    """They lead to whoever has the role, so a failover changes none."""
    aurora = _aurora(stack)

    published = [aurora.address, aurora.reader_address, aurora.arn, *aurora.cluster_identifiers]
    publish(stack, "found", published, description="What others use")

    assert Template(stack).output("found") == [
        "${aws_rds_cluster.Orders_A9B65338.endpoint}",
        "${aws_rds_cluster.Orders_A9B65338.reader_endpoint}",
        "${aws_rds_cluster.Orders_A9B65338.arn}",
        CLUSTER_ID,
    ]
    assert aurora.port == 5432


def test_an_application_logs_in_as_one_user_of_the_cluster(stack: PlatformStack) -> None:
    """IAM knows the cluster by one id, whichever instance answers."""
    aurora = _aurora(stack)
    role = Role(stack, "Api", service="ecs-tasks.amazonaws.com", description="The API")

    aurora.grants.connect(role, user="shop")

    granted = policy(Template(stack).only("aws_iam_role_policy", path="Api/TestOrdersConnectShop"))
    assert granted["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "rds-db:connect",
            "Resource": (
                "arn:aws:rds-db:us-east-1:111111111111:dbuser:"
                "${aws_rds_cluster.Orders_A9B65338.cluster_resource_id}/shop"
            ),
        }
    ]


def test_nobody_logs_in_with_iam_where_that_is_off(stack: PlatformStack) -> None:
    """The grant would have no effect, so it is refused."""
    aurora = _aurora(stack, iam_authentication=False)
    role = Role(stack, "Api", service="ecs-tasks.amazonaws.com", description="The API")

    with pytest.raises(PlatformError, match=r"'shop' cannot connect .* \[IamAuthenticationOff\]"):
        aurora.grants.connect(role, user="shop")


def test_who_connects_opens_the_port(stack: PlatformStack) -> None:
    """5432, from the one security group."""
    aurora = _aurora(stack)
    Caller(stack, "Api", aurora)

    rules = Template(stack).all("aws_vpc_security_group_ingress_rule").values()

    (opened,) = [rule for rule in rules if rule["description"] == "API reads and writes orders"]
    assert (opened["from_port"], opened["to_port"]) == (5432, 5432)
    assert opened["security_group_id"] == "${aws_security_group.Orders_Connections_C746D981.id}"
    assert opened["referenced_security_group_id"].startswith("${aws_security_group.Api_Connec")


def test_events_of_cluster_and_instances_are_heard(stack: PlatformStack) -> None:
    """A failover is an event of the cluster, a full disk one of an instance."""
    aurora = _aurora(stack)
    alerts = stack.node.find_child("Alerts")
    assert isinstance(alerts, Alerts)

    DatabaseEvents(stack, "Events", databases=[aurora], alerts=alerts)

    subscriptions = Template(stack).all("aws_db_event_subscription").values()
    sources = {it["source_type"]: it["source_ids"] for it in subscriptions}
    assert sources["db-cluster"] == [CLUSTER_ID]
    assert len(sources["db-instance"]) == 2
