"""VPC endpoints: routes, network interfaces, groups and private DNS follow every change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

_S3 = "com.amazonaws.eu-central-1.s3"
_LOGS = "com.amazonaws.eu-central-1.logs"


@pytest.fixture
def ec2(client: Callable[[str], Any]) -> Any:
    """Return the EC2 client."""
    return client("ec2")


@pytest.fixture
def table(ec2: Any, vpc: str) -> str:
    """Return a route table."""
    return str(ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"])


def _make(ec2: Any, vpc: str, service: str, **more: Any) -> Any:
    return ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=service, **more)["VpcEndpoint"]


def _interface(ec2: Any, vpc: str, **more: Any) -> Any:
    return _make(ec2, vpc, _LOGS, VpcEndpointType="Interface", **more)


def _read(ec2: Any, endpoint: Any) -> Any:
    identifier = endpoint["VpcEndpointId"]
    return ec2.describe_vpc_endpoints(VpcEndpointIds=[identifier])["VpcEndpoints"][0]


def _targets(ec2: Any, table: str) -> list[str]:
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    return [route["GatewayId"] for route in routes if "DestinationPrefixListId" in route]


def test_type_is_gateway_by_default(ec2: Any, vpc: str) -> None:
    """Without a type AWS makes a gateway endpoint, which has no private DNS."""
    made = _make(ec2, vpc, _S3)

    assert (made["VpcEndpointType"], made["PrivateDnsEnabled"]) == ("Gateway", False)


def test_a_gateway_writes_routes_from_the_start(ec2: Any, vpc: str, table: str) -> None:
    """Route tables given at creation get a route to the service's prefix list."""
    made = _make(ec2, vpc, _S3, RouteTableIds=[table])

    assert _targets(ec2, table) == [made["VpcEndpointId"]]


def test_a_gateway_follows_its_route_tables(ec2: Any, vpc: str, table: str) -> None:
    """Adding a table adds the route, removing it removes the route."""
    made = _make(ec2, vpc, _S3)
    identifier = made["VpcEndpointId"]

    ec2.modify_vpc_endpoint(VpcEndpointId=identifier, AddRouteTableIds=[table])
    added = (_targets(ec2, table), _read(ec2, made)["RouteTableIds"])
    ec2.modify_vpc_endpoint(VpcEndpointId=identifier, RemoveRouteTableIds=[table])

    assert added == ([identifier], [table])
    assert (_targets(ec2, table), _read(ec2, made)["RouteTableIds"]) == ([], [])


def test_deleting_a_gateway_takes_its_routes(ec2: Any, vpc: str, table: str) -> None:
    """No route points to an endpoint that is gone."""
    made = _make(ec2, vpc, _S3, RouteTableIds=[table])

    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])

    assert _targets(ec2, table) == []


def test_refuses_a_second_route_to_the_service(
    ec2: Any, vpc: str, table: str, refused: Callable[..., str]
) -> None:
    """A route table has one gateway endpoint per service."""
    _make(ec2, vpc, _S3, RouteTableIds=[table])

    code = refused(ec2.create_vpc_endpoint, VpcId=vpc, ServiceName=_S3, RouteTableIds=[table])

    assert code == "RouteAlreadyExists"


def test_an_interface_has_the_default_group(ec2: Any, vpc: str) -> None:
    """Without a group AWS takes the VPC's default one."""
    made = _interface(ec2, vpc)

    assert [group["GroupName"] for group in _read(ec2, made)["Groups"]] == ["default"]


def test_an_interface_follows_its_subnets(ec2: Any, vpc: str, subnets: list[str]) -> None:
    """Each subnet has one network interface, as long as it is a member."""
    made = _interface(ec2, vpc, SubnetIds=subnets[:1])
    identifier = made["VpcEndpointId"]

    ec2.modify_vpc_endpoint(VpcEndpointId=identifier, AddSubnetIds=[subnets[1]])
    two = _read(ec2, made)
    ec2.modify_vpc_endpoint(VpcEndpointId=identifier, RemoveSubnetIds=[subnets[0]])
    one = _read(ec2, made)

    interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=one["NetworkInterfaceIds"])
    assert (two["SubnetIds"], len(two["NetworkInterfaceIds"])) == (subnets[:2], 2)
    assert one["SubnetIds"] == [subnets[1]]
    assert [each["SubnetId"] for each in interfaces["NetworkInterfaces"]] == [subnets[1]]


def test_deleting_an_interface_takes_its_network_interfaces(
    ec2: Any, vpc: str, subnets: list[str]
) -> None:
    """Subnets are free again."""
    made = _interface(ec2, vpc, SubnetIds=subnets)

    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])

    left = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc]}])
    assert left["NetworkInterfaces"] == []


def test_an_interface_follows_its_groups(ec2: Any, vpc: str) -> None:
    """The default group is exchanged for another one."""
    group = ec2.create_security_group(GroupName="x", Description="x", VpcId=vpc)["GroupId"]
    made = _interface(ec2, vpc)
    default = _read(ec2, made)["Groups"][0]["GroupId"]

    ec2.modify_vpc_endpoint(
        VpcEndpointId=made["VpcEndpointId"],
        AddSecurityGroupIds=[group],
        RemoveSecurityGroupIds=[default],
    )

    assert [one["GroupId"] for one in _read(ec2, made)["Groups"]] == [group]


def test_policy_and_private_dns_change(ec2: Any, vpc: str) -> None:
    """Both are settings of an existing endpoint, and the policy can be reset."""
    made = _interface(ec2, vpc, PrivateDnsEnabled=False)
    identifier = made["VpcEndpointId"]

    ec2.modify_vpc_endpoint(
        VpcEndpointId=identifier, PrivateDnsEnabled=True, PolicyDocument='{"Statement": []}'
    )
    changed = _read(ec2, made)
    ec2.modify_vpc_endpoint(VpcEndpointId=identifier, ResetPolicy=True)

    assert changed["PrivateDnsEnabled"] is True
    assert changed["PolicyDocument"] == '{"Statement": []}'
    assert '"Effect": "Allow"' in _read(ec2, made)["PolicyDocument"]


def test_filters_on_the_state(ec2: Any, vpc: str) -> None:
    """Deleted endpoints can be left out."""
    made = _interface(ec2, vpc)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])

    found = ec2.describe_vpc_endpoints(
        Filters=[
            {"Name": "vpc-endpoint-state", "Values": ["available"]},
            {"Name": "vpc-id", "Values": [vpc]},
        ]
    )

    assert found["VpcEndpoints"] == []


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({"RouteTableIds": ["rtb-00000000"]}, "InvalidRouteTableID.NotFound"),
        ({"SubnetIds": ["subnet-00000000"]}, "InvalidSubnetID.NotFound"),
        ({"SecurityGroupIds": ["sg-00000000"]}, "InvalidGroup.NotFound"),
        ({"ServiceName": "com.amazonaws.eu-central-1.none"}, "InvalidServiceName"),
    ],
)
def test_refuses_parts_that_do_not_exist(
    ec2: Any, vpc: str, refused: Callable[..., str], arguments: Any, expected: str
) -> None:
    """Nothing is invented."""
    given = {"VpcId": vpc, "ServiceName": _LOGS, "VpcEndpointType": "Interface", **arguments}

    assert refused(ec2.create_vpc_endpoint, **given) == expected


def test_refuses_two_subnets_in_one_zone(
    ec2: Any, vpc: str, subnets: list[str], refused: Callable[..., str]
) -> None:
    """One network interface per zone."""
    twin = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.50.0/24", AvailabilityZone="eu-central-1a")[
        "Subnet"
    ]["SubnetId"]
    made = _interface(ec2, vpc, SubnetIds=subnets[:1])

    code = refused(
        ec2.modify_vpc_endpoint, VpcEndpointId=made["VpcEndpointId"], AddSubnetIds=[twin]
    )

    assert code == "DuplicateSubnetsInSameZone"


def test_refuses_private_dns_without_host_names(
    ec2: Any, vpc: str, refused: Callable[..., str]
) -> None:
    """The VPC has to resolve names first."""
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": False})

    code = refused(
        ec2.create_vpc_endpoint,
        VpcId=vpc,
        ServiceName=_LOGS,
        VpcEndpointType="Interface",
        PrivateDnsEnabled=True,
    )

    assert code == "InvalidParameter"


def test_refuses_to_lose_the_last_group(ec2: Any, vpc: str, refused: Callable[..., str]) -> None:
    """An interface endpoint always has one."""
    made = _interface(ec2, vpc)
    default = _read(ec2, made)["Groups"][0]["GroupId"]

    code = refused(
        ec2.modify_vpc_endpoint,
        VpcEndpointId=made["VpcEndpointId"],
        RemoveSecurityGroupIds=[default],
    )

    assert code == "InvalidParameter"
