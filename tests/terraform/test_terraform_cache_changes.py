"""What Terraform does to a cache that exists when a field is written differently.

One plan of the real provider over as many copies of the replication group as there are cases: each
copy is in the state as the first configuration makes it, and is configured as the case says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.elasticache.alarms_config import CacheAlarmsConfig
from platform_lib.elasticache.cache import Cache
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.elasticache.parameters import Role
from platform_lib.elasticache.versions import Engine
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.terraform.program import Program
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template
from tests.terraform.changes import KEY, Copy, Verdict, environment, plan

pytestmark = pytest.mark.terraform

GROUP = "aws_elasticache_replication_group"
ADDRESS = f"{GROUP}.Sessions"
NAME = "shop-dev-sessions"
HOST = "abc123.use1.cache.amazonaws.com"
USERS = {"shop": CacheUserConfig()}
BASE: Mapping[str, Any] = {
    "node_type": "cache.m7g.large",
    "engine": Engine.REDIS,
    "engine_version": "7.0",
    "users": USERS,
}
COMPUTED: Mapping[str, Any] = {
    # What ElastiCache decides.
    "id": NAME,
    "arn": f"arn:aws:elasticache:us-east-1:111111111111:replicationgroup:{NAME}",
    "auth_token": None,
    "auth_token_update_strategy": "ROTATE",
    "cluster_enabled": False,
    "cluster_mode": "disabled",
    "configuration_endpoint_address": "",
    "data_tiering_enabled": False,
    "engine_version_actual": "7.0.7",
    "global_replication_group_id": "",
    "ip_discovery": "ipv4",
    "member_clusters": [f"{NAME}-001", f"{NAME}-002"],
    "num_node_groups": 1,
    "primary_endpoint_address": f"master.{NAME}.{HOST}",
    "reader_endpoint_address": f"replica.{NAME}.{HOST}",
    "replicas_per_node_group": 1,
    "security_group_names": [],
    "tags_all": {"Name": NAME},
}

IN_PLACE: dict[str, tuple[dict[str, Any], set[str]]] = {
    # what is written instead: the arguments that change
    "a newer minor version": ({"engine_version": "7.1"}, {"engine_version"}),
    "Valkey": (
        {"engine": Engine.VALKEY, "engine_version": "8.2"},
        {"engine", "engine_version", "parameter_group_name"},
    ),
    "another node type": ({"node_type": "cache.r7g.large"}, {"node_type"}),
    "more replicas": ({"replicas": 2}, {"num_cache_clusters", "member_clusters"}),
    "replicas in one zone": ({"multi_az": False}, {"multi_az_enabled"}),
    "one node": (
        {"replicas": 0, "automatic_failover": False, "multi_az": False},
        {
            "num_cache_clusters",
            "member_clusters",
            "automatic_failover_enabled",
            "multi_az_enabled",
        },
    ),
    "other snapshots": (
        {"snapshot_retention_days": 35, "snapshot_window": "01:00-02:00"},
        {"snapshot_retention_limit", "snapshot_window"},
    ),
    "another maintenance window": (
        {"maintenance_window": "mon:05:00-mon:06:00"},
        {"maintenance_window"},
    ),
    "a migration to TLS": (
        {"transit_encryption": "preferred", "users": {}},
        {"transit_encryption_mode", "user_group_ids"},
    ),
}
REPLACED: dict[str, tuple[dict[str, Any], set[str]]] = {
    # what is written instead: the arguments that force it
    "an older version": (
        {
            "engine_version": "6.2",
            "users": {"shop": CacheUserConfig(authentication="password")},
        },
        {"engine_version"},
    ),
    "IPv6": ({"network_type": "dual_stack"}, {"network_type"}),
    "cluster mode": ({"shards": 1}, {"replication_group_id"}),
    "a snapshot": ({"restore_from_snapshot": "old"}, {"snapshot_name"}),
}
UNTOUCHED: dict[str, dict[str, Any]] = {
    # These change other resources, or nothing.
    "nothing": {},
    "other parameters": {"parameters": {"timeout": 300}},
    "a queue": {"role": Role.QUEUE},
    "longer logs": {"log_retention_days": 365},
    "another application": {"users": {**USERS, "blog": CacheUserConfig()}},
    "a password": {"users": {"shop": CacheUserConfig(authentication="password")}},
    "a logical database": {"logical_databases": {"shop": 3}},
    "other alarms": {"alarms": CacheAlarmsConfig(memory_percent=50)},
}


def _block(outdir: Path, fields: dict[str, Any]) -> Block:
    """Return the arguments of the replication group, with what its references come to."""
    stack = stack_of(environment(), outdir)
    key = Key(stack, "Data", config=KeyConfig(description="Data at rest"))
    Cache(
        stack,
        "Sessions",
        config=CacheConfig(**{**BASE, **fields}),
        vpc=Vpc(stack, "Vpc", config=environment().vpc, key=key),
        key=key,
        logs_key=key,
        alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=key),
    )
    template = Template(stack)
    block = template.only(GROUP)
    known = {
        "kms_key_id": KEY,
        "parameter_group_name": template.only("aws_elasticache_parameter_group")["name"],
        "security_group_ids": ["sg-0123456789abcdef0"],
        "subnet_group_name": "shop-dev-vpc",
        "user_group_ids": [NAME],
        "log_delivery_configuration": [
            {**log, "destination": log["log_type"]} for log in block["log_delivery_configuration"]
        ],
    }
    return {
        name: known[name] if "${" in json.dumps(value) else value
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
    exists = {ADDRESS: {**COMPUTED, **_block(folder, {})}}
    copies = {
        case: Copy(exists, {ADDRESS: _block(folder, fields)}) for case, fields in cases.items()
    }
    found = plan(program, provider_environ, tmp_path_factory.mktemp("plan"), copies)
    return {case: it[ADDRESS] for case, it in found.items()}


@pytest.mark.parametrize("case", UNTOUCHED)
def test_what_is_about_other_resources_leaves_the_cache(
    verdicts: dict[str, Verdict], case: str
) -> None:
    """The same configuration plans nothing, and neither does what another resource carries."""
    assert verdicts[case] == Verdict(["no-op"], set(), set())


@pytest.mark.parametrize("case", IN_PLACE)
def test_a_cache_changes_in_place(verdicts: dict[str, Verdict], case: str) -> None:
    """It is updated, in the arguments that the page lists."""
    assert verdicts[case] == Verdict(["update"], IN_PLACE[case][1], set())


@pytest.mark.parametrize("case", REPLACED)
def test_forces_another_cache(verdicts: dict[str, Verdict], case: str) -> None:
    """The data would be lost; `prevent_destroy` and the plan guard refuse it."""
    found = verdicts[case]

    assert found.actions == ["delete", "create"]
    assert found.forced_by == REPLACED[case][1]
