"""SES identities: verified by DKIM records in the DNS, with a MAIL FROM domain that has its MX record.

Upstream gap: moto takes every identity for verified and sends from it, has no DKIM tokens in the API
v2 and no MAIL FROM attributes there, makes an identity twice, and tags another ARN than SES's.

An e-mail address is verified by a person who clicks a link, so here it stays pending.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from email.utils import parseaddr
from typing import Any

from moto.core.utils import unix_time
from moto.ses.models import EmailIdentity, SESBackend
from moto.ses.utils import get_arn
from moto.sesv2.models import SESV2Backend
from moto.sesv2.responses import SESV2Response

from platform_lib.local.extensions._dns import lookup, normal
from platform_lib.local.extensions._ses_v2 import (
    AlreadyThereError,
    NotThereError,
    RefusedError,
    route,
)
from platform_lib.local.extensions.support import add, replace
from platform_lib.ses._senders import dkim_domain

__all__ = ["install"]

_TOKENS = 3
"""Of which SES uses one at a time.
https://docs.aws.amazon.com/ses/latest/dg/send-email-authentication-dkim-easy.html"""

_VERIFIED = ("SUCCESS", "TEMPORARY_FAILURE")
_LENGTHS = ("RSA_1024_BIT", "RSA_2048_BIT")
_BEHAVIORS = ("USE_DEFAULT_VALUE", "REJECT_MESSAGE")


def install() -> None:
    """Patch moto."""
    replace(EmailIdentity, "get_response_object")(_response_object)
    replace(EmailIdentity, "list_response_object")(_list_object)
    replace(SESBackend)(create_email_identity_v2)
    replace(SESBackend)(delete_identity)
    replace(SESBackend, "_is_verified_address")(_is_verified_address)
    replace(SESBackend)(get_identity_verification_attributes)
    replace(SESBackend)(get_identity_dkim_attributes)
    replace(SESV2Backend)(create_email_identity)
    replace(SESV2Backend)(delete_email_identity)
    for action in (
        put_email_identity_configuration_set_attributes,
        put_email_identity_dkim_signing_attributes,
        put_email_identity_mail_from_attributes,
    ):
        add(SESV2Response)(action)
    one = r"identities/(?P<EmailIdentity>[^/]+)"
    route(f"{one}/configuration-set", f"{one}/dkim/signing", f"{one}/mail-from")


def create_email_identity_v2(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give a domain its tokens; nothing is verified yet."""

    def create(self: Any, email_identity: str, *more: Any) -> Any:
        identity = original(self, email_identity, *more)
        identity.account_id, identity.region = self.account_id, self.region_name
        identity.partition = self.partition
        identity.verification_status = "PENDING"
        identity.mail_from = {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}
        identity.feedback_forwarding_status = True
        identity.dkim_attributes = {"SigningEnabled": False, "Status": "NOT_STARTED"}
        if identity.identity_type == "DOMAIN":
            length = (identity.dkim_signing_attributes or {}).get("NextSigningKeyLength")
            _use_own_keys(identity, length or "RSA_2048_BIT")
        return identity

    return create


def _use_own_keys(identity: Any, length: str) -> None:
    identity.dkim_attributes = {
        "SigningEnabled": True,
        "Status": "PENDING",
        "Tokens": [secrets.token_hex(16) for _ in range(_TOKENS)],
        "SigningAttributesOrigin": "AWS_SES",
        "NextSigningKeyLength": length,
        "CurrentSigningKeyLength": length,
        "LastKeyGenerationTimestamp": int(unix_time()),
        "SigningHostedZone": dkim_domain(identity.region),
    }


def _look(identity: Any) -> None:
    """Ask the DNS for what proves the identity and its MAIL FROM domain."""
    own = identity.dkim_attributes
    where = (identity.account_id, identity.partition)
    if identity.identity_type == "DOMAIN":
        found = all(
            normal(f"{token}.{own['SigningHostedZone']}")
            in lookup(*where, f"{token}._domainkey.{identity.email_identity}", "CNAME")
            for token in own["Tokens"]
        )
        lost = "TEMPORARY_FAILURE" if own["Status"] in _VERIFIED else "PENDING"
        own["Status"] = "SUCCESS" if found else lost
        identity.verification_status = own["Status"]
    identity.verified_for_sending_status = identity.verification_status in _VERIFIED
    identity.sending_enabled = identity.verified_for_sending_status
    domain = identity.mail_from.get("MailFromDomain")
    if domain:
        # One record and no other, or SES takes none for its own.
        # https://docs.aws.amazon.com/ses/latest/dg/mail-from.html
        wanted = f"10 feedback-smtp.{identity.region}.amazonses.com"
        records = [it.rstrip(".") for it in lookup(*where, domain, "MX")]
        lost = "FAILED" if identity.mail_from["MailFromDomainStatus"] == "SUCCESS" else "PENDING"
        identity.mail_from["MailFromDomainStatus"] = "SUCCESS" if records == [wanted] else lost


def _response_object(original: Any) -> Any:
    """Look first, and tell of the MAIL FROM domain too."""

    def tell(self: Any) -> dict[str, Any]:
        _look(self)
        answer: dict[str, Any] = original.fget(self)
        answer["MailFromAttributes"] = self.mail_from
        return {key: value for key, value in answer.items() if value is not None}

    return property(tell)


def _list_object(original: Any) -> Any:
    """Look first."""

    def tell(self: Any) -> dict[str, Any]:
        _look(self)
        answer: dict[str, Any] = original.fget(self)
        return answer

    return property(tell)


def delete_identity(_: Callable[..., Any]) -> Callable[..., Any]:
    """Forget an identity, verified or not; one that is not there is no error in the API v1."""

    def delete(self: Any, identity: str) -> None:
        self.email_identities.pop(identity, None)
        self.identity_mail_from_domains.pop(identity, None)

    return delete


def _is_verified_address(_: Callable[..., Any]) -> Callable[..., Any]:
    """Send only from what is verified."""

    def verified(self: Any, source: str) -> bool:
        _, address = parseaddr(source)
        for name in (address, address.partition("@")[2]):
            identity = self.email_identities.get(name)
            if identity is not None:
                _look(identity)
                if identity.verified_for_sending_status:
                    return True
        return False

    return verified


def get_identity_verification_attributes(original: Callable[..., Any]) -> Callable[..., Any]:
    """Tell the same in the API v1."""

    def tell(self: Any, identities: list[str] | None = None) -> dict[str, dict[str, str]]:
        answer: dict[str, dict[str, str]] = original(self, identities)
        for name, attributes in answer.items():
            _look(self.email_identities[name])
            status = self.email_identities[name].verification_status
            attributes["VerificationStatus"] = _in_v1(status)
        return answer

    return tell


def get_identity_dkim_attributes(original: Callable[..., Any]) -> Callable[..., Any]:
    """Tell the same tokens in the API v1."""

    def tell(self: Any, identities: list[str]) -> dict[str, dict[str, Any]]:
        answer: dict[str, dict[str, Any]] = original(self, identities)
        for name in set(answer) & set(self.email_identities):
            identity = self.email_identities[name]
            _look(identity)
            own = identity.dkim_attributes
            answer[name] = {
                "DkimEnabled": own["SigningEnabled"],
                "DkimVerificationStatus": _in_v1(own["Status"]),
                "DkimTokens": own.get("Tokens", []),
            }
        return answer

    return tell


def _in_v1(status: str) -> str:
    return status.title().replace("_", "")


def create_email_identity(_: Callable[..., Any]) -> Callable[..., Any]:
    """Make an identity once, with a configuration set that exists, and tag it by SES's ARN."""

    def create(
        self: Any,
        email_identity: str,
        tags: list[dict[str, str]] | None,
        dkim_signing_attributes: Any,
        configuration_set_name: str | None,
    ) -> Any:
        if email_identity in self.core_backend.email_identities:
            raise AlreadyThereError(f"Email identity {email_identity} already exist.")
        _check_set(self, configuration_set_name)
        _check_keys(dkim_signing_attributes)
        identity = self.core_backend.create_email_identity_v2(
            email_identity, None, dkim_signing_attributes, configuration_set_name
        )
        identity.tags = tags or []
        self.core_backend.tagger.tag_resource(_arn(self, email_identity), identity.tags)
        return identity

    return create


def delete_email_identity(_: Callable[..., Any]) -> Callable[..., Any]:
    """Forget an identity and its tags."""

    def delete(self: Any, email_identity: str) -> None:
        self.get_email_identity(email_identity)
        self.core_backend.delete_identity(email_identity)
        self.core_backend.tagger.delete_all_tags_for_resource(_arn(self, email_identity))

    return delete


def _arn(backend: Any, name: str) -> str:
    return get_arn(backend, "ses", f"identity/{name}")


def _check_set(backend: Any, name: str | None) -> None:
    if name and name not in backend.core_backend.config_sets:
        raise NotThereError(f"Configuration set <{name}> does not exist.")


def _check_keys(attributes: Any) -> None:
    given = attributes or {}
    if "DomainSigningPrivateKey" in given or "DomainSigningSelector" in given:
        raise NotImplementedError("DKIM with a key of one's own")
    if given.get("NextSigningKeyLength", _LENGTHS[0]) not in _LENGTHS:
        raise RefusedError(f"Key length {given['NextSigningKeyLength']} is not supported.")


def put_email_identity_configuration_set_attributes(self: Any) -> str:
    """Send an identity's mail through another configuration set, or through none."""
    backend = self.sesv2_backend
    identity = backend.get_email_identity(self._get_param("EmailIdentity"))
    name = json.loads(self.body or "{}").get("ConfigurationSetName")
    _check_set(backend, name)
    identity.configuration_set_name = name
    return "{}"


def put_email_identity_dkim_signing_attributes(self: Any) -> str:
    """Change the length of the next keys."""
    identity = self.sesv2_backend.get_email_identity(self._get_param("EmailIdentity"))
    asked = json.loads(self.body)
    if asked.get("SigningAttributesOrigin") != "AWS_SES":
        raise NotImplementedError("DKIM with a key of one's own")
    if identity.identity_type != "DOMAIN":
        raise RefusedError("Only a domain has keys.")
    _check_keys(asked.get("SigningAttributes"))
    length = (asked.get("SigningAttributes") or {}).get("NextSigningKeyLength")
    own = identity.dkim_attributes
    own["NextSigningKeyLength"] = length or own["NextSigningKeyLength"]
    _look(identity)
    return json.dumps({"DkimStatus": own["Status"], "DkimTokens": own["Tokens"]})


def put_email_identity_mail_from_attributes(self: Any) -> str:
    """Set the domain that bounces go to, or use SES's own again."""
    identity = self.sesv2_backend.get_email_identity(self._get_param("EmailIdentity"))
    asked = json.loads(self.body or "{}")
    behavior = asked.get("BehaviorOnMxFailure") or "USE_DEFAULT_VALUE"
    domain = asked.get("MailFromDomain")
    if behavior not in _BEHAVIORS:
        raise RefusedError(f"BehaviorOnMxFailure {behavior} is not one of {', '.join(_BEHAVIORS)}")
    own = identity.email_identity.rpartition("@")[2]
    if domain and not domain.endswith(f".{own}"):
        raise RefusedError(
            f"Provided MAIL-FROM domain <{domain}> is not subdomain of the domain of the identity"
            f" <{own}>."
        )
    identity.mail_from = {"BehaviorOnMxFailure": behavior}
    if domain:
        identity.mail_from |= {"MailFromDomain": domain, "MailFromDomainStatus": "PENDING"}
    return "{}"
