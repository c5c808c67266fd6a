"""What a person writes about DNS: zones and the names in them; pure."""

from __future__ import annotations

from typing import Annotated

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
