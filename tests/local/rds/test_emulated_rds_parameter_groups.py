"""RDS parameter groups read back as the user's, are reset, and stay while they are used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _groups(rds: Any) -> None:
    """Make a group for instances and one for clusters."""
    rds.create_db_parameter_group(
        DBParameterGroupName="orders", DBParameterGroupFamily="postgres16", Description="orders"
    )
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="catalog",
        DBParameterGroupFamily="aurora-postgresql16",
        Description="catalog",
    )


def _parameter(name: str, value: str = "1", method: str = "immediate") -> dict[str, str]:
    return {"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}


class _Group:
    """The same questions to both kinds of groups."""

    def __init__(self, rds: Any, *, cluster: bool) -> None:
        kind = "cluster_" if cluster else ""
        self.name = "catalog" if cluster else "orders"
        self.argument = f"DB{'Cluster' if cluster else ''}ParameterGroupName"
        self.modify = getattr(rds, f"modify_db_{kind}parameter_group")
        self.reset = getattr(rds, f"reset_db_{kind}parameter_group")
        self.describe = getattr(rds, f"describe_db_{kind}parameters")
        self.groups = getattr(rds, f"describe_db_{kind}parameter_groups")
        self.delete = getattr(rds, f"delete_db_{kind}parameter_group")

    def call(self, action: Any, **more: Any) -> Any:
        return action(**{self.argument: self.name, **more})

    def values(self, **more: Any) -> dict[str, str]:
        found = self.call(self.describe, **more)["Parameters"]
        return {parameter["ParameterName"]: parameter["ParameterValue"] for parameter in found}


@pytest.fixture(params=[False, True], ids=["instance", "cluster"])
def group(rds: Any, request: pytest.FixtureRequest) -> _Group:
    """Return a group of each kind."""
    return _Group(rds, cluster=request.param)


def test_parameters_are_the_users(group: _Group) -> None:
    """With the way in which they are applied; AWS's own are another source."""
    group.call(
        group.modify,
        Parameters=[
            _parameter("max_connections", "800", "pending-reboot"),
            _parameter("log_lock_waits"),
        ],
    )

    found = {
        parameter["ParameterName"]: parameter
        for parameter in group.call(group.describe, Source="user")["Parameters"]
    }
    assert found["max_connections"]["ApplyType"] == "static"
    assert found["max_connections"]["ApplyMethod"] == "pending-reboot"
    assert found["log_lock_waits"]["ApplyType"] == "dynamic"
    assert found["log_lock_waits"]["Source"] == "user"
    assert group.values(Source="system") == {}


def test_parameters_are_reset(group: _Group) -> None:
    """One by one, or all of them."""
    group.call(group.modify, Parameters=[_parameter("a"), _parameter("b"), _parameter("c")])

    group.call(group.reset, Parameters=[_parameter("a")])
    some = group.values()
    group.call(group.reset, ResetAllParameters=True)

    assert some == {"b": "1", "c": "1"}
    assert group.values() == {}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ([_parameter("max_connections")], "InvalidParameterCombination"),
        ([_parameter("a", "")], "InvalidParameterValue"),
        ([_parameter("a", "1", "later")], "InvalidParameterValue"),
        ([_parameter(f"p{number}") for number in range(21)], "InvalidParameterValue"),
    ],
)
def test_refuses_what_rds_refuses(
    group: _Group, refused: Callable[..., str], parameters: list[dict[str, str]], code: str
) -> None:
    """And changes nothing then."""
    found = refused(group.modify, **{group.argument: group.name}, Parameters=parameters)

    assert found == code
    assert group.values() == {}


def test_refuses_to_reset_nothing(group: _Group, refused: Callable[..., str]) -> None:
    """Either all or some."""
    assert refused(group.reset, **{group.argument: group.name}) == "InvalidParameterValue"


def test_refuses_to_reset_at_once_what_needs_a_restart(
    group: _Group, refused: Callable[..., str]
) -> None:
    """As for setting it."""
    static = _parameter("max_connections", "800", "pending-reboot")
    group.call(group.modify, Parameters=[static])

    code = refused(
        group.reset,
        **{group.argument: group.name},
        Parameters=[_parameter("max_connections", "800")],
    )

    assert code == "InvalidParameterCombination"
    assert group.values() == {"max_connections": "800"}


def test_an_unknown_group_is_an_error(rds: Any, group: _Group, refused: Callable[..., str]) -> None:
    """Not an empty answer."""
    del rds
    unknown = {group.argument: "nobody"}

    codes = {refused(action, **unknown) for action in (group.groups, group.describe)}
    codes.add(refused(group.reset, **unknown, ResetAllParameters=True))

    assert all(code.endswith("ParameterGroupNotFound") for code in codes)


def test_a_used_group_stays(rds: Any, group: _Group, refused: Callable[..., str]) -> None:
    """Until nobody uses it."""
    user = {"MasterUsername": "platform", "MasterUserPassword": "planted-password"}
    rds.create_db_instance(
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.m7g.large",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=20,
        DBParameterGroupName="orders",
        **user,
    )
    rds.create_db_cluster(
        DBClusterIdentifier="catalog",
        Engine="aurora-postgresql",
        EngineVersion="16.4",
        DBClusterParameterGroupName="catalog",
        **user,
    )

    code = refused(group.delete, **{group.argument: group.name})
    rds.delete_db_instance(DBInstanceIdentifier="orders", SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier="catalog", SkipFinalSnapshot=True)
    group.call(group.delete)

    assert code == "InvalidDBParameterGroupState"
    assert refused(group.groups, **{group.argument: group.name}).endswith("NotFound")


def test_a_group_of_another_family_does_not_fit(rds: Any, refused: Callable[..., str]) -> None:
    """The version decides which groups do."""
    code = refused(
        rds.create_db_instance,
        DBInstanceIdentifier="orders",
        DBInstanceClass="db.m7g.large",
        Engine="postgres",
        EngineVersion="15.8",
        AllocatedStorage=20,
        DBParameterGroupName="orders",
        MasterUsername="platform",
        MasterUserPassword="planted-password",
    )

    assert code == "InvalidParameterCombination"


def test_a_default_group_cannot_be_deleted(rds: Any, refused: Callable[..., str]) -> None:
    """It is AWS's."""
    code = refused(rds.delete_db_parameter_group, DBParameterGroupName="default.postgres16")

    assert code == "InvalidDBParameterGroupState"
