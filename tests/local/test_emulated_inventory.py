"""The inventory is what somebody made and nobody deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from platform_lib.local.server import LocalAws


def test_a_new_account_is_empty(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """What AWS itself gives an account (default VPC, images, managed policies) is not listed."""
    client("ec2").describe_vpcs()
    client("iam").list_policies(Scope="AWS")

    assert aws.inventory() == []


def test_lists_what_was_made(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """Service, kind, id and region of each thing."""
    made = client("ec2").create_internet_gateway()["InternetGateway"]["InternetGatewayId"]

    found = [(item.service, item.kind, item.id, item.region) for item in aws.inventory()]

    assert found == [("ec2", "InternetGateway", made, "eu-central-1")]


def test_forgets_what_was_deleted(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """Deleting makes the inventory empty again."""
    ec2 = client("ec2")
    made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.delete_internet_gateway(InternetGatewayId=made)

    assert aws.inventory() == []


def test_tells_keys_pending_deletion(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """A key that waits for its deletion is still there, with its state."""
    kms = client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

    assert [(item.id, item.state) for item in aws.inventory()] == [(key, "PendingDeletion")]


def test_sees_what_extensions_keep(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """Resources of services that moto lacks are listed like the others."""
    client("accessanalyzer").create_analyzer(analyzerName="account", type="ACCOUNT")

    assert [(item.service, item.kind) for item in aws.inventory()] == [
        ("accessanalyzer", "Analyzer")
    ]


def test_leaves_out_what_aws_still_lists_as_deleted(
    aws: LocalAws, client: Callable[[str], Any]
) -> None:
    """Peerings, endpoints, NAT gateways and prefix lists stay visible for a while after their end."""
    ec2 = client("ec2")
    one, two = (
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"] for number in (1, 2)
    )
    peering = ec2.create_vpc_peering_connection(VpcId=one, PeerVpcId=two)
    ec2.delete_vpc_peering_connection(
        VpcPeeringConnectionId=peering["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    )
    endpoint = ec2.create_vpc_endpoint(VpcId=one, ServiceName="com.amazonaws.eu-central-1.s3")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpoint"]["VpcEndpointId"]])
    for vpc in (one, two):
        ec2.delete_vpc(VpcId=vpc)

    assert aws.inventory() == []


def test_tells_secrets_that_can_be_had_back(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """A secret in its recovery window is still there, with its state."""
    secrets = client("secretsmanager")
    arn = secrets.create_secret(Name="cache", SecretString="x")["ARN"]
    secrets.delete_secret(SecretId=arn, RecoveryWindowInDays=7)

    assert [(item.id, item.state) for item in aws.inventory()] == [(arn, "PendingDeletion")]


def test_leaves_out_keys_that_aws_manages(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """The key behind a service's alias appears with its first use and belongs to nobody."""
    kms = client("kms")

    found = kms.describe_key(KeyId="alias/aws/secretsmanager")["KeyMetadata"]

    assert found["KeyManager"] == "AWS"
    assert aws.inventory() == []


def test_leaves_out_clusters_that_are_gone(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """ECS shows them for a while; a retired task definition stays for ever."""
    ecs = client("ecs")
    ecs.create_cluster(clusterName="shop")
    made = ecs.register_task_definition(
        family="shop", containerDefinitions=[{"name": "app", "image": "shop:1", "memory": 128}]
    )["taskDefinition"]["taskDefinitionArn"]
    before = {item.kind for item in aws.inventory()}

    ecs.delete_cluster(cluster="shop")
    ecs.deregister_task_definition(taskDefinition=made)

    assert before == {"Cluster", "TaskDefinition"}
    assert [(item.id, item.state) for item in aws.inventory()] == [(made, "INACTIVE")]


def test_leaves_out_records_of_what_was_done(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """Cloud Map keeps its operations; what they made is what counts."""
    names = client("servicediscovery")
    names.create_http_namespace(Name="shop.internal")
    made = aws.inventory()

    names.delete_namespace(Id=made[0].id)

    assert [item.kind for item in made] == ["Namespace"]
    assert aws.inventory() == []
