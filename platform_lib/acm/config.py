"""What a person writes about certificates; pure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from platform_lib.dns.config import HostName
from platform_lib.model import Model

LONGEST_COMMON_NAME = 64
"""Characters of the first name of a certificate.
https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html"""

_MOST_NAMES = 100
"""The most that ACM allows after a raise of the quota, which is 10 at first.
https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html"""


def base_of(host: str) -> str:
    """Return the domain whose record proves ``host``: a wildcard and its domain share one.

    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    return host.removeprefix("*.")


def covers(name: str, host: str) -> bool:
    """Tell whether a certificate for ``name`` is good for ``host``.

    A wildcard stands for exactly one level, so not for the domain itself.
    https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html
    """
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


class CertificateConfig(Model):
    """One public certificate. **Changing any of this replaces it**, the new one first."""

    domain: HostName
    """First name, 64 characters at most.
    https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html"""

    alternatives: Annotated[tuple[HostName, ...], Field(max_length=_MOST_NAMES - 1)] = ()
    """Further names, in any order. An account may have 10 names in a certificate until its quota
    is raised."""

    key_algorithm: Literal["RSA_2048", "EC_prime256v1", "EC_secp384r1"] = "RSA_2048"
    """Kind of key; RSA is what every client understands.
    https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html"""

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the first one first."""
        return (self.domain, *sorted(self.alternatives))

    @model_validator(mode="after")
    def _has_each_name_once(self) -> CertificateConfig:
        if len(self.domain) > LONGEST_COMMON_NAME:
            raise ValueError(
                f"domain {self.domain!r} has {len(self.domain)} characters and the first name of a"
                f" certificate may have {LONGEST_COMMON_NAME}; put a shorter name first and this"
                " one into alternatives"
            )
        twice = sorted({it for it in self.names if self.names.count(it) > 1})
        if twice:
            raise ValueError(
                f"alternatives has a name twice or repeats domain: {', '.join(twice)}; write each"
                " name once"
            )
        return self
