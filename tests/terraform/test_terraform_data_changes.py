"""What Terraform does to a broker, a table, a bucket and a secret when a field is written differently.

One plan of the real provider over as many copies as there are cases, each with all four.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.dynamodb.config import KeyAttribute, TableConfig, TableIndex
from platform_lib.dynamodb.table import Table
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.mq.broker import Broker
from platform_lib.mq.config import BrokerAlarmsConfig, BrokerConfig
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, CorsRule, Purpose
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.secret import Secret
from platform_lib.terraform.program import Program
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template
from tests.terraform.changes import (
    KEY,
    Copy,
    Verdict,
    done,
    environment,
    existing,
    plan,
    resolved,
    resources,
)

pytestmark = pytest.mark.terraform

BROKER = "aws_mq_broker.Jobs"
SETTINGS = "aws_mq_configuration.Jobs_Configuration"
TABLE = "aws_dynamodb_table.Tax"
BUCKET = "aws_s3_bucket.Media"
SECRET = "aws_secretsmanager_secret.Login"
ADDRESSES = (BROKER, SETTINGS, TABLE, BUCKET, SECRET)
TYPES = {address.partition(".")[0] for address in ADDRESSES}

ACCOUNT = "us-east-1:111111111111"
BROKER_ID = "b-01234567-89ab-cdef-0123-456789abcdef"
SETTINGS_ID = "c-01234567-89ab-cdef-0123-456789abcdef"
NEW_GROUP = "sg-fedcba98765432100"
PASSWORD = "jsondecode(data.aws_secretsmanager_secret_version.Jobs_JobsCredential_ReadBack.secret_string).password"
OUTSIDE = {
    # What references to the rest of the environment come to.
    "aws_kms_key.Data.arn": KEY,
    "aws_kms_key.Other.arn": KEY.replace("0a1b", "9f8e"),
    "aws_security_group.id": "sg-0123456789abcdef0",
    **{f"aws_subnet.Vpc_Private_Subnet{zone}.id": f"subnet-{zone}" for zone in "ABC"},
    PASSWORD: "not a password of anything",
}
INSIDE = {
    # What references within a copy came to when it was made.
    "aws_mq_configuration.id": SETTINGS_ID,
    "aws_mq_configuration.latest_revision": 1,
}
COMPUTED: dict[str, Block] = {
    # What AWS decides.
    "aws_mq_broker": {
        "id": BROKER_ID,
        "arn": f"arn:aws:mq:{ACCOUNT}:broker:shop-dev-jobs:{BROKER_ID}",
        "authentication_strategy": "simple",
        "data_replication_mode": "NONE",
        "data_replication_primary_broker_arn": "",
        "instances": [
            {
                "console_url": f"https://{BROKER_ID}.mq.us-east-1.on.aws",
                "endpoints": [f"amqps://{BROKER_ID}.mq.us-east-1.on.aws:5671"],
                "ip_address": "",
            }
        ],
        "ldap_server_metadata": [],
        "logs": {"audit": ""},
        "pending_data_replication_mode": "",
        "user": {"console_access": False, "groups": [], "replication_user": False},
    },
    "aws_mq_configuration": {
        "id": SETTINGS_ID,
        "arn": f"arn:aws:mq:{ACCOUNT}:configuration:{SETTINGS_ID}",
        "authentication_strategy": "simple",
        "latest_revision": 1,
    },
    "aws_dynamodb_table": {
        "id": "shop-dev-tax",
        "arn": f"arn:aws:dynamodb:{ACCOUNT}:table/shop-dev-tax",
        "read_capacity": 0,
        "write_capacity": 0,
        "stream_arn": "",
        "stream_enabled": False,
        "stream_label": "",
        "stream_view_type": "",
        "table_class": "STANDARD",
        "global_secondary_index": {
            "non_key_attributes": [],
            "on_demand_throughput": [],
            "range_key": "",
            "read_capacity": 0,
            "write_capacity": 0,
        },
        "import_table": [],
        "local_secondary_index": [],
        "on_demand_throughput": [],
        "replica": [],
    },
    "aws_s3_bucket": {
        "id": "acme-shop-dev-media",
        "arn": "arn:aws:s3:::acme-shop-dev-media",
        "bucket_domain_name": "acme-shop-dev-media.s3.amazonaws.com",
        "bucket_prefix": "",
        "bucket_regional_domain_name": "acme-shop-dev-media.s3.us-east-1.amazonaws.com",
        "hosted_zone_id": "Z3AQBSTGFYJSTF",
        "object_lock_enabled": False,
        "policy": "",
        "region": "us-east-1",
        "request_payer": "BucketOwner",
    },
    "aws_secretsmanager_secret": {
        "arn": f"arn:aws:secretsmanager:{ACCOUNT}:secret:shop-dev-login-AbCdEf",
        "id": f"arn:aws:secretsmanager:{ACCOUNT}:secret:shop-dev-login-AbCdEf",
        "name_prefix": "",
        "policy": "",
        "replica": [],
        "force_overwrite_replica_secret": False,
    },
}
BASE_BROKER: Mapping[str, Any] = {
    "version": "3.13",
    "host_type": "mq.m7g.large",
    "zones": ("a", "b"),
}
BY_USER = TableIndex(partition_key=KeyAttribute(name="user"))
BASE_TABLE: Mapping[str, Any] = {
    "partition_key": KeyAttribute(name="order"),
    "indexes": {"by-user": BY_USER},
}


@dataclass(frozen=True)
class Written:
    """What a case writes instead."""

    broker: Mapping[str, Any] = field(default_factory=dict)
    table: Mapping[str, Any] = field(default_factory=dict)
    bucket: Mapping[str, Any] = field(default_factory=dict)
    secret: Mapping[str, Any] = field(default_factory=dict)
    key: str = "Data"
    group: str = "sg-0123456789abcdef0"
    environment: str = "shop-dev"
    allow_destroy: bool = True


def _broker(**fields: Any) -> Written:
    return Written(broker=fields)


def _table(**fields: Any) -> Written:
    return Written(table=fields)


IN_PLACE: dict[str, tuple[Written, dict[str, set[str]]]] = {
    # what is written instead: the resources and arguments that change
    "larger hosts": (_broker(host_type="mq.m7g.xlarge"), {BROKER: {"host_instance_type"}}),
    "longer tasks": (
        _broker(consumer_timeout_minutes=60),
        {BROKER: {"configuration"}, SETTINGS: {"data", "latest_revision"}},
    ),
    "another maintenance window": (
        _broker(maintenance_day="MONDAY", maintenance_time="05:00"),
        {BROKER: {"maintenance_window_start_time"}},
    ),
    "an index more": (
        _table(
            indexes={
                "by-user": BY_USER,
                "by-day": TableIndex(partition_key=KeyAttribute(name="day")),
            }
        ),
        {TABLE: {"attribute", "global_secondary_index"}},
    ),
    "no index": (_table(indexes={}), {TABLE: {"attribute", "global_secondary_index"}}),
    "other keys of an index": (
        _table(indexes={"by-user": TableIndex(partition_key=KeyAttribute(name="day"))}),
        {TABLE: {"attribute", "global_secondary_index"}},
    ),
    "expiry": (_table(expires_by="expires"), {TABLE: {"ttl"}}),
    "a shorter memory": (_table(recovery_days=7), {TABLE: {"point_in_time_recovery"}}),
    "another description": (
        Written(secret={"description": "Opens another door"}),
        {SECRET: {"description"}},
    ),
    "protection": (
        Written(allow_destroy=False),
        {
            BROKER: {"apply_immediately"},
            TABLE: {"deletion_protection_enabled"},
            BUCKET: {"force_destroy"},
            SECRET: {"recovery_window_in_days"},
        },
    ),
}
REPLACED: dict[str, tuple[Written, dict[str, set[str]]]] = {
    # what is written instead: the resources and arguments that force it
    "one node": (
        _broker(deployment="single", zones=("a",)),
        {BROKER: {"deployment_mode", "subnet_ids"}},
    ),
    "other zones": (_broker(zones=("b", "c")), {BROKER: {"subnet_ids"}}),
    "another partition key": (
        _table(partition_key=KeyAttribute(name="invoice")),
        {TABLE: {"hash_key"}},
    ),
    "a sort key": (_table(sort_key=KeyAttribute(name="line")), {TABLE: {"range_key"}}),
    "a name of its own": (Written(secret={"suffix": "two"}), {SECRET: {"name"}}),
    "another name": (
        Written(environment="shop-two"),
        {
            BROKER: {"broker_name"},
            SETTINGS: {"name"},
            TABLE: {"name"},
            BUCKET: {"bucket"},
            SECRET: {"name"},
        },
    ),
    "another key": (Written(key="Other"), {BROKER: {"encryption_options"}}),
}
UNTOUCHED: dict[str, Written] = {
    # These change other resources, or nothing.
    "nothing": Written(),
    "another user": _broker(users=("chief",)),
    "other alarms": _broker(alarms=BrokerAlarmsConfig(messages=5)),
    "a shorter way back": Written(bucket={"deleted_days": 7}),
    "pages of another origin": Written(
        bucket={"cors": (CorsRule(origins=("https://shop.example.com",)),)}
    ),
}
OWN: dict[str, Written] = {
    # These have a test of their own.
    "another version": _broker(version="4.2"),
    "another security group": Written(group=NEW_GROUP),
    "another type of a key": _table(partition_key=KeyAttribute(name="order", type="N")),
    "another type of an index's key": _table(
        indexes={"by-user": TableIndex(partition_key=KeyAttribute(name="user", type="N"))}
    ),
}


def _written(outdir: Path, written: Written) -> dict[str, Block]:
    """Return the arguments of all resources, with what their references to outside come to."""
    target = environment(written.environment, allow_destroy=written.allow_destroy)
    stack = stack_of(target, outdir)
    key = Key(stack, written.key, config=KeyConfig(description="Data at rest"))
    vpc = Vpc(stack, "Vpc", config=target.vpc, key=key)
    alerts = Alerts(stack, "Alerts", config=AlertsConfig(), key=key)
    broker = BrokerConfig(**{**BASE_BROKER, **written.broker})
    Broker(stack, "Jobs", config=broker, vpc=vpc, key=key, alerts=alerts)
    table = TableConfig(**{**BASE_TABLE, **written.table})
    Table(stack, "Tax", config=table, key=key, alerts=alerts)
    bucket = BucketConfig(**{"purpose": Purpose.MEDIA, **written.bucket})
    Bucket(stack, "Media", config=bucket, key=key)
    secret = SecretConfig(**{"description": "Opens a door", **written.secret})
    Secret(stack, "Login", config=secret, key=key)
    found = resources(Template(stack), TYPES)
    known = {**OUTSIDE, "aws_security_group.id": written.group}
    return {address: resolved(found[address], known) for address in ADDRESSES}


@pytest.fixture(scope="module")
def verdicts(
    program: Program, provider_environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Verdict]]:
    """Plan all cases at once."""
    folder = tmp_path_factory.mktemp("changes")
    cases = {
        **{name: written for name, (written, _) in {**IN_PLACE, **REPLACED}.items()},
        **UNTOUCHED,
        **OWN,
    }
    exists = existing(resolved(_written(folder, Written()), INSIDE), COMPUTED)
    copies = {case: Copy(exists, _written(folder, written)) for case, written in cases.items()}
    return plan(program, provider_environ, tmp_path_factory.mktemp("plan"), copies)


@pytest.mark.parametrize("case", UNTOUCHED)
def test_what_is_about_other_resources_leaves_the_data(
    verdicts: dict[str, dict[str, Verdict]], case: str
) -> None:
    """The same configuration plans nothing, and neither does what another resource carries."""
    assert done(verdicts[case], "no-op").keys() == {*ADDRESSES}


@pytest.mark.parametrize("case", IN_PLACE)
def test_data_changes_in_place(verdicts: dict[str, dict[str, Verdict]], case: str) -> None:
    """These resources are updated, in the arguments that the pages list, and no others."""
    found = verdicts[case]
    updated = done(found, "update")

    assert {address: it.changed for address, it in updated.items()} == IN_PLACE[case][1]
    assert updated | done(found, "no-op") == found


@pytest.mark.parametrize("case", REPLACED)
def test_forces_another_broker_table_bucket_or_secret(
    verdicts: dict[str, dict[str, Verdict]], case: str
) -> None:
    """What it holds would be lost; `prevent_destroy` and the plan guard refuse it."""
    replaced = done(verdicts[case], "delete", "create")

    assert {address: it.forced_by for address, it in replaced.items()} == REPLACED[case][1]


def test_only_a_broker_keeps_its_key(verdicts: dict[str, dict[str, Verdict]]) -> None:
    """A table and a secret take another key in place; of a bucket another resource has it."""
    found = verdicts["another key"]
    updated = done(found, "update")

    assert {address: it.changed for address, it in updated.items()} == {
        TABLE: {"server_side_encryption"},
        SECRET: {"kms_key_id"},
    }
    assert found[BUCKET].actions == ["no-op"]


def test_a_broker_takes_another_version_in_place(verdicts: dict[str, dict[str, Verdict]]) -> None:
    """Only its configuration is another, which belongs to one version."""
    found = verdicts["another version"]

    assert found[BROKER].actions == ["update"]
    assert found[BROKER].changed == {"engine_version", "configuration"}
    assert found[SETTINGS].forced_by == {"engine_version", "name"}


def test_terraform_would_try_to_change_the_security_group_of_a_broker(
    verdicts: dict[str, dict[str, Verdict]],
) -> None:
    """The provider plans what Amazon MQ refuses, so the group of a broker must stay what it is.

    https://github.com/hashicorp/terraform-provider-aws/issues/33514
    """
    found = verdicts["another security group"][BROKER]

    assert found == Verdict(["update"], {"security_groups"}, set())


@pytest.mark.parametrize("case", ["another type of a key", "another type of an index's key"])
def test_terraform_does_not_see_the_type_of_a_key(
    verdicts: dict[str, dict[str, Verdict]], case: str
) -> None:
    """The provider tells attributes of a table apart by their names.

    https://github.com/hashicorp/terraform-provider-aws/issues/14476
    """
    assert verdicts[case][TABLE].actions == ["no-op"]
