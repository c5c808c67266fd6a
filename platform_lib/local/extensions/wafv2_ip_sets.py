"""WAFv2: IP sets of one version, which stay while a rule names them.

Upstream gap: moto takes addresses of the other version, of everybody and with host bits, makes two sets
of one name, and deletes a set that a rule names.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from typing import Any

from moto.wafv2.models import WAFV2Backend
from moto.wafv2.responses import WAFV2Response

from platform_lib.local.extensions._wafv2 import (
    backend_of,
    duplicate,
    in_use,
    invalid,
    statements_of,
)
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_MOST = 10_000


def install() -> None:
    """Patch moto."""
    for factory in (create_ip_set, update_ip_set, delete_ip_set):
        replace(WAFV2Response)(factory)


def create_ip_set(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a second set of a name, and addresses that do not belong."""

    def create(self: Any) -> Any:
        asked = json.loads(self.body)
        backend = backend_of(self, asked["Scope"])
        _check(asked["IPAddressVersion"], asked["Addresses"])
        if any(it.name == asked["Name"] for it in backend.ip_sets.values()):
            raise duplicate(asked["Name"])
        if asked.get("Tags") is None:
            # Moto writes tags without asking whether there are any.
            self.body = json.dumps({**asked, "Tags": []})
        return original(self)

    return create


def update_ip_set(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse addresses that do not belong."""

    def update(self: Any) -> Any:
        asked = json.loads(self.body)
        backend = backend_of(self, asked["Scope"])
        found = [it for it in backend.ip_sets.values() if it.ip_set_id == asked["Id"]]
        if found:
            _check(found[0].ip_address_version, asked["Addresses"])
        return original(self)

    return update


def delete_ip_set(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete what a rule names."""

    def delete(self: Any) -> Any:
        asked = json.loads(self.body)
        backend = backend_of(self, asked["Scope"])
        for it in backend.ip_sets.values():
            if it.ip_set_id == asked["Id"] and it.arn in _named(backend):
                raise in_use(it.arn)
        return original(self)

    return delete


def _check(version: str, addresses: Sequence[str]) -> None:
    if len(addresses) > _MOST:
        raise AwsError("WAFLimitsExceededException", f"An IP set has at most {_MOST} addresses")
    for address in addresses:
        try:
            block = ip_network(address)
        except ValueError:
            block = None
        if block is None or f"IPV{block.version}" != version or not block.prefixlen:
            raise invalid(
                "The parameter contains formatting that is not valid., field: IP_ADDRESS,"
                f" parameter: {address}"
            )


def _named(backend: WAFV2Backend) -> set[str]:
    owners: list[Any] = [*backend.wacls.values(), *backend.rule_groups.values()]
    return {
        content["ARN"]
        for owner in owners
        for rule in owner.rules
        for kind, content in statements_of(rule.statement)
        if kind == "IPSetReferenceStatement"
    }
