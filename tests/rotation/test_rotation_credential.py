"""Credential: names, tags, logins in turn, and the JSON that applications read."""

from __future__ import annotations

import string
from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.secretsmanager.rotation.credential import (
    EXCLUDED_CHARACTERS,
    Credential,
    RotationError,
    is_password,
    problem_with_database,
    problem_with_role,
)
from platform_lib.secretsmanager.rotation.postgres import scram_verifier

SALEOR = Credential(
    host="shop.abc.eu-central-1.rds.amazonaws.com",
    port=5432,
    database="saleor",
    owner="saleor",
    master_arn="arn:aws:secretsmanager:eu-central-1:111111111111:secret:rds!db-1-AbCdEf",
    ssl_mode="verify-full",
)
NAMES = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=15)


def _tags(credential: Credential) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in credential.tags().items()]


def test_has_the_keys_of_awss_templates_and_a_url() -> None:
    """What reads AWS's own secrets reads ours."""
    assert SALEOR.value("saleor_a", "secret") == {
        "engine": "postgres",
        "host": "shop.abc.eu-central-1.rds.amazonaws.com",
        "port": 5432,
        "dbname": "saleor",
        "username": "saleor_a",
        "password": "secret",
        "masterarn": SALEOR.master_arn,
        "owner": "saleor",
        "url": (
            "postgresql://saleor_a:secret@shop.abc.eu-central-1.rds.amazonaws.com:5432/saleor"
            "?sslmode=verify-full"
        ),
    }


def test_the_url_names_the_authority_where_one_is_given() -> None:
    """The path is the application's own, in its container."""
    url = replace(SALEOR, ssl_root_certificate="/etc/ssl/rds ca.pem").value("saleor_a", "x")["url"]

    assert str(url).endswith("?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Frds%20ca.pem")


@given(owner=NAMES, database=NAMES, password=st.text(min_size=1))
def test_the_url_says_the_same_as_the_fields(owner: str, database: str, password: str) -> None:
    """Whatever the names are, reading the URL gives them back."""
    credential = replace(SALEOR, owner=owner, database=database)
    login = credential.logins[0]

    parts = urlsplit(str(credential.value(login, password)["url"]))

    assert unquote(str(parts.username)) == login
    assert unquote(str(parts.password)) == password
    assert (parts.hostname, parts.port) == (SALEOR.host, SALEOR.port)
    assert unquote(parts.path) == f"/{database}"
    assert parse_qs(parts.query) == {"sslmode": ["verify-full"]}


def test_the_login_that_is_not_in_use_is_next() -> None:
    """A user name that is neither counts as none."""
    assert [SALEOR.other_login(it) for it in ("saleor_a", "saleor_b", "somebody")] == [
        "saleor_b",
        "saleor_a",
        "saleor_a",
    ]


@given(
    host=NAMES, port=st.integers(1, 65535), owner=NAMES, database=NAMES, certificate=NAMES | st.just("")
)  # fmt: skip
def test_tags_say_all_of_it(
    host: str, port: int, owner: str, database: str, certificate: str
) -> None:
    """What Terraform declares is what the function reads."""
    credential = replace(
        SALEOR,
        host=host,
        port=port,
        owner=f"x{owner}",
        database=f"x{database}",
        ssl_root_certificate=certificate,
    )

    assert Credential.from_tags(_tags(credential)) == credential


def test_other_tags_say_nothing() -> None:
    """Tags of the environment do not get in the way, whatever they are called."""
    others = [{"Key": "host", "Value": "elsewhere"}, {"Key": "owner", "Value": "platform"}]

    assert Credential.from_tags([*_tags(SALEOR), *others]) == SALEOR


@pytest.mark.parametrize("missing", sorted(SALEOR.tags()))
def test_a_missing_tag_is_named(missing: str) -> None:
    """Somebody has taken it away by hand."""
    tags = [tag for tag in _tags(SALEOR) if tag["Key"] != missing]

    with pytest.raises(RotationError) as refused:
        Credential.from_tags(tags)

    assert str(refused.value) == f"the secret has no tag '{missing}'"


def test_a_port_is_a_number() -> None:
    """Somebody has changed it by hand."""
    tags = [*_tags(SALEOR), {"Key": "database:port", "Value": "postgres"}]

    with pytest.raises(RotationError) as refused:
        Credential.from_tags(tags)

    assert str(refused.value) == "the secret's tag 'database:port' is 'postgres', which is no port"


@pytest.mark.parametrize("name", ["pg_monitor", "rdsadmin", "RDS_superuser", "postgres", "public"])
def test_roles_of_the_server_are_refused(name: str) -> None:
    """A login of an application becomes a member of none of them."""
    assert problem_with_role(name) == f"{name!r} is a name of PostgreSQL or of RDS"


@pytest.mark.parametrize("name", ["postgres", "template1", "rdsadmin"])
def test_databases_of_the_server_are_refused(name: str) -> None:
    """They are there for everybody."""
    assert problem_with_database(name) == f"{name!r} is a database of PostgreSQL or of RDS"


@pytest.mark.parametrize("name", ["", "a\0b", "a\nb"])
def test_names_can_be_printed(name: str) -> None:
    """What ends a string in C, or a line in a log, is no name."""
    assert problem_with_role(name) == (
        f"{name!r} is empty or has a character that cannot be printed"
    )


def test_names_are_never_cut() -> None:
    """PostgreSQL would cut two long names to the same one, without an error."""
    longest = "x" * 61

    assert replace(SALEOR, owner=longest).problems() == []
    assert replace(SALEOR, owner=f"{longest}y").problems() == [
        f"'{longest}y_a' has 64 bytes, and PostgreSQL keeps 63",
        f"'{longest}y_b' has 64 bytes, and PostgreSQL keeps 63",
    ]
    assert problem_with_database("ü" * 32) == f"'{'ü' * 32}' has 64 bytes, and PostgreSQL keeps 63"


def test_a_forbidden_name_in_the_tags_is_refused() -> None:
    """The function does not rely on what the configuration has checked."""
    with pytest.raises(RotationError, match="'postgres' is a name of PostgreSQL or of RDS"):
        Credential.from_tags(_tags(replace(SALEOR, owner="postgres")))


def test_passwords_need_no_quoting() -> None:
    """Every character that is left is a letter, a digit or one that URLs reserve for nothing."""
    left = set(string.punctuation) - set(EXCLUDED_CHARACTERS)

    assert left == set("-._~")
    assert is_password(string.ascii_letters + string.digits + "".join(sorted(left)))
    assert not any(is_password(it) for it in ("", "a b", "ä", *EXCLUDED_CHARACTERS))


def test_the_verifier_is_that_of_rfc_7677() -> None:
    """Computed from the RFC's own example: password ``pencil``, its salt and 4096 rounds."""
    salt = b"[m\x99h\x9d\x12\x35\x8e\xec\xa0K\x14\x12\x36\xfa\x81"

    assert scram_verifier("pencil", salt) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ=="
        "$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
        ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )
