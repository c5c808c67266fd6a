"""Zones have name servers of their own, and records are changed all together or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_lib.local.server import LocalAws
from tests.local.zones import Zone

_CLOUDFRONT = {"HostedZoneId": "Z2FDTNDATAQYW2", "EvaluateTargetHealth": False}


@pytest.fixture
def zone(client: Callable[[str], Any]) -> Zone:
    """Return a zone with one address in it."""
    made = Zone(client("route53"))
    made.put(f"www.{made.domain}", "A", "192.0.2.1")
    return made


def _problem(zone: Zone, *changes: tuple[str, str, str, Any]) -> str:
    """Return what is said about a batch that is refused, after looking that nothing came of it."""
    before = zone.records()
    with pytest.raises(ClientError) as caught:
        zone.change(*changes)
    assert zone.records() == before
    error = caught.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


def test_each_zone_has_its_own_name_servers(zone: Zone, client: Callable[[str], Any]) -> None:
    """Four of them, and the zone says so itself."""
    other = Zone(client("route53"))

    found = zone.route53.list_resource_record_sets(HostedZoneId=zone.id)["ResourceRecordSets"]
    own = {it["Type"]: [value["Value"] for value in it["ResourceRecords"]] for it in found}

    assert len(zone.name_servers) == 4
    assert zone.name_servers != other.name_servers
    assert own["NS"] == [f"{it}." for it in zone.name_servers]
    assert own["SOA"][0].startswith(f"{zone.name_servers[0]}. awsdns-hostmaster.amazon.com. 1 ")


def test_a_deleted_zone_leaves_nothing(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """No delegation set that nobody asked for."""
    zone = Zone(client("route53"))
    before = [item.kind for item in aws.inventory()]

    zone.route53.delete_hosted_zone(Id=zone.id)

    assert before == ["FakeZone"]
    assert aws.inventory() == []


def test_a_reusable_delegation_set_stays(aws: LocalAws, client: Callable[[str], Any]) -> None:
    """It was made on purpose, and its servers are the zone's."""
    route53 = client("route53")
    kept = route53.create_reusable_delegation_set(CallerReference="kept")["DelegationSet"]

    made = route53.create_hosted_zone(
        Name="kept.example", CallerReference="zone", DelegationSetId=kept["Id"].rpartition("/")[2]
    )

    assert made["DelegationSet"]["NameServers"] == kept["NameServers"]
    assert {item.kind for item in aws.inventory()} == {"FakeZone", "DelegationSet"}


def test_records_read_back(zone: Zone) -> None:
    """In lower case, with wildcards written as Route 53 writes them."""
    zone.put(f"API.{zone.domain}", "CNAME", "other.example.")
    zone.put(f"*.{zone.domain}", "A", "192.0.2.2", "192.0.2.3")

    assert zone.records() == {
        (f"www.{zone.domain}.", "A"): ["192.0.2.1"],
        (f"api.{zone.domain}.", "CNAME"): ["other.example."],
        (f"\\052.{zone.domain}.", "A"): ["192.0.2.2", "192.0.2.3"],
    }


def test_what_exists_is_changed_and_not_made_again(zone: Zone) -> None:
    """By UPSERT; CREATE is refused, whatever the values."""
    name = f"www.{zone.domain}"
    zone.put(name, "A", "192.0.2.9")

    problem = _problem(zone, ("CREATE", name, "A", ["192.0.2.7"]))

    assert zone.records() == {(f"{name}.", "A"): ["192.0.2.9"]}
    assert problem == (
        f"InvalidChangeBatch: [Tried to create resource record set [name='{name}.', type='A'] but"
        " it already exists]"
    )


def test_a_deletion_names_what_is_there(zone: Zone) -> None:
    """The present values in any order, not older ones, and once."""
    name = f"www.{zone.domain}"
    zone.put(name, "A", "192.0.2.8", "192.0.2.9")

    stale = _problem(zone, ("DELETE", name, "A", ["192.0.2.1"]))
    zone.change(("DELETE", name, "A", ["192.0.2.9", "192.0.2.8"]))
    again = _problem(zone, ("DELETE", name, "A", ["192.0.2.9", "192.0.2.8"]))

    assert stale.endswith("but the values provided do not match the current values]")
    assert again.endswith("but it was not found]")
    assert zone.records() == {}


def test_a_batch_is_carried_out_whole_or_not_at_all(zone: Zone) -> None:
    """A good change beside a bad one is not made; all that is wrong is said."""
    name = f"new.{zone.domain}"

    problem = _problem(
        zone,
        ("CREATE", name, "A", ["192.0.2.1"]),
        ("CREATE", "elsewhere.test", "A", ["192.0.2.1"]),
        ("DELETE", f"none.{zone.domain}", "A", ["192.0.2.1"]),
    )

    assert "RRSet with DNS name elsewhere.test. is not permitted in zone" in problem
    assert "but it was not found" in problem


def test_a_batch_can_replace_a_type(zone: Zone) -> None:
    """A deletion counts for what follows in the batch."""
    name = f"www.{zone.domain}"

    zone.change(("DELETE", name, "A", ["192.0.2.1"]), ("CREATE", name, "CNAME", ["other.example"]))

    assert zone.records() == {(f"{name}.", "CNAME"): ["other.example"]}


@pytest.mark.parametrize(
    ("name", "kind", "values", "problem"),
    [
        ("{domain}", "CNAME", ["other.example"], "is not permitted at apex in zone"),
        ("www.{domain}", "CNAME", ["other.example"], "conflicts with other records"),
        ("alias.{domain}", "A", ["192.0.2.1"], "a conflicting RRSet of type CNAME"),
        ("text.{domain}", "TXT", ["bare"], "should be enclosed in quotation marks"),
        ("text.{domain}", "TXT", [f'"{"x" * 256}"'], "CharacterStringTooLong"),
    ],
)
def test_refuses_records_that_cannot_be(
    zone: Zone, name: str, kind: str, values: list[str], problem: str
) -> None:
    """Nothing stands beside a CNAME, and texts are quoted strings of 255 characters."""
    zone.put(f"alias.{zone.domain}", "CNAME", "other.example")

    said = _problem(zone, ("UPSERT", name.format(domain=zone.domain), kind, values))

    assert said.startswith("InvalidChangeBatch")
    assert problem in said


def test_takes_texts_in_several_strings(zone: Zone) -> None:
    """Each up to 255 characters."""
    text = f'"{"x" * 255}" "y"'

    zone.put(f"text.{zone.domain}", "TXT", text)

    assert zone.records()[f"text.{zone.domain}.", "TXT"] == [text]


@pytest.mark.parametrize("kind", ["NS", "SOA"])
def test_the_zones_own_records_stay(zone: Zone, kind: str) -> None:
    """A zone without them would be none."""
    found = zone.route53.list_resource_record_sets(HostedZoneId=zone.id)["ResourceRecordSets"]
    own = next(it for it in found if it["Type"] == kind)

    with pytest.raises(ClientError, match="A HostedZone must contain"):
        zone.route53.change_resource_record_sets(
            HostedZoneId=zone.id,
            ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": own}]},
        )


def test_a_record_is_values_or_an_alias(zone: Zone, refused: Callable[..., str]) -> None:
    """Neither nothing nor both, and values have a time to live."""
    name = f"half.{zone.domain}"
    values = [{"Value": "192.0.2.1"}]
    alias = {**_CLOUDFRONT, "DNSName": "d1.cloudfront.net"}
    wrong: list[dict[str, Any]] = [
        {"Name": name, "Type": "A"},
        {"Name": name, "Type": "A", "ResourceRecords": values},
        {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": values, "AliasTarget": alias},
    ]

    codes = {
        refused(
            zone.route53.change_resource_record_sets,
            HostedZoneId=zone.id,
            ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": it}]},
        )
        for it in wrong
    }

    assert codes == {"InvalidInput"}


def test_an_alias_needs_its_target(zone: Zone) -> None:
    """In the zone itself, or where CloudFront's names are."""
    own = {"HostedZoneId": zone.id.rpartition("/")[2], "EvaluateTargetHealth": False}
    here = {**own, "DNSName": f"www.{zone.domain}"}
    edge = {**_CLOUDFRONT, "DNSName": "d111111abcdef8.cloudfront.net"}
    zone.change(("CREATE", zone.domain, "A", here), ("CREATE", f"cdn.{zone.domain}", "AAAA", edge))

    missing = _problem(zone, ("CREATE", f"x.{zone.domain}", "AAAA", here))
    outside = _problem(
        zone, ("CREATE", f"x.{zone.domain}", "A", {**_CLOUDFRONT, "DNSName": "other.example"})
    )

    assert zone.records()[f"{zone.domain}.", "A"]["DNSName"] == f"www.{zone.domain}."
    assert "but that target was not found" in missing
    assert "does not lie within the target zone" in outside


def test_an_alias_is_deleted_by_its_content(zone: Zone) -> None:
    """The same target, health check or not."""
    name, edge = f"cdn.{zone.domain}", {**_CLOUDFRONT, "DNSName": "d1.cloudfront.net"}
    zone.change(("CREATE", name, "A", edge))

    other = _problem(zone, ("DELETE", name, "A", {**edge, "EvaluateTargetHealth": True}))
    zone.change(("DELETE", name, "A", edge))

    assert "do not match the current values" in other
    assert (f"{name}.", "A") not in zone.records()


def test_weighted_records_share_a_name(zone: Zone) -> None:
    """Each has an identifier, and is changed and deleted by it."""
    name = f"split.{zone.domain}"

    def change(action: str, identifier: str, value: str) -> None:
        zone.route53.change_resource_record_sets(
            HostedZoneId=zone.id,
            ChangeBatch={
                "Changes": [
                    {
                        "Action": action,
                        "ResourceRecordSet": {
                            "Name": name,
                            "Type": "A",
                            "TTL": 60,
                            "SetIdentifier": identifier,
                            "Weight": 1,
                            "ResourceRecords": [{"Value": value}],
                        },
                    }
                ]
            },
        )

    change("CREATE", "blue", "192.0.2.1")
    change("CREATE", "green", "192.0.2.2")
    change("UPSERT", "green", "192.0.2.3")
    change("DELETE", "blue", "192.0.2.1")

    assert zone.records()[f"{name}.", "A"] == ["192.0.2.3"]


def test_other_aliases_are_not_judged(client: Callable[[str], Any], aws: LocalAws) -> None:
    """What stands in a zone of AWS's that is not known here is answered 501, not taken."""
    zone = Zone(client("route53"))
    elsewhere = {"HostedZoneId": "Z1BKCTXD74EZPE", "EvaluateTargetHealth": False}

    with pytest.raises(ClientError) as caught:
        zone.change(("CREATE", f"s3.{zone.domain}", "A", {**elsewhere, "DNSName": "s3.example"}))

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501
    assert [gap.service for gap in aws.unimplemented()] == ["route53"]


def test_zones_and_actions_exist(zone: Zone, refused: Callable[..., str]) -> None:
    """The errors are Route 53's."""
    record = {
        "Name": zone.domain,
        "Type": "A",
        "TTL": 60,
        "ResourceRecords": [{"Value": "192.0.2.1"}],
    }

    def code(where: str, action: str) -> str:
        return refused(
            zone.route53.change_resource_record_sets,
            HostedZoneId=where,
            ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
        )

    unknown = f"Z{secrets.token_hex(6).upper()}"
    assert code(unknown, "CREATE") == "NoSuchHostedZone"
    assert code(zone.id, "REPLACE") == "InvalidInput"
