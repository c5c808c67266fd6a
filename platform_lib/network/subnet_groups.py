"""SubnetGroups: where RDS and ElastiCache may place what they run."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.db_subnet_group as aws_db_subnet_group
import cdktf_cdktf_provider_aws.elasticache_subnet_group as aws_elasticache_subnet_group

from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind
from platform_lib.types import TokenStr


class SubnetGroups(PlatformConstruct):
    """One group for databases and one for caches, over the subnets of one tier.

    Both list their subnets inside, so they are what a zone that is added changes in place.

    Defines:
        aws_db_subnet_group, aws_elasticache_subnet_group

    Args:
        subnet_ids: The subnets by zone.
    """

    def __init__(
        self, scope: PlatformConstruct, id: str, *, subnet_ids: Mapping[str, TokenStr]
    ) -> None:
        super().__init__(scope, id)
        database = aws_db_subnet_group.DbSubnetGroup(
            self,
            "Database",
            name=scope.physical_name(Kind.DB_SUBNET_GROUP),
            description="Databases of the VPC",
            subnet_ids=list(subnet_ids.values()),
        )
        cache = aws_elasticache_subnet_group.ElasticacheSubnetGroup(
            self,
            "Cache",
            name=scope.physical_name(Kind.ELASTICACHE_SUBNET_GROUP),
            description="Caches of the VPC",
            subnet_ids=list(subnet_ids.values()),
        )

        self.database_name: TokenStr = database.name
        """Name of the group for RDS."""
        self.cache_name: TokenStr = cache.name
        """Name of the group for ElastiCache."""
