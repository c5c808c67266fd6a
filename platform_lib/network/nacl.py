"""DatabaseAcl: the network ACL of the database tier."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.network_acl as aws_network_acl
import cdktf_cdktf_provider_aws.network_acl_association as aws_network_acl_association
import cdktf_cdktf_provider_aws.network_acl_rule as aws_network_acl_rule
import cdktf_cdktf_provider_aws.vpc as aws_vpc
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind
from platform_lib.network.config import VpcConfig
from platform_lib.types import TokenStr

_VPC_IPV4 = 100
_VPC_IPV6 = 110
_GATEWAY_ENDPOINTS = 200
"""Rule numbers; each rule keeps its own for good, because a number is part of its identity."""

_EPHEMERAL = (32768, 65535)
"""Ports from which Linux calls out, above those of every database and cache that AWS offers.
https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports"""


class DatabaseAcl(PlatformConstruct):
    """Lets databases talk with the VPC's own addresses, and call S3 and DynamoDB, and no more.

    A network ACL keeps no connections in mind, so answers need rules of their own. Inside the VPC
    everything is open in both directions; which port, security groups say. A database that loads
    from S3 calls a public address on 443 through the gateway endpoint, and the answer comes back
    to an ephemeral port. An ACL cannot name a prefix list, so these two rules name every address;
    the tier has no other route, and no database listens on an ephemeral port. Peered networks are
    not let in: they reach databases through what runs in the VPC.

    Rules and subnets are resources of their own: a zone that is added changes none in place.

    Defines:
        aws_network_acl, aws_network_acl_rule, aws_network_acl_association

    Args:
        network: The VPC.
        config: Its addresses.
        subnet_ids: Subnets of the database tier by zone.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        network: aws_vpc.Vpc,
        config: VpcConfig,
        subnet_ids: Mapping[str, TokenStr],
    ) -> None:
        super().__init__(scope, id)
        acl = aws_network_acl.NetworkAcl(
            self, "Resource", vpc_id=network.id, tags={"Name": self.physical_name(Kind.TAG)}
        )
        self._acl_id = acl.id
        for egress in (False, True):
            self._rule("Vpc", _VPC_IPV4, egress=egress, cidr_block=str(config.cidr))
            if config.ipv6:
                self._rule(
                    "VpcIpv6", _VPC_IPV6, egress=egress, ipv6_cidr_block=network.ipv6_cidr_block
                )
        for egress, ports in ((True, (443, 443)), (False, _EPHEMERAL)):
            self._rule(
                "GatewayEndpoints",
                _GATEWAY_ENDPOINTS,
                egress=egress,
                cidr_block="0.0.0.0/0",
                tcp_ports=ports,
            )
        for zone, subnet_id in subnet_ids.items():
            aws_network_acl_association.NetworkAclAssociation(
                self, f"Association{zone.upper()}", network_acl_id=acl.id, subnet_id=subnet_id
            )

    def _rule(
        self,
        id: str,
        number: int,
        *,
        egress: bool,
        cidr_block: str | None = None,
        ipv6_cidr_block: TokenStr | None = None,
        tcp_ports: tuple[int, int] | None = None,
    ) -> None:
        first, last = tcp_ports or (0, 0)
        aws_network_acl_rule.NetworkAclRule(
            self,
            f"{id}{'Egress' if egress else 'Ingress'}",
            network_acl_id=self._acl_id,
            rule_number=number,
            rule_action="allow",
            egress=egress,
            protocol="tcp" if tcp_ports else "-1",
            from_port=first,
            to_port=last,
            cidr_block=cidr_block,
            ipv6_cidr_block=ipv6_cidr_block,
        )
