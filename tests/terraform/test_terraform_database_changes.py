"""What Terraform does to a PostgreSQL instance that exists when a field is written differently.

One plan of the real provider over as many copies of the database as there are cases: each copy is
in the state as the first configuration makes it, and is configured as the case says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.rds.config import PostgresConfig
from platform_lib.rds.database_config import CertificateAuthority
from platform_lib.rds.postgres_instance import PostgresInstance
from platform_lib.rds.restore import FromPointInTime, FromSnapshot
from platform_lib.rds.storage import StorageConfig
from platform_lib.terraform.program import Program
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template
from tests.terraform.changes import KEY, Copy, Verdict, environment, plan

pytestmark = pytest.mark.terraform

INSTANCE = "aws_db_instance.Orders"
ARN = "arn:aws:rds:us-east-1:111111111111"
KNOWN = {
    # What the instance's references come to.
    "kms_key_id": KEY,
    "master_user_secret_kms_key_id": KEY,
    "performance_insights_kms_key_id": KEY,
    "monitoring_role_arn": "arn:aws:iam::111111111111:role/shop-dev-orders-monitoring",
    "db_subnet_group_name": "shop-dev-vpc",
    "parameter_group_name": "shop-dev-orders-postgres16-20261120121336318800000001",
    "final_snapshot_identifier": "shop-dev-orders-postgres16-20261120121336318800000001-final",
    "vpc_security_group_ids": ["sg-0123456789abcdef0"],
    "password_wo": "never in a plan",
}  # fmt: skip
COMPUTED = {
    # What RDS decides.
    "id": "db-AAAAAAAAAAAAAAAAAAAAAAAAAA",
    "resource_id": "db-AAAAAAAAAAAAAAAAAAAAAAAAAA",
    "arn": f"{ARN}:db:shop-dev-orders",
    "address": "shop-dev-orders.aaaaaaaaaaaa.us-east-1.rds.amazonaws.com",
    "endpoint": "shop-dev-orders.aaaaaaaaaaaa.us-east-1.rds.amazonaws.com:5432",
    "availability_zone": "us-east-1a",
    "backup_target": "region",
    "engine_version_actual": "16.9",
    "hosted_zone_id": "Z2R2ITUGPM61AM",
    "iops": 3000,
    "storage_throughput": 125,
    "license_model": "postgresql-license",
    "network_type": "IPV4",
    "option_group_name": "default:postgres-16",
    "delete_automated_backups": True,
    "dedicated_log_volume": False,
    "customer_owned_ip_enabled": False,
    **dict.fromkeys(
        (
            "character_set_name",
            "custom_iam_instance_profile",
            "domain",
            "domain_auth_secret_arn",
            "domain_fqdn",
            "domain_iam_role_name",
            "domain_ou",
            "nchar_character_set_name",
            "replica_mode",
            "replicate_source_db",
            "timezone",
        ),
        "",
    ),
    "status": "available",
    "replicas": [],
    "listener_endpoint": [],
    "blue_green_update": [],
    "restore_to_point_in_time": [],
    "s3_import": [],
    "identifier_prefix": "",
    "tags_all": {"Name": "shop-dev-orders"},
    "master_user_secret": [
        {
            "kms_key_id": KNOWN["kms_key_id"],
            "secret_arn": "arn:aws:secretsmanager:us-east-1:111111111111:secret:rds!db-1",
            "secret_status": "active",
        }
    ],
}
BASE: Mapping[str, Any] = {
    "instance_class": "db.r7g.large",
    "version": "16.9",
    "database": "orders",
}

IN_PLACE: dict[str, tuple[dict[str, Any], set[str]]] = {
    # what is written instead: the arguments that change
    "another minor release": ({"version": "16.10"}, {"engine_version"}),
    "automatic minor releases": (
        {"version": "16"},
        {"engine_version", "auto_minor_version_upgrade"},
    ),
    "another major version": (
        {"version": "17.5", "allow_major_upgrade": True, "apply_immediately": True},
        {"engine_version", "allow_major_version_upgrade", "apply_immediately"},
    ),
    "another size": ({"instance_class": "db.r7g.xlarge"}, {"instance_class"}),
    "no standby": ({"multi_az": False}, {"multi_az"}),
    "more storage": (
        {"storage": StorageConfig(size_gib=500, max_gib=1000)},
        {"allocated_storage", "max_allocated_storage", "iops", "storage_throughput"},
    ),
    "a higher limit": (
        {"storage": StorageConfig(size_gib=20, max_gib=1000)},
        {"max_allocated_storage"},
    ),
    "longer backups": ({"backup_retention_days": 35}, {"backup_retention_period"}),
    "other windows": (
        {"backup_window": "00:00-01:00", "maintenance_window": "sat:04:00-sat:05:00"},
        {"backup_window", "maintenance_window"},
    ),
    "advanced insights": (
        {"insights": "advanced"},
        {"database_insights_mode", "performance_insights_retention_period"},
    ),
    "more monitoring": ({"monitoring_seconds": 60}, {"monitoring_interval"}),
    "another authority": (
        {"certificate_authority": CertificateAuthority.ECC384},
        {"ca_cert_identifier"},
    ),
    "no IAM": ({"iam_authentication": False}, {"iam_database_authentication_enabled"}),
    "a password of ours": (
        {"master_password_edition": 1},
        {"manage_master_user_password", "password_wo_version"},
    ),
    "changes at once": ({"apply_immediately": True}, {"apply_immediately"}),
    "no last snapshot": (
        {"final_snapshot": False},
        {"skip_final_snapshot", "final_snapshot_identifier"},
    ),
}
REPLACED: dict[str, tuple[dict[str, Any], set[str]]] = {
    # what is written instead: the arguments that force it
    "another administrator": ({"master_username": "chief"}, {"username"}),
    "another first database": ({"database": "cart"}, {"db_name"}),
    "a snapshot": (
        {"database": None, "restore": FromSnapshot(snapshot="orders-final")},
        {"snapshot_identifier"},
    ),
    "a point in time": (
        {"database": None, "restore": FromPointInTime(source="shop-dev-cart")},
        {"restore_to_point_in_time"},
    ),
}
UNTOUCHED: dict[str, dict[str, Any]] = {
    # These change other resources, or nothing.
    "nothing": {},
    "other parameters": {"parameters": {"max_connections": 1000}},
    "slower statements": {"slow_query_ms": 5000},
    "longer logs": {"log_retention_days": 365},
    "rarer rotation": {"master_rotation_days": 90},
    "no first database": {"database": None},
}


def _block(outdir: Path, fields: dict[str, Any]) -> Block:
    """Return the arguments of the instance, with what its references come to."""
    stack = stack_of(environment(), outdir)
    key = Key(stack, "Data", config=KeyConfig(description="Data at rest"))
    PostgresInstance(
        stack,
        "Orders",
        config=PostgresConfig(**{**BASE, **fields}),
        vpc=Vpc(stack, "Vpc", config=environment().vpc, key=key),
        key=key,
        logs_key=key,
        alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=key),
    )
    block = Template(stack).only("aws_db_instance")
    return {
        name: KNOWN[name] if "${" in json.dumps(value) else value
        for name, value in block.items()
        if name not in {"depends_on", "lifecycle"}
    }


@pytest.fixture(scope="module")
def verdicts(
    program: Program, provider_environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Verdict]:
    """Plan all cases at once."""
    folder = tmp_path_factory.mktemp("changes")
    cases = {
        **{name: fields for name, (fields, _) in {**IN_PLACE, **REPLACED}.items()},
        **UNTOUCHED,
    }
    exists = {INSTANCE: {**COMPUTED, **_block(folder, {})}}
    copies = {
        case: Copy(exists, {INSTANCE: _block(folder, fields)}) for case, fields in cases.items()
    }
    found = plan(program, provider_environ, tmp_path_factory.mktemp("plan"), copies)
    return {case: it[INSTANCE] for case, it in found.items()}


@pytest.mark.parametrize("case", UNTOUCHED)
def test_what_is_about_other_resources_leaves_the_instance(
    verdicts: dict[str, Verdict], case: str
) -> None:
    """The same configuration plans nothing, and neither does what another resource carries."""
    assert verdicts[case] == Verdict(["no-op"], set(), set())


@pytest.mark.parametrize("case", IN_PLACE)
def test_changes_in_place(verdicts: dict[str, Verdict], case: str) -> None:
    """The instance is updated, in the arguments that the page lists."""
    assert verdicts[case] == Verdict(["update"], IN_PLACE[case][1], set())


@pytest.mark.parametrize("case", REPLACED)
def test_forces_replacement(verdicts: dict[str, Verdict], case: str) -> None:
    """The database would be destroyed; `prevent_destroy` and the plan guard refuse it."""
    found = verdicts[case]

    assert found.actions == ["delete", "create"]
    assert found.forced_by == REPLACED[case][1]
