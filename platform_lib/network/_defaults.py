"""Defaults: what AWS makes with every VPC, taken over so that nothing uses it by mistake."""

from __future__ import annotations

from typing import Any

import cdktf_cdktf_provider_aws.default_network_acl as aws_default_network_acl
import cdktf_cdktf_provider_aws.default_route_table as aws_default_route_table
import cdktf_cdktf_provider_aws.default_security_group as aws_default_security_group
import cdktf_cdktf_provider_aws.vpc as aws_vpc
from cdktf import TerraformResourceLifecycle
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind


class Defaults(PlatformConstruct):
    """The default security group without rules, route table without routes, and network ACL.

    Defines:
        aws_default_security_group, aws_default_route_table, aws_default_network_acl

    Args:
        network: The VPC.
        ipv6: Whether the VPC has IPv6 addresses.
    """

    def __init__(self, scope: Construct, id: str, *, network: aws_vpc.Vpc, ipv6: bool) -> None:
        super().__init__(scope, id)
        tags = {"Name": self.physical_name(Kind.TAG, "unused")}
        # Empty lists, not absent ones: only then does the provider see a rule or a route that
        # somebody added.
        # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/default_security_group
        # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/default_route_table
        aws_default_security_group.DefaultSecurityGroup(
            self, "SecurityGroup", vpc_id=network.id, ingress=[], egress=[], tags=tags
        )
        aws_default_route_table.DefaultRouteTable(
            self,
            "RouteTable",
            default_route_table_id=network.default_route_table_id,
            route=[],
            tags=tags,
        )
        self._network_acl(network, ipv6=ipv6)

    def _network_acl(self, network: aws_vpc.Vpc, *, ipv6: bool) -> None:
        """Adopt the ACL of all tiers but database, with the rules that AWS gives it."""
        every: dict[str, Any] = {"protocol": "-1", "action": "allow", "from_port": 0, "to_port": 0}
        ipv4_rule = {**every, "rule_no": 100, "cidr_block": "0.0.0.0/0"}
        ipv6_rule = {**every, "rule_no": 101, "ipv6_cidr_block": "::/0"}
        rules = [ipv4_rule, ipv6_rule] if ipv6 else [ipv4_rule]
        aws_default_network_acl.DefaultNetworkAcl(
            self,
            "NetworkAcl",
            default_network_acl_id=network.default_network_acl_id,
            ingress=[aws_default_network_acl.DefaultNetworkAclIngress(**rule) for rule in rules],
            egress=[aws_default_network_acl.DefaultNetworkAclEgress(**rule) for rule in rules],
            tags={"Name": self.physical_name(Kind.TAG)},
            # AWS moves every subnet without an ACL of its own here, so the list that Terraform
            # reads follows the subnets and can only differ from the one that is written.
            # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/default_network_acl#managing-subnets-in-a-default-network-acl
            lifecycle=TerraformResourceLifecycle(ignore_changes=["subnet_ids"]),
        )
