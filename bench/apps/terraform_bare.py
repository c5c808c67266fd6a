"""The bare bindings: the 60 resources of `bench.apps.cdk_bare`, one for one.

Run as ``python -m bench.apps.terraform_bare OUTDIR STACKS``.
"""

from __future__ import annotations

import json
import sys

import cdktf_cdktf_provider_aws.cloudwatch_log_group as aws_cloudwatch_log_group
import cdktf_cdktf_provider_aws.db_subnet_group as aws_db_subnet_group
import cdktf_cdktf_provider_aws.eip as aws_eip
import cdktf_cdktf_provider_aws.elasticache_subnet_group as aws_elasticache_subnet_group
import cdktf_cdktf_provider_aws.flow_log as aws_flow_log
import cdktf_cdktf_provider_aws.iam_role as aws_iam_role
import cdktf_cdktf_provider_aws.internet_gateway as aws_internet_gateway
import cdktf_cdktf_provider_aws.internet_gateway_attachment as aws_internet_gateway_attachment
import cdktf_cdktf_provider_aws.kms_alias as aws_kms_alias
import cdktf_cdktf_provider_aws.kms_key as aws_kms_key
import cdktf_cdktf_provider_aws.nat_gateway as aws_nat_gateway
import cdktf_cdktf_provider_aws.network_acl as aws_network_acl
import cdktf_cdktf_provider_aws.provider as aws_provider
import cdktf_cdktf_provider_aws.route as aws_route
import cdktf_cdktf_provider_aws.route_table as aws_route_table
import cdktf_cdktf_provider_aws.route_table_association as aws_route_table_association
import cdktf_cdktf_provider_aws.security_group as aws_security_group
import cdktf_cdktf_provider_aws.sns_topic as aws_sns_topic
import cdktf_cdktf_provider_aws.subnet as aws_subnet
import cdktf_cdktf_provider_aws.vpc as aws_vpc
import cdktf_cdktf_provider_aws.vpc_endpoint as aws_vpc_endpoint
import cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule as aws_ingress_rule
from cdktf import App, TerraformStack

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


def named(name: str) -> dict[str, str]:
    """Return the tags of a resource."""
    return {"Name": name}


def build(app: App, number: int) -> None:
    """Construct one stack."""
    stack = TerraformStack(app, f"bare-{number}")
    aws_provider.AwsProvider(stack, "Aws", region="us-east-1")
    vpc = aws_vpc.Vpc(
        stack, "Vpc", cidr_block="10.0.0.0/16", enable_dns_hostnames=True, tags=named("vpc")
    ).id
    gateway = aws_internet_gateway.InternetGateway(stack, "Igw", tags=named("igw")).id
    aws_internet_gateway_attachment.InternetGatewayAttachment(
        stack, "Attach", vpc_id=vpc, internet_gateway_id=gateway
    )
    subnets: dict[str, list[str]] = {tier: [] for tier in TIERS}
    tables: list[str] = []
    for at, zone in enumerate("abc"):
        nat = ""
        for tier_at, tier in enumerate(TIERS):
            name = f"{tier}-{zone}"
            subnet = aws_subnet.Subnet(
                stack,
                f"Subnet-{name}",
                vpc_id=vpc,
                cidr_block=f"10.0.{tier_at * 16 + at}.0/24",
                availability_zone=f"us-east-1{zone}",
                map_public_ip_on_launch=False,
                tags=named(name),
            ).id
            table = aws_route_table.RouteTable(
                stack, f"Table-{name}", vpc_id=vpc, tags=named(name)
            ).id
            aws_route_table_association.RouteTableAssociation(
                stack, f"Association-{name}", subnet_id=subnet, route_table_id=table
            )
            subnets[tier].append(subnet)
            tables.append(table)
            if tier == "public":
                aws_route.Route(
                    stack,
                    f"Route-{name}",
                    route_table_id=table,
                    destination_cidr_block=ALL,
                    gateway_id=gateway,
                )
                eip = aws_eip.Eip(stack, f"Eip-{zone}", domain="vpc", tags=named(name))
                nat = aws_nat_gateway.NatGateway(
                    stack,
                    f"Nat-{zone}",
                    allocation_id=eip.allocation_id,
                    subnet_id=subnet,
                    tags=named(name),
                ).id
            if tier == "private":
                aws_route.Route(
                    stack,
                    f"Route-{name}",
                    route_table_id=table,
                    destination_cidr_block=ALL,
                    nat_gateway_id=nat,
                )
    for service in ("s3", "dynamodb"):
        aws_vpc_endpoint.VpcEndpoint(
            stack,
            f"Endpoint-{service}",
            vpc_id=vpc,
            service_name=f"com.amazonaws.us-east-1.{service}",
            vpc_endpoint_type="Gateway",
            route_table_ids=tables,
        )
    groups = {}
    for name, ports in {"web": (80, 443), "data": (5432, 6379)}.items():
        groups[name] = aws_security_group.SecurityGroup(
            stack, f"Group-{name}", vpc_id=vpc, description=name, tags=named(name)
        ).id
        for port in ports:
            aws_ingress_rule.VpcSecurityGroupIngressRule(
                stack,
                f"Ingress-{port}",
                security_group_id=groups[name],
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                cidr_ipv4="10.0.0.0/16",
                description=f"port {port}",
            )
    aws_vpc_endpoint.VpcEndpoint(
        stack,
        "Endpoint-logs",
        vpc_id=vpc,
        service_name="com.amazonaws.us-east-1.logs",
        vpc_endpoint_type="Interface",
        private_dns_enabled=True,
        subnet_ids=subnets["private"],
        security_group_ids=[groups["web"]],
    )
    key = aws_kms_key.KmsKey(
        stack, "Key", description="Logs", enable_key_rotation=True, policy=json.dumps(POLICY)
    )
    arn = key.arn
    aws_kms_alias.KmsAlias(stack, "Alias", name=f"alias/bare-{number}", target_key_id=key.key_id)
    group = aws_cloudwatch_log_group.CloudwatchLogGroup(
        stack, "LogGroup", name=f"/flow/{number}", retention_in_days=90, kms_key_id=arn
    )
    role = aws_iam_role.IamRole(
        stack, "Role", name=f"flow-{number}", assume_role_policy=json.dumps(ASSUME)
    )
    aws_flow_log.FlowLog(
        stack,
        "FlowLog",
        vpc_id=vpc,
        traffic_type="ALL",
        log_destination=group.arn,
        iam_role_arn=role.arn,
        tags=named("flow"),
    )
    aws_db_subnet_group.DbSubnetGroup(
        stack,
        "Databases",
        description="Databases",
        name=f"bare-{number}",
        subnet_ids=subnets["database"],
    )
    aws_elasticache_subnet_group.ElasticacheSubnetGroup(
        stack,
        "Caches",
        description="Caches",
        name=f"bare-{number}",
        subnet_ids=subnets["database"],
    )
    aws_network_acl.NetworkAcl(stack, "Acl", vpc_id=vpc, tags=named("acl"))
    aws_sns_topic.SnsTopic(stack, "Topic", name=f"bare-{number}", kms_master_key_id=arn)


def main() -> None:
    """Write the stacks."""
    outdir, stacks = sys.argv[1], int(sys.argv[2])
    app = App(outdir=outdir)
    for number in range(stacks):
        build(app, number)
    app.synth()


if __name__ == "__main__":
    main()
