"""Certificate: a public certificate of ACM, proven by DNS records."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.acm_certificate as aws_certificate
import cdktf_cdktf_provider_aws.acm_certificate_validation as aws_validation
import cdktf_cdktf_provider_aws.route53_record as aws_record
from cdktf import TerraformProvider, TerraformResourceLifecycle
from constructs import Construct

from platform_lib.acm.config import CertificateConfig, base_of, covers
from platform_lib.core.construct import PlatformConstruct
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.errors import PlatformError
from platform_lib.naming import Kind
from platform_lib.types import TokenStr

_TTL_SECONDS = 300


class Certificate(PlatformConstruct):
    """A certificate that ACM has issued by the time anything uses its ARN, and renews by itself.

    ACM renews it for as long as its records are there and something uses it.

    Defines:
        aws_acm_certificate, aws_route53_record, aws_acm_certificate_validation

    Args:
        config: Names and kind of key.
        zone: Zone that all its names are in.
        provider: Provider of another Region, for example us-east-1 for CloudFront; without it the
            certificate is in the stack's Region.
        proven_by: A certificate for at least the same domains, whose records prove this one too:
            ACM asks for one and the same record in every Region of an account.

    Raises:
        PlatformError: ``OutsideZone`` if a name is not in the zone, ``NotProven`` if ``proven_by``
            has no record for one of the domains.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: CertificateConfig,
        zone: HostedZone,
        provider: TerraformProvider | None = None,
        proven_by: Certificate | None = None,
    ) -> None:
        super().__init__(scope, id)
        self.names = config.names
        """The names that it is for."""
        for name in self.names:
            zone.check_host(base_of(name), where=self)
        certificate = aws_certificate.AcmCertificate(
            self,
            "Resource",
            domain_name=config.domain,
            subject_alternative_names=sorted(config.alternatives) or None,
            validation_method="DNS",
            key_algorithm=config.key_algorithm,
            provider=provider,
            tags={"Name": self.physical_name(Kind.TAG)},
            # A certificate in use cannot be deleted, so its successor is made first.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )
        self.records: Mapping[str, TokenStr] = (
            self._prove(certificate, zone) if proven_by is None else self._share(proven_by)
        )
        """Names of the records that prove it, by domain."""
        validation = aws_validation.AcmCertificateValidation(
            self,
            "Validation",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[self.records[it] for it in self._domains()],
            provider=provider,
        )

        self.arn: TokenStr = validation.certificate_arn
        """ARN, known only when ACM has issued the certificate."""

    def covers(self, host: str) -> bool:
        """Tell whether a browser takes the certificate for ``host``."""
        return any(covers(name, host) for name in self.names)

    def _domains(self) -> list[str]:
        return sorted({base_of(name) for name in self.names})

    def _prove(
        self, certificate: aws_certificate.AcmCertificate, zone: HostedZone
    ) -> dict[str, TokenStr]:
        options = (
            f"{certificate.terraform_resource_type}.{certificate.friendly_unique_id}"
            ".domain_validation_options"
        )
        proofs: dict[str, TokenStr] = {}
        for domain in self._domains():
            # ACM lists one entry per name; those of a domain and its wildcard are the same record.
            name = next(it for it in self.names if base_of(it) == domain)
            record = aws_record.Route53Record(
                self,
                # The domains are known now, so the records are known before the certificate is.
                f"Proof_{domain.replace('.', '_')}",
                zone_id=zone.zone_id,
                name=_asked(options, name, "name"),
                type=_asked(options, name, "type"),
                ttl=_TTL_SECONDS,
                records=[_asked(options, name, "value")],
                # ACM wants one and the same record from all certificates of an account for the
                # domain, so nothing else can be overwritten.
                allow_overwrite=True,
            )
            proofs[domain] = record.fqdn
        return proofs

    def _share(self, other: Certificate) -> dict[str, TokenStr]:
        missing = [it for it in self._domains() if it not in other.records]
        if missing:
            raise PlatformError(
                "NotProven",
                f"{other.node.path!r} has no record that proves {', '.join(missing)}; add the names"
                " to it, or leave out proven_by",
                where=self.node.path,
            )
        return {it: other.records[it] for it in self._domains()}


def _asked(options: str, name: str, part: str) -> TokenStr:
    """Return the expression for what ACM wants in the record of one name; CDKTF cannot write it."""
    chosen = f'for it in {options} : it.resource_record_{part} if it.domain_name == "{name}"'
    return f"${{one([{chosen}])}}"
