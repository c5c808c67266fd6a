"""What the world's DNS would answer, as far as Route 53 of this account has it.

A zone answers if nothing above it is in Route 53 (its registrar then names it), or if the zone above
delegates to its name servers. Private zones answer nobody outside their VPCs.
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/CreatingNewSubdomain.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.route53.models import route53_backends

__all__ = ["climb", "find", "lookup", "normal"]

_ESCAPED = re.compile(r"\\([0-3][0-7]{2})")
_PLAIN = re.compile(r"[a-z0-9_.-]")


def normal(name: str) -> str:
    r"""Return a name as Route 53 keeps it: lower case, a full stop at the end, ``\052`` for ``*``.

    https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
    """
    read = _ESCAPED.sub(lambda found: chr(int(found[1], 8)), name).lower().rstrip(".")
    return "".join(it if _PLAIN.match(it) else f"\\{ord(it):03o}" for it in read) + "."


def find(records: list[Any], name: str, kind: str) -> list[Any]:
    """Return the record sets of a name and type; more than one have identifiers."""
    wanted = normal(name)
    return [it for it in records if it.type == kind and normal(it.name) == wanted]


def lookup(account_id: str, partition: str, name: str, kind: str) -> list[str]:
    """Return the values that the world gets for a name; none if nobody answers for it."""
    zone = _authority(account_id, partition, name)
    return [] if zone is None else _values(zone, name, kind)


def climb(account_id: str, partition: str, name: str, kind: str) -> list[str]:
    """Return the values of the nearest name that has some: this one, or one above it in its zone."""
    zone = _authority(account_id, partition, name)
    if zone is None:
        return []
    for host in _upwards(normal(name)):
        values = _values(zone, host, kind)
        if values or host == normal(zone.name):
            return values
    return []


def _authority(account_id: str, partition: str, name: str) -> Any | None:
    zones = [
        zone
        for zone in route53_backends[account_id][partition].zones.values()
        if not zone.private_zone and f".{normal(name)}".endswith(f".{normal(zone.name)}")
    ]
    authority = None
    # From the top downwards; of two zones with one name that are both delegated, the older one.
    for zone in sorted(zones, key=lambda it: len(it.name)):
        if authority is None or (
            len(normal(zone.name)) > len(normal(authority.name))
            and set(_values(authority, zone.name, "NS")) == set(_servers(zone))
        ):
            authority = zone
    return authority


def _servers(zone: Any) -> Iterator[str]:
    return (normal(it) for it in zone.delegation_set.name_servers)


def _values(zone: Any, name: str, kind: str) -> list[str]:
    values = [value for record in find(zone.rrsets, name, kind) for value in record.records or ()]
    return [normal(it) for it in values] if kind in ("CNAME", "NS") else values


def _upwards(host: str) -> Iterator[str]:
    labels = host.split(".")
    return (".".join(labels[number:]) for number in range(len(labels) - 1))
