"""AliasRecord: a name for something in AWS, answered with its present addresses."""

from __future__ import annotations

from dataclasses import dataclass

import cdktf_cdktf_provider_aws.route53_record as aws_record
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.dns.config import AliasRecordConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.types import TokenStr


@dataclass(frozen=True, slots=True)
class AliasTarget:
    """What a record can be an alias of, as far as Route 53 needs it."""

    dns_name: TokenStr
    """Name that AWS gave it."""

    zone_id: TokenStr
    """Id of AWS's zone that has that name."""

    ipv6: bool = True
    """Whether it has IPv6 addresses."""

    evaluates_health: bool = True
    """Whether Route 53 can ask it for its health: load balancers yes, CloudFront no.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias.html"""


class AliasRecord(PlatformConstruct):
    """A name that Route 53 answers with the addresses of a target: A, and AAAA if it has IPv6.

    Defines:
        aws_route53_record

    Args:
        config: The name.
        zone: Zone that the name is in.
        target: What it is a name for.

    Raises:
        PlatformError: ``OutsideZone`` if the name is not in the zone.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: AliasRecordConfig,
        zone: HostedZone,
        target: AliasTarget,
    ) -> None:
        super().__init__(scope, id)
        zone.check_host(config.host, where=self)
        for kind in ("A", "AAAA") if target.ipv6 else ("A",):
            aws_record.Route53Record(
                self,
                kind,
                zone_id=zone.zone_id,
                name=config.host,
                type=kind,
                alias=aws_record.Route53RecordAlias(
                    name=target.dns_name,
                    zone_id=target.zone_id,
                    evaluate_target_health=target.evaluates_health,
                ),
            )
        self.host = config.host
        """The name."""
