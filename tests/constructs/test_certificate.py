"""Certificate: proven by records whose ids are known, and used only when it is issued."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.provider as aws_provider
import pytest

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.errors import PlatformError
from platform_lib.testing.template import Template

ADDRESS = "aws_acm_certificate.Public_D0AE4A11"


def _zone(stack: PlatformStack) -> HostedZone:
    return HostedZone(stack, "Zone", config=HostedZoneConfig(domain="example.com"))


def _certificate(
    stack: PlatformStack, domain: str = "shop.example.com", *alternatives: str
) -> Certificate:
    config = CertificateConfig(domain=domain, alternatives=alternatives)
    return Certificate(stack, "Public", config=config, zone=_zone(stack))


def _proofs(stack: PlatformStack) -> list[str]:
    paths = Template(stack).paths()["aws_route53_record"]
    return [path.rpartition("/")[2] for path in paths]


def test_it_is_proven_by_dns_and_replaced_only_by_its_successor(stack: PlatformStack) -> None:
    """A listener is never without a certificate."""
    _certificate(stack, "shop.example.com", "b.example.com", "a.example.com")

    certificate = Template(stack).only("aws_acm_certificate")

    assert certificate["domain_name"] == "shop.example.com"
    assert certificate["subject_alternative_names"] == ["a.example.com", "b.example.com"]
    assert certificate["validation_method"] == "DNS"
    assert certificate["key_algorithm"] == "RSA_2048"
    assert certificate["lifecycle"] == {"create_before_destroy": True}


def test_the_kind_of_key_is_the_configurations(stack: PlatformStack) -> None:
    """RSA unless asked."""
    config = CertificateConfig(domain="a.example.com", key_algorithm="EC_prime256v1")

    Certificate(stack, "Public", config=config, zone=_zone(stack))

    assert Template(stack).only("aws_acm_certificate")["key_algorithm"] == "EC_prime256v1"


def test_each_domain_has_one_record_with_an_id_of_its_own(stack: PlatformStack) -> None:
    """A wildcard and its domain share one, and names that look alike do not."""
    _certificate(
        stack,
        "example.com",
        "*.example.com",
        "a-b.example.com",
        "a.b.example.com",
        "*.x.example.com",
    )

    assert _proofs(stack) == [
        "Proof_a-b_example_com",
        "Proof_a_b_example_com",
        "Proof_example_com",
        "Proof_x_example_com",
    ]


def test_a_record_says_what_acm_asks_for_its_domain(stack: PlatformStack) -> None:
    """Chosen by name from a set that Terraform knows only after the request."""
    _certificate(stack, "*.example.com", "shop.example.com")

    record = Template(stack).only("aws_route53_record", path="Proof_example_com")

    def asked(part: str) -> str:
        return (
            f"${{one([for it in {ADDRESS}.domain_validation_options : it.resource_record_{part}"
            ' if it.domain_name == "*.example.com"])}'
        )

    assert record["name"] == asked("name")
    assert record["type"] == asked("type")
    assert record["records"] == [asked("value")]
    assert record["zone_id"] == "${aws_route53_zone.Zone_A5DE4B68.zone_id}"
    assert record["allow_overwrite"] is True


def test_nobody_uses_it_before_it_is_issued(stack: PlatformStack) -> None:
    """The ARN is that of the validation, which waits for all records."""
    certificate = _certificate(stack, "shop.example.com", "a.example.com")

    stack.add_override("output.arn.value", certificate.arn)

    template = Template(stack)
    validation = template.only("aws_acm_certificate_validation")
    assert template.output("arn") == (
        "${aws_acm_certificate_validation.Public_Validation_C7150B51.certificate_arn}"
    )
    assert validation["certificate_arn"] == f"${{{ADDRESS}.arn}}"
    assert [it.split(".")[1].rsplit("_", 1)[0] for it in validation["validation_record_fqdns"]] == [
        "Public_Proof_a_example_com",
        "Public_Proof_shop_example_com",
    ]


def test_it_is_in_the_stacks_region_unless_a_provider_is_given(stack: PlatformStack) -> None:
    """Both halves follow the provider; the records are global and do not."""
    virginia = aws_provider.AwsProvider(stack, "Virginia", alias="virginia", region="us-east-1")
    config = CertificateConfig(domain="shop.example.com")
    zone = _zone(stack)

    Certificate(stack, "Public", config=config, zone=zone)
    Certificate(stack, "Edge", config=config, zone=zone, provider=virginia)

    template = Template(stack)
    for kind, resource in (
        ("aws_acm_certificate", "Resource"),
        ("aws_acm_certificate_validation", "Validation"),
    ):
        assert "provider" not in template.only(kind, path=f"Public/{resource}")
        assert template.only(kind, path=f"Edge/{resource}")["provider"] == "aws.virginia"
    assert "provider" not in template.only("aws_route53_record", path="Edge/Proof_shop_example_com")


def test_a_pair_of_regions_shares_its_records(stack: PlatformStack) -> None:
    """ACM asks for one record in every Region, and only one construct has it."""
    zone = _zone(stack)
    first = Certificate(
        stack,
        "Public",
        config=CertificateConfig(domain="example.com", alternatives=("a.example.com",)),
        zone=zone,
    )

    Certificate(
        stack,
        "Edge",
        config=CertificateConfig(domain="*.example.com"),
        zone=zone,
        proven_by=first,
    )

    template = Template(stack)
    assert template.count("aws_route53_record") == 2
    waits = template.only("aws_acm_certificate_validation", path="Edge/Validation")
    (fqdn,) = waits["validation_record_fqdns"]
    assert fqdn.startswith("${aws_route53_record.Public_Proof_example_com_")


def test_what_is_not_proven_elsewhere_is_refused(stack: PlatformStack) -> None:
    """It would wait 75 minutes for a record that nobody makes."""
    first = _certificate(stack)
    config = CertificateConfig(domain="b.example.com", alternatives=("shop.example.com",))
    zone = HostedZone(stack, "Same", config=HostedZoneConfig(domain="example.com"))

    with pytest.raises(PlatformError) as refused:
        Certificate(stack, "Edge", config=config, zone=zone, proven_by=first)

    assert str(refused.value) == (
        "shop-prod-test/Edge: 'shop-prod-test/Public' has no record that proves b.example.com; add"
        " the names to it, or leave out proven_by [NotProven]"
    )


@pytest.mark.parametrize("domain", ["*.example.com", "example.com", "a.b.example.com"])
def test_names_are_in_the_zone(stack: PlatformStack, domain: str) -> None:
    """The domain, what is below it, and a wildcard of it."""
    assert _certificate(stack, domain).names == (domain,)


def test_a_name_of_another_zone_is_refused(stack: PlatformStack) -> None:
    """Its proof would be in a zone that nobody asks."""
    with pytest.raises(PlatformError, match=r"'example\.org' is not in the zone") as refused:
        _certificate(stack, "example.com", "*.example.org")

    assert str(refused.value).endswith("[OutsideZone]")


def test_it_knows_for_whom_it_is_good(stack: PlatformStack) -> None:
    """Any of its names will do."""
    certificate = _certificate(stack, "example.com", "*.example.com")

    assert certificate.covers("a.example.com")
    assert not certificate.covers("a.b.example.com")
