"""The four steps against Secrets Manager, with a server that only writes down who logs in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from platform_lib.secretsmanager.rotation import handler, postgres
from platform_lib.secretsmanager.rotation.credential import Credential, RotationError
from tests.rotation.secret import STEPS, Secret
from tests.rotation.server import MASTER, MASTER_PASSWORD


@pytest.fixture
def credential(master_arn: str) -> Credential:
    """Return the credential of an application."""
    return Credential(
        host="shop.example.com",
        port=5432,
        database="saleor",
        owner="saleor",
        master_arn=master_arn,
        ssl_mode="verify-full",
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return what servers are asked for; every login works."""
    calls: list[dict[str, Any]] = []

    @contextmanager
    def connect(_credential: Credential, **named: Any) -> Iterator[None]:
        calls.append(named)
        yield

    def set_password(_connection: Any, _credential: Credential, login: str, password: str) -> None:
        calls.append({"login": login, "password": password})

    monkeypatch.setenv(handler.CA_FILE, "/ca.pem")
    monkeypatch.setattr(postgres, "connect", connect)
    monkeypatch.setattr(postgres, "set_password", set_password)
    monkeypatch.setattr(postgres, "check_login", lambda *_: None)
    return calls


@pytest.fixture
def secret(credential: Credential, asked: list[dict[str, Any]]) -> Secret:
    """Return the secret of that application."""
    return Secret.declare(credential, name="saleor")


def refusal(secret: Secret, token: str, step: str = "createSecret") -> str:
    """Return the sentence with which a step is refused."""
    with pytest.raises(RotationError) as refused:
        secret.run(token, step)
    return str(refused.value)


def test_a_rotation_moves_the_label(secret: Secret) -> None:
    """The new version is current, the old one previous."""
    (first,) = secret.stages()

    token = secret.rotate()

    assert secret.stages() == {first: ["AWSPREVIOUS"], token: ["AWSPENDING", "AWSCURRENT"]}


def test_passwords_come_from_secrets_manager(secret: Secret) -> None:
    """40 characters, each kind among them, none that needs quoting anywhere."""
    secret.rotate()

    password = secret.value()["password"]
    assert len(password) == 40
    assert any(it.islower() for it in password)
    assert any(it.isupper() for it in password)
    assert any(it.isdigit() for it in password)
    assert any(it in "-._~" for it in password)


def test_the_master_sets_and_the_login_tests(secret: Secret, asked: list[dict[str, Any]]) -> None:
    """The master works in the maintenance database, the login in its own; both verify the server."""
    secret.rotate()

    password = secret.value()["password"]
    common = {"ca_file": "/ca.pem"}
    assert asked == [
        {"database": "postgres", "username": MASTER, "password": MASTER_PASSWORD, **common},
        {"login": "saleor_a", "password": password},
        {"database": "saleor", "username": "saleor_a", "password": password, **common},
    ]


@pytest.mark.parametrize("step", STEPS)
def test_refuses_a_secret_that_does_not_rotate(secret: Secret, step: str) -> None:
    """Somebody has cancelled the rotation."""
    token = secret.stage()
    secret.enable(enabled=False)

    assert refusal(secret, token, step) == f"rotation of {secret.arn} is not enabled"


@pytest.mark.parametrize("step", STEPS)
def test_refuses_a_version_that_is_not_staged(secret: Secret, step: str) -> None:
    """The token belongs to no version of the secret."""
    token = "00000000-0000-4000-8000-000000000000"

    assert refusal(secret, token, step) == f"version {token} of {secret.arn} is not AWSPENDING"


@pytest.mark.parametrize("step", STEPS)
def test_refuses_a_version_that_is_staged_as_something_else(secret: Secret, step: str) -> None:
    """Only what is pending becomes current."""
    token = secret.stage(None, "AWSPREVIOUS")

    assert refusal(secret, token, step) == f"version {token} of {secret.arn} is not AWSPENDING"


@pytest.mark.parametrize("step", STEPS)
def test_does_nothing_for_the_current_version(
    secret: Secret, asked: list[dict[str, Any]], step: str
) -> None:
    """The rotation is over."""
    token = secret.rotate()
    before = (secret.value(), secret.stages(), len(asked))

    secret.run(token, step)

    assert (secret.value(), secret.stages(), len(asked)) == before


def test_refuses_a_step_that_there_is_not(secret: Secret) -> None:
    """Secrets Manager knows four."""
    assert refusal(secret, secret.stage(), "dropSecret") == (
        "'dropSecret' is no step of a rotation;"
        " steps: createSecret, setSecret, testSecret, finishSecret"
    )


def test_creating_again_keeps_what_was_made(secret: Secret) -> None:
    """The server may have the password already."""
    token = secret.stage()
    secret.run(token, "createSecret")
    made = secret.value("AWSPENDING")

    secret.run(token, "createSecret")

    assert secret.value("AWSPENDING") == made


def test_creating_leaves_the_current_value(secret: Secret) -> None:
    """Applications read it until the last step."""
    before = secret.value()

    secret.rotate(STEPS[:3])

    assert secret.value() == before


@pytest.mark.parametrize("step", STEPS[1:])
def test_nothing_goes_on_without_a_new_value(secret: Secret, step: str) -> None:
    """Steps out of order end in Secrets Manager's own error."""
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        secret.run(secret.stage(), step)


@pytest.mark.parametrize(
    "changed",
    [
        {"username": "postgres"},
        {"password": "with space"},
        {"host": "evil.example.com"},
        {"dbname": "other"},
        {"owner": "other"},
        {"masterarn": "arn:aws:secretsmanager:eu-central-1:111111111111:secret:other"},
        {"url": "postgresql://evil.example.com"},
    ],
    ids=lambda it: next(iter(it)),
)
def test_refuses_a_new_value_that_it_did_not_make(
    secret: Secret, asked: list[dict[str, Any]], changed: dict[str, str]
) -> None:
    """Who may write the value cannot make the function log in elsewhere, or as somebody else."""
    token = secret.stage()
    secret.run(token, "createSecret")
    value = {**secret.value("AWSPENDING"), **changed}
    secret.client.put_secret_value(
        SecretId=secret.arn,
        ClientRequestToken=token,
        SecretString=json.dumps(value),
        VersionStages=["AWSPENDING"],
    )

    said = {refusal(secret, token, step) for step in STEPS[1:]}

    (sentence,) = said
    assert sentence == (
        f"version {token} of {secret.arn} is not what createSecret makes of the secret's tags:"
        " one of the two has changed since; rotate again"
    )
    assert asked == []


@pytest.mark.parametrize(
    ("login", "password"),
    [("postgres", "Fine-1"), ("saleor", "Fine-1"), ("saleor_a", "with space")],
)
@pytest.mark.parametrize("step", STEPS[1:])
def test_refuses_other_logins_and_weak_passwords(
    secret: Secret,
    credential: Credential,
    asked: list[dict[str, Any]],
    login: str,
    password: str,
    step: str,
) -> None:
    """A value that fits together is refused too where login or password is not one of its own."""
    token = secret.stage()
    secret.client.put_secret_value(
        SecretId=secret.arn,
        ClientRequestToken=token,
        SecretString=json.dumps(credential.value(login, password)),
        VersionStages=["AWSPENDING"],
    )

    assert "is not what createSecret makes" in refusal(secret, token, step)
    assert asked == []


def test_a_version_of_another_declaration_is_given_up(
    secret: Secret, credential: Credential
) -> None:
    """A rotation that failed is tried again with the same version; the tags have changed since."""
    stale = secret.stage()
    secret.run(stale, "createSecret")
    moved = replace(credential, host="restored.example.com")
    tags = [{"Key": key, "Value": value} for key, value in moved.tags().items()]
    secret.client.tag_resource(SecretId=secret.arn, Tags=tags)

    said = refusal(secret, stale, "createSecret")
    secret.rotate()

    assert said == (
        f"the tags of {secret.arn} have changed since version {stale} was made, so it is given up;"
        " rotate again"
    )
    assert secret.stages()[stale] == []
    assert secret.value()["host"] == "restored.example.com"


def test_a_written_value_does_not_say_where_to_log_in(
    secret: Secret, asked: list[dict[str, Any]], credential: Credential
) -> None:
    """A current value with another host and another master is not believed."""
    lie = replace(credential, host="evil.example.com", master_arn="other", owner="other")
    secret.client.put_secret_value(
        SecretId=secret.arn, SecretString=json.dumps(lie.value("other_a", "x"))
    )

    secret.rotate()

    assert {it["username"] for it in asked if "username" in it} == {MASTER, "saleor_a"}
    assert secret.value() == credential.value("saleor_a", secret.value()["password"])


def test_refuses_to_change_the_login_in_use(secret: Secret) -> None:
    """Two rotations have crossed, or somebody has moved a label by hand."""
    token = secret.stage()
    secret.run(token, "createSecret")
    pending = secret.value("AWSPENDING")
    secret.client.put_secret_value(SecretId=secret.arn, SecretString=json.dumps(pending))

    assert refusal(secret, token, "setSecret") == (
        "login 'saleor_a' is in use; its password must not change"
    )


def test_says_what_is_wrong_with_the_masters_secret(secret: Secret, master_arn: str) -> None:
    """A key is missing there; its value is not shown."""
    secret.client.put_secret_value(SecretId=master_arn, SecretString='{"password": "hidden"}')
    token = secret.stage()
    secret.run(token, "createSecret")

    assert refusal(secret, token, "setSecret") == (
        f"the master's secret {master_arn} has no 'username'"
    )


@pytest.mark.parametrize("text", ["plain", "[1]", '{"cut'])
def test_never_shows_a_value_that_it_cannot_read(secret: Secret, text: str) -> None:
    """An error goes to the log; what could not be read may be a password."""
    secret.client.put_secret_value(SecretId=secret.arn, SecretString=text)

    with pytest.raises(RotationError) as refused:
        secret.run(secret.stage(), "createSecret")

    assert str(refused.value) == f"secret {secret.arn} holds no JSON object"
    assert refused.value.__context__ is None


def test_needs_a_first_value(account: Any, credential: Credential, secret: Secret) -> None:
    """A secret without one cannot rotate; Secrets Manager itself refuses that too."""
    tags = [{"Key": key, "Value": value} for key, value in credential.tags().items()]
    empty = Secret(account.create_secret(Name="empty", Tags=tags)["ARN"], account)
    empty.enable()

    assert refusal(empty, empty.stage()) == (
        "no version of the secret is AWSCURRENT; give it a value first"
    )


def test_logs_neither_passwords_nor_urls(secret: Secret, caplog: pytest.LogCaptureFixture) -> None:
    """What the function writes down says step, version and secret."""
    with caplog.at_level("INFO", logger="platform_lib"):
        token = secret.rotate()

    assert [it for it in caplog.messages if token in it] == [
        f"{step}: done for version {token} of {secret.arn}" for step in STEPS
    ]
    assert secret.value()["password"] not in caplog.text
    assert MASTER_PASSWORD not in caplog.text
