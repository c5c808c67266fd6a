"""Route 53 zones: name servers of their own.

Upstream gap: moto gives every zone the same four name servers, writes the SOA record in a form that
it cannot read back, and keeps a reusable delegation set for each zone that did not ask for one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from moto.route53.models import Route53Backend

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_DOMAINS = ("com", "net", "org", "co.uk")
_SERVERS = 512
"""Of each domain; the number in the server's own name counts through all four."""


def install() -> None:
    """Patch moto."""
    replace(Route53Backend)(create_hosted_zone)


def create_hosted_zone(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give the zone four name servers that hardly any other zone has."""

    def create(self: Any, name: str, private_zone: bool, **more: Any) -> Any:  # noqa: FBT001 - moto's
        zone = original(self, name, private_zone, **more)
        if not more.get("delegation_set_id"):
            zone.delegation_set.name_servers = list(_servers(zone.resource_id))
            self.delegation_sets = {
                key: it for key, it in self.delegation_sets.items() if it is not zone.delegation_set
            }
        servers = zone.delegation_set.name_servers
        for record in zone.rrsets:
            if record.type == "NS":
                record.records = [f"{it}." for it in servers]
                record.ttl = 172_800
            else:
                # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html
                record.records = [
                    f"{servers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
                ]
        return zone

    return create


def _servers(zone_id: str) -> Iterator[str]:
    digest = hashlib.sha256(zone_id.encode()).digest()
    for number, domain in enumerate(_DOMAINS):
        server = int.from_bytes(digest[2 * number : 2 * number + 2], "big") % _SERVERS
        yield f"ns-{number * _SERVERS + server}.awsdns-{server % 64:02d}.{domain}"
