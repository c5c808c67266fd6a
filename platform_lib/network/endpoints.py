"""Ways to AWS services that stay inside the network."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.vpc_endpoint as aws_vpc_endpoint
import cdktf_cdktf_provider_aws.vpc_endpoint_policy as aws_endpoint_policy
import cdktf_cdktf_provider_aws.vpc_endpoint_route_table_association as aws_endpoint_route_table
import cdktf_cdktf_provider_aws.vpc_endpoint_subnet_association as aws_endpoint_subnet
from constructs import Construct

from platform_lib.core.connections import HTTPS, Connections, HasVpcId
from platform_lib.core.construct import PlatformConstruct
from platform_lib.iam.policy import policy_json
from platform_lib.naming import Kind, pascal
from platform_lib.network._endpoint_services import GATEWAY_SERVICES, is_full_name
from platform_lib.network.config import VpcConfig
from platform_lib.types import TokenStr


class GatewayEndpoints(PlatformConstruct):
    """Free routes to S3 and DynamoDB from every tier but public, which has the internet gateway.

    Defines:
        aws_vpc_endpoint, aws_vpc_endpoint_route_table_association, aws_vpc_endpoint_policy

    Args:
        vpc: Network that they are in.
        config: Endpoint policies.
        route_table_ids: Route tables to add the routes to, by name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: HasVpcId,
        config: VpcConfig,
        route_table_ids: Mapping[str, TokenStr],
    ) -> None:
        super().__init__(scope, id)
        for service in GATEWAY_SERVICES:
            gateway = _Endpoint(self, pascal(service), vpc=vpc, config=config, service=service)
            for name, route_table_id in route_table_ids.items():
                aws_endpoint_route_table.VpcEndpointRouteTableAssociation(
                    gateway,
                    pascal(name),
                    vpc_endpoint_id=gateway.endpoint_id,
                    route_table_id=route_table_id,
                    depends_on=gateway.policies,
                )


class InterfaceEndpoints(PlatformConstruct):
    """Addresses of AWS services inside the private subnets, under the services' own names.

    Defines:
        aws_vpc_endpoint, aws_vpc_endpoint_subnet_association, aws_vpc_endpoint_policy, and the
        security group of all of them

    Args:
        vpc: Network that they are in.
        config: Which services, and endpoint policies.
        subnet_ids: Private subnets by zone.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: HasVpcId,
        config: VpcConfig,
        subnet_ids: Mapping[str, TokenStr],
    ) -> None:
        super().__init__(scope, id)
        self.connections = Connections(
            self, vpc=vpc, description="Interface endpoints of the VPC", listens_on=HTTPS
        )
        """Security group of the endpoints; listens on 443, and the whole VPC may call it."""
        self.connections.allow_from_cidr(config.cidr, description="The VPC calls AWS services")

        self.endpoint_ids: dict[str, TokenStr] = {}
        """Ids of the endpoints by service name, for example ``ecr.dkr``."""

        for service in config.endpoint_services():
            endpoint = _Endpoint(
                self,
                pascal(service),
                vpc=vpc,
                config=config,
                service=service,
                security_group_id=self.connections.security_group_id,
            )
            self.endpoint_ids[service] = endpoint.endpoint_id
            # The provider waits a minute before it makes each, one after the other per endpoint.
            # https://github.com/hashicorp/terraform-provider-aws/issues/3382
            for zone, subnet_id in subnet_ids.items():
                aws_endpoint_subnet.VpcEndpointSubnetAssociation(
                    endpoint,
                    f"Subnet{zone.upper()}",
                    vpc_endpoint_id=endpoint.endpoint_id,
                    subnet_id=subnet_id,
                    depends_on=endpoint.policies,
                )


class _Endpoint(PlatformConstruct):
    """One endpoint and its policy; an interface if it has a security group, else a gateway."""

    def __init__(
        self,
        scope: PlatformConstruct,
        id: str,
        *,
        vpc: HasVpcId,
        config: VpcConfig,
        service: str,
        security_group_id: TokenStr | None = None,
    ) -> None:
        super().__init__(scope, id)
        interface = security_group_id is not None
        region = self.stack.target.region
        endpoint = aws_vpc_endpoint.VpcEndpoint(
            self,
            "Resource",
            vpc_id=vpc.vpc_id,
            vpc_endpoint_type="Interface" if interface else "Gateway",
            service_name=service if is_full_name(service) else f"com.amazonaws.{region}.{service}",
            private_dns_enabled=True if interface else None,
            security_group_ids=[security_group_id] if security_group_id else None,
            tags={"Name": scope.physical_name(Kind.TAG, service)},
        )
        self.endpoint_id: TokenStr = endpoint.id
        """Id of the endpoint."""
        self.policies: list[aws_endpoint_policy.VpcEndpointPolicy] = []
        """The policy, if there is one. What opens the endpoint to the network waits for it."""
        statements = config.endpoint_policies.get(service)
        if statements is not None:
            # Not an argument of the endpoint: taking that away again would change nothing.
            self.policies.append(
                aws_endpoint_policy.VpcEndpointPolicy(
                    self,
                    "Policy",
                    vpc_endpoint_id=endpoint.id,
                    policy=policy_json(statements),
                )
            )
