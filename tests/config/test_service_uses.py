"""What a service uses: names, variables, and what is refused of them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.services.uses import (
    BrokerUse,
    BucketUse,
    CacheUse,
    DatabaseUse,
    EmailUse,
    SmtpUse,
    TableUse,
    Uses,
    own_variable,
)
from tests.config.service_shop import sentence, task

LEGACY = SmtpUse(reason="a plugin that knows only SMTP")


def refusal(**fields: Any) -> str:
    """Return the sentence that refuses these fields."""
    with pytest.raises(ValidationError) as refused:
        Uses.model_validate({"task": task(), **fields})
    return sentence(refused.value)


DEFAULTS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "nothing": ({}, {}),
    "a database": (
        {"databases": {"orders": DatabaseUse(credential="shop")}},
        {"DATABASE_URL": "databases['orders']"},
    ),
    "a cache": (
        {"caches": {"sessions": CacheUse(user="shop")}},
        {"CACHE_URL": "caches['sessions']"},
    ),
    "a broker": ({"brokers": {"jobs": BrokerUse()}}, {"BROKER_URL": "brokers['jobs']"}),
    "a bucket": ({"buckets": {"raw-media": BucketUse()}}, {"RAW_MEDIA_BUCKET": "buckets['raw-media']"}),
    "a table": ({"tables": {"tax": TableUse()}}, {"TAX_TABLE": "tables['tax']"}),
    "a secret": (
        {"secrets": {"API_KEY": "payment-api:key"}},
        {"API_KEY": "secrets['API_KEY']"},
    ),
    "mail by the API": (
        {"email": EmailUse(senders=("orders",))},
        {"DEFAULT_FROM_EMAIL": "email"},
    ),
    "mail by SMTP": (
        {"email": EmailUse(senders=("orders",), smtp=LEGACY)},
        dict.fromkeys(
            ("SMTP_HOST", "SMTP_PORT", "SMTP_USERNAME", "SMTP_PASSWORD", "DEFAULT_FROM_EMAIL"),
            "email",
        ),
    ),
    "an address": (
        {"addresses": {"API_URL": "https://api.{domain}/"}},
        {"API_URL": "addresses['API_URL']"},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "variables"), DEFAULTS.values(), ids=DEFAULTS.keys())
def test_each_thing_gives_its_variables(fields: dict[str, Any], variables: dict[str, str]) -> None:
    """Every name brings a variable, and nothing else does."""
    uses = Uses.model_validate({"task": task(), **fields})

    assert dict(uses.injected()) == variables
    assert len([*uses.injected()]) == len(variables)


@pytest.mark.parametrize(
    ("field", "use"),
    [
        ("databases", DatabaseUse(credential="shop", variable="OTHER")),
        ("caches", CacheUse(user="shop", variable="OTHER")),
        ("brokers", BrokerUse(variable="OTHER")),
        ("buckets", BucketUse(variable="OTHER")),
        ("tables", TableUse(variable="OTHER")),
    ],
)
def test_a_variable_can_be_called_otherwise(field: str, use: Any) -> None:
    """A program that exists has names of its own."""
    uses = Uses.model_validate({"task": task(), field: {"one": use}})

    assert [*uses.injected()] == [("OTHER", f"{field}['one']")]


def test_the_sender_can_be_in_another_variable() -> None:
    """As Django has one and others have not."""
    uses = Uses(task=task(), email=EmailUse(senders=("orders",), variable="MAIL_FROM"))

    assert [*uses.injected()] == [("MAIL_FROM", "email")]


def test_variables_of_buckets_and_tables_follow_from_their_names() -> None:
    """In capitals, with what it is at the end."""
    assert own_variable("raw-media", "BUCKET") == "RAW_MEDIA_BUCKET"


def test_a_service_may_do_little_by_default() -> None:
    """Its code reads no secret and writes no log group; ECS does both for it."""
    uses = Uses(task=task())

    assert (uses.reads_secrets, uses.writes_logs, uses.email) == (False, False, None)
    assert Uses(task=task(), reads_secrets=True, writes_logs=True).reads_secrets


def test_buckets_and_tables_are_for_reading_and_writing_by_default() -> None:
    """The whole bucket, since nothing narrower is said."""
    assert (BucketUse().access, BucketUse().prefixes) == ("read_write", ("",))
    assert TableUse().access == "read_write"


@pytest.mark.parametrize("access", ["read", "write", "read_write"])
def test_a_bucket_takes_three_kinds_of_access(access: Any) -> None:
    """Writing without reading is one of them."""
    assert BucketUse(access=access).access == access


@pytest.mark.parametrize("access", ["read", "read_write"])
def test_a_table_takes_two_kinds_of_access(access: Any) -> None:
    """Nobody writes items blindly."""
    assert TableUse(access=access).access == access


@pytest.mark.parametrize(("use", "given"), [(BucketUse, "all"), (TableUse, "write")])
def test_another_access_is_refused(use: Any, given: str) -> None:
    """The model lists what there is."""
    with pytest.raises(ValidationError, match="Input should be 'read'"):
        use(access=given)


class TestQueue:
    """The queue that a service works off."""

    def test_is_the_one_of_a_broker(self) -> None:
        """With the broker that has it."""
        brokers = {"audit": BrokerUse(variable="AUDIT_URL"), "jobs": BrokerUse(queue="mail")}

        assert Uses(task=task(), brokers=brokers).queue == ("jobs", "mail")

    def test_is_none_of_one_that_only_sends(self) -> None:
        """A broker without a queue is for sending."""
        assert Uses(task=task(), brokers={"jobs": BrokerUse()}).queue is None

    @pytest.mark.parametrize("name", ["celery", "mail.high:1", "A_b-1", "q" * 255])
    def test_takes_names_of_rabbitmq(self, name: str) -> None:
        """Up to 255 characters."""
        assert BrokerUse(queue=name).queue == name

    @pytest.mark.parametrize("name", ["", "amq.gen-1", "two words", "q" * 256])
    def test_refuses_other_names(self, name: str) -> None:
        """What starts with ``amq.`` is RabbitMQ's own."""
        with pytest.raises(ValidationError) as refused:
            BrokerUse(queue=name)

        assert sentence(refused.value) == (f"{name!r} is not a queue; write it as in 'celery'")


class TestSecrets:
    """Secrets by variable."""

    @pytest.mark.parametrize("name", ["payment-api", "payment-api:public_key", "a1"])
    def test_takes_a_name_with_or_without_a_key(self, name: str) -> None:
        """One secret can hold several values as JSON."""
        assert Uses(task=task(), secrets={"VALUE": name}).secrets == {"VALUE": name}

    @pytest.mark.parametrize("name", ["Payment", "payment:", ":key", "payment:a:b", "arn:aws:x"])
    def test_refuses_what_is_no_name(self, name: str) -> None:
        """An ARN is not a name, and two keys are none."""
        assert refusal(secrets={"VALUE": name}) == (
            f"{name!r} is not a secret; write its name, or name and key of its JSON as in"
            " 'payment-api:public'"
        )

    def test_refuses_what_is_no_variable(self) -> None:
        """A hyphen is for names, not for variables."""
        assert refusal(secrets={"API-KEY": "payment-api"}) == (
            "'API-KEY' is not a name of an environment variable; use letters, digits and"
            " underscores"
        )


class TestPrefixes:
    """Folders of a bucket."""

    @pytest.mark.parametrize("prefixes", [("",), ("products/",), ("a/b/", "a/c/", "ab/")])
    def test_are_folders(self, prefixes: tuple[str, ...]) -> None:
        """The empty one is the bucket."""
        assert BucketUse(prefixes=prefixes).prefixes == prefixes

    @pytest.mark.parametrize("prefix", ["products", "/products/", "a//b/", "*/"])
    def test_end_with_a_slash(self, prefix: str) -> None:
        """Without it, ``media`` would also be ``media-private``."""
        with pytest.raises(ValidationError) as refused:
            BucketUse(prefixes=(prefix,))

        assert sentence(refused.value) == (
            f"{prefix!r} is not a folder; write folders each with a slash at the end, as in"
            " 'products/'"
        )

    @pytest.mark.parametrize(
        ("prefixes", "one", "other"),
        [
            (("a/b/", "a/"), "a/b/", "a/"),
            (("", "a/"), "a/", ""),
            (("a/", "a/"), "a/", "a/"),
        ],
    )
    def test_do_not_lie_in_each_other(
        self, prefixes: tuple[str, ...], one: str, other: str
    ) -> None:
        """The narrower one would only look like a limit."""
        with pytest.raises(ValidationError) as refused:
            BucketUse(prefixes=prefixes)

        assert sentence(refused.value) == (
            f"prefixes has {one!r}, which {other!r} has already; leave it out"
        )

    def test_are_named(self) -> None:
        """A bucket of which nothing may be used is not used."""
        with pytest.raises(ValidationError, match="at least 1 item"):
            BucketUse(prefixes=())


class TestAddresses:
    """Variables that name hosts of the environment."""

    @pytest.mark.parametrize("value", ["{domain}", "https://a.{domain}/,https://b.{domain}/"])
    def test_name_the_domain(self, value: str) -> None:
        """Once or more often."""
        assert Uses(task=task(), addresses={"URL": value}).addresses == {"URL": value}

    @pytest.mark.parametrize("value", ["https://api.example.com/", "{host}.{domain}", "{domain"])
    def test_refuse_a_value_without_it(self, value: str) -> None:
        """What is the same everywhere belongs to the container's environment."""
        assert refusal(addresses={"URL": value}) == (
            f"{value!r} is not a value with the environment's domain; write it as in"
            " 'https://api.{domain}/'"
        )


class TestEmail:
    """Mail of a service."""

    @pytest.mark.parametrize("sender", ["orders", "no-reply", "orders+eu", "a" * 64])
    def test_takes_senders(self, sender: str) -> None:
        """What may stand before the @."""
        assert EmailUse(senders=(sender,)).senders == (sender,)

    @pytest.mark.parametrize("sender", ["", "Orders", "orders@shop.example.com", "*", "a" * 65])
    def test_refuses_what_is_no_sender(self, sender: str) -> None:
        """IAM compares letter by letter, and the domain is the environment's."""
        with pytest.raises(ValidationError) as refused:
            EmailUse(senders=(sender,))

        assert sentence(refused.value) == (
            f"{sender!r} is not the part of an address before the @; write it in lower case as in"
            " 'orders'"
        )

    def test_refuses_a_sender_twice(self) -> None:
        """One of them would be a mistake for another."""
        with pytest.raises(ValidationError) as refused:
            EmailUse(senders=("orders", "news", "orders"))

        assert sentence(refused.value) == "senders has orders twice; write each once"

    def test_needs_a_sender(self) -> None:
        """The variable has to hold something."""
        with pytest.raises(ValidationError, match="at least 1 item"):
            EmailUse(senders=())

    def test_goes_by_the_api_unless_a_reason_is_given(self) -> None:
        """The key of SMTP lasts, so somebody has to say why."""
        assert EmailUse(senders=("orders",)).smtp is None
        assert (LEGACY.port, LEGACY.editions) == (587, (1,))
        with pytest.raises(ValidationError, match="at least 1 character"):
            SmtpUse(reason="")

    @pytest.mark.parametrize("port", [465, 587, 2465, 2587])
    def test_goes_by_the_ports_of_ses(self, port: Any) -> None:
        """Two with TLS from the start, two that begin in plain."""
        assert SmtpUse(reason="old", port=port).port == port

    def test_refuses_another_port(self) -> None:
        """25 is throttled from inside AWS."""
        with pytest.raises(ValidationError, match="465, 587, 2465 or 2587"):
            SmtpUse.model_validate({"reason": "old", "port": 25})

    def test_has_two_keys_while_one_is_changed(self) -> None:
        """As with the SMTP user itself."""
        assert SmtpUse(reason="old", editions=(1, 2)).editions == (1, 2)

    @pytest.mark.parametrize(
        ("editions", "problem"),
        [
            ((), "names 0 keys and IAM lets a user have 2; write one, or two while the key is changed"),
            (
                (1, 2, 3),
                "names 3 keys and IAM lets a user have 2; write one, or two while the key is changed",
            ),
            ((2, 1), "is not in order; write the newer one last, as in (1, 2)"),
        ],
    )  # fmt: skip
    def test_refuses_other_keys(self, editions: tuple[int, ...], problem: str) -> None:
        """Before synth, where the user's own configuration would say the same."""
        with pytest.raises(ValidationError) as refused:
            SmtpUse(reason="old", editions=editions)

        assert sentence(refused.value) == f"editions={editions} {problem}"


TWICE = {
    "two databases": (
        {"databases": {"a": DatabaseUse(credential="x"), "b": DatabaseUse(credential="x")}},
        ("DATABASE_URL", "databases['a']", "databases['b']"),
    ),
    "a cache and a secret": (
        {"caches": {"a": CacheUse(user="x")}, "secrets": {"CACHE_URL": "a"}},
        ("CACHE_URL", "caches['a']", "secrets['CACHE_URL']"),
    ),
    "SMTP and a secret": (
        {
            "secrets": {"SMTP_PASSWORD": "a"},
            "email": EmailUse(senders=("orders",), smtp=LEGACY),
        },
        ("SMTP_PASSWORD", "secrets['SMTP_PASSWORD']", "email"),
    ),
    "a bucket and an address": (
        {"buckets": {"media": BucketUse()}, "addresses": {"MEDIA_BUCKET": "{domain}"}},
        ("MEDIA_BUCKET", "buckets['media']", "addresses['MEDIA_BUCKET']"),
    ),
    "a broker and the container": (
        {
            "task": task(environment={"BROKER_URL": "amqp://localhost"}),
            "brokers": {"jobs": BrokerUse()},
        },
        ("BROKER_URL", "task.container.environment", "brokers['jobs']"),
    ),
}


@pytest.mark.parametrize(("fields", "said"), TWICE.values(), ids=TWICE.keys())
def test_no_variable_comes_from_two_things(
    fields: dict[str, Any], said: tuple[str, str, str]
) -> None:
    """The sentence names the variable and both of them."""
    variable, one, other = said

    assert refusal(**fields) == (
        f"variable {variable} comes from {one} and from {other}; give one of them another variable"
    )


SHOWN: dict[str, tuple[dict[str, Any], str, str]] = {
    "a bucket": ({"buckets": {"api-token": BucketUse()}}, "API_TOKEN_BUCKET", "buckets['api-token']"),
    "a table": ({"tables": {"tax": TableUse(variable="TAX_SECRET")}}, "TAX_SECRET", "tables['tax']"),
    "a sender": (
        {"email": EmailUse(senders=("orders",), variable="MAIL_PASSWORD")},
        "MAIL_PASSWORD",
        "email",
    ),
    "an address": (
        {"addresses": {"URL": "https://me:word@api.{domain}/"}},
        "URL",
        "addresses['URL']",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("fields", "variable", "source"), SHOWN.values(), ids=SHOWN.keys())
def test_nothing_plain_looks_like_a_secret(
    fields: dict[str, Any], variable: str, source: str
) -> None:
    """The task definition shows these values to everybody who may look at it."""
    assert refusal(**fields) == (
        f"variable {variable} of {source} is called like a secret or holds one, and everybody who"
        " may look at the task definition can read it; give it another name, or keep the value in"
        " a secret of the environment and name that in secrets"
    )


def test_a_secret_may_be_called_like_one() -> None:
    """ECS reads it; it stands nowhere."""
    assert Uses(task=task(), secrets={"API_TOKEN": "payment-api"}).secrets


def test_the_container_names_no_secrets_itself() -> None:
    """It could not say which of the environment's it means."""
    assert refusal(task=task(secrets=("API_KEY", "OTHER"))) == (
        "task.container.secrets names API_KEY, OTHER, and a service's secrets come from the"
        " environment; write secrets={'API_KEY': '<name of the secret>'}"
    )
