"""ACM issues a certificate when the DNS has the records that it asks for, and not before."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.server import LocalAws
from tests.local.zones import Zone


@pytest.fixture
def acm(client: Callable[[str], Any]) -> Any:
    """Return the client of ACM."""
    return client("acm")


@pytest.fixture
def zone(client: Callable[[str], Any]) -> Zone:
    """Return a zone."""
    return Zone(client("route53"))


@pytest.fixture
def request_for(acm: Any) -> Callable[..., str]:
    """Return a function that requests a certificate and returns its ARN."""

    def request(domain: str, *more: str, **options: Any) -> str:
        names = {"SubjectAlternativeNames": list(more)} if more else {}
        made = acm.request_certificate(
            DomainName=domain, ValidationMethod="DNS", **names, **options
        )
        return str(made["CertificateArn"])

    return request


def _told(acm: Any, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = acm.describe_certificate(CertificateArn=arn)["Certificate"]
    return found


def _records(acm: Any, arn: str) -> dict[str, tuple[str, str]]:
    return {
        it["DomainName"]: (it["ResourceRecord"]["Name"], it["ResourceRecord"]["Value"])
        for it in _told(acm, arn)["DomainValidationOptions"]
    }


def _prove(acm: Any, zone: Zone, arn: str) -> None:
    for name, value in set(_records(acm, arn).values()):
        zone.put(name, "CNAME", value)


def test_a_certificate_waits_for_its_record(
    acm: Any, zone: Zone, request_for: Callable[..., str]
) -> None:
    """Until then it has no dates and no serial number; afterwards it has."""
    arn = request_for(zone.domain)
    before = _told(acm, arn)

    _prove(acm, zone, arn)

    after = _told(acm, arn)
    new = {"IssuedAt", "NotAfter", "NotBefore", "Serial"}
    assert (before["Status"], after["Status"]) == ("PENDING_VALIDATION", "ISSUED")
    assert new & before.keys() == set()
    assert new & after.keys() == new
    assert [it["ValidationStatus"] for it in before["DomainValidationOptions"]] == [
        "PENDING_VALIDATION"
    ]
    assert [it["ValidationStatus"] for it in after["DomainValidationOptions"]] == ["SUCCESS"]


def test_it_stays_issued(acm: Any, zone: Zone, request_for: Callable[..., str]) -> None:
    """Without its record it would only not be renewed."""
    arn = request_for(zone.domain)
    _prove(acm, zone, arn)
    issued = _told(acm, arn)

    (record,) = _records(acm, arn).values()
    zone.change(("DELETE", record[0], "CNAME", [record[1]]))

    assert _told(acm, arn) == issued


def test_every_name_is_proven(acm: Any, zone: Zone, request_for: Callable[..., str]) -> None:
    """A domain and its wildcard by one record, another domain by its own."""
    names = (zone.domain, f"*.{zone.domain}", f"api.{zone.domain}")
    arn = request_for(*names)
    records = _records(acm, arn)

    zone.put(records[zone.domain][0], "CNAME", records[zone.domain][1])
    half = _told(acm, arn)
    zone.put(records[names[2]][0], "CNAME", records[names[2]][1])

    assert list(records) == [names[0], *sorted(names[1:])]
    assert records[names[0]] == records[names[1]] != records[names[2]]
    assert half["Status"] == "PENDING_VALIDATION"
    assert {it["DomainName"]: it["ValidationStatus"] for it in half["DomainValidationOptions"]} == {
        names[0]: "SUCCESS",
        names[1]: "SUCCESS",
        names[2]: "PENDING_VALIDATION",
    }
    assert _told(acm, arn)["Status"] == "ISSUED"


def test_one_record_proves_all_certificates_for_a_domain(
    acm: Any, zone: Zone, request_for: Callable[..., str]
) -> None:
    """ACM asks for the same one again."""
    first = request_for(zone.domain)
    _prove(acm, zone, first)

    second = request_for(zone.domain, f"*.{zone.domain}")

    assert _told(acm, second)["Status"] == "ISSUED"


def test_another_value_proves_nothing(
    acm: Any, zone: Zone, request_for: Callable[..., str]
) -> None:
    """The record has to lead where ACM says."""
    arn = request_for(zone.domain)
    (record,) = _records(acm, arn).values()

    zone.put(record[0], "CNAME", "elsewhere.example")

    assert _told(acm, arn)["Status"] == "PENDING_VALIDATION"


def test_a_zone_that_nobody_delegates_to_proves_nothing(
    client: Callable[[str], Any], acm: Any, zone: Zone, request_for: Callable[..., str]
) -> None:
    """The world asks the zone above until that names the name servers."""
    child = Zone(client("route53"), f"shop.{zone.domain}")
    arn = request_for(child.domain)
    _prove(acm, child, arn)
    before = _told(acm, arn)["Status"]

    zone.delegate(child)

    assert (before, _told(acm, arn)["Status"]) == ("PENDING_VALIDATION", "ISSUED")


def test_a_private_zone_proves_nothing(
    client: Callable[[str], Any], acm: Any, vpc: str, request_for: Callable[..., str]
) -> None:
    """Nobody outside its VPC sees it."""
    route53 = client("route53")
    domain = f"p{secrets.token_hex(4)}.example"
    made = route53.create_hosted_zone(
        Name=domain,
        CallerReference=secrets.token_hex(8),
        VPC={"VPCRegion": "eu-central-1", "VPCId": vpc},
        HostedZoneConfig={"PrivateZone": True},
    )
    arn = request_for(domain)
    (record,) = _records(acm, arn).values()

    route53.change_resource_record_sets(
        HostedZoneId=made["HostedZone"]["Id"],
        ChangeBatch={
            "Changes": [
                {
                    "Action": "CREATE",
                    "ResourceRecordSet": {
                        "Name": record[0],
                        "Type": "CNAME",
                        "TTL": 60,
                        "ResourceRecords": [{"Value": record[1]}],
                    },
                }
            ]
        },
    )

    assert _told(acm, arn)["Status"] == "PENDING_VALIDATION"


@pytest.mark.parametrize(
    ("records", "name", "status"),
    [
        (['0 issue "letsencrypt.org"'], "{domain}", "FAILED"),
        (['0 issue "letsencrypt.org"', '0 issue "amazon.com"'], "{domain}", "ISSUED"),
        (['0 issue "letsencrypt.org"'], "deep.api.{domain}", "FAILED"),
        (['0 issue "amazon.com"', '0 issuewild ";"'], "*.{domain}", "FAILED"),
        (['0 issue "amazon.com"', '0 issuewild ";"'], "{domain}", "ISSUED"),
        (['0 issue "amazon.com"'], "*.{domain}", "ISSUED"),
        (['0 iodef "mailto:a@example.com"'], "{domain}", "ISSUED"),
    ],
)
def test_authorities_are_asked(
    acm: Any,
    zone: Zone,
    request_for: Callable[..., str],
    records: list[str],
    name: str,
    status: str,
) -> None:
    """CAA records that name others only end it, also for names below and for wildcards."""
    zone.put(zone.domain, "CAA", *records)
    arn = request_for(name.format(domain=zone.domain))
    _prove(acm, zone, arn)

    found = _told(acm, arn)

    assert found["Status"] == status
    assert found.get("FailureReason") == ("CAA_ERROR" if status == "FAILED" else None)


@pytest.mark.parametrize("algorithm", ["RSA_2048", "EC_prime256v1", "EC_secp384r1"])
def test_the_key_is_of_the_kind_that_was_asked_for(
    acm: Any, zone: Zone, request_for: Callable[..., str], algorithm: str
) -> None:
    """Also in the certificate itself."""
    arn = request_for(zone.domain, f"www.{zone.domain}", KeyAlgorithm=algorithm)
    _prove(acm, zone, arn)

    found = _told(acm, arn)

    assert (found["Status"], found["KeyAlgorithm"]) == ("ISSUED", algorithm)
    assert found["SubjectAlternativeNames"] == [zone.domain, f"www.{zone.domain}"]
    assert "BEGIN CERTIFICATE" in acm.get_certificate(CertificateArn=arn)["Certificate"]


def test_refuses_requests_that_cannot_be(acm: Any, zone: Zone, refused: Callable[..., str]) -> None:
    """Ten names, and keys that public certificates have."""
    asked = {"DomainName": zone.domain, "ValidationMethod": "DNS"}
    names = [f"n{number}.{zone.domain}" for number in range(10)]

    many = refused(acm.request_certificate, **asked, SubjectAlternativeNames=names)
    fits = acm.request_certificate(**asked, SubjectAlternativeNames=[zone.domain, *names[1:]])
    key = refused(acm.request_certificate, **asked, KeyAlgorithm="RSA_4096")

    assert (many, key) == ("LimitExceededException", "ValidationException")
    assert fits["CertificateArn"]


def test_a_private_certificate_is_proven_by_its_authority(acm: Any, zone: Zone) -> None:
    """It needs no record; ACM issues it at once."""
    authority = "arn:aws:acm-pca:eu-central-1:210987654321:certificate-authority/shop"
    arn = acm.request_certificate(DomainName=zone.domain, CertificateAuthorityArn=authority)[
        "CertificateArn"
    ]

    found = _told(acm, arn)

    assert (found["Type"], found["Status"]) == ("PRIVATE", "ISSUED")
    assert "DomainValidationOptions" not in found


def test_other_proofs_are_not_answered(
    aws: LocalAws, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """E-mail is read by people, so that is a 501 and no certificate."""
    code = refused(
        client("acm").request_certificate, DomainName="a.example", ValidationMethod="EMAIL"
    )

    assert code == "NotImplemented"
    assert len(aws.unimplemented()) == 1
    assert aws.inventory() == []


def test_a_request_is_carried_out_once(acm: Any, zone: Zone) -> None:
    """The same token means the same certificate."""
    asked = {
        "DomainName": zone.domain,
        "ValidationMethod": "DNS",
        "IdempotencyToken": secrets.token_hex(8),
        "Tags": [{"Key": "Name", "Value": "shop"}],
    }

    first, second = (acm.request_certificate(**asked)["CertificateArn"] for _ in range(2))

    assert first == second


def test_a_certificate_in_use_stays(
    client: Callable[[str], Any],
    acm: Any,
    zone: Zone,
    request_for: Callable[..., str],
    subnets: list[str],
    refused: Callable[..., str],
) -> None:
    """It is renewed as long as it is used, and can be deleted afterwards."""
    arn = request_for(zone.domain)
    _prove(acm, zone, arn)
    unused = _told(acm, arn)["RenewalEligibility"]
    balancers = client("elbv2")
    balancer = balancers.create_load_balancer(
        Name=f"b{secrets.token_hex(4)}", Subnets=subnets, Scheme="internal"
    )["LoadBalancers"][0]["LoadBalancerArn"]
    answer = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
    listener = balancers.create_listener(
        LoadBalancerArn=balancer,
        Protocol="HTTPS",
        Port=443,
        Certificates=[{"CertificateArn": arn}],
        DefaultActions=[answer],
    )["Listeners"][0]["ListenerArn"]

    used = _told(acm, arn)
    code = refused(acm.delete_certificate, CertificateArn=arn)
    balancers.delete_listener(ListenerArn=listener)
    free = _told(acm, arn)["InUseBy"]
    acm.delete_certificate(CertificateArn=arn)

    assert (unused, used["RenewalEligibility"]) == ("INELIGIBLE", "ELIGIBLE")
    assert (used["InUseBy"], free) == ([balancer], [])
    assert code == "ResourceInUseException"
    assert refused(acm.delete_certificate, CertificateArn=arn) == "ResourceNotFoundException"
