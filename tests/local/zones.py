"""Zones and records of the emulated Route 53, for tests of what looks into the DNS."""

from __future__ import annotations

import secrets
from typing import Any


class Zone:
    """A new zone, of a domain that no other test has.

    Args:
        route53: Client of Route 53.
        domain: Its domain; a new one below ``example`` without it.
    """

    def __init__(self, route53: Any, domain: str | None = None) -> None:
        self.route53 = route53
        self.domain = domain or f"d{secrets.token_hex(4)}.example"
        made = route53.create_hosted_zone(Name=self.domain, CallerReference=secrets.token_hex(8))
        self.id = made["HostedZone"]["Id"]
        self.name_servers = made["DelegationSet"]["NameServers"]

    def change(self, *changes: tuple[str, str, str, Any]) -> None:
        """Carry out changes in one batch: action, name, type, and values or an alias."""
        self.route53.change_resource_record_sets(
            HostedZoneId=self.id,
            ChangeBatch={
                "Changes": [
                    {"Action": action, "ResourceRecordSet": self._set(name, kind, what)}
                    for action, name, kind, what in changes
                ]
            },
        )

    def put(self, name: str, kind: str, *values: str) -> None:
        """Create a record set, or change the one that is there."""
        self.change(("UPSERT", name, kind, values))

    def records(self) -> dict[tuple[str, str], Any]:
        """Return what was put into the zone: values or alias, by name and type."""
        found = self.route53.list_resource_record_sets(HostedZoneId=self.id)["ResourceRecordSets"]
        return {
            (it["Name"], it["Type"]): it.get("AliasTarget")
            or [value["Value"] for value in it["ResourceRecords"]]
            for it in found
            if (it["Name"], it["Type"])
            not in ((f"{self.domain}.", "NS"), (f"{self.domain}.", "SOA"))
        }

    def delegate(self, child: Zone) -> None:
        """Name the child's name servers."""
        self.put(child.domain, "NS", *child.name_servers)

    @staticmethod
    def _set(name: str, kind: str, what: Any) -> dict[str, Any]:
        if isinstance(what, dict):
            return {"Name": name, "Type": kind, "AliasTarget": what}
        values = [{"Value": value} for value in what]
        return {"Name": name, "Type": kind, "TTL": 300, "ResourceRecords": values}
