"""Routes: the default routes of public and private subnets."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.egress_only_internet_gateway as aws_egress_only_gateway
import cdktf_cdktf_provider_aws.internet_gateway as aws_internet_gateway
import cdktf_cdktf_provider_aws.route as aws_route
import cdktf_cdktf_provider_aws.vpc as aws_vpc
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.types import TokenStr

_ANY_IPV4 = "0.0.0.0/0"
_ANY_IPV6 = "::/0"


class Routes(PlatformConstruct):
    """Default routes as resources of their own: one that is added never rewrites a table.

    Intra and database subnets get none.

    Defines:
        aws_route, aws_egress_only_internet_gateway

    Args:
        config: Tiers, zones and IPv6.
        route_table_ids: Route tables by name.
    """

    def __init__(
        self, scope: Construct, id: str, *, config: VpcConfig, route_table_ids: Mapping[str, str]
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._tables = route_table_ids

    def add_public(self, gateway: aws_internet_gateway.InternetGateway) -> None:
        """Send what leaves public subnets to the internet gateway."""
        table = self._tables[Tier.PUBLIC.value]
        aws_route.Route(
            self,
            "PublicIpv4",
            route_table_id=table,
            destination_cidr_block=_ANY_IPV4,
            gateway_id=gateway.id,
        )
        if self._config.ipv6:
            aws_route.Route(
                self,
                "PublicIpv6",
                route_table_id=table,
                destination_ipv6_cidr_block=_ANY_IPV6,
                gateway_id=gateway.id,
            )

    def add_private_ipv4(self, nat_gateway_ids: Mapping[str, TokenStr]) -> None:
        """Send what leaves private subnets over IPv4 to the NAT gateway of their zone."""
        for zone in sorted(self._config.zones):
            nat_zone = self._config.nat_zone_of(zone)
            if nat_zone is not None:
                aws_route.Route(
                    self,
                    f"PrivateIpv4{zone.upper()}",
                    route_table_id=self._tables[f"{Tier.PRIVATE.value}-{zone}"],
                    destination_cidr_block=_ANY_IPV4,
                    nat_gateway_id=nat_gateway_ids[nat_zone],
                )

    def add_private_ipv6(self, network: aws_vpc.Vpc) -> None:
        """Let private subnets call out over IPv6 without being reachable."""
        gateway = aws_egress_only_gateway.EgressOnlyInternetGateway(
            self,
            "EgressOnlyGateway",
            vpc_id=network.id,
            tags={"Name": self.physical_name(Kind.TAG, "egress-only")},
        )
        for zone in sorted(self._config.zones):
            aws_route.Route(
                self,
                f"PrivateIpv6{zone.upper()}",
                route_table_id=self._tables[f"{Tier.PRIVATE.value}-{zone}"],
                destination_ipv6_cidr_block=_ANY_IPV6,
                egress_only_gateway_id=gateway.id,
            )
