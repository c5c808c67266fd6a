"""What Terraform does to an Aurora cluster and its proxy when a field is written differently.

One plan of the real provider over as many copies as there are cases, each with the cluster, its
instances, parameter groups and scaling, and the proxy, which refer to each other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.rds.aurora_capacity import ReaderConfig, ReaderScaling, ServerlessCapacity
from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.aurora_postgres import AuroraPostgres
from platform_lib.rds.database_config import CertificateAuthority
from platform_lib.rds.proxy import DatabaseProxy
from platform_lib.rds.proxy_config import ProxyConfig
from platform_lib.rds.restore import FromPointInTime, FromSnapshot
from platform_lib.terraform.program import Program
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template
from tests.terraform.aurora_state import (
    CLUSTER,
    CLUSTER_GROUP,
    COMPUTED,
    FIRST,
    INSIDE,
    INSTANCE_GROUP,
    OTHER_READER,
    OUTSIDE,
    POOL,
    PROXY,
    SCALING,
    STANDBY,
    TARGET,
)
from tests.terraform.changes import (
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

TYPES = {
    address.partition(".")[0]
    for address in (CLUSTER, FIRST, CLUSTER_GROUP, INSTANCE_GROUP, SCALING, PROXY, POOL, TARGET)
}

READERS = {"standby": ReaderConfig()}
BASE: Mapping[str, Any] = {
    "instance_class": "db.r7g.large",
    "version": "16.8",
    "database": "orders",
    "readers": READERS,
    "reader_scaling": ReaderScaling(maximum=5, target_cpu_percent=60),
}


@dataclass(frozen=True)
class Written:
    """What a case writes instead."""

    cluster: Mapping[str, Any] = field(default_factory=dict)
    proxy: Mapping[str, Any] = field(default_factory=dict)
    key: str = "Data"
    vpc: str = "Vpc"
    environment: str = "shop-dev"


def _cluster(**fields: Any) -> Written:
    return Written(cluster=fields)


def _proxy(**fields: Any) -> Written:
    return Written(proxy=fields)


INSTANCES = (FIRST, STANDBY)
SERVERLESS = _cluster(
    instance_class=None, serverless=ServerlessCapacity(minimum_acu=0.5, maximum_acu=8)
)
IN_PLACE: dict[str, tuple[Written, dict[str, set[str]]]] = {
    # what is written instead: the resources and arguments that change
    "another minor release": (_cluster(version="16.9"), {CLUSTER: {"engine_version"}}),
    "automatic minor releases": (
        _cluster(version="16"),
        {
            CLUSTER: {"engine_version"},
            **{it: {"auto_minor_version_upgrade"} for it in INSTANCES},
        },
    ),
    "another size": (
        _cluster(instance_class="db.r7g.xlarge"),
        {it: {"instance_class"} for it in INSTANCES},
    ),
    "another size of one reader": (
        _cluster(readers={"standby": ReaderConfig(instance_class="db.r7g.xlarge")}),
        {STANDBY: {"instance_class"}},
    ),
    "serverless": (
        SERVERLESS,
        {
            CLUSTER: {"serverlessv2_scaling_configuration"},
            **{it: {"instance_class"} for it in INSTANCES},
        },
    ),
    "another order of taking over": (
        _cluster(readers={"standby": ReaderConfig(promotion_tier=15)}),
        {STANDBY: {"promotion_tier"}},
    ),
    "other parameters": (
        _cluster(parameters={"max_connections": 1000}),
        {CLUSTER_GROUP: {"parameter"}},
    ),
    "slower statements": (_cluster(slow_query_ms=5000), {CLUSTER_GROUP: {"parameter"}}),
    "other parameters of instances": (
        _cluster(instance_parameters={"max_connections": 1000}),
        {INSTANCE_GROUP: {"parameter"}},
    ),
    "longer backups": (_cluster(backup_retention_days=35), {CLUSTER: {"backup_retention_period"}}),
    "other windows": (
        _cluster(backup_window="00:00-01:00", maintenance_window="sat:04:00-sat:05:00"),
        {
            CLUSTER: {"preferred_backup_window", "preferred_maintenance_window"},
            **{it: {"preferred_maintenance_window"} for it in INSTANCES},
        },
    ),
    "another price": (_cluster(storage_type="aurora-iopt1"), {CLUSTER: {"storage_type"}}),
    "advanced insights": (
        _cluster(insights="advanced"),
        {CLUSTER: {"database_insights_mode", "performance_insights_retention_period"}},
    ),
    "more monitoring": (
        _cluster(monitoring_seconds=60),
        {it: {"monitoring_interval"} for it in INSTANCES},
    ),
    "another authority": (
        _cluster(certificate_authority=CertificateAuthority.ECC384),
        {it: {"ca_cert_identifier"} for it in INSTANCES},
    ),
    "no IAM": (
        _cluster(iam_authentication=False),
        {CLUSTER: {"iam_database_authentication_enabled"}},
    ),
    "changes at once": (
        _cluster(apply_immediately=True),
        {it: {"apply_immediately"} for it in (CLUSTER, *INSTANCES)},
    ),
    "no last snapshot": (
        _cluster(final_snapshot=False),
        {CLUSTER: {"skip_final_snapshot", "final_snapshot_identifier"}},
    ),
    "no first database": (_cluster(database=None), {CLUSTER: {"final_snapshot_identifier"}}),
    "more readers": (
        _cluster(reader_scaling=ReaderScaling(maximum=9, target_cpu_percent=60)),
        {SCALING: {"max_capacity"}},
    ),
    "a larger pool": (
        _proxy(max_connections_percent=100, borrow_timeout_seconds=5),
        {POOL: {"connection_pool_config"}},
    ),
    "patience of a proxy": (
        _proxy(idle_client_timeout_seconds=60),
        {PROXY: {"idle_client_timeout"}},
    ),
    "tokens for a proxy": (_proxy(iam_authentication=True), {PROXY: {"auth"}}),
}
FROM_SERVERLESS: dict[str, tuple[Written, dict[str, set[str]]]] = {
    # The same where the cluster is serverless.
    "more capacity": (
        _cluster(instance_class=None, serverless=ServerlessCapacity(minimum_acu=1, maximum_acu=16)),
        {CLUSTER: {"serverlessv2_scaling_configuration"}},
    ),
    "a class": (
        Written(),
        {
            CLUSTER: {"serverlessv2_scaling_configuration"},
            **{it: {"instance_class"} for it in INSTANCES},
        },
    ),
}
WITH_CLUSTER: dict[str, set[str]] = {
    # What goes with a cluster that is replaced, and the arguments that say so.
    FIRST: {"cluster_identifier"},
    STANDBY: {"cluster_identifier"},
    SCALING: {"resource_id"},
    TARGET: {"db_cluster_identifier"},
}
REPLACED: dict[str, tuple[Written, dict[str, set[str]]]] = {
    # what is written instead: the resources and arguments that force it
    "another administrator": (
        _cluster(master_username="chief"),
        {CLUSTER: {"master_username"}, **WITH_CLUSTER},
    ),
    "another first database": (
        _cluster(database="cart"),
        {CLUSTER: {"database_name"}, **WITH_CLUSTER},
    ),
    "a snapshot": (
        _cluster(database=None, restore=FromSnapshot(snapshot="orders-final")),
        {CLUSTER: {"snapshot_identifier"}, **WITH_CLUSTER},
    ),
    "a point in time": (
        _cluster(database=None, restore=FromPointInTime(source="shop-dev-cart")),
        {CLUSTER: {"restore_to_point_in_time"}, **WITH_CLUSTER},
    ),
    "another key": (Written(key="Other"), {CLUSTER: {"kms_key_id"}, **WITH_CLUSTER}),
    "another subnet group": (
        Written(vpc="Other"),
        {
            CLUSTER: {"db_subnet_group_name"},
            **WITH_CLUSTER,
            **{it: {"cluster_identifier", "db_subnet_group_name"} for it in INSTANCES},
        },
    ),
    "another zone": (_cluster(zone="b"), {FIRST: {"availability_zone"}}),
    "another zone of one reader": (
        _cluster(readers={"standby": ReaderConfig(zone="b")}),
        {STANDBY: {"availability_zone"}},
    ),
    "other zones of a proxy": (
        _proxy(zones=("a", "b")),
        {
            PROXY: {"vpc_subnet_ids"},
            POOL: {"db_proxy_name"},
            TARGET: {"db_proxy_name", "target_group_name"},
        },
    ),
}
UNTOUCHED: dict[str, Written] = {
    # These change other resources, or nothing.
    "nothing": Written(),
    "longer logs": _cluster(log_retention_days=365),
    "rarer rotation": _cluster(master_rotation_days=90),
    "the zone that it is in": _cluster(zone="a"),
    "longer logs of a proxy": _proxy(log_retention_days=365),
}
OWN: dict[str, Written] = {
    # These have a test of their own.
    "another major version": _cluster(
        version="17.5", allow_major_upgrade=True, apply_immediately=True
    ),
    "another name": Written(environment="shop-two"),
    "another reader": _cluster(readers={**READERS, "reports": ReaderConfig()}),
    "no reader": _cluster(readers={}),
}


def _written(outdir: Path, written: Written) -> dict[str, Block]:
    """Return the arguments of all resources, with what their references to outside come to."""
    target = environment(written.environment)
    stack = stack_of(target, outdir)
    key = Key(stack, written.key, config=KeyConfig(description="Data at rest"))
    # Where only the database is in another network, or is encrypted with another key.
    vpc = Vpc(stack, "Vpc", config=target.vpc, key=key)
    other = vpc if written.vpc == "Vpc" else Vpc(stack, written.vpc, config=target.vpc, key=key)
    alerts = Alerts(stack, "Alerts", config=AlertsConfig(), key=key)
    cluster = AuroraPostgres(
        stack,
        "Orders",
        config=AuroraConfig(**{**BASE, **written.cluster}),
        vpc=other,
        key=key,
        logs_key=key,
        alerts=alerts,
    )
    DatabaseProxy(
        stack,
        "OrdersProxy",
        config=ProxyConfig(**written.proxy),
        database=cluster,
        vpc=vpc,
        logs_key=key,
        alerts=alerts,
    )
    found: dict[str, Block] = resolved(resources(Template(stack), TYPES), OUTSIDE)
    return found


def _existing(outdir: Path, written: Written) -> dict[str, Block]:
    """Return the attributes of all resources when they were made as is written."""
    return existing(resolved(_written(outdir, written), INSIDE), COMPUTED)


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
    exists = _existing(folder, Written())
    copies = {
        **{case: Copy(exists, _written(folder, written)) for case, written in cases.items()},
        **{
            case: Copy(_existing(folder, SERVERLESS), _written(folder, written))
            for case, (written, _) in FROM_SERVERLESS.items()
        },
    }
    return plan(program, provider_environ, tmp_path_factory.mktemp("plan"), copies)


@pytest.mark.parametrize("case", UNTOUCHED)
def test_what_is_about_other_resources_leaves_the_cluster(
    verdicts: dict[str, dict[str, Verdict]], case: str
) -> None:
    """The same configuration plans nothing, and neither does what another resource carries."""
    assert done(verdicts[case], "no-op") == verdicts[case]


@pytest.mark.parametrize("case", [*IN_PLACE, *FROM_SERVERLESS])
def test_a_cluster_changes_in_place(verdicts: dict[str, dict[str, Verdict]], case: str) -> None:
    """These resources are updated, in the arguments that the page lists, and no others."""
    found, (_, expected) = verdicts[case], {**IN_PLACE, **FROM_SERVERLESS}[case]
    updated = done(found, "update")

    assert {address: it.changed for address, it in updated.items()} == expected
    assert updated | done(found, "no-op") == found


@pytest.mark.parametrize("case", REPLACED)
def test_forces_another_cluster_instance_or_proxy(
    verdicts: dict[str, dict[str, Verdict]], case: str
) -> None:
    """It is destroyed and made again, with what is nothing without it; nothing else is."""
    replaced = done(verdicts[case], "delete", "create")

    assert {address: it.forced_by for address, it in replaced.items()} == REPLACED[case][1]
    assert not done(verdicts[case], "delete")


def test_a_major_version_is_installed_in_place(verdicts: dict[str, dict[str, Verdict]]) -> None:
    """Only the parameter groups are new, which belong to one version, and are made first."""
    found = verdicts["another major version"]
    replaced = done(found, "delete", "create")

    assert {address: it.forced_by for address, it in replaced.items()} == {
        CLUSTER_GROUP: {"family", "name_prefix"},
        INSTANCE_GROUP: {"family", "name_prefix"},
    }
    assert all(it.actions == ["create", "delete"] for it in replaced.values())
    assert found[CLUSTER].actions == ["update"]
    assert {"engine_version", "db_cluster_parameter_group_name"} <= found[CLUSTER].changed
    assert found[FIRST].actions == ["update"]
    assert "db_parameter_group_name" in found[FIRST].changed


def test_a_name_belongs_to_one_cluster(verdicts: dict[str, dict[str, Verdict]]) -> None:
    """Under another name cluster and instances are others; only a proxy is renamed."""
    found = verdicts["another name"]
    replaced = done(found, "delete", "create")

    assert replaced[CLUSTER].forced_by == {"cluster_identifier"}
    assert replaced[FIRST].forced_by >= {"identifier"}
    assert replaced[STANDBY].forced_by >= {"identifier"}
    assert found[PROXY].actions == ["update"]
    assert "name" in found[PROXY].changed


def test_readers_come_and_go_alone(verdicts: dict[str, dict[str, Verdict]]) -> None:
    """A reader that is added or taken out leaves the others and the cluster alone."""
    added, removed = verdicts["another reader"], verdicts["no reader"]

    assert {*done(added, "create")} == {OTHER_READER}
    assert len(done(added, "no-op")) == len(added) - 1
    assert {*done(removed, "delete")} == {STANDBY}
    assert len(done(removed, "no-op")) == len(removed) - 1
