"""AWS CDK's constructs: a key and the network whose flow logs it encrypts.

The same intent as the shape ``peer`` of `bench.shapes`: three zones, three tiers, a NAT gateway
in each zone, gateway endpoints for S3 and DynamoDB, one interface endpoint, flow logs to a log
group under a rotating key, subnet groups. Run by the interpreter of AWS CDK's own environment:
``cdk_constructs.py OUTDIR STACKS``.
"""

from __future__ import annotations

import sys

import aws_cdk as cdk  # type: ignore[import-not-found] # in an environment of its own
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds

ZONES = ["us-east-1a", "us-east-1b", "us-east-1c"]


def build(app: cdk.App, number: int) -> None:
    """Construct one stack."""
    place = cdk.Environment(account="111111111111", region="us-east-1")
    stack = cdk.Stack(app, f"bench-{number}-network", env=place)
    for tag in ("CostCenter", "DataClass", "Environment", "ManagedBy", "Owner", "System"):
        cdk.Tags.of(stack).add(tag, f"bench-{number}")
    key = kms.Key(stack, "Logs", description="Flow logs", enable_key_rotation=True, alias="logs")
    key.grant_encrypt_decrypt(iam.ServicePrincipal("logs.us-east-1.amazonaws.com"))
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16"),
        availability_zones=ZONES,
        nat_gateways=len(ZONES),
        subnet_configuration=[
            ec2.SubnetConfiguration(name="public", subnet_type=ec2.SubnetType.PUBLIC),
            ec2.SubnetConfiguration(name="private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            ec2.SubnetConfiguration(name="intra", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        ],
    )
    vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    vpc.add_gateway_endpoint("Dynamodb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
    vpc.add_interface_endpoint(
        "LogsEndpoint", service=ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS
    )
    group = logs.LogGroup(
        stack, "LogGroup", retention=logs.RetentionDays.THREE_MONTHS, encryption_key=key
    )
    vpc.add_flow_log("FlowLogs", destination=ec2.FlowLogDestination.to_cloud_watch_logs(group))
    rds.SubnetGroup(stack, "Databases", description="Databases of the VPC", vpc=vpc)
    elasticache.CfnSubnetGroup(
        stack,
        "Caches",
        description="Caches of the VPC",
        subnet_ids=[subnet.subnet_id for subnet in vpc.private_subnets],
    )


def main() -> None:
    """Write the stacks, without what AWS CDK adds to the templates for its own use."""
    outdir, stacks = sys.argv[1], int(sys.argv[2])
    app = cdk.App(outdir=outdir, analytics_reporting=False, tree_metadata=False)
    for number in range(stacks):
        build(app, number)
    app.synth()


main()
