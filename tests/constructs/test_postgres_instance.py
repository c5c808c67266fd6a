"""PostgresInstance: encrypted, private, watched, backed up, and restored when asked."""

from __future__ import annotations

import json
from collections.abc import Callable
from ipaddress import IPv4Network
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
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.rds.config import PostgresConfig, ReplicaConfig
from platform_lib.rds.database_config import CertificateAuthority
from platform_lib.rds.postgres_instance import PostgresInstance
from platform_lib.rds.restore import FromPointInTime, FromSnapshot
from platform_lib.rds.storage import StorageConfig
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template, policy

KEY = "${aws_kms_key.Data_666C94C7.arn}"
LOGS_KEY = "${aws_kms_key.Logs_6819BB44.arn}"
MAIN = "Orders/Resource"
REPLICA = "Orders/OrdersReporting/Resource"


def _database(stack: PlatformStack, **fields: Any) -> PostgresInstance:
    key = Key(stack, "Data", config=KeyConfig(description="Data at rest"))
    logs_key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    edition = {"master_password_edition": 1} if fields.get("replicas") else {}
    network = VpcConfig(
        cidr=IPv4Network("10.10.0.0/16"),
        zones=("a", "b"),
        nat_zones=(),
        endpoints=(),
        flow_logs=None,
    )
    return PostgresInstance(
        stack,
        "Orders",
        config=PostgresConfig(**{"instance_class": "db.r7g.large", **edition, **fields}),
        vpc=Vpc(stack, "Vpc", config=network, key=logs_key),
        key=key,
        logs_key=logs_key,
        alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=key),
    )


Made = Callable[..., Block]


@pytest.fixture
def made(stack: PlatformStack) -> Made:
    """Return a function that makes the database and returns its ``aws_db_instance``."""

    def make(path: str = MAIN, **fields: Any) -> Block:
        _database(stack, **fields)
        return Template(stack).only("aws_db_instance", path=path)

    return make


def test_everything_is_encrypted_with_the_environments_key(made: Made) -> None:
    """Data, insights and the administrator's password have the data key."""
    instance = made()

    assert instance["storage_encrypted"] is True
    assert instance["kms_key_id"] == KEY
    assert instance["performance_insights_kms_key_id"] == KEY
    assert instance["master_user_secret_kms_key_id"] == KEY


def test_no_password_is_written_anywhere(made: Made) -> None:
    """RDS makes the password, so it is in no code, plan or state."""
    instance = made()

    assert instance["manage_master_user_password"] is True
    assert not {"password", "password_wo", "password_wo_version"} & set(instance)


@pytest.mark.parametrize(("fields", "days"), [({}, 30), ({"master_rotation_days": 7}, 7)])
def test_the_schedule_of_rotation_is_stated(
    stack: PlatformStack, fields: dict[str, int], days: int
) -> None:
    """RDS would rotate every seven days; the first rotation is not at once."""
    _database(stack, **fields)

    rotation = Template(stack).only("aws_secretsmanager_secret_rotation")

    assert rotation == {
        "secret_id": "${aws_db_instance.Orders_A9B65338.master_user_secret[0].secret_arn}",
        "rotate_immediately": False,
        "rotation_rules": {"automatically_after_days": days},
    }


def test_with_an_edition_the_secret_is_ours(stack: PlatformStack) -> None:
    """The password that RDS does not manage leaves no trace either."""
    database = _database(stack, master_password_edition=1, master_username="chief")
    publish(stack, "secret", database.secret_arn, description="The administrator's secret")

    template = Template(stack)
    instance = template.only("aws_db_instance", path=MAIN)
    secret = template.only("aws_secretsmanager_secret")
    version = template.only("aws_secretsmanager_secret_version")
    ephemeral = template.json["ephemeral"]
    (read,) = ephemeral["aws_secretsmanager_secret_version"]
    (made,) = ephemeral["aws_secretsmanager_random_password"]
    (name,) = template.all("aws_secretsmanager_secret_version")
    written = f"aws_secretsmanager_secret_version.{name}"
    assert (secret["name"], secret["kms_key_id"]) == ("shop-prod-orders-master", KEY)
    assert json.loads(version["secret_string_wo"]) == {
        "username": "chief",
        "password": f"${{ephemeral.aws_secretsmanager_random_password.{made}.random_password}}",
    }
    assert ephemeral["aws_secretsmanager_secret_version"][read] == {
        "secret_id": f"${{{written}.secret_id}}",
        "version_id": f"${{{written}.version_id}}",
    }
    assert instance["password_wo"] == (
        f"${{jsondecode(ephemeral.aws_secretsmanager_secret_version.{read}.secret_string).password}}"
    )
    assert not {"manage_master_user_password", "master_user_secret_kms_key_id"} & set(instance)
    assert template.count("aws_secretsmanager_secret_rotation") == 0
    assert template.output("secret").startswith("${aws_secretsmanager_secret.Orders_Master_")


@pytest.mark.parametrize("edition", [1, 2])
def test_an_edition_is_written_to_both_places(stack: PlatformStack, edition: int) -> None:
    """The secret and the database get the new password in the same apply."""
    _database(stack, master_password_edition=edition)

    template = Template(stack)
    version = template.only("aws_secretsmanager_secret_version")
    assert version["secret_string_wo_version"] == str(edition)
    assert template.only("aws_db_instance", path=MAIN)["password_wo_version"] == edition


def test_without_an_edition_there_is_no_secret_of_ours(stack: PlatformStack) -> None:
    """RDS has its own."""
    _database(stack)

    template = Template(stack)
    assert template.count("aws_secretsmanager_secret") == 0
    assert "ephemeral" not in template.json


def test_only_the_connected_reach_it(stack: PlatformStack) -> None:
    """It is in the database subnets, without a public address, and nothing is open by itself."""
    _database(stack)

    template = Template(stack)
    instance = template.only("aws_db_instance")
    assert instance["publicly_accessible"] is False
    assert instance["db_subnet_group_name"].startswith("${aws_db_subnet_group.Vpc_")
    assert instance["vpc_security_group_ids"] == [
        "${aws_security_group.Orders_Connections_C746D981.id}"
    ]
    assert template.count("aws_vpc_security_group_ingress_rule") == 0
    assert template.count("aws_vpc_security_group_egress_rule") == 0


class _Caller(PlatformConstruct):
    def __init__(self, scope: PlatformStack, id: str, *, vpc: Vpc) -> None:
        super().__init__(scope, id)
        self.connections = Connections(self, vpc=vpc, description="Calls the database")


def test_a_caller_opens_port_5432(stack: PlatformStack) -> None:
    """Whoever depends on it opens its one port."""
    database = _database(stack)
    vpc = stack.node.find_child("Vpc")
    assert isinstance(vpc, Vpc)

    _Caller(stack, "Api", vpc=vpc).connections.allow_to(database, description="reads orders")

    rule = Template(stack).only("aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"], rule["ip_protocol"]) == (5432, 5432, "tcp")
    assert database.port == 5432


def _parameters(stack: PlatformStack) -> dict[str, tuple[str, str]]:
    group = Template(stack).only("aws_db_parameter_group")
    return {it["name"]: (it["value"], it["apply_method"]) for it in group["parameter"]}


def test_tls_is_required_and_statements_are_logged(stack: PlatformStack) -> None:
    """Without a word of the author's; each with the method that its parameter allows."""
    _database(stack)

    assert _parameters(stack) == {
        "log_connections": ("1", "immediate"),
        "log_disconnections": ("1", "immediate"),
        "log_lock_waits": ("1", "immediate"),
        "log_min_duration_statement": ("1000", "immediate"),
        "rds.force_ssl": ("1", "pending-reboot"),
        "shared_preload_libraries": ("pg_stat_statements", "pending-reboot"),
    }


def test_parameters_are_set_with_their_own_method(stack: PlatformStack) -> None:
    """A static one waits for a restart, a dynamic one does not."""
    _database(stack, slow_query_ms=500, parameters={"max_connections": 1000, "work_mem": 65536})

    parameters = _parameters(stack)

    assert parameters["max_connections"] == ("1000", "pending-reboot")
    assert parameters["work_mem"] == ("65536", "immediate")
    assert parameters["log_min_duration_statement"] == ("500", "immediate")


@pytest.mark.parametrize(("version", "family"), [("16", "postgres16"), ("17.10", "postgres17")])
def test_the_parameter_group_survives_a_major_upgrade(
    stack: PlatformStack, version: str, family: str
) -> None:
    """Its family follows from the version, and the successor is made before it is deleted."""
    _database(stack, version=version)

    group = Template(stack).only("aws_db_parameter_group")
    assert group["family"] == family
    assert group["name_prefix"] == f"shop-prod-orders-{family}-"
    assert "name" not in group
    assert group["lifecycle"] == {"create_before_destroy": True}


@pytest.mark.parametrize(("version", "automatic"), [("16", True), ("16.14", False)])
def test_aws_installs_minor_releases_unless_one_is_named(
    made: Made, version: str, *, automatic: bool
) -> None:
    """A named release stays: AWS's own upgrade would show as a downgrade."""
    instance = made(version=version)

    assert instance["engine"] == "postgres"
    assert instance["engine_version"] == version
    assert instance["auto_minor_version_upgrade"] is automatic


def test_extended_support_is_never_paid(made: Made) -> None:
    """AWS's default is to charge for it when standard support ends."""
    instance = made()

    assert instance["engine_lifecycle_support"] == "open-source-rds-extended-support-disabled"


@pytest.mark.parametrize("allowed", [False, True])
def test_major_upgrades_are_asked_for(made: Made, *, allowed: bool) -> None:
    """A changed major version alone upgrades nothing."""
    instance = made(allow_major_upgrade=allowed, apply_immediately=allowed)

    assert instance["allow_major_version_upgrade"] is allowed


@pytest.mark.parametrize("multi_az", [True, False])
def test_a_standby_is_there_unless_it_is_given_up(made: Made, *, multi_az: bool) -> None:
    """The default is True."""
    assert made(**({} if multi_az else {"multi_az": False}))["multi_az"] is multi_az


def test_backups_and_windows_are_those_written(made: Made) -> None:
    """Retention, both windows and tags of snapshots."""
    instance = made(
        backup_retention_days=35,
        backup_window="01:00-01:30",
        maintenance_window="sat:22:00-sat:23:00",
    )

    assert instance["backup_retention_period"] == 35
    assert instance["backup_window"] == "01:00-01:30"
    assert instance["maintenance_window"] == "sat:22:00-sat:23:00"
    assert instance["copy_tags_to_snapshot"] is True


@pytest.mark.parametrize("at_once", [False, True])
def test_changes_wait_for_the_window_unless_asked(made: Made, *, at_once: bool) -> None:
    """The default is False."""
    fields = {"apply_immediately": True} if at_once else {}

    assert made(**fields)["apply_immediately"] is at_once


def test_small_storage_leaves_its_speed_to_rds(made: Made) -> None:
    """Below 400 GiB RDS refuses a stated speed."""
    instance = made(storage=StorageConfig(size_gib=50, max_gib=200))

    assert instance["storage_type"] == "gp3"
    assert instance["allocated_storage"] == 50
    assert instance["max_allocated_storage"] == 200
    assert not {"iops", "storage_throughput"} & set(instance)


def test_large_storage_states_its_speed(made: Made) -> None:
    """From 400 GiB on the provider would repeat the speed of the smaller one."""
    instance = made(storage=StorageConfig(size_gib=400, max_gib=800))

    assert (instance["iops"], instance["storage_throughput"]) == (12000, 500)


def test_a_last_snapshot_is_called_after_the_parameter_group(made: Made) -> None:
    """Every database that is made has a group of its own, so two last snapshots never collide."""
    instance = made()

    assert instance["skip_final_snapshot"] is False
    assert instance["final_snapshot_identifier"] == (
        "${aws_db_parameter_group.Orders_Parameters_10B7E0D5.name}-3c3b99-final"
    )


def test_the_last_snapshot_can_be_given_up(made: Made) -> None:
    """For databases that are made anew all the time."""
    instance = made(final_snapshot=False)

    assert instance["skip_final_snapshot"] is True
    assert "final_snapshot_identifier" not in instance


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_is_protected_unless_the_environment_allows_destroying(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """By AWS and by Terraform, the instance, its replicas and its logs."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    _database(stack, replicas={"reporting": ReplicaConfig()})

    template = Template(stack)
    expected = None if allow_destroy else {"prevent_destroy": True}
    for path in (MAIN, REPLICA):
        instance = template.only("aws_db_instance", path=path)
        assert instance["deletion_protection"] is not allow_destroy
        assert instance.get("lifecycle") == expected
    logs = template.all("aws_cloudwatch_log_group").values()
    assert [group.get("lifecycle") for group in logs] == [expected] * 4


def test_logs_go_to_groups_that_are_there_before(stack: PlatformStack) -> None:
    """They are encrypted and expire; RDS's own groups would do neither."""
    _database(stack, log_retention_days=365)

    template = Template(stack)
    groups = template.all("aws_cloudwatch_log_group")
    instance = template.only("aws_db_instance")
    assert instance["enabled_cloudwatch_logs_exports"] == ["postgresql", "upgrade"]
    assert {group["name"] for group in groups.values()} == {
        f"/aws/rds/instance/{instance['identifier']}/postgresql",
        f"/aws/rds/instance/{instance['identifier']}/upgrade",
    }
    assert {(it["retention_in_days"], it["kms_key_id"]) for it in groups.values()} == {
        (365, LOGS_KEY)
    }
    assert {f"aws_cloudwatch_log_group.{name}" for name in groups} <= set(instance["depends_on"])


@pytest.mark.parametrize(("mode", "days"), [("standard", 7), ("advanced", 465)])
def test_insights_are_on_and_kept_as_their_mode_demands(made: Made, mode: str, days: int) -> None:
    """AWS accepts one retention for each mode."""
    instance = made(insights=mode)

    assert instance["performance_insights_enabled"] is True
    assert instance["database_insights_mode"] == mode
    assert instance["performance_insights_retention_period"] == days


def test_enhanced_monitoring_has_a_role_that_may_only_deliver(stack: PlatformStack) -> None:
    """The role writes to the one log group of this account and Region, and exists before it is used."""
    _database(stack)

    template = Template(stack)
    instance = template.only("aws_db_instance")
    role = template.only("aws_iam_role")
    trust = policy(role, "assume_role_policy")["Statement"]
    group = "arn:aws:logs:us-east-1:111111111111:log-group:RDSOSMetrics"
    assert instance["monitoring_interval"] == 30
    assert instance["monitoring_role_arn"] == "${aws_iam_role.Orders_OrdersMonitoring_A8122D45.arn}"
    assert [it for it in instance["depends_on"] if it.startswith("aws_iam_role_policy.")] != []
    assert role["name"] == "shop-prod-orders-monitoring"
    assert [it["Principal"] for it in trust] == [{"Service": "monitoring.rds.amazonaws.com"}]
    assert [it["Condition"] for it in trust] == [
        {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    ]
    assert policy(template.only("aws_iam_role_policy"))["Statement"] == [
        {
            "Effect": "Allow",
            "Action": [
                "logs:CreateLogStream",
                "logs:DescribeLogStreams",
                "logs:GetLogEvents",
                "logs:PutLogEvents",
            ],
            "Resource": f"{group}:log-stream:*",
        },
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
            "Resource": [group, f"{group}:*"],
        },
    ]


def test_without_enhanced_monitoring_there_is_no_role(stack: PlatformStack) -> None:
    """None turns it off, and nothing is left of it."""
    _database(stack, monitoring_seconds=None)

    template = Template(stack)
    assert template.only("aws_db_instance")["monitoring_interval"] == 0
    assert "monitoring_role_arn" not in template.only("aws_db_instance")
    assert template.count("aws_iam_role") == 0


def test_the_certificate_authority_is_pinned(made: Made) -> None:
    """A change of AWS's default must not surprise clients."""
    assert made()["ca_cert_identifier"] == "rds-ca-rsa2048-g1"


def test_another_certificate_authority_can_be_chosen(made: Made) -> None:
    """From a closed set."""
    instance = made(certificate_authority=CertificateAuthority.ECC384)

    assert instance["ca_cert_identifier"] == "rds-ca-ecc384-g1"


def test_a_new_database_has_its_names(made: Made) -> None:
    """The administrator and, if there is one, the first database."""
    instance = made(database="platform", master_username="platform_admin")

    assert (instance["db_name"], instance["username"]) == ("platform", "platform_admin")
    assert not {"snapshot_identifier", "restore_to_point_in_time"} & set(instance)


def test_without_a_name_no_database_is_made(made: Made) -> None:
    """Only ``postgres`` is there."""
    instance = made()

    assert "db_name" not in instance
    assert instance["username"] == "postgres"


def test_starts_as_a_snapshot_was(made: Made) -> None:
    """The snapshot brings its names; the password is made anew."""
    instance = made(restore=FromSnapshot(snapshot="shop-prod-orders-final"))

    assert instance["snapshot_identifier"] == "shop-prod-orders-final"
    assert not {"db_name", "username", "restore_to_point_in_time"} & set(instance)
    assert instance["manage_master_user_password"] is True


@pytest.mark.parametrize(
    ("time", "moment"),
    [
        ("2026-11-20T08:30:00Z", {"restore_time": "2026-11-20T08:30:00Z"}),
        (None, {"use_latest_restorable_time": True}),
    ],
)
def test_starts_as_another_database_was(
    made: Made, time: str | None, moment: dict[str, Any]
) -> None:
    """At a moment, or at the latest one that is possible."""
    instance = made(restore=FromPointInTime(source="shop-prod-orders-old", time=time))

    assert instance["restore_to_point_in_time"] == {
        "source_db_instance_identifier": "shop-prod-orders-old",
        **moment,
    }
    assert not {"db_name", "username", "snapshot_identifier"} & set(instance)


def test_nothing_of_it_is_ignored(stack: PlatformStack) -> None:
    """No argument is kept out of Terraform's sight."""
    _database(stack, replicas={"reporting": ReplicaConfig()})

    instances = Template(stack).all("aws_db_instance").values()

    assert [it["lifecycle"] for it in instances] == [{"prevent_destroy": True}] * 2


def test_there_are_no_replicas_unless_asked(stack: PlatformStack) -> None:
    """One instance and its invisible standby."""
    database = _database(stack)

    assert Template(stack).count("aws_db_instance") == 1
    assert database.replicas == {}


def test_a_replica_follows_with_the_same_settings(made: Made) -> None:
    """It is encrypted, private, watched and logged like the database, and takes its size from it."""
    replica = made(REPLICA, replicas={"reporting": ReplicaConfig()})

    assert replica["identifier"] == "shop-prod-orders-reporting"
    assert replica["replicate_source_db"] == "${aws_db_instance.Orders_A9B65338.identifier}"
    assert replica["instance_class"] == "db.r7g.large"
    assert replica["multi_az"] is False
    assert replica["storage_encrypted"] is True
    assert replica["max_allocated_storage"] == 100
    assert replica["publicly_accessible"] is False
    assert replica["parameter_group_name"].startswith("${aws_db_parameter_group.Orders_")
    assert replica["vpc_security_group_ids"] == [
        "${aws_security_group.Orders_Connections_C746D981.id}"
    ]
    assert replica["enabled_cloudwatch_logs_exports"] == ["postgresql", "upgrade"]
    assert replica["performance_insights_kms_key_id"] == KEY
    assert replica["skip_final_snapshot"] is True


def test_what_rds_refuses_of_a_replica_is_left_out(made: Made) -> None:
    """Engine, names, password and size are those of the source."""
    replica = made(REPLICA, replicas={"reporting": ReplicaConfig()})

    assert not {
        "allocated_storage",
        "db_name",
        "engine",
        "engine_version",
        "final_snapshot_identifier",
        "kms_key_id",
        "manage_master_user_password",
        "username",
    } & set(replica)


def test_a_replica_can_have_a_class_and_a_standby_of_its_own(made: Made) -> None:
    """Both sides of its two options."""
    replica = made(
        REPLICA,
        replicas={"reporting": ReplicaConfig(instance_class="db.r7g.xlarge", multi_az=True)},
    )

    assert (replica["instance_class"], replica["multi_az"]) == ("db.r7g.xlarge", True)


def test_the_public_attributes_name_the_database(stack: PlatformStack) -> None:
    """What others of the platform need of it."""
    database = _database(stack, replicas={"reporting": ReplicaConfig()})

    attributes: dict[str, Any] = {
        "address": database.address,
        "arn": database.arn,
        "replica": database.replicas["reporting"].address,
        "instances": list(database.instance_identifiers),
    }
    for name, value in attributes.items():
        publish(stack, name, value, description=name)

    template = Template(stack)
    main = "aws_db_instance.Orders_A9B65338"
    replica = "aws_db_instance.Orders_OrdersReporting_B971556A"
    assert {name: template.output(name) for name in attributes} == {
        "address": f"${{{main}.address}}",
        "arn": f"${{{main}.arn}}",
        "replica": f"${{{replica}.address}}",
        "instances": [f"${{{main}.identifier}}", f"${{{replica}.identifier}}"],
    }
    assert database.cluster_identifiers == ()


def _granted(stack: PlatformStack, purpose: str) -> list[Block]:
    block = Template(stack).only("aws_iam_role_policy", path=f"Api/{purpose}")
    statements: list[Block] = policy(block)["Statement"]
    return statements


def test_a_role_connects_as_one_user(stack: PlatformStack) -> None:
    """To the database and its replicas, by their resource ids, and as nobody else."""
    database = _database(stack, replicas={"reporting": ReplicaConfig()})
    role = Role(stack, "Api", service="ecs-tasks.amazonaws.com", description="Calls")

    database.grants.connect(role, user="orders_api")

    start = "arn:aws:rds-db:us-east-1:111111111111:dbuser:"
    (statement,) = _granted(stack, "TestOrdersConnectOrdersApi")
    assert (statement["Effect"], statement["Action"]) == ("Allow", "rds-db:connect")
    assert set(statement["Resource"]) == {
        f"{start}${{aws_db_instance.Orders_A9B65338.resource_id}}/orders_api",
        f"{start}${{aws_db_instance.Orders_OrdersReporting_B971556A.resource_id}}/orders_api",
    }


def test_refuses_to_connect_with_iam_where_it_is_off(stack: PlatformStack) -> None:
    """The grant would never work."""
    database = _database(stack, iam_authentication=False)
    role = Role(stack, "Api", service="ecs-tasks.amazonaws.com", description="Calls")

    with pytest.raises(PlatformError) as refused:
        database.grants.connect(role, user="orders_api")

    assert str(refused.value) == (
        "shop-prod-test/Orders: 'orders_api' cannot connect with IAM, because the database has"
        " iam_authentication=False; leave that out, or give the role a password"
        " [IamAuthenticationOff]"
    )
    instance = Template(stack).only("aws_db_instance")
    assert instance["iam_database_authentication_enabled"] is False


@pytest.mark.parametrize("user", ["*", "", "orders/api", "Orders", "orders\n"])
def test_connects_as_one_named_user_only(stack: PlatformStack, user: str) -> None:
    """A wildcard would include the administrator."""
    database = _database(stack)
    role = Role(stack, "Api", service="ecs-tasks.amazonaws.com", description="Calls")

    with pytest.raises(PlatformError) as refused:
        database.grants.connect(role, user=user)

    assert str(refused.value) == (
        f"shop-prod-test/Orders: {user!r} is not the name of one PostgreSQL role; use 1 to 63"
        " lower-case letters, digits and underscores, starting with a letter [UserNotNamed]"
    )


def test_an_administrator_reads_the_one_secret(stack: PlatformStack) -> None:
    """And decrypts with its key; nothing else."""
    database = _database(stack)
    role = Role(stack, "Api", service="lambda.amazonaws.com", description="Makes databases")

    database.grants.administer(role)

    assert _granted(stack, "TestOrdersAdminister") == [
        {
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": "${aws_db_instance.Orders_A9B65338.master_user_secret[0].secret_arn}",
        }
    ]
    assert _granted(stack, "TestDataDecrypt") == [
        {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:DescribeKey"], "Resource": KEY}
    ]
