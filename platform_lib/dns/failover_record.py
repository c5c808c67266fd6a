"""FailoverRecord: a name that leads to a second target while the first is not healthy."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.route53_record as aws_record
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.dns.alias_record import AliasTarget
from platform_lib.dns.config import FailoverRecordConfig
from platform_lib.dns.health_check import HealthCheck
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.errors import PlatformError


class FailoverRecord(PlatformConstruct):
    """A name with two targets; Route 53 answers with the second while the first is not healthy.

    The first is healthy while its health check says so, and what it stands in front of does, where
    Route 53 can ask that. It is A, and AAAA where both targets have IPv6: with one of them alone,
    half of the clients would have nowhere to go.

    Defines:
        aws_route53_record

    Args:
        config: The name.
        zone: Zone that the name is in.
        primary: What it is a name for.
        secondary: What it is a name for while ``primary`` is not healthy.
        health_check: Asks ``primary``, by a name of its own.

    Raises:
        PlatformError: ``OutsideZone`` if the name is not in the zone, ``ChecksItself`` if the
            health check asks the name itself.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: FailoverRecordConfig,
        zone: HostedZone,
        primary: AliasTarget,
        secondary: AliasTarget,
        health_check: HealthCheck,
    ) -> None:
        super().__init__(scope, id)
        zone.check_host(config.host, where=self)
        if health_check.host == config.host:
            raise PlatformError(
                "ChecksItself",
                f"the health check asks {config.host!r}, which leads to the second target as soon as"
                " it fails, and back as soon as that answers; give it a name that always leads to"
                " the first",
                where=self.node.path,
            )
        self.host = config.host
        """The name."""
        self._zone = zone
        for kind in ("A", "AAAA") if primary.ipv6 and secondary.ipv6 else ("A",):
            self._record(kind, "PRIMARY", primary, health_check)
            self._record(kind, "SECONDARY", secondary, None)

    def _record(
        self, kind: str, role: str, target: AliasTarget, health_check: HealthCheck | None
    ) -> None:
        aws_record.Route53Record(
            self,
            f"{role.capitalize()}{kind}",
            zone_id=self._zone.zone_id,
            name=self.host,
            type=kind,
            set_identifier=role.lower(),
            failover_routing_policy=aws_record.Route53RecordFailoverRoutingPolicy(type=role),
            health_check_id=None if health_check is None else health_check.id,
            alias=aws_record.Route53RecordAlias(
                name=target.dns_name,
                zone_id=target.zone_id,
                evaluate_target_health=target.evaluates_health,
            ),
        )
