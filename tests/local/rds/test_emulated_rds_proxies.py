"""RDS proxies are changed in place, and want a network, a role, a secret and a database that exist."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest


def _role(client: Callable[[str], Any], service: str) -> str:
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        ],
    }
    made = client("iam").create_role(
        RoleName=f"role-{secrets.token_hex(4)}", AssumeRolePolicyDocument=json.dumps(policy)
    )
    return str(made["Role"]["Arn"])


@pytest.fixture
def asked(client: Callable[[str], Any], subnets: list[str]) -> dict[str, Any]:
    """Return what is asked for a proxy."""
    secret = client("secretsmanager").create_secret(
        Name=f"secret-{secrets.token_hex(4)}", SecretString="{}"
    )
    return {
        "DBProxyName": "pool",
        "EngineFamily": "POSTGRESQL",
        "Auth": [{"SecretArn": secret["ARN"]}],
        "RoleArn": _role(client, "rds.amazonaws.com"),
        "VpcSubnetIds": subnets,
    }


@pytest.fixture
def proxy(rds: Any, asked: dict[str, Any]) -> Any:
    """Return a proxy."""
    return rds.create_db_proxy(**asked)["DBProxy"]


def _read(rds: Any) -> Any:
    return rds.describe_db_proxies(DBProxyName="pool")["DBProxies"][0]


def _pool(rds: Any, **config: Any) -> Any:
    return rds.modify_db_proxy_target_group(
        DBProxyName="pool", TargetGroupName="default", ConnectionPoolConfig=config
    )["DBProxyTargetGroup"]["ConnectionPoolConfig"]


def test_a_login_reads_back_complete(proxy: Any) -> None:
    """What nobody asked for is what RDS takes."""
    login = {name: value for name, value in proxy["Auth"][0].items() if name != "SecretArn"}

    assert login == {
        "AuthScheme": "SECRETS",
        "IAMAuth": "DISABLED",
        "ClientPasswordAuthType": "POSTGRES_SCRAM_SHA_256",
    }
    assert proxy["RequireTLS"] is False


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"RoleArn": "arn:aws:iam::210987654321:role/nobody"}, "InvalidParameterValue"),
        (
            {
                "Auth": [
                    {
                        "SecretArn": "arn:aws:secretsmanager:eu-central-1:210987654321:secret:no-abcdef"
                    }
                ]
            },
            "InvalidParameterValue",
        ),
        ({"VpcSecurityGroupIds": ["sg-0123456789abcdef0"]}, "InvalidParameterValue"),
    ],
)
def test_refuses_what_does_not_exist(
    rds: Any,
    asked: dict[str, Any],
    refused: Callable[..., str],
    changes: dict[str, Any],
    code: str,
) -> None:
    """With the code that RDS documents."""
    assert refused(rds.create_db_proxy, **(asked | changes)) == code


def test_refuses_a_single_zone(
    rds: Any, asked: dict[str, Any], refused: Callable[..., str]
) -> None:
    """A proxy lies in two at least."""
    code = refused(rds.create_db_proxy, **(asked | {"VpcSubnetIds": asked["VpcSubnetIds"][:1]}))

    assert code == "InvalidSubnet"


def test_a_proxy_is_changed_in_place(
    client: Callable[[str], Any], rds: Any, proxy: Any, vpc: str
) -> None:
    """What is given is changed, and the rest stays."""
    group = client("ec2").create_security_group(GroupName="pool", Description="pool", VpcId=vpc)
    secret = proxy["Auth"][0]["SecretArn"]

    rds.modify_db_proxy(
        DBProxyName="pool",
        RequireTLS=True,
        IdleClientTimeout=900,
        SecurityGroups=[group["GroupId"]],
        Auth=[{"SecretArn": secret, "IAMAuth": "REQUIRED"}],
    )

    read = _read(rds)
    assert (read["RequireTLS"], read["IdleClientTimeout"]) == (True, 900)
    assert read["VpcSecurityGroupIds"] == [group["GroupId"]]
    assert read["Auth"][0]["IAMAuth"] == "REQUIRED"
    assert read["RoleArn"] == proxy["RoleArn"]
    assert read["DBProxyArn"] == proxy["DBProxyArn"]


def test_refuses_changes_to_what_does_not_exist(
    client: Callable[[str], Any], rds: Any, proxy: Any, refused: Callable[..., str]
) -> None:
    """Neither an unknown role nor an unknown proxy."""
    del proxy
    stranger = _role(client, "ec2.amazonaws.com")

    role = refused(rds.modify_db_proxy, DBProxyName="pool", RoleArn=stranger)
    unknown = {
        refused(action, DBProxyName="nobody")
        for action in (
            rds.modify_db_proxy,
            rds.delete_db_proxy,
            rds.describe_db_proxy_targets,
            rds.describe_db_proxy_target_groups,
        )
    }

    assert role == "InvalidParameterValue"
    assert unknown == {"DBProxyNotFoundFault"}


def test_a_pool_reads_back(rds: Any, proxy: Any) -> None:
    """Also the initial query, and idle connections that nobody halves."""
    del proxy

    _pool(
        rds,
        MaxConnectionsPercent=80,
        MaxIdleConnectionsPercent=30,
        ConnectionBorrowTimeout=60,
        SessionPinningFilters=["EXCLUDE_VARIABLE_SETS"],
        InitQuery="SET x = 1",
    )
    changed = _pool(rds, ConnectionBorrowTimeout=0)

    assert changed == {
        "MaxConnectionsPercent": 80,
        "MaxIdleConnectionsPercent": 30,
        "ConnectionBorrowTimeout": 0,
        "SessionPinningFilters": ["EXCLUDE_VARIABLE_SETS"],
        "InitQuery": "SET x = 1",
    }


@pytest.mark.parametrize(
    "config",
    [
        {"MaxConnectionsPercent": 101},
        {"MaxConnectionsPercent": 10, "MaxIdleConnectionsPercent": 20},
        {"ConnectionBorrowTimeout": 301},
        {"SessionPinningFilters": ["EVERYTHING"]},
    ],
)
def test_refuses_pools_that_do_not_exist(
    rds: Any, proxy: Any, refused: Callable[..., str], config: dict[str, Any]
) -> None:
    """Percentages and seconds have limits."""
    del proxy

    code = refused(
        rds.modify_db_proxy_target_group,
        DBProxyName="pool",
        TargetGroupName="default",
        ConnectionPoolConfig=config,
    )

    assert code == "InvalidParameterValue"


def test_an_instance_is_a_target(
    rds: Any, proxy: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """Once."""
    del proxy
    made = make()

    target = rds.register_db_proxy_targets(DBProxyName="pool", DBInstanceIdentifiers=["orders"])[
        "DBProxyTargets"
    ][0]
    again = refused(
        rds.register_db_proxy_targets, DBProxyName="pool", DBInstanceIdentifiers=["orders"]
    )
    rds.deregister_db_proxy_targets(DBProxyName="pool", DBInstanceIdentifiers=["orders"])
    gone = refused(
        rds.deregister_db_proxy_targets, DBProxyName="pool", DBInstanceIdentifiers=["orders"]
    )

    assert (target["Type"], target["RdsResourceId"]) == ("RDS_INSTANCE", "orders")
    assert target["Endpoint"] == made["Endpoint"]["Address"]
    assert target["TargetArn"] == made["DBInstanceArn"]
    assert again == "DBProxyTargetAlreadyRegisteredFault"
    assert gone == "DBProxyTargetNotFoundFault"


def test_a_cluster_is_a_target_once_it_runs(
    rds: Any, proxy: Any, refused: Callable[..., str]
) -> None:
    """Without an instance there is nobody to talk to."""
    del proxy
    rds.create_db_cluster(
        DBClusterIdentifier="catalog",
        Engine="aurora-postgresql",
        MasterUsername="platform",
        MasterUserPassword="planted-password",
    )
    register = {"DBProxyName": "pool", "DBClusterIdentifiers": ["catalog"]}

    empty = refused(rds.register_db_proxy_targets, **register)
    rds.create_db_instance(
        DBInstanceIdentifier="writer",
        DBClusterIdentifier="catalog",
        DBInstanceClass="db.r7g.large",
        Engine="aurora-postgresql",
    )
    target = rds.register_db_proxy_targets(**register)["DBProxyTargets"][0]

    assert empty == "InvalidDBClusterStateFault"
    assert (target["Type"], target["RdsResourceId"]) == ("TRACKED_CLUSTER", "catalog")


@pytest.mark.parametrize(
    ("targets", "code"),
    [
        ({"DBInstanceIdentifiers": ["nobody"]}, "DBInstanceNotFound"),
        ({"DBClusterIdentifiers": ["nobody"]}, "DBClusterNotFoundFault"),
        (
            {"TargetGroupName": "nobody", "DBInstanceIdentifiers": ["orders"]},
            "DBProxyTargetGroupNotFoundFault",
        ),
    ],
)
def test_refuses_targets_that_do_not_exist(
    rds: Any, proxy: Any, refused: Callable[..., str], targets: dict[str, Any], code: str
) -> None:
    """With the code that RDS documents."""
    del proxy

    assert refused(rds.register_db_proxy_targets, DBProxyName="pool", **targets) == code


def test_refuses_a_target_that_speaks_another_language(
    rds: Any, asked: dict[str, Any], make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """A proxy for MySQL does not take PostgreSQL."""
    rds.create_db_proxy(**(asked | {"EngineFamily": "MYSQL"}))
    make()

    code = refused(
        rds.register_db_proxy_targets, DBProxyName="pool", DBInstanceIdentifiers=["orders"]
    )

    assert code == "InvalidParameterValue"
