"""SubnetTier: the subnets of one tier and their route tables."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.route_table as aws_route_table
import cdktf_cdktf_provider_aws.route_table_association as aws_route_table_association
import cdktf_cdktf_provider_aws.subnet as aws_subnet
import cdktf_cdktf_provider_aws.vpc as aws_vpc
from cdktf import Fn
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind
from platform_lib.network._kubernetes import subnet_tags
from platform_lib.network._subnets import ipv6_slot
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.types import TokenStr


class SubnetTier(PlatformConstruct):
    """One subnet in each zone, and what routes its traffic.

    Defines:
        aws_subnet, aws_route_table, aws_route_table_association

    Args:
        network: The VPC.
        config: Addresses and zones.
        tier: Which tier it is.
    """

    def __init__(
        self, scope: Construct, id: str, *, network: aws_vpc.Vpc, config: VpcConfig, tier: Tier
    ) -> None:
        super().__init__(scope, id)
        self._network = network
        self._config = config
        self._tier = tier

        self.subnet_ids: dict[str, TokenStr] = {}
        """Ids of the subnets by zone letter, in the letters' order."""
        self.route_table_ids: dict[str, TokenStr] = {}
        """Ids of the route tables by name: ``private-a`` where each zone has its own, ``intra``
        where the zones share one."""

        for zone in sorted(config.zones):
            self.subnet_ids[zone] = self._subnet(zone)
            aws_route_table_association.RouteTableAssociation(
                self,
                f"Association{zone.upper()}",
                subnet_id=self.subnet_ids[zone],
                route_table_id=self._route_table_of(zone),
            )

    def _route_table_of(self, zone: str) -> TokenStr:
        # A table of its own sends a private subnet's traffic to its own zone's NAT gateway.
        own = zone if self._tier is Tier.PRIVATE else ""
        name = f"{self._tier.value}-{own}" if own else self._tier.value
        if name not in self.route_table_ids:
            table = aws_route_table.RouteTable(
                self,
                f"RouteTable{own.upper()}",
                vpc_id=self._network.id,
                tags={"Name": self.physical_name(Kind.TAG, own)},
            )
            self.route_table_ids[name] = table.id
        return self.route_table_ids[name]

    def _subnet(self, zone: str) -> TokenStr:
        ipv6 = self._config.ipv6
        tags = subnet_tags(self._tier, self._config.kubernetes_clusters)
        subnet = aws_subnet.Subnet(
            self,
            f"Subnet{zone.upper()}",
            vpc_id=self._network.id,
            availability_zone=f"{self.stack.target.region}{zone}",
            cidr_block=str(self._config.subnet(self._tier, zone)),
            ipv6_cidr_block=Fn.cidrsubnet(
                self._network.ipv6_cidr_block, 8, ipv6_slot(self._tier, zone)
            )
            if ipv6
            else None,
            # Every IPv6 address is a public one: in the public tier it is asked for by name.
            assign_ipv6_address_on_creation=ipv6 and self._tier is not Tier.PUBLIC,
            map_public_ip_on_launch=False,
            tags={"Name": self.physical_name(Kind.TAG, zone), **tags},
        )
        return subnet.id
