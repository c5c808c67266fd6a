"""NatGateways: how private subnets reach the internet over IPv4."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.eip as aws_eip
import cdktf_cdktf_provider_aws.internet_gateway as aws_internet_gateway
import cdktf_cdktf_provider_aws.nat_gateway as aws_nat_gateway
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.naming import Kind
from platform_lib.network.config import VpcConfig
from platform_lib.types import TokenStr


class NatGateways(PlatformConstruct):
    """NAT gateways by zone, each with an Elastic IP that outlives it.

    Defines:
        aws_eip, aws_nat_gateway

    Args:
        config: Zones with a gateway, and which addresses exist or are kept.
    """

    def __init__(self, scope: Construct, id: str, *, config: VpcConfig) -> None:
        super().__init__(scope, id)
        self._zones = sorted(config.zones_with_nat())
        self._allocations = dict(config.eip_allocation_ids)
        for zone in sorted({*self._zones, *config.kept_eip_zones} - self._allocations.keys()):
            self._allocations[zone] = self._eip(zone)

        self.gateway_ids: dict[str, TokenStr] = {}
        """Ids of the NAT gateways by zone."""
        self.public_ips: dict[str, TokenStr] = {}
        """Public addresses of the NAT gateways by zone."""

    def place(
        self,
        subnet_ids: Mapping[str, TokenStr],
        internet_gateway: aws_internet_gateway.InternetGateway,
    ) -> None:
        """Put the gateways into public subnets that have a way to the internet."""
        for zone in self._zones:
            gateway = aws_nat_gateway.NatGateway(
                self,
                f"Gateway{zone.upper()}",
                allocation_id=self._allocations[zone],
                subnet_id=subnet_ids[zone],
                tags={"Name": self.physical_name(Kind.TAG, zone)},
                # Without an internet gateway AWS makes a NAT gateway that fails.
                depends_on=[internet_gateway],
            )
            self.gateway_ids[zone] = gateway.id
            self.public_ips[zone] = gateway.public_ip

    def _eip(self, zone: str) -> TokenStr:
        eip = aws_eip.Eip(
            self,
            f"Eip{zone.upper()}",
            domain="vpc",
            tags={"Name": self.physical_name(Kind.TAG, zone)},
        )
        protect(self, eip)
        return eip.allocation_id
