"""Broker: private, encrypted, protected, watched, and opened by a credential nobody wrote."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.mq.broker import Broker
from platform_lib.mq.config import BrokerConfig
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template

SINGLE: dict[str, Any] = {"host_type": "mq.m7g.medium", "zones": ("b",), "deployment": "single"}


def _broker(stack: PlatformStack, **config: Any) -> Broker:
    given: dict[str, Any] = {"host_type": "mq.m7g.large", "zones": ("a", "b", "c")} | config
    key = Key(stack, "Data", config=KeyConfig(description="Data"))
    network = VpcConfig(
        cidr=IPv4Network("10.30.0.0/16"), nat_zones=(), endpoints=(), flow_logs=None
    )
    return Broker(
        stack,
        "JobsBroker",
        config=BrokerConfig(**given),
        vpc=Vpc(stack, "Vpc", config=network, key=key),
        key=key,
        alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=key),
    )


def _synth(stack: PlatformStack, **config: Any) -> Block:
    _broker(stack, **config)
    return Template(stack).only("aws_mq_broker")


def test_it_is_private_encrypted_and_patched(stack: PlatformStack) -> None:
    """None of these is an option."""
    broker = _synth(stack)

    assert broker["broker_name"] == "shop-prod-jobs-broker"
    assert broker["engine_type"] == "RabbitMQ"
    assert broker["publicly_accessible"] is False
    assert broker["auto_minor_version_upgrade"] is True
    assert broker["encryption_options"] == {
        "kms_key_id": "${aws_kms_key.Data_666C94C7.arn}",
        "use_aws_owned_key": False,
    }


def test_only_the_general_log_is_written(stack: PlatformStack) -> None:
    """RabbitMQ has no audit log, and Amazon MQ refuses to be asked for one."""
    assert _synth(stack)["logs"] == {"general": True}


@pytest.mark.parametrize(
    ("config", "mode", "subnets"),
    [({}, "CLUSTER_MULTI_AZ", 3), (SINGLE, "SINGLE_INSTANCE", 1)],
    ids=["cluster", "single"],
)
def test_it_stands_in_the_private_subnets_of_its_zones(
    stack: PlatformStack, config: dict[str, Any], mode: str, subnets: int
) -> None:
    """As many as its zones, whatever other zones the VPC has."""
    broker = _synth(stack, **config)

    assert broker["deployment_mode"] == mode
    assert len(broker["subnet_ids"]) == subnets
    assert all("Private" in subnet for subnet in broker["subnet_ids"])


def test_version_size_and_window_are_as_configured(stack: PlatformStack) -> None:
    """The time zone is always UTC."""
    broker = _synth(
        stack,
        version="3.13",
        host_type="mq.m7g.xlarge",
        maintenance_day="TUESDAY",
        maintenance_time="01:30",
    )

    assert (broker["engine_version"], broker["host_instance_type"]) == ("3.13", "mq.m7g.xlarge")
    assert broker["maintenance_window_start_time"] == {
        "day_of_week": "TUESDAY",
        "time_of_day": "01:30",
        "time_zone": "UTC",
    }


@pytest.mark.parametrize(("minutes", "milliseconds"), [(30, 1_800_000), (120, 7_200_000)])
def test_the_longest_task_is_a_setting_of_the_broker(
    stack: PlatformStack, minutes: int, milliseconds: int
) -> None:
    """The broker uses the latest revision of its configuration."""
    broker = _synth(stack, consumer_timeout_minutes=minutes)

    settings = Template(stack).only("aws_mq_configuration")
    assert settings["data"] == f"consumer_timeout = {milliseconds}\n"
    assert settings["engine_version"] == "4.2"
    assert settings["name"] == "shop-prod-jobs-broker-4-2"
    assert broker["configuration"]["revision"].endswith(".latest_revision}")


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_it_is_protected_and_its_user_is_left_alone(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """Where it is protected, a change waits for the maintenance window."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    broker = _synth(stack)

    protection = {} if allow_destroy else {"prevent_destroy": True}
    assert broker["lifecycle"] == {"ignore_changes": ["user"]} | protection
    assert broker["apply_immediately"] is allow_destroy


def test_its_security_group_can_be_called_with_tls_only(stack: PlatformStack) -> None:
    """Rules are resources of their own, since the broker never changes its group."""
    broker, template = _broker(stack), Template(stack)

    group = template.only("aws_security_group", path="JobsBroker/Connections/Resource")

    assert broker.connections.listens_on is not None
    assert broker.connections.listens_on.number == broker.port == 5671
    assert group["description"] == "RabbitMQ broker shop-prod-jobs-broker"
    assert template.only("aws_mq_broker")["security_groups"] == [
        "${aws_security_group.JobsBroker_Connections_715B4088.id}"
    ]


def test_its_password_follows_amazon_mqs_rules(stack: PlatformStack) -> None:
    """Of 12 to 250 characters, without a comma, a colon or an equals sign."""
    _broker(stack)

    (made,) = Template(stack).json["ephemeral"]["aws_secretsmanager_random_password"].values()

    assert 12 <= made["password_length"] <= 250
    assert set(",:=") <= set(made["exclude_characters"])


def test_its_one_user_has_the_password_of_the_secret(stack: PlatformStack) -> None:
    """Read back, since Amazon MQ takes it only in plain; no literal is in the JSON."""
    broker = _synth(stack, users=("worker",))

    (user,) = broker["user"]
    assert user["username"] == "worker"
    assert user["password"].startswith("${jsondecode(")
    assert "data.aws_secretsmanager_secret_version.JobsBroker_" in user["password"]


def test_the_credential_has_what_a_client_needs(stack: PlatformStack) -> None:
    """User, password, host, port, and one URL for clients that want one."""
    _broker(stack)

    written = Template(stack).only(
        "aws_secretsmanager_secret_version", path="Credential/Secret/Value"
    )

    value = written["secret_string_wo"]
    for key in ("username", "password", "host", "port", "url"):
        assert f'"{key}": ' in value
    assert "amqps://platform:${urlencode(" in value
    assert written["secret_string_wo_version"].startswith("${parseint(substr(sha256(")


def test_the_credential_is_granted_by_itself(stack: PlatformStack) -> None:
    """The role reads this secret, and decrypts with its key."""
    broker = _broker(stack)
    role = Role(stack, "Worker", service="ecs-tasks.amazonaws.com", description="The worker")

    broker.credential.grants.read(role)

    names = {it["name"] for it in Template(stack).all("aws_iam_role_policy").values()}
    assert names == {"TestJobsBrokerJobsBrokerCredentialSecretRead", "TestDataDecrypt"}


def test_depth_memory_and_disk_are_watched(stack: PlatformStack) -> None:
    """What blocks publishers wakes somebody; the rest is looked at by day."""
    _broker(stack)

    alarms = Template(stack).all("aws_cloudwatch_metric_alarm").values()

    assert {
        it["alarm_name"].removeprefix("shop-prod-jobs-broker-"): it["threshold"] for it in alarms
    } == {
        "messages-p2": 10_000,
        "unacknowledged-p2": 1_000,
        "memory-p1": 80,
        "disk-p1": 200,
        "cpu-p2": 80,
    }


def test_thresholds_are_as_configured(stack: PlatformStack) -> None:
    """Each has a field."""
    _broker(
        stack,
        alarms={
            "messages": 5,
            "unacknowledged": 6,
            "memory_percent": 70,
            "disk_multiple": 3,
            "cpu_percent": 60,
        },
    )

    alarms = Template(stack).all("aws_cloudwatch_metric_alarm").values()

    assert sorted(it["threshold"] for it in alarms) == [5, 6, 60, 70, 300]


def test_refuses_a_zone_that_the_vpc_lacks(stack: PlatformStack) -> None:
    """The sentence lists the zones that there are."""
    with pytest.raises(PlatformError) as refused:
        _broker(stack, **SINGLE | {"zones": ("f",)})

    assert str(refused.value) == (
        "shop-prod-test/JobsBroker: the VPC has no private subnet in zone f; its zones are a, b, c:"
        " name those [NoSuchZone]"
    )
