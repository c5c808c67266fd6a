"""AWS CDK's generated classes: the 60 resources of `bench.apps.terraform_bare`, one for one.

Run by the interpreter of AWS CDK's own environment: ``cdk_bare.py OUTDIR STACKS``.
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
from aws_cdk import aws_sns as sns

TIERS = ("public", "private", "database")
ALL = "0.0.0.0/0"
ASSUME = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "vpc-flow-logs.amazonaws.com"},
        }
    ],
}
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "kms:*",
            "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
            "Resource": "*",
        }
    ],
}


def named(name: str) -> list[cdk.CfnTag]:
    """Return the tags of a resource."""
    return [cdk.CfnTag(key="Name", value=name)]


def build(app: cdk.App, number: int) -> None:
    """Construct one stack."""
    stack = cdk.Stack(app, f"bare-{number}")
    vpc = ec2.CfnVPC(
        stack, "Vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags=named("vpc")
    )
    gateway = ec2.CfnInternetGateway(stack, "Igw", tags=named("igw"))
    ec2.CfnVPCGatewayAttachment(stack, "Attach", vpc_id=vpc.ref, internet_gateway_id=gateway.ref)
    subnets: dict[str, list[str]] = {tier: [] for tier in TIERS}
    tables: list[str] = []
    for at, zone in enumerate("abc"):
        nat = ""
        for tier_at, tier in enumerate(TIERS):
            name = f"{tier}-{zone}"
            subnet = ec2.CfnSubnet(
                stack,
                f"Subnet-{name}",
                vpc_id=vpc.ref,
                cidr_block=f"10.0.{tier_at * 16 + at}.0/24",
                availability_zone=f"us-east-1{zone}",
                map_public_ip_on_launch=False,
                tags=named(name),
            )
            table = ec2.CfnRouteTable(stack, f"Table-{name}", vpc_id=vpc.ref, tags=named(name))
            ec2.CfnSubnetRouteTableAssociation(
                stack, f"Association-{name}", subnet_id=subnet.ref, route_table_id=table.ref
            )
            subnets[tier].append(subnet.ref)
            tables.append(table.ref)
            if tier == "public":
                ec2.CfnRoute(
                    stack,
                    f"Route-{name}",
                    route_table_id=table.ref,
                    destination_cidr_block=ALL,
                    gateway_id=gateway.ref,
                )
                eip = ec2.CfnEIP(stack, f"Eip-{zone}", domain="vpc", tags=named(name))
                nat = ec2.CfnNatGateway(
                    stack,
                    f"Nat-{zone}",
                    allocation_id=eip.attr_allocation_id,
                    subnet_id=subnet.ref,
                    tags=named(name),
                ).ref
            if tier == "private":
                ec2.CfnRoute(
                    stack,
                    f"Route-{name}",
                    route_table_id=table.ref,
                    destination_cidr_block=ALL,
                    nat_gateway_id=nat,
                )
    for service in ("s3", "dynamodb"):
        ec2.CfnVPCEndpoint(
            stack,
            f"Endpoint-{service}",
            vpc_id=vpc.ref,
            service_name=f"com.amazonaws.us-east-1.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=tables,
        )
    groups = {}
    for name, ports in {"web": (80, 443), "data": (5432, 6379)}.items():
        groups[name] = ec2.CfnSecurityGroup(
            stack, f"Group-{name}", vpc_id=vpc.ref, group_description=name, tags=named(name)
        ).attr_group_id
        for port in ports:
            ec2.CfnSecurityGroupIngress(
                stack,
                f"Ingress-{port}",
                group_id=groups[name],
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                cidr_ip="10.0.0.0/16",
                description=f"port {port}",
            )
    ec2.CfnVPCEndpoint(
        stack,
        "Endpoint-logs",
        vpc_id=vpc.ref,
        service_name="com.amazonaws.us-east-1.logs",
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
        subnet_ids=subnets["private"],
        security_group_ids=[groups["web"]],
    )
    key = kms.CfnKey(stack, "Key", description="Logs", enable_key_rotation=True, key_policy=POLICY)
    kms.CfnAlias(stack, "Alias", alias_name=f"alias/bare-{number}", target_key_id=key.ref)
    group = logs.CfnLogGroup(
        stack,
        "LogGroup",
        log_group_name=f"/flow/{number}",
        retention_in_days=90,
        kms_key_id=key.attr_arn,
    )
    role = iam.CfnRole(
        stack, "Role", role_name=f"flow-{number}", assume_role_policy_document=ASSUME
    )
    ec2.CfnFlowLog(
        stack,
        "FlowLog",
        resource_id=vpc.ref,
        resource_type="VPC",
        traffic_type="ALL",
        log_destination=group.attr_arn,
        deliver_logs_permission_arn=role.attr_arn,
        tags=named("flow"),
    )
    rds.CfnDBSubnetGroup(
        stack,
        "Databases",
        db_subnet_group_description="Databases",
        db_subnet_group_name=f"bare-{number}",
        subnet_ids=subnets["database"],
    )
    elasticache.CfnSubnetGroup(
        stack,
        "Caches",
        description="Caches",
        cache_subnet_group_name=f"bare-{number}",
        subnet_ids=subnets["database"],
    )
    ec2.CfnNetworkAcl(stack, "Acl", vpc_id=vpc.ref, tags=named("acl"))
    sns.CfnTopic(stack, "Topic", topic_name=f"bare-{number}", kms_master_key_id=key.attr_arn)


def main() -> None:
    """Write the stacks, without what AWS CDK adds to the templates for its own use."""
    outdir, stacks = sys.argv[1], int(sys.argv[2])
    app = cdk.App(outdir=outdir, analytics_reporting=False, tree_metadata=False)
    for number in range(stacks):
        build(app, number)
    app.synth()


main()
