"""What a person writes about DNS: zones and the names in them; pure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.types import matching

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?"
_LONGEST_NAME = 253

DomainName = Annotated[
    str,
    AfterValidator(
        matching(
            rf"(?=.{{1,{_LONGEST_NAME}}}$){_NAME}",
            "a domain name here; write it in lower case without a full stop at the end, as in"
            " 'example.com'",
        )
    ),
]
"""A domain name, for example ``example.com``.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html"""

HostName = Annotated[
    str,
    AfterValidator(
        matching(
            rf"(?=.{{1,{_LONGEST_NAME}}}$)(\*\.)?{_NAME}",
            "a host name here; write all of it in lower case without a full stop at the end, as in"
            " 'shop.example.com' or '*.example.com'",
        )
    ),
]
"""A full host name, or ``*.`` and a domain for every name one level below it."""

AMAZON_AUTHORITIES = ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com")
"""Each of them lets ACM issue certificates.
https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html"""


def is_within(host: str, domain: str) -> bool:
    """Tell whether ``host`` is ``domain`` itself or a name below it."""
    return host == domain or host.endswith(f".{domain}")


class HostedZoneConfig(Model):
    """One public zone."""

    domain: DomainName
    """Domain that it answers for. **Changing this replaces the zone.**"""

    certificate_authorities: tuple[DomainName, ...] = ()
    """Authorities that may issue certificates for the domain and everything below it, for example
    ``amazon.com`` and ``letsencrypt.org``; empty leaves it open to all."""

    @model_validator(mode="after")
    def _lets_acm_issue(self) -> HostedZoneConfig:
        named = self.certificate_authorities
        if named and not set(named) & set(AMAZON_AUTHORITIES):
            raise ValueError(
                f"certificate_authorities has {', '.join(named)}, so ACM could issue no certificate"
                " in the zone; add 'amazon.com', or leave it empty"
            )
        return self


class AliasRecordConfig(Model):
    """One name for something in AWS that has addresses of its own."""

    host: HostName
    """Full name. **Changing this replaces the records.**"""


class CnameRecordConfig(Model):
    """One name for another name."""

    host: HostName
    """Full name; not the domain of the zone itself, which cannot be a CNAME.
    **Changing this replaces the record.**"""

    ttl_seconds: Annotated[int, Field(ge=0, le=2147483647)] = 300
    """Seconds that resolvers remember it.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-basic.html"""


CHECKING_REGIONS = (
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-west-1",
    "sa-east-1",
    "us-east-1",
    "us-west-1",
    "us-west-2",
)
"""Regions that Route 53 checks from.
https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html"""

_FEWEST_REGIONS = 3


class HealthCheckConfig(Model):
    """A request over HTTPS that Route 53 makes from around the world, again and again."""

    host: DomainName
    """Name that is asked: one that always leads to what is checked, whatever fails over."""

    path: Annotated[
        str,
        AfterValidator(
            matching(
                r"(?=.{1,255}$)/[!-~]*",
                "a path here; start it with a slash and write it without spaces, as in '/health/'",
            )
        ),
    ]
    """Path and query that are asked; healthy is an answer of 200 to 399 within two seconds.
    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-failover-determining-health-of-endpoints.html"""

    port: Annotated[int, Field(ge=1, le=65535)] = 443
    """Port that is asked, by TLS."""

    contains: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    """Text that has to be in the first 5,120 bytes of the answer; without it, any text will do.
    **Adding or removing it replaces the check**, the new one first."""

    interval_seconds: Literal[10, 30] = 30
    """Seconds between two requests of one checker; 10 costs more.
    **Changing this replaces the check**, the new one first."""

    failures: Annotated[int, Field(ge=1, le=10)] = 3
    """Requests in a row that have to fail, or to succeed, before a checker changes its mind."""

    regions: tuple[str, ...] = ()
    """Regions that are checked from, three at least; empty stands for all eight."""

    @model_validator(mode="after")
    def _checks_from_regions_that_there_are(self) -> HealthCheckConfig:
        unknown = [it for it in self.regions if it not in CHECKING_REGIONS]
        if unknown:
            raise ValueError(
                f"regions has {', '.join(unknown)}, where Route 53 does not check from; choose from"
                f" {', '.join(CHECKING_REGIONS)}"
            )
        if self.regions and len(set(self.regions)) < _FEWEST_REGIONS:
            raise ValueError(
                f"regions has {', '.join(self.regions)}, and Route 53 wants {_FEWEST_REGIONS} that"
                " differ; add some, or leave it empty for all"
            )
        return self


class FailoverRecordConfig(Model):
    """One name that leads to a second target while the first one is not healthy."""

    host: HostName
    """Full name. **Changing this replaces the records.**"""
