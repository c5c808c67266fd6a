"""ACM certificates: issued when the DNS proves them, with the key that was asked for, and kept in use.

Upstream gap: moto issues every certificate after a minute, asks for one and the same record for all
domains, forgets the key algorithm, and deletes certificates that listeners use.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from moto.acm.models import AWSCertificateManagerBackend, CertBundle
from moto.acm.responses import AWSCertificateManagerResponse
from moto.core.exceptions import AWSError
from moto.core.utils import utcnow
from moto.elbv2.models import elbv2_backends

from platform_lib.local.extensions._dns import climb, lookup, normal
from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_CURVES = {"EC_prime256v1": ec.SECP256R1, "EC_secp384r1": ec.SECP384R1}
_MOST_NAMES = 10
"""Until the quota is raised. https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html"""

_VALID = dt.timedelta(days=395)
_AUTHORITIES = frozenset({"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"})
"""https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html"""

_NOT_YET = ("IssuedAt", "NotAfter", "NotBefore", "Serial")
"""What only an issued certificate has."""


def install() -> None:
    """Patch moto."""
    replace(AWSCertificateManagerResponse)(request_certificate)
    replace(AWSCertificateManagerBackend)(delete_certificate)
    replace(CertBundle)(check)
    replace(CertBundle)(describe)


def request_certificate(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check what is asked for, and make a key of the kind that is asked for."""

    def request(self: Any) -> Any:
        if self._get_param("CertificateAuthorityArn"):
            return original(self)
        if self._get_param("ValidationMethod") != "DNS":
            raise NotImplementedError("certificates that are proven by e-mail or HTTP")
        first = self._get_param("DomainName")
        names = [first, *sorted({*(self._get_param("SubjectAlternativeNames") or ())} - {first})]
        if len(names) > _MOST_NAMES:
            raise AWSError(
                f"Error: the maximum number of {_MOST_NAMES} domain names has been exceeded.",
                "LimitExceededException",
            )
        algorithm = self._get_param("KeyAlgorithm", "RSA_2048")
        if algorithm != "RSA_2048" and algorithm not in _CURVES:
            raise AWSError(f"Key algorithm {algorithm} is not supported.", "ValidationException")
        answer = original(self)
        certificate = self.acm_backend._certificates[answer.result["CertificateArn"]]  # noqa: SLF001 - moto has no other way
        if not hasattr(certificate, "proven"):
            certificate.proven, certificate.issued_at = set(), None
            certificate.sans, certificate.failure = names, None
            if algorithm in _CURVES:
                _use_curve(certificate, _CURVES[algorithm]())
        return answer

    return request


def _use_curve(certificate: Any, curve: ec.EllipticCurve) -> None:
    """Put another key, and a certificate for it, in the place of moto's RSA."""
    key = ec.generate_private_key(curve)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, certificate.common_name)])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Amazon")]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(utcnow())
        .not_valid_after(utcnow() + _VALID)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(it) for it in certificate.sans]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    certificate._key, certificate._cert = key, signed  # noqa: SLF001 - moto has no other way
    certificate.cert = signed.public_bytes(serialization.Encoding.PEM)
    certificate.key = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def delete_certificate(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse while something uses it."""

    def delete(self: Any, arn: str) -> None:
        if arn in self._certificates and self.get_certificate(arn).in_use_by:
            raise AWSError(f"Certificate {arn} is in use.", "ResourceInUseException")
        original(self, arn)

    return delete


def check(original: Callable[..., Any]) -> Callable[..., Any]:
    """Look in the DNS for the records of a certificate that waits for them."""

    def look(self: Any) -> None:
        self.in_use_by = list(_users(self.arn))
        if self.status != "PENDING_VALIDATION":
            original(self)
            return
        for name in self.sans:
            if _refused_by_authorities(self, name):
                self.status, self.failure = "FAILED", "CAA_ERROR"
                return
            record = _record(self, name)
            if normal(record["Value"]) in lookup(*_home(self), record["Name"], "CNAME"):
                self.proven.add(name)
        if self.proven == set(self.sans):
            self.status, self.issued_at = "ISSUED", utcnow()

    return look


def _refused_by_authorities(certificate: Any, name: str) -> bool:
    """Tell whether CAA records name others only; the nearest ones count, `issuewild` for wildcards."""
    found = [
        (tag, value.strip('"').partition(";")[0].strip())
        for _, tag, value in (
            it.split(maxsplit=2)
            for it in climb(*_home(certificate), name.removeprefix("*."), "CAA")
        )
    ]
    tags = ("issuewild", "issue") if name.startswith("*.") else ("issue",)
    for wanted in tags:
        named = {value for tag, value in found if tag == wanted}
        if named:
            return not named & _AUTHORITIES
    return False


def describe(original: Callable[..., Any]) -> Callable[..., Any]:
    """Tell what is asked for, what is proven, and nothing that is not there yet."""

    def tell(self: Any) -> dict[str, Any]:
        answer: dict[str, Any] = original(self)
        details = answer["Certificate"]
        if not hasattr(self, "proven"):
            return answer
        details["DomainValidationOptions"] = [
            {
                "DomainName": name,
                "ValidationDomain": name,
                "ValidationStatus": _status_of(self, name),
                "ValidationMethod": "DNS",
                "ResourceRecord": _record(self, name),
            }
            for name in self.sans
        ]
        details["Issuer"] = "Amazon"
        if self.issued_at is None:
            for name in _NOT_YET:
                details.pop(name, None)
        else:
            details["IssuedAt"] = self.issued_at.replace(tzinfo=dt.UTC).timestamp()
            details["RenewalEligibility"] = "ELIGIBLE" if self.in_use_by else "INELIGIBLE"
        if self.failure:
            details["FailureReason"] = self.failure
        return answer

    return tell


def _status_of(certificate: Any, name: str) -> str:
    if name in certificate.proven:
        return "SUCCESS"
    return "FAILED" if certificate.failure else "PENDING_VALIDATION"


def _record(certificate: Any, name: str) -> dict[str, str]:
    """Return the record that proves a name: the same for every certificate of the account.

    https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    """
    domain = name.removeprefix("*.")
    account_id, _ = _home(certificate)
    digest = hashlib.sha512(f"{account_id} {domain}".encode()).hexdigest()
    letters = "".join(chr(ord("a") + int(it, 16)) for it in digest[64:74])
    return {
        "Name": f"_{digest[:32]}.{domain}.",
        "Type": "CNAME",
        "Value": f"_{digest[32:64]}.{letters}.acm-validations.aws.",
    }


def _home(certificate: Any) -> tuple[str, str]:
    """Return account and partition."""
    parts = certificate.arn.split(":")
    return parts[4], parts[1]


def _users(arn: str) -> Iterator[str]:
    """Yield the load balancers whose listeners show the certificate."""
    _, _, _, region, account_id, *_ = arn.split(":")
    for balancer in elbv2_backends[account_id][region].load_balancers.values():
        for listener in balancer.listeners.values():
            if arn in (*listener.certificates, *getattr(listener, "further_certificates", ())):
                yield balancer.arn
                break
