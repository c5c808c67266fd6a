"""References to secrets, resolved as ECS does before it starts a container."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.containers.ecs import CannotStartError, environment_of, value_from

REGION = "us-east-1"


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return Secrets Manager of an empty account."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield boto3.client("secretsmanager", region_name=REGION)


@pytest.fixture
def arn(secrets: Any) -> str:
    """Return a secret with two versions, each a JSON object."""
    first = json.dumps({"url": "old", "port": 5432})
    made: str = secrets.create_secret(Name="login", SecretString=first)["ARN"]
    secrets.put_secret_value(SecretId=made, SecretString=json.dumps({"url": "new", "port": 5433}))
    return made


def _version(secrets: Any, arn: str, stage: str) -> str:
    stages = secrets.describe_secret(SecretId=arn)["VersionIdsToStages"]
    (version,) = (it for it, labels in stages.items() if stage in labels)
    return str(version)


def test_the_whole_secret_is_its_text(secrets: Any, arn: str) -> None:
    """The current one."""
    assert json.loads(value_from(arn, secrets)) == {"url": "new", "port": 5433}


@pytest.mark.parametrize(
    ("after", "value"),
    [
        (":url::", "new"),
        (":port::", "5433"),
        (":url:AWSPREVIOUS:", "old"),
        ("::AWSPREVIOUS:", '{"url": "old", "port": 5432}'),
    ],
)
def test_a_key_and_a_stage_can_be_named(secrets: Any, arn: str, after: str, value: str) -> None:
    """What is left out is the whole, and the current version."""
    assert value_from(f"{arn}{after}", secrets) == value


def test_a_version_can_be_named(secrets: Any, arn: str) -> None:
    """By its id."""
    version = _version(secrets, arn, "AWSPREVIOUS")

    assert value_from(f"{arn}:url::{version}", secrets) == "old"


@pytest.mark.parametrize(
    ("after", "sentence"),
    [
        (":nothing::", "did not contain json key nothing"),
        (":url:NOTHING:", "unable to retrieve"),
        (":url", "nor <secret's ARN>:<key>:<stage>:<version>"),
        (":url::::", "nor <secret's ARN>:<key>:<stage>:<version>"),
    ],
)
def test_what_is_not_there_keeps_the_task_from_starting(
    secrets: Any, arn: str, after: str, sentence: str
) -> None:
    """And so does a reference without its trailing colons."""
    with pytest.raises(CannotStartError, match=sentence):
        value_from(f"{arn}{after}", secrets)


def test_a_secret_that_nobody_has_filled_keeps_the_task_from_starting(secrets: Any) -> None:
    """As does one that is not there."""
    empty = secrets.create_secret(Name="empty")["ARN"]

    for reference in (empty, empty.replace("empty", "other")):
        with pytest.raises(CannotStartError, match="unable to retrieve"):
            value_from(reference, secrets)


def test_a_key_of_what_is_no_json_keeps_the_task_from_starting(secrets: Any) -> None:
    """A text has no keys."""
    text = secrets.create_secret(Name="text", SecretString="words")["ARN"]

    with pytest.raises(CannotStartError, match="did not contain json key url"):
        value_from(f"{text}:url::", secrets)


def test_a_container_has_its_variables_and_its_secrets(secrets: Any, arn: str) -> None:
    """And nothing of whoever starts it."""
    definition = {
        "environment": [{"name": "ALLOWED_HOSTS", "value": "a.example"}],
        "secrets": [{"name": "DATABASE_URL", "valueFrom": f"{arn}:url::"}],
    }

    assert environment_of(definition, secrets) == {
        "ALLOWED_HOSTS": "a.example",
        "DATABASE_URL": "new",
    }
    assert environment_of({}, secrets) == {}


def test_a_variable_is_given_once(secrets: Any, arn: str) -> None:
    """Not as a value and as a secret."""
    definition = {
        "environment": [{"name": "DATABASE_URL", "value": "a"}],
        "secrets": [{"name": "DATABASE_URL", "valueFrom": arn}],
    }

    with pytest.raises(CannotStartError, match="DATABASE_URL is given twice"):
        environment_of(definition, secrets)
