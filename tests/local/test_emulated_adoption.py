"""The real Terraform adopts what exists, moves it and forgets it, without touching it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.server import LocalAws

pytestmark = pytest.mark.terraform


def test_an_existing_vpc_is_adopted_moved_and_forgotten(
    aws: LocalAws, client: Callable[[str], Any], workspace: Callable[[str, LocalAws], Any]
) -> None:
    """Each step plans no change of the VPC, and the forgotten subnet lives on."""
    ec2 = client("ec2")
    vpc, subnet = _existing(ec2)
    adopt = workspace("adopt", aws)
    ids = ("-var", f"vpc_id={vpc}", "-var", f"subnet_id={subnet}")

    adopted = adopt.changes(*ids)
    adopt.apply("planned")
    (adopt.directory / "adopted.tf").unlink()
    (adopt.directory / "moved.tf.step").rename(adopt.directory / "moved.tf")
    moved = adopt.changes(*ids)
    adopt.apply("planned")

    assert adopted == {}
    assert moved == {"aws_subnet.old": ["forget"]}
    assert adopt.differences(*ids) == 0
    assert ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["State"] == "available"


def _existing(ec2: Any) -> tuple[str, str]:
    vpc = ec2.create_vpc(CidrBlock="10.60.0.0/16")["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "Name", "Value": "old"}])
    subnet = ec2.create_subnet(
        VpcId=vpc, CidrBlock="10.60.1.0/24", AvailabilityZone="eu-central-1a"
    )["Subnet"]["SubnetId"]
    return vpc, subnet
