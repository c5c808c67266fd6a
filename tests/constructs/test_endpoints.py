"""Endpoints: ways to AWS services that stay inside the network."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Any

import pytest

from platform_lib.core.connections import Connections
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.iam.policy import Statement
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc
from platform_lib.testing.template import Template, policy

VPC_ID = "${aws_vpc.Vpc_8378EB38.id}"
READ_ONLY = (
    Statement(
        actions=("s3:GetObject",),
        resources=("arn:aws:s3:::releases/*",),
        principals={"AWS": ("*",)},
    ),
)


def _vpc(stack: PlatformStack, **fields: Any) -> Vpc:
    key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    config = VpcConfig(cidr=IPv4Network("10.10.0.0/16"), **fields)
    return Vpc(stack, "Vpc", config=config, key=key)


def _services(template: Template, kind: str) -> set[str]:
    return {
        block["service_name"]
        for block in template.all("aws_vpc_endpoint").values()
        if block["vpc_endpoint_type"] == kind
    }


def test_gateway_endpoints_are_always_there(stack: PlatformStack) -> None:
    """They are free, and save what NAT gateways charge by the byte."""
    _vpc(stack, endpoints=())

    template = Template(stack)

    assert _services(template, "Gateway") == {
        "com.amazonaws.us-east-1.s3",
        "com.amazonaws.us-east-1.dynamodb",
    }
    assert template.only("aws_vpc_endpoint", path="GatewayEndpoints/S3/Resource") == {
        "vpc_id": VPC_ID,
        "vpc_endpoint_type": "Gateway",
        "service_name": "com.amazonaws.us-east-1.s3",
        "tags": {"Name": "shop-prod-gateway-endpoints-s3"},
    }


def test_gateway_endpoints_are_routed_from_every_tier_but_public(stack: PlatformStack) -> None:
    """Each route is a resource of its own; public subnets have the internet gateway."""
    _vpc(stack, tiers=tuple(Tier), zones=("a", "b"))

    template = Template(stack)

    routed = {
        (block["vpc_endpoint_id"], block["route_table_id"])
        for block in template.all("aws_vpc_endpoint_route_table_association").values()
    }
    endpoints = {
        f"${{aws_vpc_endpoint.{name}.id}}"
        for name, block in template.all("aws_vpc_endpoint").items()
        if block["vpc_endpoint_type"] == "Gateway"
    }
    tables = {
        f"${{aws_route_table.{name}.id}}"
        for name, block in template.all("aws_route_table").items()
        if block["tags"]["Name"] != "shop-prod-public"
    }
    assert len(tables) == 4
    assert routed == {(endpoint, table) for endpoint in endpoints for table in tables}


def test_interface_endpoints_are_those_that_are_named(stack: PlatformStack) -> None:
    """Presets stand for their services; a full name is taken as it is."""
    _vpc(stack, endpoints=("ecr", "kms", "com.amazonaws.us-east-1.textract"))

    assert _services(Template(stack), "Interface") == {
        "com.amazonaws.us-east-1.ecr.api",
        "com.amazonaws.us-east-1.ecr.dkr",
        "com.amazonaws.us-east-1.kms",
        "com.amazonaws.us-east-1.textract",
    }


def test_an_interface_endpoint_answers_under_the_services_own_name(stack: PlatformStack) -> None:
    """Private DNS is on, so nothing that calls the service has to know of the endpoint."""
    _vpc(stack, endpoints=("kms",))

    assert Template(stack).only("aws_vpc_endpoint", path="Endpoints/Kms/Resource") == {
        "vpc_id": VPC_ID,
        "vpc_endpoint_type": "Interface",
        "service_name": "com.amazonaws.us-east-1.kms",
        "private_dns_enabled": True,
        "security_group_ids": ["${aws_security_group.Vpc_Endpoints_Connections_5F032944.id}"],
        "tags": {"Name": "shop-prod-endpoints-kms"},
    }


def test_interface_endpoints_stand_in_every_private_subnet(stack: PlatformStack) -> None:
    """Each subnet is a resource of its own, so that a new zone rewrites no endpoint."""
    vpc = _vpc(stack, endpoints=("kms", "sqs"), zones=("a", "b"))
    assert vpc.endpoints is not None

    template = Template(stack)

    placed = {
        (block["vpc_endpoint_id"].split(".")[1][:-9], block["subnet_id"])
        for block in template.all("aws_vpc_endpoint_subnet_association").values()
    }
    subnets = (
        "${aws_subnet.Vpc_Private_SubnetA_B32E948D.id}",
        "${aws_subnet.Vpc_Private_SubnetB_90D7C178.id}",
    )
    assert placed == {
        (f"Vpc_Endpoints_{service}", subnet) for service in ("Kms", "Sqs") for subnet in subnets
    }
    assert set(vpc.endpoints.endpoint_ids) == {"kms", "sqs"}


def test_without_interface_endpoints_there_is_no_security_group(stack: PlatformStack) -> None:
    """Nothing is paid for, and nothing is left to connect to."""
    vpc = _vpc(stack, endpoints=())

    template = Template(stack)

    assert vpc.endpoints is None
    assert _services(template, "Interface") == set()
    assert template.count("aws_vpc_endpoint_subnet_association") == 0
    assert template.count("aws_security_group") == 0


def test_the_whole_vpc_may_call_endpoints(stack: PlatformStack) -> None:
    """One security group lets the VPC's addresses in on 443, and nothing out."""
    _vpc(stack, endpoints=("ecr", "kms"))

    template = Template(stack)

    group = template.only("aws_security_group")
    assert group["vpc_id"] == VPC_ID
    assert group["description"] == "Interface endpoints of the VPC"
    assert group["tags"] == {"Name": "shop-prod-endpoints"}
    assert template.only("aws_vpc_security_group_ingress_rule") == {
        "security_group_id": "${aws_security_group.Vpc_Endpoints_Connections_5F032944.id}",
        "cidr_ipv4": "10.10.0.0/16",
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "description": "The VPC calls AWS services",
    }
    assert template.count("aws_vpc_security_group_egress_rule") == 0


def test_others_can_allow_themselves_to_call_endpoints(stack: PlatformStack) -> None:
    """A construct whose security group lets nothing out opens 443 to the endpoints."""
    vpc = _vpc(stack, endpoints=("kms",))
    assert vpc.endpoints is not None
    worker = PlatformConstruct(stack, "Worker")
    connections = Connections(worker, vpc=vpc, description="Worker")

    connections.allow_to(vpc.endpoints, description="decrypts")

    rule = Template(stack).only("aws_vpc_security_group_egress_rule")
    assert rule["referenced_security_group_id"] == (
        "${aws_security_group.Vpc_Endpoints_Connections_5F032944.id}"
    )
    assert (rule["from_port"], rule["to_port"]) == (443, 443)


def test_endpoints_have_no_policy_by_default(stack: PlatformStack) -> None:
    """What may be done is what the caller's own permissions allow."""
    _vpc(stack)

    template = Template(stack)

    assert template.count("aws_vpc_endpoint_policy") == 0
    assert all("policy" not in block for block in template.all("aws_vpc_endpoint").values())


@pytest.mark.parametrize(
    ("service", "path", "waiting"),
    [
        ("s3", "GatewayEndpoints/S3", "aws_vpc_endpoint_route_table_association"),
        ("ecr.api", "Endpoints/EcrApi", "aws_vpc_endpoint_subnet_association"),
    ],
)
def test_an_endpoint_can_have_a_policy(
    stack: PlatformStack, service: str, path: str, waiting: str
) -> None:
    """It is a resource of its own, and is there before the endpoint can be reached."""
    _vpc(stack, zones=("a", "b"), endpoints=("ecr",), endpoint_policies={service: READ_ONLY})

    template = Template(stack)

    written = template.only("aws_vpc_endpoint_policy", path=f"{path}/Policy")
    name = f"Vpc_{path.replace('/', '_')}"
    (address,) = template.all("aws_vpc_endpoint_policy")
    waits = {
        key: block.get("depends_on") == [f"aws_vpc_endpoint_policy.{address}"]
        for key, block in template.all(waiting).items()
    }
    assert policy(written) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "s3:GetObject",
                "Principal": {"AWS": "*"},
                "Resource": "arn:aws:s3:::releases/*",
            }
        ],
    }
    assert written["vpc_endpoint_id"].startswith(f"${{aws_vpc_endpoint.{name}_")
    assert waits == {key: key.startswith(f"{name}_") for key in waits}
