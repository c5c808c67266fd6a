"""SES sends from a domain whose DKIM records are in the DNS, and keeps what a set of options says."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.server import LocalAws
from tests.local.zones import Zone

_NUMBERS = {
    "DimensionConfigurations": [
        {
            "DimensionName": "ses:configuration-set",
            "DimensionValueSource": "MESSAGE_TAG",
            "DefaultDimensionValue": "shop",
        }
    ]
}


@pytest.fixture
def ses(client: Callable[[str], Any]) -> Any:
    """Return the client of the API v2."""
    return client("sesv2")


@pytest.fixture
def zone(client: Callable[[str], Any]) -> Zone:
    """Return a zone."""
    return Zone(client("route53"))


@pytest.fixture
def options(ses: Any) -> str:
    """Return the name of a configuration set."""
    name = f"set-{secrets.token_hex(4)}"
    ses.create_configuration_set(ConfigurationSetName=name)
    return name


def _prove(ses: Any, zone: Zone, *numbers: int) -> None:
    tokens = ses.get_email_identity(EmailIdentity=zone.domain)["DkimAttributes"]["Tokens"]
    for number in numbers or range(3):
        token = tokens[number]
        zone.put(f"{token}._domainkey.{zone.domain}", "CNAME", f"{token}.dkim.amazonses.com")


def _mail(zone: Zone) -> dict[str, Any]:
    return {
        "FromEmailAddress": f"orders@{zone.domain}",
        "Destination": {"ToAddresses": ["reader@example.com"]},
        "Content": {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hi"}}}},
    }


def test_a_domain_waits_for_its_records(
    ses: Any, zone: Zone, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """All three; until then nothing is sent."""
    made = ses.create_email_identity(EmailIdentity=zone.domain)
    listed = [_listed(ses, zone)]
    unsent = refused(ses.send_email, **_mail(zone))
    _prove(ses, zone, 0, 1)
    half = ses.get_email_identity(EmailIdentity=zone.domain)

    _prove(ses, zone)

    after = ses.get_email_identity(EmailIdentity=zone.domain)
    listed.append(_listed(ses, zone))
    assert (made["VerifiedForSendingStatus"], len(made["DkimAttributes"]["Tokens"])) == (False, 3)
    assert unsent == "MessageRejected"
    assert (half["VerificationStatus"], half["DkimAttributes"]["Status"]) == ("PENDING", "PENDING")
    assert (after["VerificationStatus"], after["DkimAttributes"]["Status"]) == (
        "SUCCESS",
        "SUCCESS",
    )
    assert after["VerifiedForSendingStatus"]
    assert listed == [(False, "PENDING"), (True, "SUCCESS")]
    assert ses.send_email(**_mail(zone))["MessageId"]
    assert _in_v1(client("ses"), zone.domain) == ("Success", "Success")


def _listed(ses: Any, zone: Zone) -> tuple[bool, str]:
    found = ses.list_email_identities(PageSize=1000)["EmailIdentities"]
    (own,) = (it for it in found if it["IdentityName"] == zone.domain)
    return own["SendingEnabled"], own["VerificationStatus"]


def _in_v1(ses: Any, domain: str) -> tuple[str, str]:
    verified = ses.get_identity_verification_attributes(Identities=[domain])
    keys = ses.get_identity_dkim_attributes(Identities=[domain])
    return (
        verified["VerificationAttributes"][domain]["VerificationStatus"],
        keys["DkimAttributes"][domain]["DkimVerificationStatus"],
    )


def test_the_api_v1_tells_the_same(
    ses: Any, zone: Zone, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """Also that it waits, with the same tokens."""
    v1 = client("ses")
    v1.verify_domain_identity(Domain=zone.domain)
    tokens = ses.get_email_identity(EmailIdentity=zone.domain)["DkimAttributes"]["Tokens"]

    found = v1.get_identity_dkim_attributes(Identities=[zone.domain])["DkimAttributes"]

    assert found[zone.domain]["DkimTokens"] == tokens
    assert _in_v1(v1, zone.domain) == ("Pending", "Pending")
    v1.delete_identity(Identity=zone.domain)
    v1.delete_identity(Identity=zone.domain)
    assert refused(ses.get_email_identity, EmailIdentity=zone.domain) == "NotFoundException"


def test_lost_records_are_noticed(ses: Any, zone: Zone) -> None:
    """SES sends for a while without them."""
    ses.create_email_identity(EmailIdentity=zone.domain)
    _prove(ses, zone)
    token = ses.get_email_identity(EmailIdentity=zone.domain)["DkimAttributes"]["Tokens"][0]
    name = f"{token}._domainkey.{zone.domain}"

    zone.change(("DELETE", name, "CNAME", [f"{token}.dkim.amazonses.com"]))

    found = ses.get_email_identity(EmailIdentity=zone.domain)
    assert found["DkimAttributes"]["Status"] == "TEMPORARY_FAILURE"
    assert found["VerifiedForSendingStatus"]


def test_an_address_waits_for_its_reader(ses: Any, zone: Zone, refused: Callable[..., str]) -> None:
    """Nobody clicks the link here."""
    address = f"orders@{zone.domain}"
    ses.create_email_identity(EmailIdentity=address)

    found = ses.get_email_identity(EmailIdentity=address)

    code = refused(
        ses.put_email_identity_dkim_signing_attributes,
        EmailIdentity=address,
        SigningAttributesOrigin="AWS_SES",
    )
    assert code == "BadRequestException"
    assert (found["IdentityType"], found["VerificationStatus"]) == ("EMAIL_ADDRESS", "PENDING")
    assert found["DkimAttributes"]["Status"] == "NOT_STARTED"
    assert refused(ses.send_email, **_mail(zone)) == "MessageRejected"


def test_the_length_of_keys_reads_back(ses: Any, zone: Zone, refused: Callable[..., str]) -> None:
    """The next ones can have another."""
    ses.create_email_identity(
        EmailIdentity=zone.domain, DkimSigningAttributes={"NextSigningKeyLength": "RSA_1024_BIT"}
    )
    wrong = {"NextSigningKeyLength": "RSA_512_BIT"}

    ses.put_email_identity_dkim_signing_attributes(
        EmailIdentity=zone.domain,
        SigningAttributesOrigin="AWS_SES",
        SigningAttributes={"NextSigningKeyLength": "RSA_2048_BIT"},
    )

    own = ses.get_email_identity(EmailIdentity=zone.domain)["DkimAttributes"]
    assert (own["CurrentSigningKeyLength"], own["NextSigningKeyLength"]) == (
        "RSA_1024_BIT",
        "RSA_2048_BIT",
    )
    assert own["LastKeyGenerationTimestamp"].year > 2000
    codes = {
        refused(
            ses.create_email_identity,
            EmailIdentity=f"x.{zone.domain}",
            DkimSigningAttributes=wrong,
        ),
        refused(
            ses.put_email_identity_dkim_signing_attributes,
            EmailIdentity=zone.domain,
            SigningAttributesOrigin="AWS_SES",
            SigningAttributes=wrong,
        ),
    }
    assert codes == {"BadRequestException"}


def test_keys_of_ones_own_are_not_answered(
    aws: LocalAws, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """They would be looked for in another record."""
    ses = client("sesv2")
    own = {"DomainSigningSelector": "shop", "DomainSigningPrivateKey": "c2VjcmV0"}
    ses.create_email_identity(EmailIdentity="own.example")

    made = refused(
        ses.create_email_identity, EmailIdentity="byo.example", DkimSigningAttributes=own
    )
    changed = [
        refused(
            ses.put_email_identity_dkim_signing_attributes, EmailIdentity="own.example", **asked
        )
        for asked in (
            {"SigningAttributesOrigin": "EXTERNAL"},
            {"SigningAttributesOrigin": "AWS_SES", "SigningAttributes": own},
        )
    ]

    assert {made, *changed} == {"NotImplemented"}
    assert [item.kind for item in aws.inventory()] == ["EmailIdentity"]


def test_an_identity_is_made_once(
    ses: Any, zone: Zone, options: str, refused: Callable[..., str]
) -> None:
    """With a configuration set that exists, and can be exchanged."""
    nobody = refused(
        ses.create_email_identity, EmailIdentity=zone.domain, ConfigurationSetName="nobody"
    )
    ses.create_email_identity(EmailIdentity=zone.domain, ConfigurationSetName=options)
    again = refused(ses.create_email_identity, EmailIdentity=zone.domain)
    change = ses.put_email_identity_configuration_set_attributes
    exchanged = refused(change, EmailIdentity=zone.domain, ConfigurationSetName="nobody")
    kept = ses.get_email_identity(EmailIdentity=zone.domain)["ConfigurationSetName"]

    change(EmailIdentity=zone.domain)

    assert (nobody, again) == ("NotFoundException", "AlreadyExistsException")
    assert (exchanged, kept) == ("NotFoundException", options)
    assert "ConfigurationSetName" not in ses.get_email_identity(EmailIdentity=zone.domain)


def test_tags_are_those_of_sess_arn(ses: Any, zone: Zone, refused: Callable[..., str]) -> None:
    """And go with the identity."""
    arn = f"arn:aws:ses:eu-central-1:210987654321:identity/{zone.domain}"
    tags = [{"Key": "Name", "Value": "shop"}]
    ses.create_email_identity(EmailIdentity=zone.domain, Tags=tags)

    found = ses.list_tags_for_resource(ResourceArn=arn)["Tags"]
    ses.delete_email_identity(EmailIdentity=zone.domain)

    assert found == tags
    assert ses.list_tags_for_resource(ResourceArn=arn)["Tags"] == []
    assert refused(ses.delete_email_identity, EmailIdentity=zone.domain) == "NotFoundException"


def test_a_mail_from_domain_waits_for_its_record(ses: Any, zone: Zone) -> None:
    """One record and no other, which leads to SES in this Region."""
    ses.create_email_identity(EmailIdentity=zone.domain)
    domain = f"bounce.{zone.domain}"
    record = "10 feedback-smtp.eu-central-1.amazonses.com"

    def status() -> str:
        found = ses.get_email_identity(EmailIdentity=zone.domain)["MailFromAttributes"]
        assert found["MailFromDomain"] == domain
        return str(found["MailFromDomainStatus"])

    ses.put_email_identity_mail_from_attributes(EmailIdentity=zone.domain, MailFromDomain=domain)
    seen = [status()]
    for values in (["10 mail.example"], [record], [record, "20 mail.example"]):
        zone.put(domain, "MX", *values)
        seen.append(status())

    assert seen == ["PENDING", "PENDING", "SUCCESS", "FAILED"]


def test_the_mail_from_domain_can_be_given_up(
    ses: Any, zone: Zone, refused: Callable[..., str]
) -> None:
    """It is below the identity's domain, or SES's own."""
    ses.create_email_identity(EmailIdentity=zone.domain)
    change = ses.put_email_identity_mail_from_attributes
    default = ses.get_email_identity(EmailIdentity=zone.domain)["MailFromAttributes"]
    change(
        EmailIdentity=zone.domain,
        MailFromDomain=f"bounce.{zone.domain}",
        BehaviorOnMxFailure="REJECT_MESSAGE",
    )
    strict = ses.get_email_identity(EmailIdentity=zone.domain)["MailFromAttributes"]

    wrong = [
        refused(change, EmailIdentity=zone.domain, **it)
        for it in (
            {"MailFromDomain": "bounce.example"},
            {"MailFromDomain": zone.domain},
            {"BehaviorOnMxFailure": "IGNORE"},
        )
    ]
    change(EmailIdentity=zone.domain)

    assert default == {"BehaviorOnMxFailure": "USE_DEFAULT_VALUE"}
    assert strict["BehaviorOnMxFailure"] == "REJECT_MESSAGE"
    assert set(wrong) == {"BadRequestException"}
    assert ses.get_email_identity(EmailIdentity=zone.domain)["MailFromAttributes"] == default
    assert refused(change, EmailIdentity="nobody.example") == "NotFoundException"


def test_a_set_reads_back(ses: Any) -> None:
    """With SES's defaults for what nobody said, and without what nobody set."""
    plain, full = (f"set-{secrets.token_hex(4)}" for _ in range(2))
    ses.create_configuration_set(ConfigurationSetName=plain)
    ses.create_configuration_set(
        ConfigurationSetName=full,
        DeliveryOptions={"TlsPolicy": "REQUIRE"},
        ReputationOptions={"ReputationMetricsEnabled": True},
        SendingOptions={"SendingEnabled": False},
        SuppressionOptions={"SuppressedReasons": ["BOUNCE"]},
        TrackingOptions={"CustomRedirectDomain": "click.example"},
        Tags=[{"Key": "Name", "Value": "shop"}],
    )

    found = [_options(ses, name) for name in (plain, full)]

    assert found[0] == {
        "DeliveryOptions": {"TlsPolicy": "OPTIONAL"},
        "ReputationOptions": {"ReputationMetricsEnabled": False},
        "SendingOptions": {"SendingEnabled": True},
        "Tags": [],
    }
    assert found[1] == {
        "DeliveryOptions": {"TlsPolicy": "REQUIRE"},
        "ReputationOptions": {"ReputationMetricsEnabled": True},
        "SendingOptions": {"SendingEnabled": False},
        "SuppressionOptions": {"SuppressedReasons": ["BOUNCE"]},
        "TrackingOptions": {"CustomRedirectDomain": "click.example"},
        "Tags": [{"Key": "Name", "Value": "shop"}],
    }


def _options(ses: Any, name: str) -> dict[str, Any]:
    found = ses.get_configuration_set(ConfigurationSetName=name)
    started = found["ReputationOptions"].pop("LastFreshStart")
    assert started.year > 2000
    return {
        key: value
        for key, value in found.items()
        if key not in ("ResponseMetadata", "ConfigurationSetName")
    }


@pytest.mark.parametrize(
    ("action", "asked", "field", "value"),
    [
        ("delivery", {"TlsPolicy": "REQUIRE"}, "DeliveryOptions", {"TlsPolicy": "REQUIRE"}),
        (
            "reputation",
            {"ReputationMetricsEnabled": True},
            "ReputationOptions",
            {"ReputationMetricsEnabled": True},
        ),
        ("sending", {"SendingEnabled": False}, "SendingOptions", {"SendingEnabled": False}),
        (
            "suppression",
            {"SuppressedReasons": ["COMPLAINT"]},
            "SuppressionOptions",
            {"SuppressedReasons": ["COMPLAINT"]},
        ),
        (
            "tracking",
            {"CustomRedirectDomain": "click.example"},
            "TrackingOptions",
            {"CustomRedirectDomain": "click.example"},
        ),
        (
            "vdm",
            {"VdmOptions": {"DashboardOptions": {"EngagementMetrics": "ENABLED"}}},
            "VdmOptions",
            {"DashboardOptions": {"EngagementMetrics": "ENABLED"}},
        ),
    ],
)
def test_options_change_in_place(
    ses: Any, options: str, action: str, asked: dict[str, Any], field: str, value: dict[str, Any]
) -> None:
    """One kind at a time; the others stay."""
    before = _options(ses, options)

    getattr(ses, f"put_configuration_set_{action}_options")(ConfigurationSetName=options, **asked)

    assert _options(ses, options) == {**before, field: value}


def test_refuses_options_that_cannot_be(
    ses: Any, options: str, refused: Callable[..., str]
) -> None:
    """And leaves those that are."""
    before = _options(ses, options)
    name = {"ConfigurationSetName": options}

    codes = [
        refused(ses.put_configuration_set_delivery_options, **name, TlsPolicy="MAYBE"),
        refused(ses.put_configuration_set_suppression_options, **name, SuppressedReasons=["SPAM"]),
        refused(
            ses.create_configuration_set,
            ConfigurationSetName="new",
            DeliveryOptions={"TlsPolicy": "MAYBE"},
        ),
        refused(ses.get_configuration_set, ConfigurationSetName="new"),
        refused(ses.create_configuration_set, **name),
    ]

    assert codes == [
        *["BadRequestException"] * 3,
        "NotFoundException",
        "AlreadyExistsException",
    ]
    assert _options(ses, options) == before


def test_a_deleted_set_is_gone(ses: Any, options: str, refused: Callable[..., str]) -> None:
    """With its tags, and it cannot be deleted twice."""
    arn = f"arn:aws:ses:eu-central-1:210987654321:configuration-set/{options}"
    ses.tag_resource(ResourceArn=arn, Tags=[{"Key": "Name", "Value": "shop"}])

    ses.delete_configuration_set(ConfigurationSetName=options)

    code = refused(ses.delete_configuration_set, ConfigurationSetName=options)
    assert code == "NotFoundException"
    assert ses.list_tags_for_resource(ResourceArn=arn)["Tags"] == []


def test_events_go_somewhere(
    ses: Any, options: str, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """To numbers or to a topic that exists; changed and given up by name."""
    topic = client("sns").create_topic(Name=options)["TopicArn"]
    name = {"ConfigurationSetName": options, "EventDestinationName": "events"}
    numbers = {"MatchingEventTypes": ["BOUNCE"], "CloudWatchDestination": _NUMBERS}
    other = {
        "Enabled": True,
        "MatchingEventTypes": ["SEND", "DELIVERY"],
        "SnsDestination": {"TopicArn": topic},
    }

    def told() -> list[dict[str, Any]]:
        found = ses.get_configuration_set_event_destinations(ConfigurationSetName=options)
        return list(found["EventDestinations"])

    ses.create_configuration_set_event_destination(**name, EventDestination=numbers)
    first = told()
    again = refused(
        ses.create_configuration_set_event_destination, **name, EventDestination=numbers
    )
    ses.update_configuration_set_event_destination(**name, EventDestination=other)
    second = told()
    ses.delete_configuration_set_event_destination(**name)

    assert first == [{"Name": "events", "Enabled": False, **numbers}]
    assert again == "AlreadyExistsException"
    assert second == [{"Name": "events", **other}]
    assert told() == []
    assert (
        refused(ses.delete_configuration_set_event_destination, **name),
        refused(ses.update_configuration_set_event_destination, **name, EventDestination=other),
    ) == ("NotFoundException", "NotFoundException")


@pytest.mark.parametrize(
    "asked",
    [
        {"MatchingEventTypes": ["SEND"]},
        {"MatchingEventTypes": [], "CloudWatchDestination": _NUMBERS},
        {"MatchingEventTypes": ["SENT"], "CloudWatchDestination": _NUMBERS},
        {"MatchingEventTypes": ["SEND"], "CloudWatchDestination": {"DimensionConfigurations": []}},
        {
            "MatchingEventTypes": ["SEND"],
            "SnsDestination": {"TopicArn": "arn:aws:sns:eu-central-1:210987654321:nobody"},
        },
    ],
)
def test_refuses_destinations_that_cannot_be(
    ses: Any, options: str, refused: Callable[..., str], asked: dict[str, Any]
) -> None:
    """Exactly one, for events that there are."""
    code = refused(
        ses.create_configuration_set_event_destination,
        ConfigurationSetName=options,
        EventDestinationName="events",
        EventDestination=asked,
    )

    assert code == "BadRequestException"


def test_a_set_has_ten_destinations(ses: Any, options: str, refused: Callable[..., str]) -> None:
    """Not eleven."""
    asked = {"MatchingEventTypes": ["SEND"], "CloudWatchDestination": _NUMBERS}
    create = ses.create_configuration_set_event_destination
    for number in range(10):
        create(
            ConfigurationSetName=options,
            EventDestinationName=f"events-{number}",
            EventDestination=asked,
        )

    code = refused(
        create,
        ConfigurationSetName=options,
        EventDestinationName="one-more",
        EventDestination=asked,
    )

    assert code == "BadRequestException"


def test_other_destinations_are_not_answered(
    aws: LocalAws, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """What is not looked after here is a 501."""
    ses = client("sesv2")
    ses.create_configuration_set(ConfigurationSetName="shop")

    code = refused(
        ses.create_configuration_set_event_destination,
        ConfigurationSetName="shop",
        EventDestinationName="events",
        EventDestination={
            "MatchingEventTypes": ["SEND"],
            "EventBridgeDestination": {
                "EventBusArn": "arn:aws:events:eu-central-1:210987654321:event-bus/default"
            },
        },
    )

    assert code == "NotImplemented"
    assert [gap.reason for gap in aws.unimplemented()] == ["events for: EventBridgeDestination"]
