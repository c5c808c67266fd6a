"""E-mail: proven, over TLS, watched, and sent only from addresses that somebody was given."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.ses.config import EmailIdentityConfig, ReputationAlarmsConfig, SmtpUserConfig
from platform_lib.ses.email_identity import EmailIdentity
from platform_lib.ses.smtp_user import SmtpUser
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.secrets_in_state import ALLOWED
from platform_lib.testing.template import Block, Template

DOMAIN = "shop.example.com"
ORDERS = f"orders@{DOMAIN}"
HELP = f"help@{DOMAIN}"
SEND = ("ses:SendEmail", "ses:SendRawEmail")


def _key(stack: PlatformStack) -> Key:
    return Key(stack, "Data", config=KeyConfig(description="Data"))


def _identity(stack: PlatformStack, key: Key | None = None, **config: Any) -> EmailIdentity:
    return EmailIdentity(
        stack,
        "Mail",
        config=EmailIdentityConfig(domain=DOMAIN, **config),
        zone=HostedZone(stack, "Zone", config=HostedZoneConfig(domain="example.com")),
        alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=key or _key(stack)),
    )


def _user(stack: PlatformStack, **config: Any) -> SmtpUser:
    key = _key(stack)
    given = {"description": "Helpdesk", "from_addresses": (HELP,), **config}
    return SmtpUser(
        stack,
        "Helpdesk",
        config=SmtpUserConfig(**given),
        identity=_identity(stack, key),
        key=key,
    )


def _role(stack: PlatformStack, id: str) -> Role:
    return Role(stack, id, service="ecs-tasks.amazonaws.com", description=id)


def _records(stack: PlatformStack) -> dict[tuple[str, str], str]:
    found = Template(stack).all("aws_route53_record").values()
    return {(it["type"], it["name"]): it["records"][0] for it in found}


def _alarms(stack: PlatformStack) -> dict[str, Block]:
    found = Template(stack).all("aws_cloudwatch_metric_alarm").values()
    return {it["alarm_name"]: it for it in found}


class TestIdentity:
    """The domain, and what its mail goes through."""

    @pytest.mark.parametrize("allow_destroy", [False, True])
    def test_it_is_protected(
        self, environment: Environment, tmp_path: Path, *, allow_destroy: bool
    ) -> None:
        """Without it nothing is sent, and proving it anew takes up to three days."""
        stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

        _identity(stack)

        identity = Template(stack).only("aws_sesv2_email_identity")
        assert identity["email_identity"] == DOMAIN
        assert identity.get("lifecycle") == (None if allow_destroy else {"prevent_destroy": True})

    def test_all_its_mail_goes_through_the_configuration_set(self, stack: PlatformStack) -> None:
        """Also that of software which knows nothing of it."""
        identity = _identity(stack)

        template = Template(stack)
        named = template.only("aws_sesv2_email_identity")["configuration_set_name"]
        made = template.only("aws_sesv2_configuration_set")
        assert made["configuration_set_name"] == "shop-prod-mail" == identity.configuration_set
        assert named.startswith("${aws_sesv2_configuration_set.Mail_")

    def test_mail_needs_tls_and_a_reader_who_wants_it(self, stack: PlatformStack) -> None:
        """None of it is an option."""
        _identity(stack)

        made = Template(stack).only("aws_sesv2_configuration_set")

        assert made["delivery_options"] == {"tls_policy": "REQUIRE"}
        assert made["reputation_options"] == {"reputation_metrics_enabled": True}
        assert made["sending_options"] == {"sending_enabled": True}
        assert made["suppression_options"] == {"suppressed_reasons": ["BOUNCE", "COMPLAINT"]}

    def test_what_happens_to_mail_is_counted(self, stack: PlatformStack) -> None:
        """In CloudWatch, where no reader's address is."""
        _identity(stack)

        events = Template(stack).only("aws_sesv2_configuration_set_event_destination")

        destination = events["event_destination"]
        assert destination["enabled"] is True
        assert {"BOUNCE", "COMPLAINT", "REJECT", "SEND"} <= set(destination["matching_event_types"])
        assert destination["cloud_watch_destination"]["dimension_configuration"] == [
            {
                "dimension_name": "ses:configuration-set",
                "dimension_value_source": "MESSAGE_TAG",
                "default_dimension_value": "shop-prod-mail",
            }
        ]
        assert set(destination) == {"enabled", "matching_event_types", "cloud_watch_destination"}

    def test_three_records_prove_the_domain(self, stack: PlatformStack) -> None:
        """Long keys, whose names SES makes up: so the records have ids of their own."""
        _identity(stack)

        template = Template(stack)
        signing = template.only("aws_sesv2_email_identity")["dkim_signing_attributes"]
        assert signing == {"next_signing_key_length": "RSA_2048_BIT"}
        (own,) = template.all("aws_sesv2_email_identity")
        for number in range(3):
            token = (
                f"${{aws_sesv2_email_identity.{own}.dkim_signing_attributes[0].tokens[{number}]}}"
            )
            record = template.only("aws_route53_record", path=f"/Dkim{number + 1}")
            assert record["type"] == "CNAME"
            assert record["name"] == f"{token}._domainkey.{DOMAIN}"
            assert record["records"] == [f"{token}.dkim.amazonses.com"]

    def test_bounces_come_back_to_a_name_of_ours(self, stack: PlatformStack) -> None:
        """So that the sender's domain and the path of the mail agree."""
        _identity(stack, mail_from="returns")

        host = f"returns.{DOMAIN}"
        records = _records(stack)
        assert records["MX", host] == "10 feedback-smtp.us-east-1.amazonses.com"
        assert records["TXT", host] == "v=spf1 include:amazonses.com -all"
        path = Template(stack).only("aws_sesv2_email_identity_mail_from_attributes")
        assert path["mail_from_domain"] == host
        assert path["behavior_on_mx_failure"] == "USE_DEFAULT_VALUE"

    @pytest.mark.parametrize(
        ("config", "text"),
        [
            ({}, "v=DMARC1; p=none"),
            (
                {"dmarc_policy": "reject", "dmarc_reports": "dmarc@example.com"},
                "v=DMARC1; p=reject; rua=mailto:dmarc@example.com",
            ),
            ({"dmarc_policy": None}, None),
        ],
    )
    def test_receivers_are_told_what_to_do(
        self, stack: PlatformStack, config: dict[str, Any], text: str | None
    ) -> None:
        """Unless somebody else keeps that record."""
        _identity(stack, **config)

        assert _records(stack).get(("TXT", f"_dmarc.{DOMAIN}")) == text

    def test_refuses_a_domain_that_is_not_in_the_zone(self, stack: PlatformStack) -> None:
        """Its records would prove nothing."""
        with pytest.raises(PlatformError) as refused:
            EmailIdentity(
                stack,
                "Mail",
                config=EmailIdentityConfig(domain="example.org"),
                zone=HostedZone(stack, "Zone", config=HostedZoneConfig(domain="example.com")),
                alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=_key(stack)),
            )

        assert str(refused.value).endswith("[OutsideZone]")

    @pytest.mark.parametrize(
        ("alarm", "metric", "threshold", "topic"),
        [
            ("bounces-p2", "Reputation.BounceRate", 0.02, "P2"),
            ("bounces-review-p1", "Reputation.BounceRate", 0.05, "P1"),
            ("complaints-p2", "Reputation.ComplaintRate", 0.0004, "P2"),
            ("complaints-review-p1", "Reputation.ComplaintRate", 0.001, "P1"),
        ],
    )
    def test_somebody_hears_before_ses_stops_sending(
        self, stack: PlatformStack, alarm: str, metric: str, threshold: float, topic: str
    ) -> None:
        """Early in working hours, and at night when SES would review the account."""
        alarms = ReputationAlarmsConfig(bounce_percent=2, complaint_percent=0.04)
        _identity(stack, alarms=alarms)

        found = _alarms(stack)[f"shop-prod-mail-{alarm}"]

        assert (found["namespace"], found["metric_name"]) == ("AWS/SES", metric)
        assert found["dimensions"] == {"ses:configuration-set": "shop-prod-mail"}
        assert found["threshold"] == pytest.approx(threshold)
        assert found["comparison_operator"] == "GreaterThanThreshold"
        assert (found["period"], found["evaluation_periods"]) == (3600, 1)
        assert found["treat_missing_data"] == "ignore"
        assert found["alarm_actions"][0].startswith(f"${{aws_sns_topic.Alerts_{topic}_")


class TestGrants:
    """A role sends from the addresses that it was given."""

    @pytest.fixture
    def access(self, stack: PlatformStack) -> Access:
        """Return what a mailer, a role that got two addresses one by one, and nobody may do."""
        identity = _identity(stack)
        EmailIdentity(
            stack,
            "Other",
            config=EmailIdentityConfig(domain="other.example.com"),
            zone=HostedZone(stack, "OtherZone", config=HostedZoneConfig(domain="example.com")),
            alerts=Alerts(stack, "OtherAlerts", config=AlertsConfig(), key=_other_key(stack)),
        )
        identity.grants.send(_role(stack, "Mailer"), from_addresses=(ORDERS,))
        both = _role(stack, "Both")
        for address in (ORDERS, HELP, ORDERS):
            identity.grants.send(both, from_addresses=(address,))
        _role(stack, "Nobody")
        return Access.of(Template(stack))

    @pytest.mark.parametrize("action", SEND)
    @pytest.mark.parametrize(
        ("role", "sender", "resource", "expected"),
        [
            ("Mailer", ORDERS, "Mail", True),
            ("Mailer", ORDERS, "Mail/ConfigurationSet", True),
            ("Mailer", HELP, "Mail", False),
            ("Mailer", None, "Mail", False),
            ("Mailer", "Orders@shop.example.com", "Mail", False),
            ("Mailer", "orders@other.example.com", "Other", False),
            ("Mailer", ORDERS, "Other", False),
            ("Mailer", ORDERS, "Other/ConfigurationSet", False),
            ("Both", ORDERS, "Mail", True),
            ("Both", HELP, "Mail", True),
            ("Both", f"ceo@{DOMAIN}", "Mail", False),
            ("Nobody", ORDERS, "Mail", False),
        ],
    )
    def test_may_send(
        self,
        access: Access,
        role: str,
        action: str,
        sender: str | None,
        resource: str,
        *,
        expected: bool,
    ) -> None:
        """From these addresses of this domain, by either call of the API."""
        context = {} if sender is None else {"ses:FromAddress": sender}

        verdict = access.evaluate(Request(access.arn(role), action, access.arn(resource), context))

        assert verdict.allowed is expected, verdict.reason

    @pytest.mark.parametrize(
        "action",
        ["ses:DeleteEmailIdentity", "ses:PutEmailIdentityMailFromAttributes", "ses:SendBulkEmail"],
    )
    def test_may_do_nothing_else(self, access: Access, action: str) -> None:
        """Neither change the identity nor send in bulk."""
        context = {"ses:FromAddress": ORDERS}

        request = Request(access.arn("Mailer"), action, access.arn("Mail"), context)

        assert not access.evaluate(request).allowed

    def test_the_grant_says_what_was_given(self, stack: PlatformStack) -> None:
        """For every address, each once."""
        grant = _identity(stack).grants.send(
            _role(stack, "Mailer"), from_addresses=(ORDERS, HELP, ORDERS)
        )

        senders = [
            it.conditions["StringEquals"]["ses:FromAddress"]
            for it in grant.statements
            if it.conditions
        ]
        assert senders == [(HELP,), (ORDERS,)]

    @pytest.mark.parametrize("addresses", [(), (ORDERS, "orders@example.org"), ORDERS])
    def test_refuses_senders_of_another_domain(
        self, stack: PlatformStack, addresses: tuple[str, ...]
    ) -> None:
        """And none, and a string in place of a list."""
        identity = _identity(stack)

        with pytest.raises(PlatformError) as refused:
            identity.grants.send(_role(stack, "Mailer"), from_addresses=addresses)

        assert str(refused.value).endswith("[SenderElsewhere]")


def _other_key(stack: PlatformStack) -> Key:
    return Key(stack, "OtherData", config=KeyConfig(description="Other data"))


class TestSmtpUser:
    """Credentials for what cannot call the API."""

    @pytest.mark.parametrize(
        ("action", "sender", "resource", "expected"),
        [
            ("ses:SendRawEmail", HELP, "Mail", True),
            ("ses:SendRawEmail", HELP, "Mail/ConfigurationSet", True),
            ("ses:SendRawEmail", ORDERS, "Mail", False),
            ("ses:SendRawEmail", None, "Mail", False),
            ("ses:SendEmail", HELP, "Mail", False),
            ("ses:DeleteEmailIdentity", HELP, "Mail", False),
            ("secretsmanager:GetSecretValue", None, "Helpdesk/HelpdeskCredential", False),
        ],
    )
    def test_may(
        self,
        stack: PlatformStack,
        action: str,
        sender: str | None,
        resource: str,
        *,
        expected: bool,
    ) -> None:
        """Send raw mail from its addresses, and nothing else; not even read its own secret."""
        _user(stack)
        access = Access.of(Template(stack))
        context = {} if sender is None else {"ses:FromAddress": sender}

        verdict = access.evaluate(
            Request(access.arn("Helpdesk"), action, access.arn(resource), context)
        )

        assert verdict.allowed is expected, verdict.reason

    def test_it_is_named_after_its_construct(self, stack: PlatformStack) -> None:
        """As everything else of the environment."""
        _user(stack)

        assert Template(stack).only("aws_iam_user") == {"name": "shop-prod-helpdesk"}

    def test_the_secret_has_all_that_software_asks_for(self, stack: PlatformStack) -> None:
        """Host, port, user and password, written through the argument that leaves no trace."""
        _user(stack, port=2587)

        template = Template(stack)
        (name,) = template.all("aws_iam_access_key")
        version = template.only("aws_secretsmanager_secret_version")
        assert "secret_string" not in version
        assert json.loads(version["secret_string_wo"]) == {
            "host": "email-smtp.us-east-1.amazonaws.com",
            "port": "2587",
            "username": f"${{aws_iam_access_key.{name}.id}}",
            "password": f"${{aws_iam_access_key.{name}.ses_smtp_password_v4}}",
        }

    def test_who_is_granted_reads_it(self, stack: PlatformStack) -> None:
        """The task that runs the software, and nobody else."""
        user = _user(stack)
        user.credential.grants.read(_role(stack, "Support"))
        _role(stack, "Nobody")
        access = Access.of(Template(stack))
        secret = access.arn("Helpdesk/HelpdeskCredential")

        readers = {
            role
            for role in ("Support", "Nobody")
            if access.evaluate(
                Request(access.arn(role), "secretsmanager:GetSecretValue", secret)
            ).allowed
        }

        assert readers == {"Support"}

    def test_a_second_key_comes_beside_the_first(
        self, environment: Environment, tmp_path: Path
    ) -> None:
        """The first stays as it is, and the secret has the second."""
        stages = [stack_of(environment, tmp_path / str(number)) for number in range(3)]

        for stack, editions in zip(stages, ((1,), (1, 2), (2,)), strict=True):
            _user(stack, editions=editions)

        first, both, second = (Template(it).all("aws_iam_access_key") for it in stages)
        assert len(first) == len(second) == 1
        assert both == {**first, **second}
        used = [_credentials(Template(it)) for it in stages]
        assert used[0] == _of(first)
        assert used[1] == used[2] == _of(second)

    def test_a_key_goes_after_the_secret_has_the_next(self, stack: PlatformStack) -> None:
        """Also for who takes both steps at once."""
        _user(stack)

        key = Template(stack).only("aws_iam_access_key")

        assert key["lifecycle"] == {"create_before_destroy": True}

    @pytest.mark.parametrize(
        ("changed", "rewritten"),
        [
            ({"editions": (1, 2)}, True),
            ({"port": 465}, True),
            ({"from_addresses": (HELP, ORDERS)}, False),
        ],
    )
    def test_the_secret_is_written_again_when_it_says_something_else(
        self, environment: Environment, tmp_path: Path, changed: dict[str, Any], *, rewritten: bool
    ) -> None:
        """Terraform compares only the edition of what is write-only."""

        def edition(name: str, **config: Any) -> str:
            stack = stack_of(environment, tmp_path / name)
            _user(stack, **config)
            version = Template(stack).only("aws_secretsmanager_secret_version")
            found: str = version["secret_string_wo_version"]
            return found

        before, after = edition("before"), edition("after", **changed)

        assert before.startswith("${parseint(")
        assert (before != after) is rewritten

    def test_refuses_senders_of_another_domain(self, stack: PlatformStack) -> None:
        """SES would refuse each mail."""
        with pytest.raises(PlatformError) as refused:
            _user(stack, from_addresses=("help@example.org",))

        assert str(refused.value).endswith(
            "'help@example.org' is not an address of 'shop.example.com'; write it in lower case"
            " and without wildcards, as in 'orders@shop.example.com' [SenderElsewhere]"
        )

    def test_what_its_key_leaves_in_a_state_is_in_the_table(self) -> None:
        """Both names under which the provider keeps it."""
        kept = {place for place in ALLOWED if place.startswith("aws_iam_access_key ")}

        assert kept == {"aws_iam_access_key secret", "aws_iam_access_key ses_smtp_password_v4"}


def _credentials(template: Template) -> tuple[str, str]:
    """Return what a secret says of the access key: its id and the password made of it."""
    version = template.only("aws_secretsmanager_secret_version")
    value = json.loads(version["secret_string_wo"])
    return value["username"], value["password"]


def _of(keys: dict[str, Block]) -> tuple[str, str]:
    """Return how the only key is referred to."""
    (name,) = keys
    return (
        f"${{aws_iam_access_key.{name}.id}}",
        f"${{aws_iam_access_key.{name}.ses_smtp_password_v4}}",
    )


@pytest.mark.parametrize("build", [_identity, _user])
def test_no_key_is_needed_where_nobody_asked_for_one(
    stack: PlatformStack, build: Callable[[PlatformStack], object]
) -> None:
    """An identity has no user; a role sends with its own credentials."""
    build(stack)

    count = Template(stack).count("aws_iam_access_key")

    assert count == (1 if build is _user else 0)
