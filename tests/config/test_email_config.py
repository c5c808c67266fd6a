"""Domains, senders, keys and alarms of e-mail, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.ses._senders import dkim_domain, senders_problem
from platform_lib.ses.config import EmailIdentityConfig, ReputationAlarmsConfig, SmtpUserConfig

SENDERS = ("help@shop.example.com",)


def _message(refused: pytest.ExceptionInfo[ValidationError]) -> str:
    (error,) = refused.value.errors(include_input=False)
    return error["msg"].removeprefix("Value error, ")


def _smtp(**config: Any) -> SmtpUserConfig:
    given = {"description": "Helpdesk", "from_addresses": SENDERS, **config}
    return SmtpUserConfig.model_validate(given)


def test_takes_a_domain_and_fills_the_rest() -> None:
    """A policy that only reports, and a name for what bounces."""
    config = EmailIdentityConfig(domain="shop.example.com")

    assert (config.mail_from, config.dmarc_policy, config.dmarc_reports) == ("bounce", "none", None)


@pytest.mark.parametrize("label", ["mail.bounce", "Bounce", "-a", "a-", "", "a" * 64])
def test_refuses_a_mail_from_that_is_no_label(label: str) -> None:
    """It is one name below the domain."""
    with pytest.raises(ValidationError) as refused:
        EmailIdentityConfig(domain="shop.example.com", mail_from=label)

    assert _message(refused) == f"{label!r} is not one label of a domain; write 'bounce'"


@pytest.mark.parametrize("policy", ["none", "quarantine", "reject"])
def test_takes_reports_on_a_policy(policy: str) -> None:
    """On each of them."""
    assert EmailIdentityConfig.model_validate(
        {"domain": "example.com", "dmarc_policy": policy, "dmarc_reports": "dmarc@example.com"}
    )


def test_refuses_reports_without_a_policy() -> None:
    """There would be no record to write the address into."""
    with pytest.raises(ValidationError) as refused:
        EmailIdentityConfig(
            domain="example.com", dmarc_policy=None, dmarc_reports="dmarc@example.com"
        )

    assert _message(refused) == (
        "dmarc_reports='dmarc@example.com' has no effect with dmarc_policy=None; leave it out, or"
        " write dmarc_policy='none'"
    )


@pytest.mark.parametrize(
    ("field", "allowed", "refused"),
    [("bounce_percent", 4.9, (0, 5)), ("complaint_percent", 0.09, (0, 0.1))],
)
def test_early_alarms_come_before_the_review(
    field: str, allowed: float, refused: tuple[float, ...]
) -> None:
    """At the figure of the review P1 hears anyway."""
    ReputationAlarmsConfig.model_validate({field: allowed})
    for value in refused:
        with pytest.raises(ValidationError, match=r"(greater|less) than"):
            ReputationAlarmsConfig.model_validate({field: value})


@pytest.mark.parametrize(
    "address",
    [
        "Help@shop.example.com",
        "*@shop.example.com",
        "help",
        "help@",
        "@a.b",
        "a b@shop.example.com",
    ],
)
def test_refuses_what_is_no_sender(address: str) -> None:
    """IAM compares letter by letter, and a wildcard would be every address."""
    with pytest.raises(ValidationError) as refused:
        _smtp(from_addresses=(address,))

    assert _message(refused) == (
        f"{address!r} is not an address that mail is sent from; write it in lower case as in"
        " 'orders@example.com'"
    )


def test_needs_a_sender() -> None:
    """A user that may send from nowhere is a mistake."""
    with pytest.raises(ValidationError) as refused:
        _smtp(from_addresses=())

    assert _message(refused) == (
        "from_addresses is empty, so nothing could be sent; write at least one address, as in"
        " 'orders@example.com'"
    )


@pytest.mark.parametrize("port", [465, 587, 2465, 2587])
def test_takes_ports_with_tls(port: int) -> None:
    """All that SES offers beside 25, which EC2 slows down."""
    assert _smtp(port=port).port == port


def test_refuses_port_25() -> None:
    """https://docs.aws.amazon.com/ses/latest/dg/smtp-connect.html."""
    with pytest.raises(ValidationError, match="465, 587, 2465 or 2587"):
        _smtp(port=25)


@pytest.mark.parametrize("editions", [(1,), (1, 2), (7, 9999)])
def test_takes_one_key_or_two(editions: tuple[int, ...]) -> None:
    """As many as IAM lets a user have."""
    assert _smtp(editions=editions).editions == editions


@pytest.mark.parametrize("editions", [(2, 1), (1, 1)])
def test_refuses_keys_out_of_order(editions: tuple[int, ...]) -> None:
    """The last is the one in the secret."""
    with pytest.raises(ValidationError) as refused:
        _smtp(editions=editions)

    assert _message(refused) == (
        f"editions={editions} is not in order; write the newer one last, as in (1, 2)"
    )


@pytest.mark.parametrize("editions", [(), (1, 2, 3)])
def test_refuses_other_numbers_of_keys(editions: tuple[int, ...]) -> None:
    """IAM refuses a third."""
    with pytest.raises(ValidationError) as refused:
        _smtp(editions=editions)

    assert _message(refused) == (
        f"editions={editions} names {len(editions)} keys and IAM lets a user have 2; write one, or"
        " two while the key is changed"
    )


@pytest.mark.parametrize("edition", [0, 10_000])
def test_refuses_editions_out_of_range(edition: int) -> None:
    """They count from one."""
    with pytest.raises(ValidationError, match="than or equal to"):
        _smtp(editions=(edition,))


@pytest.mark.parametrize(
    ("addresses", "problem"),
    [
        (("orders@shop.example.com", "a.b+c@shop.example.com"), None),
        ((), "no sender is named; write at least one address, as in 'orders@shop.example.com'"),
        *(
            (
                ("orders@shop.example.com", wrong),
                (
                    f"{wrong!r} is not an address of 'shop.example.com'; write it in lower case and"
                    " without wildcards, as in 'orders@shop.example.com'"
                ),
            )
            for wrong in (
                "orders@example.com",
                "orders@a.shop.example.com",
                "orders@shopxexample.com",
                "*@shop.example.com",
                "Orders@shop.example.com",
            )
        ),
    ],
)
def test_senders_are_of_the_domain(addresses: tuple[str, ...], problem: str | None) -> None:
    """The whole address is looked at, of every one of them."""
    assert senders_problem(addresses, "shop.example.com") == problem


@pytest.mark.parametrize(
    ("region", "domain"),
    [
        ("us-east-1", "dkim.amazonses.com"),
        ("eu-central-1", "dkim.amazonses.com"),
        ("eu-south-1", "dkim.eu-south-1.amazonses.com"),
    ],
)
def test_some_regions_have_keys_of_their_own(region: str, domain: str) -> None:
    """https://docs.aws.amazon.com/general/latest/gr/ses.html#ses_dkim_domains."""
    assert dkim_domain(region) == domain
