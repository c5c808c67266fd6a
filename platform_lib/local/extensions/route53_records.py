"""Route 53 records: whole batches or nothing, names and aliases that can be.

Upstream gap: moto makes a second record set of a name and type that exist, deletes by a journal of
what was once made, takes CNAMEs beside other records and at the zone's apex, aliases of what does not
exist, and has carried out the first half of a batch when it refuses the second.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.elbv2.models import elbv2_backends
from moto.route53.exceptions import InvalidActionValue
from moto.route53.models import RecordSet, Route53Backend
from moto.route53.utils import validate_domain_name

from platform_lib.local.extensions._dns import find, normal
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_CLOUDFRONT = "Z2FDTNDATAQYW2"
"""https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html"""

_ACTIONS = ("CREATE", "UPSERT", "DELETE")
_OF_THE_ZONE = {
    "NS": "A HostedZone must contain at least one NS record for the zone itself.",
    "SOA": "A HostedZone must contain exactly one SOA record.",
}
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*')
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')
_LONGEST_STRING = 255


def install() -> None:
    """Patch moto."""
    replace(Route53Backend)(change_resource_record_sets)


def change_resource_record_sets(_: Callable[..., Any]) -> Callable[..., Any]:
    """Carry out a batch, or say all that is wrong with it."""

    def change(self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        zone = self.get_hosted_zone(zoneid)
        after = list(zone.rrsets)
        problems = []
        for item in change_list:
            if item["Action"] not in _ACTIONS:
                raise InvalidActionValue(item["Action"])
            validate_domain_name(item["ResourceRecordSet"]["Name"], code="InvalidChangeBatch")
            record = _read(item)
            found = [
                it
                for it in find(after, record.name, record.type)
                if it.set_identifier == record.set_identifier
            ]
            remove = item["Action"] == "DELETE"
            check = _problems_of_delete if remove else _problems_of_create
            wrong = list(check(self, zone, after, record, found, item["Action"]))
            problems += wrong
            if not wrong:
                after = [it for it in after if it not in found] + ([] if remove else [record])
        if problems:
            raise AwsError("InvalidChangeBatch", f"[{', '.join(problems)}]")
        zone.rrsets = after

    return change


def _read(item: Mapping[str, Any]) -> Any:
    """Make a record set of what is asked for.

    Raises:
        AwsError: ``InvalidInput`` if it is neither an alias nor values.
    """
    asked = dict(item["ResourceRecordSet"])
    alias, values = asked.get("AliasTarget"), asked.get("ResourceRecords")
    if bool(alias) == bool(values) or (values and asked.get("TTL") is None):
        raise AwsError(
            "InvalidInput",
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and"
            " ResourceRecords], or TrafficPolicyInstanceId], but found"
            f" {'more than one' if alias and values else 'none'} in Change with"
            f" [Action={item['Action']}, Name={asked['Name']}, Type={asked['Type']},"
            f" SetIdentifier={asked.get('SetIdentifier', 'null')}]",
        )
    asked["Name"] = normal(asked["Name"])
    if values:
        asked["ResourceRecords"] = [it["Value"] for it in values]
        asked["TTL"] = int(asked["TTL"])
    if alias:
        asked["AliasTarget"] = {**alias, "DNSName": normal(alias["DNSName"])}
    make: Any = RecordSet
    return make(asked)


def _problems_of_delete(
    _: Any, zone: Any, after: list[Any], record: Any, found: list[Any], __: str
) -> Iterator[str]:
    asked = f"Tried to delete resource record set [name='{record.name}', type='{record.type}']"
    if not found:
        yield f"{asked} but it was not found"
    elif _content(record) != _content(found[0]):
        yield f"{asked} but the values provided do not match the current values"
    elif (
        record.type in _OF_THE_ZONE
        and record.name == normal(zone.name)
        and len(find(after, record.name, record.type)) == 1
    ):
        yield _OF_THE_ZONE[record.type]


def _content(record: Any) -> tuple[Any, ...]:
    alias = record.alias_target
    if alias:
        health = str(alias.get("EvaluateTargetHealth", False)).lower()
        return alias["HostedZoneId"], normal(alias["DNSName"]), health
    return int(record.ttl), frozenset(record.records)


def _problems_of_create(
    backend: Any, zone: Any, after: list[Any], record: Any, found: list[Any], action: str
) -> Iterator[str]:
    kind, name, domain = record.type, record.name, normal(zone.name)
    if not f".{name}".endswith(f".{domain}"):
        yield f"RRSet with DNS name {name} is not permitted in zone {domain}"
    if found and action == "CREATE":
        yield (
            f"Tried to create resource record set [name='{name}', type='{kind}'] but it already"
            " exists"
        )
    named = f"RRSet of type {kind} with DNS name {name} is not permitted"
    others = {it.type for it in after if it.name == name} - {kind}
    if kind == "CNAME" and name == domain:
        yield f"{named} at apex in zone {domain}"
    elif kind == "CNAME" and others:
        yield f"{named} as it conflicts with other records with the same DNS name in zone {domain}"
    elif "CNAME" in others:
        yield (
            f"{named} because a conflicting RRSet of type CNAME with the same DNS name already"
            f" exists in zone {domain}"
        )
    if kind == "TXT":
        yield from _problems_of_text(record.records or ())
    if record.alias_target:
        yield from _problems_of_alias(backend, zone, after, record)


def _problems_of_text(values: Any) -> Iterator[str]:
    for value in values:
        if _TEXT.fullmatch(value) is None:
            yield (
                "Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be"
                f" enclosed in quotation marks) encountered with '{value}''"
            )
        elif any(len(it) > _LONGEST_STRING for it in _STRING.findall(value)):
            yield (
                "Invalid Resource Record: 'FATAL problem: CharacterStringTooLong (Value is too"
                f" long) encountered with '{value}''"
            )


def _problems_of_alias(backend: Any, zone: Any, after: list[Any], record: Any) -> Iterator[str]:
    """Look for the target: in this zone, a load balancer, or below CloudFront's domain.

    Raises:
        NotImplementedError: The target is of another kind; the emulator answers 501.
    """
    target = record.alias_target
    where, name = target["HostedZoneId"].replace("/hostedzone/", ""), target["DNSName"]
    asked = f"Tried to create an alias that targets {name}, type {record.type} in zone {where}, but"
    if where == zone.resource_id:
        if not find(after, name, record.type):
            yield f"{asked} that target was not found"
    elif where == _CLOUDFRONT:
        if not name.endswith(".cloudfront.net."):
            yield f"{asked} the alias target name does not lie within the target zone"
    else:
        names = dict(_load_balancers(backend.account_id))
        if where not in names.values():
            raise NotImplementedError(f"aliases of targets in zone {where}")
        if names.get(name.removeprefix("dualstack.")) != where:
            yield f"{asked} that target was not found"


def _load_balancers(account_id: str) -> Iterator[tuple[str, str]]:
    for regional in list(elbv2_backends[account_id].values()):
        for balancer in regional.load_balancers.values():
            yield normal(balancer.dns_name), balancer.canonical_hosted_zone_id
