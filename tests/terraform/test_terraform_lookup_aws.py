"""The questions find in an (emulated) AWS what they are to find, and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from platform_lib.local.server import LocalAws
from platform_lib.local.variables import overlay
from platform_lib.terraform import recovery
from platform_lib.terraform.lookup import requests
from platform_lib.terraform.stack import Document
from tests import emulator

ACCOUNT = "111111111111"
OURS = {"Stack": "shop", "Name": "shop"}


@pytest.fixture(scope="module")
def shared_aws() -> Iterator[LocalAws]:
    """Return the one emulator of the module."""
    with emulator.start(account_id=ACCOUNT, region="eu-west-1") as running:
        yield running


@pytest.fixture
def aws(shared_aws: LocalAws) -> LocalAws:
    """Return an empty account."""
    shared_aws.reset()
    return shared_aws


@pytest.fixture
def client(aws: LocalAws) -> Iterator[Callable[[str], Any]]:
    """Return a maker of clients."""
    session = boto3.Session(
        aws_access_key_id="emulated", aws_secret_access_key="emulated", region_name="eu-west-1"
    )
    make: Callable[..., Any] = session.client
    made: list[Any] = []

    def client(service: str) -> Any:
        made.append(make(service, endpoint_url=aws.endpoint))
        return made[-1]

    yield client
    for one in made:
        one.close()


def ask(
    aws: LocalAws,
    *addresses: str,
    accounts: tuple[str, ...] = (ACCOUNT,),
    group: str = "sg-0",
    **more: Any,
) -> Any:
    """Ask as a run of Terraform's would, in a process with its environment."""
    provider = {
        "region": "eu-west-1",
        "allowed_account_ids": list(accounts),
        "default_tags": [{"tags": {"Stack": "shop"}}],
        **more,
    }
    rule = {
        "security_group_id": "${aws_security_group.a.id}",
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "cidr_ipv4": "10.0.0.0/8",
    }
    one = {"tags": OURS, "name": "shop", "broker_name": "shop"}
    resources: dict[str, Any] = {a.partition(".")[0]: {"a": one} for a in addresses}
    resources["aws_vpc_security_group_ingress_rule"] = {"a": rule}
    document = Document({"provider": {"aws": provider}, "resource": resources})
    (request,) = requests(addresses, document, {"aws_security_group.a": group})
    printed = subprocess.run(
        [sys.executable, "-P", str(recovery._LOOKUP), json.dumps(request.to_json())],
        env=overlay(os.environ, aws.environment()),
        cwd=Path(__file__).parent,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return json.loads(printed)


def tagged(kind: str, **tags: str) -> list[dict[str, Any]]:
    """Return the argument that tags a new thing."""
    pairs = [{"Key": key, "Value": value} for key, value in (tags or OURS).items()]
    return [{"ResourceType": kind, "Tags": pairs}]


def test_ours_is_told_from_others(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """Another stack's thing of the same name is not found, nor is one of ours with another name."""
    ec2 = client("ec2")
    ours = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))["Vpc"]["VpcId"]
    ec2.create_vpc(
        CidrBlock="10.1.0.0/16", TagSpecifications=tagged("vpc", Stack="other", Name="shop")
    )
    ec2.create_vpc(
        CidrBlock="10.2.0.0/16", TagSpecifications=tagged("vpc", Stack="shop", Name="other")
    )
    gateway = ec2.create_egress_only_internet_gateway(
        VpcId=ours, TagSpecifications=tagged("egress-only-internet-gateway")
    )["EgressOnlyInternetGateway"]["EgressOnlyInternetGatewayId"]
    address = ec2.allocate_address(Domain="vpc", TagSpecifications=tagged("elastic-ip"))

    found = ask(
        aws, "aws_vpc.a", "aws_egress_only_internet_gateway.a", "aws_eip.a", "aws_nat_gateway.a"
    )

    assert found == {
        "aws_vpc.a": {"ids": [ours]},
        "aws_egress_only_internet_gateway.a": {"ids": [gateway]},
        "aws_eip.a": {"ids": [address["AllocationId"]]},
        "aws_nat_gateway.a": {"ids": []},
    }


def test_a_key_that_is_to_be_deleted_is_not_found(
    aws: LocalAws, client: Callable[[str], Any]
) -> None:
    """It is listed for weeks, with the tags of the one that takes its place."""
    kms = client("kms")
    tags = [{"TagKey": key, "TagValue": value} for key, value in OURS.items()]
    old, new = (kms.create_key(Tags=tags)["KeyMetadata"]["KeyId"] for _ in range(2))
    kms.schedule_key_deletion(KeyId=old)

    assert ask(aws, "aws_kms_key.a") == {"aws_kms_key.a": {"ids": [new]}}


def test_things_with_a_name_are_found_by_it(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """Brokers, their configurations and secrets of this stack, whose ids AWS makes up."""
    mq, secrets = client("mq"), client("secretsmanager")
    kind = {"EngineType": "RABBITMQ", "EngineVersion": "3.13"}
    tags = {"Stack": "shop"}
    broker, other = (
        mq.create_broker(
            BrokerName=name,
            HostInstanceType="mq.m7g.large",
            DeploymentMode="SINGLE_INSTANCE",
            AutoMinorVersionUpgrade=True,
            PubliclyAccessible=False,
            Users=[{"Username": "admin", "Password": "0123456789abcdef"}],
            Tags=tags,
            **kind,
        )["BrokerId"]
        for name in ("shop", "other")
    )
    configuration = mq.create_configuration(Name="shop", Tags=tags, **kind)["Id"]
    secret = secrets.create_secret(
        Name="shop", SecretString="x", Tags=[{"Key": "Stack", "Value": "shop"}]
    )["ARN"]

    found = ask(aws, "aws_mq_broker.a", "aws_mq_configuration.a", "aws_secretsmanager_secret.a")
    mq.delete_tags(ResourceArn=mq.describe_broker(BrokerId=broker)["BrokerArn"], TagKeys=["Stack"])
    foreign = ask(aws, "aws_mq_broker.a")

    assert other != broker
    assert found == {
        "aws_mq_broker.a": {"ids": [broker]},
        "aws_mq_configuration.a": {"ids": [configuration]},
        "aws_secretsmanager_secret.a": {"ids": [secret]},
    }
    assert foreign == {"aws_mq_broker.a": {"ids": []}}


def test_a_namespace_is_found_by_its_name_and_tags(
    aws: LocalAws, client: Callable[[str], Any]
) -> None:
    """Cloud Map lists namespaces without their tags, which are asked for one by one."""
    names = client("servicediscovery")
    tags = [{"Key": "Stack", "Value": "shop"}]
    names.create_http_namespace(Name="shop", Tags=tags)
    (ours,) = names.list_namespaces()["Namespaces"]
    names.create_http_namespace(Name="other", Tags=tags)

    found = ask(aws, "aws_service_discovery_http_namespace.a")
    names.untag_resource(ResourceARN=ours["Arn"], TagKeys=["Stack"])
    foreign = ask(aws, "aws_service_discovery_http_namespace.a")

    assert found == {"aws_service_discovery_http_namespace.a": {"ids": [ours["Id"]]}}
    assert foreign == {"aws_service_discovery_http_namespace.a": {"ids": []}}


def test_a_rule_is_found_by_what_it_allows(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """The rule for another port of the same group is another one."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="web", Description="x", VpcId=vpc)["GroupId"]
    ids = [
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": port,
                    "ToPort": port,
                    "IpRanges": [{"CidrIp": "10.0.0.0/8"}],
                }
            ],
            TagSpecifications=tagged("security-group-rule", Stack="shop"),
        )["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        for port in (80, 443)
    ]

    found = ask(aws, "aws_vpc_security_group_ingress_rule.a", group=group)

    assert found == {"aws_vpc_security_group_ingress_rule.a": {"ids": [ids[1]]}}


def test_another_account_is_not_searched(aws: LocalAws) -> None:
    """An absence there says nothing about the stack's account."""
    found = ask(aws, "aws_vpc.a", accounts=("222222222222",))

    assert found == {"aws_vpc.a": {"error": f"the credentials are those of account {ACCOUNT}"}}


def test_the_role_of_the_provider_is_taken_on(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """What the role sees counts, and a role that cannot be had is no answer."""
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))["Vpc"]["VpcId"]

    found, refused = (
        ask(aws, "aws_vpc.a", assume_role=[{"role_arn": arn, "session_name": "terraform"}])
        for arn in (f"arn:aws:iam::{ACCOUNT}:role/apply", "apply")
    )

    assert found == {"aws_vpc.a": {"ids": [vpc]}}
    assert "RoleArn" in refused["aws_vpc.a"]["error"]


def test_an_answer_that_is_refused_is_passed_on(
    aws: LocalAws, client: Callable[[str], Any]
) -> None:
    """What cannot be listed is not absent."""
    ec2 = client("ec2")
    ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tagged("vpc"))
    request = {
        "region": "eu-west-1",
        "accounts": [],
        "roles": [],
        "questions": {
            "aws_vpc.a": {
                "service": "ec2",
                "operation": "describe_vpcs",
                "parameters": {"VpcIds": ["vpc-00000000"]},
            }
        },
    }
    printed = subprocess.run(
        [sys.executable, "-P", str(recovery._LOOKUP), json.dumps(request)],
        env=overlay(os.environ, aws.environment()),
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert "InvalidVpcID.NotFound" in json.loads(printed)["aws_vpc.a"]["error"]
