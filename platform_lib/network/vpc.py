"""Vpc: the network of one environment."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.internet_gateway as aws_internet_gateway
import cdktf_cdktf_provider_aws.vpc as aws_vpc
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.errors import PlatformError
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.network._defaults import Defaults
from platform_lib.network._routes import Routes
from platform_lib.network._tier import SubnetTier
from platform_lib.network.config import VpcConfig
from platform_lib.network.endpoints import GatewayEndpoints, InterfaceEndpoints
from platform_lib.network.flow_logs import FlowLogs
from platform_lib.network.nacl import DatabaseAcl
from platform_lib.network.nat import NatGateways
from platform_lib.network.subnet_groups import SubnetGroups
from platform_lib.network.tiers import Tier
from platform_lib.types import TokenStr


class Vpc(PlatformConstruct):
    """A network over several zones: subnet tiers, ways out, endpoints and flow logs.

    Everything is identified by tier and zone letter. A zone or tier that is added later adds
    resources and changes none, except for the two subnet groups, which list their subnets.

    Defines:
        aws_vpc, aws_internet_gateway, and in its parts aws_subnet, aws_route_table,
        aws_route_table_association, aws_route, aws_egress_only_internet_gateway, aws_eip,
        aws_nat_gateway, aws_default_security_group, aws_default_route_table,
        aws_default_network_acl, aws_network_acl, aws_network_acl_rule,
        aws_network_acl_association, aws_vpc_endpoint, aws_vpc_endpoint_policy,
        aws_vpc_endpoint_route_table_association, aws_vpc_endpoint_subnet_association,
        aws_security_group, aws_vpc_security_group_ingress_rule, aws_flow_log,
        aws_cloudwatch_log_group, aws_iam_role, aws_iam_role_policy, aws_db_subnet_group,
        aws_elasticache_subnet_group

    Args:
        config: Addresses, zones, tiers and ways out.
        key: Encrypts the flow logs.
    """

    def __init__(self, scope: Construct, id: str, *, config: VpcConfig, key: Key) -> None:
        super().__init__(scope, id)
        self._config = config
        self._network = self._define_network()

        self.vpc_id: TokenStr = self._network.id
        """Id of the VPC."""
        self.cidr = config.cidr
        """IPv4 addresses of the VPC."""
        self.ipv6 = config.ipv6
        """Whether its subnets have IPv6 addresses too."""

        Defaults(self, "Defaults", network=self._network, ipv6=config.ipv6)
        self._tiers = {
            tier: SubnetTier(self, pascal(tier), network=self._network, config=config, tier=tier)
            for tier in config.tiers
        }
        self.route_table_ids: dict[str, TokenStr] = {
            name: route_table_id
            for tier in self._tiers.values()
            for name, route_table_id in tier.route_table_ids.items()
        }
        """Ids of the route tables by name: ``public``, ``private-a``, ``intra``, ``database``."""

        nat = self._define_ways_out()
        self.nat_gateway_ids: dict[str, TokenStr] = nat.gateway_ids
        """Ids of the NAT gateways by zone."""
        self.nat_public_ips: dict[str, TokenStr] = nat.public_ips
        """Addresses that private subnets call the internet from, by the NAT gateway's zone."""

        if Tier.DATABASE in config.tiers:
            DatabaseAcl(
                self,
                "DatabaseAcl",
                network=self._network,
                config=config,
                subnet_ids=self.subnet_ids(Tier.DATABASE),
            )
        self.endpoints: InterfaceEndpoints | None = self._define_endpoints()
        """Interface endpoints, to allow connections to; None without any."""
        if config.flow_logs is not None:
            FlowLogs(self, "FlowLogs", config=config.flow_logs, vpc=self, key=key)

        groups = SubnetGroups(
            self, "SubnetGroups", subnet_ids=self.subnet_ids(config.subnet_group_tier)
        )
        self.db_subnet_group_name: TokenStr = groups.database_name
        """Name of the subnet group for RDS."""
        self.elasticache_subnet_group_name: TokenStr = groups.cache_name
        """Name of the subnet group for ElastiCache."""
        self.database_subnet_ids: dict[str, TokenStr] = self.subnet_ids(config.subnet_group_tier)
        """Ids of the subnets in both groups, by zone."""

    def subnet_ids(self, tier: Tier) -> dict[str, TokenStr]:
        """Return the ids of the subnets of ``tier`` by zone letter, in the letters' order.

        Raises:
            PlatformError: ``NoSuchTier`` if the VPC does not have the tier.
        """
        if tier not in self._tiers:
            there = ", ".join(self._tiers)
            raise PlatformError(
                "NoSuchTier",
                f"the VPC has no {tier.value} subnets; its tiers are {there}: use one of them, or"
                f" add {tier.value!r} to tiers",
                where=self.node.path,
            )
        return dict(self._tiers[tier].subnet_ids)

    def _define_network(self) -> aws_vpc.Vpc:
        network = aws_vpc.Vpc(
            self,
            "Resource",
            cidr_block=str(self._config.cidr),
            assign_generated_ipv6_cidr_block=self._config.ipv6,
            # Private DNS of interface endpoints needs both.
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": self.physical_name(Kind.TAG)},
        )
        protect(self, network)
        return network

    def _define_ways_out(self) -> NatGateways:
        config = self._config
        routes = Routes(self, "Routes", config=config, route_table_ids=self.route_table_ids)
        nat = NatGateways(self, "Nat", config=config)
        if Tier.PUBLIC in config.tiers:
            gateway = aws_internet_gateway.InternetGateway(
                self,
                "InternetGateway",
                vpc_id=self.vpc_id,
                tags={"Name": self.physical_name(Kind.TAG, "internet")},
            )
            routes.add_public(gateway)
            nat.place(self.subnet_ids(Tier.PUBLIC), gateway)
        if Tier.PRIVATE in config.tiers:
            routes.add_private_ipv4(nat.gateway_ids)
            if config.ipv6:
                routes.add_private_ipv6(self._network)
        return nat

    def _define_endpoints(self) -> InterfaceEndpoints | None:
        config = self._config
        tables = dict(self.route_table_ids)
        tables.pop(Tier.PUBLIC.value, None)
        GatewayEndpoints(self, "GatewayEndpoints", vpc=self, config=config, route_table_ids=tables)
        if not config.endpoints:
            return None
        return InterfaceEndpoints(
            self,
            "Endpoints",
            vpc=self,
            config=config,
            subnet_ids=self.subnet_ids(Tier.PRIVATE),
        )
