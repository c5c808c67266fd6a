"""ElastiCache replication groups have members, keep AWS's rules, change in place and end."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

_PASSWORD = "0123456789abcdef"


@pytest.fixture
def elasticache(client: Callable[[str], Any]) -> Any:
    """Return the ElastiCache client."""
    return client("elasticache")


@pytest.fixture
def subnet_group(elasticache: Any, subnets: list[str]) -> str:
    """Return a subnet group over three zones, without IPv6."""
    name = f"subnets-{secrets.token_hex(4)}"
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=name, CacheSubnetGroupDescription="x", SubnetIds=subnets
    )
    return name


def _arguments(**other: Any) -> dict[str, Any]:
    given = {
        "ReplicationGroupId": f"cache-{secrets.token_hex(4)}",
        "ReplicationGroupDescription": "x",
        "Engine": "valkey",
        "EngineVersion": "8.0",
        "CacheNodeType": "cache.r7g.large",
        "TransitEncryptionEnabled": True,
        "AtRestEncryptionEnabled": True,
    } | other
    return {name: value for name, value in given.items() if value is not None}


def _create(elasticache: Any, **other: Any) -> str:
    made = elasticache.create_replication_group(**_arguments(**other))
    return str(made["ReplicationGroup"]["ReplicationGroupId"])


def _read(elasticache: Any, name: str) -> Any:
    found = elasticache.describe_replication_groups(ReplicationGroupId=name)
    return found["ReplicationGroups"][0]


def _member(elasticache: Any, name: str) -> Any:
    first = _read(elasticache, name)["MemberClusters"][0]
    return elasticache.describe_cache_clusters(CacheClusterId=first)["CacheClusters"][0]


def test_a_group_has_members_in_its_zones(elasticache: Any, subnet_group: str) -> None:
    """The primary first, the others in the zones that follow; endpoints of a cache with TLS."""
    name = _create(
        elasticache,
        NumCacheClusters=3,
        AutomaticFailoverEnabled=True,
        MultiAZEnabled=True,
        CacheSubnetGroupName=subnet_group,
    )

    found = _read(elasticache, name)
    shard = found["NodeGroups"][0]
    assert found["MemberClusters"] == [f"{name}-00{number}" for number in (1, 2, 3)]
    assert [one["PreferredAvailabilityZone"][-1] for one in shard["NodeGroupMembers"]] == [
        "a",
        "b",
        "c",
    ]
    assert shard["PrimaryEndpoint"]["Address"].startswith(f"master.{name}.")
    assert shard["PrimaryEndpoint"]["Address"].endswith(".euc1.cache.amazonaws.com")
    assert shard["ReaderEndpoint"]["Address"].startswith(f"replica.{name}.")
    assert (found["AutomaticFailover"], found["MultiAZ"]) == ("enabled", "enabled")


def test_members_are_cache_clusters(elasticache: Any, subnet_group: str) -> None:
    """They say what the group does not: version, groups, window."""
    name = _create(
        elasticache,
        CacheSubnetGroupName=subnet_group,
        PreferredMaintenanceWindow="Sun:03:00-Sun:04:00",
    )

    found = _member(elasticache, name)
    listed = elasticache.describe_cache_clusters()["CacheClusters"]
    alone = elasticache.describe_cache_clusters(ShowCacheClustersNotInReplicationGroups=True)

    assert found["EngineVersion"] == "8.0.1"
    assert found["CacheParameterGroup"]["CacheParameterGroupName"] == "default.valkey8"
    assert found["CacheSubnetGroupName"] == subnet_group
    assert found["PreferredMaintenanceWindow"] == "sun:03:00-sun:04:00"
    assert found["CacheClusterId"] in {one["CacheClusterId"] for one in listed}
    assert found["CacheClusterId"] not in {one["CacheClusterId"] for one in alone["CacheClusters"]}


def test_cluster_mode_has_shards_and_one_endpoint(elasticache: Any) -> None:
    """Slots cover everything once."""
    name = _create(
        elasticache, NumNodeGroups=3, ReplicasPerNodeGroup=1, AutomaticFailoverEnabled=True
    )

    found = _read(elasticache, name)
    slots = [tuple(map(int, one["Slots"].split("-"))) for one in found["NodeGroups"]]
    assert found["ClusterEnabled"] is True
    assert found["ConfigurationEndpoint"]["Address"].startswith(f"clustercfg.{name}.")
    assert len(found["MemberClusters"]) == 6
    assert found["MemberClusters"][0] == f"{name}-0001-001"
    assert slots[0][0] == 0
    assert slots[-1][1] == 16383
    assert [first for first, _ in slots[1:]] == [last + 1 for _, last in slots[:-1]]


@pytest.mark.parametrize(
    ("engine", "asked", "actual", "family"),
    [
        ("valkey", "7.2", "7.2.6", "default.valkey7"),
        ("valkey", "8.1", "8.1.0", "default.valkey8"),
        ("redis", "6.x", "6.2.6", "default.redis6.x"),
        ("redis", "7.1", "7.1.0", "default.redis7"),
        ("redis", None, "7.1.0", "default.redis7"),
    ],
)
def test_a_version_stands_for_a_full_one(
    elasticache: Any, engine: str, asked: str | None, actual: str, family: str
) -> None:
    """And for the default group of its family."""
    name = _create(elasticache, Engine=engine, EngineVersion=asked)

    found = _member(elasticache, name)
    assert found["EngineVersion"] == actual
    assert found["CacheParameterGroup"]["CacheParameterGroupName"] == family


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ReplicationGroupId": "two--hyphens"}, "InvalidParameterValue"),
        ({"ReplicationGroupId": "1first"}, "InvalidParameterValue"),
        ({"Engine": "memcached"}, "InvalidParameterValue"),
        ({"EngineVersion": "9.9"}, "InvalidParameterValue"),
        ({"CacheNodeType": "db.r7g.large"}, "InvalidParameterValue"),
        ({"CacheNodeType": None}, "InvalidParameterValue"),
        ({"SnapshotRetentionLimit": 36}, "InvalidParameterValue"),
        ({"SnapshotWindow": "five"}, "InvalidParameterValue"),
        ({"PreferredMaintenanceWindow": "03:00-04:00"}, "InvalidParameterValue"),
        ({"NumCacheClusters": 7}, "InvalidParameterValue"),
        ({"PreferredCacheClusterAZs": ["eu-central-1a", "eu-central-1b"]}, "InvalidParameterValue"),
        ({"PreferredCacheClusterAZs": ["eu-central-1z"]}, "InvalidParameterValue"),
        ({"SecurityGroupIds": ["sg-0"]}, "InvalidParameterValue"),
        ({"AutomaticFailoverEnabled": True}, "InvalidParameterCombination"),
        ({"NumCacheClusters": 2, "MultiAZEnabled": True}, "InvalidParameterCombination"),
        ({"NumNodeGroups": 2, "ReplicasPerNodeGroup": 1}, "InvalidParameterCombination"),
        ({"NumNodeGroups": 2, "ClusterMode": "disabled"}, "InvalidParameterCombination"),
        (
            {"NumNodeGroups": 2, "AutomaticFailoverEnabled": True, "MultiAZEnabled": True},
            "InvalidParameterCombination",
        ),
        ({"NumCacheClusters": 2, "ReplicasPerNodeGroup": 1}, "InvalidParameterCombination"),
        ({"DataTieringEnabled": True}, "InvalidParameterCombination"),
        ({"NetworkType": "dual_stack"}, "InvalidParameterCombination"),
        ({"IpDiscovery": "ipv6"}, "InvalidParameterCombination"),
        ({"CacheParameterGroupName": "none"}, "CacheParameterGroupNotFound"),
        ({"CacheParameterGroupName": "default.redis7"}, "InvalidParameterCombination"),
        (
            {"CacheParameterGroupName": "default.valkey8.cluster.on"},
            "InvalidParameterCombination",
        ),
        ({"CacheSubnetGroupName": "none"}, "CacheSubnetGroupNotFoundFault"),
        ({"KmsKeyId": "none"}, "InvalidKMSKeyFault"),
        (
            {"TransitEncryptionEnabled": False, "AuthToken": _PASSWORD},
            "InvalidParameterCombination",
        ),
        (
            {"TransitEncryptionEnabled": False, "TransitEncryptionMode": "required"},
            "InvalidParameterCombination",
        ),
        ({"AuthToken": "short"}, "InvalidParameterValue"),
        ({"UserGroupIds": ["none"]}, "UserGroupNotFound"),
        ({"UserGroupIds": ["one", "two"]}, "InvalidParameterValue"),
    ],
)
def test_refuses_a_group(
    elasticache: Any, refused: Callable[..., str], given: dict[str, Any], code: str
) -> None:
    """Values that do not exist or do not go together."""
    assert refused(elasticache.create_replication_group, **_arguments(**given)) == code


def test_refuses_a_name_that_is_taken(elasticache: Any, refused: Callable[..., str]) -> None:
    """In lower case, as AWS keeps it."""
    name = _create(elasticache)

    code = refused(
        elasticache.create_replication_group, **_arguments(ReplicationGroupId=name.upper())
    )

    assert code == "ReplicationGroupAlreadyExists"


def test_a_key_is_kept_by_its_arn(
    elasticache: Any, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """A key that waits for its deletion cannot be used, nor any without encryption at rest."""
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]
    name = _create(elasticache, KmsKeyId=key["KeyId"])
    without = refused(
        elasticache.create_replication_group,
        **_arguments(KmsKeyId=key["KeyId"], AtRestEncryptionEnabled=None),
    )
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
    gone = refused(elasticache.create_replication_group, **_arguments(KmsKeyId=key["KeyId"]))

    assert _read(elasticache, name)["KmsKeyId"] == key["Arn"]
    assert (without, gone) == ("InvalidParameterCombination", "InvalidKMSKeyFault")


def test_dual_stack_needs_subnets_with_ipv6(
    elasticache: Any, client: Callable[[str], Any], vpc: str
) -> None:
    """Such a cache can be found under either address."""
    ec2 = client("ec2")
    block = ec2.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Ipv6CidrBlockAssociationSet"][0]
    subnet = ec2.create_subnet(
        VpcId=vpc,
        CidrBlock="10.0.9.0/24",
        Ipv6CidrBlock=block["Ipv6CidrBlock"].replace("::/56", "::/64"),
    )["Subnet"]["SubnetId"]
    group = f"subnets-{secrets.token_hex(4)}"
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=group, CacheSubnetGroupDescription="x", SubnetIds=[subnet]
    )

    name = _create(
        elasticache, CacheSubnetGroupName=group, NetworkType="dual_stack", IpDiscovery="ipv6"
    )

    found = _read(elasticache, name)
    assert (found["NetworkType"], found["IpDiscovery"]) == ("dual_stack", "ipv6")


def test_settings_change_in_place(elasticache: Any) -> None:
    """Description, windows, retention, failover; what was not named stays."""
    name = _create(elasticache, NumCacheClusters=2)

    elasticache.modify_replication_group(
        ReplicationGroupId=name,
        ReplicationGroupDescription="changed",
        AutomaticFailoverEnabled=True,
        MultiAZEnabled=True,
        SnapshotRetentionLimit=14,
        SnapshotWindow="02:00-03:00",
        PreferredMaintenanceWindow="Mon:03:00-Mon:04:00",
        AutoMinorVersionUpgrade=False,
    )

    found, member = _read(elasticache, name), _member(elasticache, name)
    assert found["Description"] == "changed"
    assert (found["AutomaticFailover"], found["MultiAZ"]) == ("enabled", "enabled")
    assert (found["SnapshotRetentionLimit"], found["SnapshotWindow"]) == (14, "02:00-03:00")
    assert member["PreferredMaintenanceWindow"] == "mon:03:00-mon:04:00"
    assert member["AutoMinorVersionUpgrade"] is False
    assert member["EngineVersion"] == "8.0.1"


@pytest.mark.parametrize("immediately", [True, False])
def test_nodes_and_versions_wait_for_the_window(elasticache: Any, immediately: bool) -> None:  # noqa: FBT001
    """Unless they are applied immediately; until then they are pending."""
    name = _create(elasticache)

    elasticache.modify_replication_group(
        ReplicationGroupId=name,
        EngineVersion="8.1",
        CacheNodeType="cache.r7g.xlarge",
        ApplyImmediately=immediately,
    )

    found = _member(elasticache, name)
    now = (found["EngineVersion"], found["CacheNodeType"])
    new, old = ("8.1.0", "cache.r7g.xlarge"), ("8.0.1", "cache.r7g.large")
    assert now == (new if immediately else old)
    assert bool(found["PendingModifiedValues"]) is not immediately


def test_the_next_immediate_change_applies_what_waits(elasticache: Any) -> None:
    """As the API says of ApplyImmediately."""
    name = _create(elasticache)
    elasticache.modify_replication_group(ReplicationGroupId=name, EngineVersion="8.1")

    elasticache.modify_replication_group(
        ReplicationGroupId=name, ReplicationGroupDescription="y", ApplyImmediately=True
    )

    assert _member(elasticache, name)["EngineVersion"] == "8.1.0"


def test_another_engine_needs_its_family(elasticache: Any, refused: Callable[..., str]) -> None:
    """Redis becomes Valkey with a parameter group of Valkey, and not back."""
    name = _create(elasticache, Engine="redis", EngineVersion="7.1")
    change = {"ReplicationGroupId": name, "ApplyImmediately": True}

    alone = refused(
        elasticache.modify_replication_group, **change, Engine="valkey", EngineVersion="8.0"
    )
    elasticache.modify_replication_group(
        **change,
        Engine="valkey",
        EngineVersion="8.0",
        CacheParameterGroupName="default.valkey8",
    )
    back = refused(
        elasticache.modify_replication_group, **change, Engine="redis", EngineVersion="7.1"
    )
    older = refused(elasticache.modify_replication_group, **change, EngineVersion="7.2")

    assert _read(elasticache, name)["Engine"] == "valkey"
    assert (alone, back, older) == ("InvalidParameterCombination",) * 3


def test_encryption_in_transit_goes_by_preferred(
    elasticache: Any, refused: Callable[..., str]
) -> None:
    """Enabling and disabling it have an order, and old versions do not have it."""
    name = _create(elasticache, TransitEncryptionEnabled=False)
    old = _create(elasticache, Engine="redis", EngineVersion="6.2", TransitEncryptionEnabled=False)

    def change(**given: Any) -> dict[str, Any]:
        return {"ReplicationGroupId": name, "ApplyImmediately": True} | given

    modify = elasticache.modify_replication_group
    at_once = refused(
        modify, **change(TransitEncryptionEnabled=True, TransitEncryptionMode="required")
    )
    too_old = refused(
        modify,
        **change(
            ReplicationGroupId=old, TransitEncryptionEnabled=True, TransitEncryptionMode="preferred"
        ),
    )
    modify(**change(TransitEncryptionEnabled=True, TransitEncryptionMode="preferred"))
    modify(**change(TransitEncryptionMode="required"))
    back = refused(modify, **change(TransitEncryptionEnabled=False))

    found = _read(elasticache, name)
    assert (found["TransitEncryptionEnabled"], found["TransitEncryptionMode"]) == (True, "required")
    assert (at_once, too_old, back) == ("InvalidParameterCombination",) * 3


def _user_group(elasticache: Any, engine: str, mode: str = "password") -> str:
    name = f"users-{secrets.token_hex(4)}"
    elasticache.create_user(
        UserId=name,
        UserName=name,
        Engine="redis",
        AccessString="on ~* +@all",
        AuthenticationMode={"Type": mode}
        | ({"Passwords": [_PASSWORD]} if mode == "password" else {}),
    )
    users = [name, "default"] if engine == "redis" else [name]
    elasticache.create_user_group(UserGroupId=name, Engine=engine, UserIds=users)
    return name


def test_users_of_a_cache_change(elasticache: Any, refused: Callable[..., str]) -> None:
    """A group in use stays; only an exchange or a removal frees it."""
    first, second = (_user_group(elasticache, "valkey") for _ in range(2))
    name = _create(elasticache, UserGroupIds=[first])
    change = {"ReplicationGroupId": name}

    used = refused(elasticache.delete_user_group, UserGroupId=first)
    both = refused(elasticache.modify_replication_group, **change, UserGroupIdsToAdd=[second])
    elasticache.modify_replication_group(
        **change, UserGroupIdsToAdd=[second], UserGroupIdsToRemove=[first]
    )
    not_there = refused(
        elasticache.modify_replication_group, **change, UserGroupIdsToRemove=[first]
    )
    of_cache = elasticache.describe_user_groups(UserGroupId=second)["UserGroups"][0]
    elasticache.modify_replication_group(**change, RemoveUserGroups=True)
    elasticache.delete_user_group(UserGroupId=second)

    assert of_cache["ReplicationGroups"] == [name]
    assert (used, both, not_there) == (
        "InvalidUserGroupState",
        "InvalidParameterValue",
        "InvalidParameterValue",
    )
    assert _read(elasticache, name)["UserGroupIds"] == []


@pytest.mark.parametrize(
    ("engine", "mode", "given"),
    [
        ("valkey", "password", {"Engine": "redis", "EngineVersion": "7.1"}),
        ("valkey", "password", {"TransitEncryptionEnabled": False}),
        ("valkey", "password", {"AuthToken": _PASSWORD}),
        ("redis", "iam", {"Engine": "redis", "EngineVersion": "6.2"}),
    ],
)
def test_refuses_users_that_do_not_fit(
    elasticache: Any, refused: Callable[..., str], engine: str, mode: str, given: dict[str, Any]
) -> None:
    """Valkey's users on Redis, users without TLS or with a token, IAM on old versions."""
    users = _user_group(elasticache, engine, mode)

    code = refused(
        elasticache.create_replication_group, **_arguments(UserGroupIds=[users], **given)
    )

    assert code == "InvalidParameterCombination"


def test_a_group_of_redis_serves_valkey(elasticache: Any) -> None:
    """The other way round than above."""
    users = _user_group(elasticache, "redis")

    name = _create(elasticache, UserGroupIds=[users])

    assert _read(elasticache, name)["UserGroupIds"] == [users]


def test_a_token_is_set_rotated_and_deleted(elasticache: Any, refused: Callable[..., str]) -> None:
    """Always with the strategy that says how."""
    name = _create(elasticache, AuthToken=_PASSWORD)
    modify = elasticache.modify_replication_group
    change = {"ReplicationGroupId": name, "ApplyImmediately": True}

    without = refused(modify, **change, AuthToken=_PASSWORD)
    both = refused(modify, **change, AuthToken=_PASSWORD, AuthTokenUpdateStrategy="DELETE")
    modify(**change, AuthToken="fedcba9876543210", AuthTokenUpdateStrategy="ROTATE")
    before = _read(elasticache, name)["AuthTokenEnabled"]
    modify(**change, AuthTokenUpdateStrategy="DELETE")

    assert (before, _read(elasticache, name)["AuthTokenEnabled"]) == (True, False)
    assert (without, both) == ("InvalidParameterCombination",) * 2


def _delivery(kind: str, group: str, **other: Any) -> dict[str, Any]:
    return {
        "LogType": kind,
        "DestinationType": "cloudwatch-logs",
        "DestinationDetails": {"CloudWatchLogsDetails": {"LogGroup": group}},
        "LogFormat": "json",
    } | other


def test_logs_are_delivered(
    elasticache: Any, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """Each type to one existing log group; one type goes without the other."""
    group = f"/cache/{secrets.token_hex(4)}"
    client("logs").create_log_group(logGroupName=group)
    both = [_delivery("slow-log", group), _delivery("engine-log", group)]
    name = _create(elasticache, LogDeliveryConfigurations=both)
    create = elasticache.create_replication_group

    made = _read(elasticache, name)["LogDeliveryConfigurations"]
    codes = [
        refused(create, **_arguments(LogDeliveryConfigurations=given))
        for given in (
            [_delivery("slow-log", "/none")],
            [_delivery("slow-log", group), _delivery("slow-log", group)],
            [_delivery("audit-log", group)],
            [_delivery("slow-log", group, LogFormat="xml")],
        )
    ]
    old = refused(
        create,
        **_arguments(
            Engine="redis",
            EngineVersion="6.0",
            LogDeliveryConfigurations=[_delivery("engine-log", group)],
        ),
    )
    elasticache.modify_replication_group(
        ReplicationGroupId=name,
        LogDeliveryConfigurations=[{"LogType": "engine-log", "Enabled": False}],
    )

    left = _read(elasticache, name)["LogDeliveryConfigurations"]
    assert [(one["LogType"], one["Status"]) for one in made] == [
        ("slow-log", "active"),
        ("engine-log", "active"),
    ]
    assert [one["LogType"] for one in left] == ["slow-log"]
    assert codes == [
        "InvalidParameterValue",
        "InvalidParameterCombination",
        "InvalidParameterValue",
        "InvalidParameterValue",
    ]
    assert old == "InvalidParameterCombination"


def test_replicas_come_and_go(elasticache: Any, refused: Callable[..., str]) -> None:
    """In every shard; failover keeps the last one."""
    name = _create(elasticache, NumCacheClusters=2, AutomaticFailoverEnabled=True)
    change = {"ReplicationGroupId": name, "ApplyImmediately": True}

    elasticache.increase_replica_count(**change, NewReplicaCount=3)
    more = len(_read(elasticache, name)["MemberClusters"])
    same = refused(elasticache.increase_replica_count, **change, NewReplicaCount=3)
    fewer = refused(elasticache.increase_replica_count, **change, NewReplicaCount=1)
    last = refused(elasticache.decrease_replica_count, **change, NewReplicaCount=0)
    later = refused(
        elasticache.decrease_replica_count,
        ReplicationGroupId=name,
        NewReplicaCount=1,
        ApplyImmediately=False,
    )
    elasticache.decrease_replica_count(**change, NewReplicaCount=1)

    assert (more, len(_read(elasticache, name)["MemberClusters"])) == (4, 2)
    assert (same, fewer, last, later) == (
        "NoOperationFault",
        "InvalidParameterValue",
        "InvalidParameterCombination",
        "InvalidParameterValue",
    )


def test_shards_come_and_go(elasticache: Any, refused: Callable[..., str]) -> None:
    """In cluster mode, and those that go are named."""
    name = _create(
        elasticache, NumNodeGroups=2, ReplicasPerNodeGroup=1, AutomaticFailoverEnabled=True
    )
    modify = elasticache.modify_replication_group_shard_configuration
    change = {"ReplicationGroupId": name, "ApplyImmediately": True}

    modify(**change, NodeGroupCount=3)
    more = len(_read(elasticache, name)["NodeGroups"])
    unnamed = refused(modify, **change, NodeGroupCount=1)
    modify(**change, NodeGroupCount=1, NodeGroupsToRemove=["0002", "0003"])
    plain = refused(
        modify, ReplicationGroupId=_create(elasticache), NodeGroupCount=2, ApplyImmediately=True
    )

    assert (more, len(_read(elasticache, name)["NodeGroups"])) == (3, 1)
    assert (unnamed, plain) == ("InvalidParameterCombination", "InvalidParameterValue")


def test_cluster_mode_changes_by_compatible(elasticache: Any, refused: Callable[..., str]) -> None:
    """Never at once."""
    name = _create(elasticache, NumCacheClusters=2, AutomaticFailoverEnabled=True)

    code = refused(
        elasticache.modify_replication_group, ReplicationGroupId=name, ClusterMode="enabled"
    )

    assert code == "InvalidParameterCombination"


def test_a_member_is_not_deleted_alone(elasticache: Any, refused: Callable[..., str]) -> None:
    """It belongs to its group."""
    name = _create(elasticache, NumCacheClusters=2)

    code = refused(elasticache.delete_cache_cluster, CacheClusterId=f"{name}-002")

    assert code == "InvalidCacheClusterState"


def test_a_group_ends_with_a_final_snapshot(elasticache: Any, refused: Callable[..., str]) -> None:
    """Which has to be new; members end too, and what the group used is free."""
    parameters = f"group-{secrets.token_hex(4)}"
    elasticache.create_cache_parameter_group(
        CacheParameterGroupName=parameters, CacheParameterGroupFamily="valkey8", Description="x"
    )
    name = _create(elasticache, CacheParameterGroupName=parameters)
    used = refused(elasticache.delete_cache_parameter_group, CacheParameterGroupName=parameters)
    elasticache.create_snapshot(SnapshotName=f"{name}-taken", ReplicationGroupId=name)
    taken = refused(
        elasticache.delete_replication_group,
        ReplicationGroupId=name,
        FinalSnapshotIdentifier=f"{name}-taken",
    )

    elasticache.delete_replication_group(
        ReplicationGroupId=name, FinalSnapshotIdentifier=f"{name}-final"
    )
    elasticache.delete_cache_parameter_group(CacheParameterGroupName=parameters)

    snapshot = elasticache.describe_snapshots(SnapshotName=f"{name}-final")["Snapshots"][0]
    gone = refused(elasticache.describe_replication_groups, ReplicationGroupId=name)
    member = refused(elasticache.describe_cache_clusters, CacheClusterId=f"{name}-001")
    assert snapshot["ReplicationGroupId"] == name
    assert (used, taken) == ("InvalidCacheParameterGroupState", "SnapshotAlreadyExistsFault")
    assert (gone, member) == ("ReplicationGroupNotFoundFault", "CacheClusterNotFound")
