"""WAFv2: web ACLs with rules that can be, with their capacity, and only in the Region of their scope.

Upstream gap: moto takes rules of equal priority, rules that name what does not exist and any number of
capacity units, answers 3 units for each, makes web ACLs of CloudFront in every Region, keeps what an
update leaves out, and deletes a web ACL that protects something.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from moto.cloudfront.models import cloudfront_backends
from moto.utilities.utils import get_partition
from moto.wafv2.models import GLOBAL_REGION, WAFV2Backend, wafv2_backends
from moto.wafv2.responses import WAFV2Response

from platform_lib.local.extensions._wafv2 import (
    backend_of,
    capacity_of,
    check_rules,
    duplicate,
    in_use,
    invalid,
)
from platform_lib.local.extensions.support import add, replace

__all__ = ["install"]

_HOME = "us-east-1"
_KEPT_BY_MOTO = (
    "AssociationConfig",
    "CaptchaConfig",
    "ChallengeConfig",
    "CustomResponseBodies",
    "TokenDomains",
)
_UNKNOWN = ("ApplicationConfig", "DataProtectionConfig", "OnSourceDDoSProtectionConfig")


def install() -> None:
    """Patch moto."""
    add(WAFV2Response)(check_capacity)
    for factory in (create_web_acl, update_web_acl, delete_web_acl, get_web_acl):
        replace(WAFV2Response)(factory)


def check_capacity(self: Any) -> str:
    """Return the units of rules."""
    asked = json.loads(self.body)
    backend = backend_of(self, asked["Scope"])
    check_rules(backend, asked["Rules"])
    return json.dumps({"Capacity": capacity_of(backend, asked["Rules"])})


def create_web_acl(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what AWS WAF refuses, and count the units."""

    def create(self: Any) -> Any:
        asked = json.loads(self.body)
        backend = backend_of(self, asked["Scope"])
        _check(backend, asked)
        if any(acl.name == asked["Name"] for acl in backend.wacls.values()):
            raise duplicate(asked["Name"])
        answer = original(self)
        made = json.loads(answer[2])["Summary"]["ARN"]
        backend.wacls[made].capacity = capacity_of(backend, asked.get("Rules") or [])
        return answer

    return create


def update_web_acl(original: Callable[..., Any]) -> Callable[..., Any]:
    """Put what is asked for in the place of all that was there."""

    def update(self: Any) -> Any:
        asked = json.loads(self.body)
        backend = backend_of(self, asked["Scope"])
        _check(backend, asked)
        answer = original(self)
        acl = backend.get_web_acl(None, asked["Name"], asked["Id"])
        acl.description = asked.get("Description") or ""
        acl.association_config = asked.get("AssociationConfig")
        acl.captcha_config = asked.get("CaptchaConfig")
        acl.challenge_config = asked.get("ChallengeConfig")
        acl.custom_response_bodies = asked.get("CustomResponseBodies")
        acl.token_domains = asked.get("TokenDomains")
        if not asked.get("Rules"):
            acl.rules = []
        acl.capacity = capacity_of(backend, asked.get("Rules") or [])
        return answer

    return update


def delete_web_acl(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete what protects something; take the logging configuration along."""

    def delete(self: Any) -> Any:
        scope, name, identifier = (self._get_param(it) for it in ("Scope", "Name", "Id"))
        acl = backend_of(self, scope).get_web_acl(None, name, identifier)
        if acl.associated_resources or _distributions(acl, self.current_account):
            raise in_use(acl.arn)
        answer = original(self)
        region = _HOME if scope == "CLOUDFRONT" else acl.arn.split(":")[3]
        wafv2_backends[self.current_account][region].logging_configurations.pop(acl.arn, None)
        return answer

    return delete


def get_web_acl(original: Callable[..., Any]) -> Callable[..., Any]:
    """Leave out what the web ACL does not have."""

    def get(self: Any) -> Any:
        arn = self._get_param("ARN")
        if arn and ":global/" in arn:
            self.region = GLOBAL_REGION
        status, headers, body = original(self)
        answer = json.loads(body)
        acl = answer["WebACL"]
        answer["WebACL"] = {
            key: value
            for key, value in acl.items()
            if value is not None or key not in _KEPT_BY_MOTO
        }
        return status, headers, json.dumps(answer)

    return get


def _check(backend: WAFV2Backend, asked: Mapping[str, Any]) -> None:
    unknown = [it for it in _UNKNOWN if asked.get(it)]
    if unknown:
        raise NotImplementedError(f"web ACLs here do not know {', '.join(unknown)}")
    if len(asked["DefaultAction"]) != 1:
        raise invalid("field: DEFAULT_ACTION")
    check_rules(backend, asked.get("Rules") or [])


def _distributions(acl: Any, account: str) -> list[str]:
    backend = cloudfront_backends[account][get_partition(_HOME)]
    return [
        one.id
        for one in backend.distributions.values()
        if vars(one.distribution_config).get("WebACLId") == acl.arn
    ]
