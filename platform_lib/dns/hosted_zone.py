"""HostedZone: a public zone of Route 53."""

from __future__ import annotations

from collections.abc import Sequence

import cdktf_cdktf_provider_aws.route53_record as aws_record
import cdktf_cdktf_provider_aws.route53_zone as aws_zone
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.dns.config import HostedZoneConfig, is_within
from platform_lib.errors import PlatformError
from platform_lib.naming import Kind
from platform_lib.types import TokenStr

_TTL_SECONDS = 3600


class HostedZone(PlatformConstruct):
    """A public zone, and its delegation where the parent domain is a zone of ours too.

    Without ``parent`` the domain's registrar, or whoever runs the parent zone, has to be told the
    name servers.

    Defines:
        aws_route53_zone, aws_route53_record

    Args:
        config: Domain, and who may issue certificates.
        parent: Zone of a domain above; gets the record that delegates this one.

    Raises:
        PlatformError: ``OutsideZone`` if the domain is not below the parent's.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: HostedZoneConfig,
        parent: HostedZone | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.domain = config.domain
        """Domain that it answers for."""
        zone = aws_zone.Route53Zone(
            self,
            "Resource",
            name=config.domain,
            comment=f"Zone of {self.stack.target.name}",
            # Route 53 deletes only empty zones; where destroying is allowed, the records go too.
            force_destroy=not self.stack.protected,
            tags={"Name": self.physical_name(Kind.TAG)},
        )
        protect(self, zone)

        self.zone_id: TokenStr = zone.zone_id
        """Id of the zone."""
        self.name_servers: list[TokenStr] = zone.name_servers
        """The four name servers, for the registrar."""

        if config.certificate_authorities:
            self._limit_authorities(config.certificate_authorities)
        if parent is not None:
            self._delegate(parent)

    def check_host(self, host: str, *, where: PlatformConstruct) -> None:
        """Refuse a name that the zone cannot have.

        Raises:
            PlatformError: ``OutsideZone`` if the name is not in the zone's domain.
        """
        if not is_within(host, self.domain):
            raise PlatformError(
                "OutsideZone",
                f"{host!r} is not in the zone {self.domain!r}; use a name that ends with"
                f" '.{self.domain}', or the zone of its domain",
                where=where.node.path,
            )

    def _limit_authorities(self, authorities: Sequence[str]) -> None:
        aws_record.Route53Record(
            self,
            "CertificateAuthorities",
            zone_id=self.zone_id,
            name=self.domain,
            type="CAA",
            ttl=_TTL_SECONDS,
            records=[
                f'0 {tag} "{authority}"'
                for tag in ("issue", "issuewild")
                for authority in authorities
            ],
        )

    def _delegate(self, parent: HostedZone) -> None:
        parent.check_host(self.domain, where=self)
        if self.domain == parent.domain:
            raise PlatformError(
                "OutsideZone",
                f"{self.domain!r} is the parent's own domain; delegate a domain below it",
                where=self.node.path,
            )
        aws_record.Route53Record(
            self,
            "Delegation",
            zone_id=parent.zone_id,
            name=self.domain,
            type="NS",
            ttl=_TTL_SECONDS,
            records=self.name_servers,
        )
