"""VPC Block Public Access: the mode of a region and its exclusions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def ec2(aws: object, client: Callable[[str], Any]) -> Any:
    """Return the EC2 client of an empty account."""
    return client("ec2")


def _exclude(ec2: Any, **arguments: Any) -> Any:
    given = {"InternetGatewayExclusionMode": "allow-egress", **arguments}
    return ec2.create_vpc_block_public_access_exclusion(**given)["VpcBlockPublicAccessExclusion"]


def test_is_off_at_first(ec2: Any) -> None:
    """A new account has no mode."""
    found = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]

    assert (found["InternetGatewayBlockMode"], found["State"]) == ("off", "default-state")
    assert found["AwsAccountId"] == "210987654321"


def test_the_mode_reads_back(ec2: Any) -> None:
    """What is set is described, as done."""
    ec2.modify_vpc_block_public_access_options(InternetGatewayBlockMode="block-ingress")

    found = ec2.describe_vpc_block_public_access_options()["VpcBlockPublicAccessOptions"]
    assert found["InternetGatewayBlockMode"] == "block-ingress"
    assert found["State"] == "update-complete"


def test_refuses_an_unknown_mode(ec2: Any, refused: Callable[..., str]) -> None:
    """Three modes exist."""
    code = refused(
        ec2.modify_vpc_block_public_access_options, InternetGatewayBlockMode="block-some"
    )

    assert code == "InvalidParameterValue"


def test_an_exclusion_lives_and_dies(ec2: Any, vpc: str) -> None:
    """Made, changed, tagged, and after its end still described as deleted."""
    made = _exclude(ec2, VpcId=vpc)
    identifier = made["ExclusionId"]

    ec2.modify_vpc_block_public_access_exclusion(
        ExclusionId=identifier, InternetGatewayExclusionMode="allow-bidirectional"
    )
    ec2.create_tags(Resources=[identifier], Tags=[{"Key": "a", "Value": "b"}])
    living = ec2.describe_vpc_block_public_access_exclusions(ExclusionIds=[identifier])
    ec2.delete_vpc_block_public_access_exclusion(ExclusionId=identifier)
    dead = ec2.describe_vpc_block_public_access_exclusions(ExclusionIds=[identifier])

    found = living["VpcBlockPublicAccessExclusions"][0]
    assert made["ResourceArn"].endswith(f":vpc/{vpc}")
    assert found["InternetGatewayExclusionMode"] == "allow-bidirectional"
    assert found["Tags"] == [{"Key": "a", "Value": "b"}]
    assert dead["VpcBlockPublicAccessExclusions"][0]["State"] == "delete-complete"


def test_a_subnet_can_be_excluded(ec2: Any, subnets: list[str]) -> None:
    """The exclusion names the subnet, and keeps the tags of its creation."""
    tags = [{"Key": "a", "Value": "b"}]

    made = _exclude(
        ec2,
        SubnetId=subnets[0],
        TagSpecifications=[{"ResourceType": "vpc-block-public-access-exclusion", "Tags": tags}],
    )

    assert made["ResourceArn"].endswith(f":subnet/{subnets[0]}")
    assert made["Tags"] == tags


def test_refuses_a_second_exclusion(ec2: Any, vpc: str, refused: Callable[..., str]) -> None:
    """A VPC is excluded once."""
    _exclude(ec2, VpcId=vpc)

    code = refused(
        ec2.create_vpc_block_public_access_exclusion,
        VpcId=vpc,
        InternetGatewayExclusionMode="allow-egress",
    )

    assert code == "VpcBlockPublicAccessExclusionAlreadyExists"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ({}, "InvalidParameterCombination"),
        ({"VpcId": "vpc-00000000", "SubnetId": "subnet-00000000"}, "InvalidParameterCombination"),
        ({"VpcId": "vpc-00000000"}, "InvalidVpcID.NotFound"),
        ({"SubnetId": "subnet-00000000"}, "InvalidSubnetID.NotFound"),
    ],
)
def test_refuses_what_cannot_be_excluded(
    ec2: Any, refused: Callable[..., str], arguments: Any, expected: str
) -> None:
    """Exactly one VPC or subnet, which exists."""
    code = refused(
        ec2.create_vpc_block_public_access_exclusion,
        InternetGatewayExclusionMode="allow-egress",
        **arguments,
    )

    assert code == expected


@pytest.mark.parametrize("action", ["modify", "delete"])
def test_refuses_an_unknown_exclusion(ec2: Any, refused: Callable[..., str], action: str) -> None:
    """Nothing to change or end."""
    arguments = {"InternetGatewayExclusionMode": "allow-egress"} if action == "modify" else {}
    call = getattr(ec2, f"{action}_vpc_block_public_access_exclusion")

    code = refused(call, ExclusionId="vpcbpa-exclude-0", **arguments)

    assert code == "InvalidVpcBlockPublicAccessExclusionId.NotFound"


def test_refuses_to_describe_an_unknown_exclusion(ec2: Any, refused: Callable[..., str]) -> None:
    """An id that never was is an error, not an empty list."""
    code = refused(
        ec2.describe_vpc_block_public_access_exclusions, ExclusionIds=["vpcbpa-exclude-0"]
    )

    assert code == "InvalidVpcBlockPublicAccessExclusionId.NotFound"
