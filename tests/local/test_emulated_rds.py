"""RDS subnet groups are changed in place, stay in the table, and are protected while in use."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def rds(client: Callable[[str], Any]) -> Any:
    """Return the RDS client."""
    return client("rds")


@pytest.fixture
def group(rds: Any, subnets: list[str]) -> str:
    """Return a group of the first two subnets."""
    name = f"group-{secrets.token_hex(4)}"
    rds.create_db_subnet_group(
        DBSubnetGroupName=name, DBSubnetGroupDescription="databases", SubnetIds=subnets[:2]
    )
    return name


def _read(rds: Any, name: str) -> Any:
    return rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"][0]


def _members(rds: Any, name: str) -> list[str]:
    return [subnet["SubnetIdentifier"] for subnet in _read(rds, name)["Subnets"]]


def test_a_subnet_is_added(rds: Any, group: str, subnets: list[str]) -> None:
    """The group is still there, with all three and its description."""
    rds.modify_db_subnet_group(DBSubnetGroupName=group, SubnetIds=subnets)

    assert _members(rds, group) == subnets
    assert _read(rds, group)["DBSubnetGroupDescription"] == "databases"


def test_the_description_changes(rds: Any, group: str, subnets: list[str]) -> None:
    """Together with the subnets, which the API always wants."""
    rds.modify_db_subnet_group(
        DBSubnetGroupName=group, DBSubnetGroupDescription="changed", SubnetIds=subnets[:2]
    )

    assert _read(rds, group)["DBSubnetGroupDescription"] == "changed"


def test_the_network_type_reads_back(rds: Any, group: str) -> None:
    """Without IPv6 blocks databases have IPv4 addresses only."""
    assert _read(rds, group)["SupportedNetworkTypes"] == ["IPV4"]


def test_delete_ends_the_group(rds: Any, group: str, refused: Callable[..., str]) -> None:
    """Afterwards it is not found."""
    rds.delete_db_subnet_group(DBSubnetGroupName=group)

    code = refused(rds.describe_db_subnet_groups, DBSubnetGroupName=group)

    assert code == "DBSubnetGroupNotFoundFault"


def test_refuses_to_change_an_unknown_group(
    rds: Any, subnets: list[str], refused: Callable[..., str]
) -> None:
    """Moto crashes here."""
    code = refused(rds.modify_db_subnet_group, DBSubnetGroupName="none", SubnetIds=subnets)

    assert code == "DBSubnetGroupNotFoundFault"


def test_refuses_a_name_that_is_taken(
    rds: Any, group: str, subnets: list[str], refused: Callable[..., str]
) -> None:
    """Moto would overwrite the group."""
    code = refused(
        rds.create_db_subnet_group,
        DBSubnetGroupName=group,
        DBSubnetGroupDescription="x",
        SubnetIds=subnets,
    )

    assert code == "DBSubnetGroupAlreadyExists"


def test_refuses_a_single_zone(
    rds: Any, group: str, subnets: list[str], refused: Callable[..., str]
) -> None:
    """RDS wants two zones, and says which there are."""
    code = refused(rds.modify_db_subnet_group, DBSubnetGroupName=group, SubnetIds=subnets[:1])

    assert code == "DBSubnetGroupDoesNotCoverEnoughAZs"


def test_refuses_two_vpcs(
    client: Callable[[str], Any],
    rds: Any,
    group: str,
    subnets: list[str],
    refused: Callable[..., str],
) -> None:
    """A group lies in one VPC."""
    ec2 = client("ec2")
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    stranger = ec2.create_subnet(VpcId=other, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]

    code = refused(
        rds.modify_db_subnet_group, DBSubnetGroupName=group, SubnetIds=[*subnets, stranger]
    )

    assert code == "InvalidSubnet"


def test_refuses_to_delete_a_group_in_use(
    rds: Any, group: str, refused: Callable[..., str]
) -> None:
    """A database keeps its group."""
    rds.create_db_instance(
        DBInstanceIdentifier=f"db-{secrets.token_hex(4)}",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="root",
        MasterUserPassword="planted-password",
        DBSubnetGroupName=group,
    )

    code = refused(rds.delete_db_subnet_group, DBSubnetGroupName=group)

    assert code == "InvalidDBSubnetGroupStateFault"


def test_refuses_to_move_a_group_in_use(
    client: Callable[[str], Any],
    rds: Any,
    vpc: str,
    group: str,
    refused: Callable[..., str],
) -> None:
    """Taking every subnet from under a database is refused."""
    rds.create_db_instance(
        DBInstanceIdentifier=f"db-{secrets.token_hex(4)}",
        DBInstanceClass="db.t4g.micro",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="root",
        MasterUserPassword="planted-password",
        DBSubnetGroupName=group,
    )
    fresh = [
        client("ec2").create_subnet(
            VpcId=vpc, CidrBlock=f"10.0.8{number}.0/24", AvailabilityZone=f"eu-central-1{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]

    code = refused(rds.modify_db_subnet_group, DBSubnetGroupName=group, SubnetIds=fresh)

    assert code == "SubnetAlreadyInUse"
