"""CnameRecord: a name for another name."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.route53_record as aws_record
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.dns.config import CnameRecordConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.errors import PlatformError
from platform_lib.types import TokenStr


class CnameRecord(PlatformConstruct):
    """A name that stands for another name, inside or outside AWS.

    Defines:
        aws_route53_record

    Args:
        config: The name and how long it is remembered.
        zone: Zone that the name is in.
        target: The other name; may be known only after apply.

    Raises:
        PlatformError: ``OutsideZone`` if the name is not in the zone, ``CnameAtApex`` if it is the
            zone's domain.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: CnameRecordConfig,
        zone: HostedZone,
        target: TokenStr,
    ) -> None:
        super().__init__(scope, id)
        zone.check_host(config.host, where=self)
        if config.host == zone.domain:
            # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
            raise PlatformError(
                "CnameAtApex",
                f"{config.host!r} is the domain of the zone, which cannot be a CNAME; use an"
                " AliasRecord, or a name below it",
                where=self.node.path,
            )
        aws_record.Route53Record(
            self,
            "Resource",
            zone_id=zone.zone_id,
            name=config.host,
            type="CNAME",
            ttl=config.ttl_seconds,
            records=[target],
        )
        self.host = config.host
        """The name."""
