"""GeneratedCredential: a password that is made once, read back, and told to applications later."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.secretsmanager.generated_credential import GeneratedCredential
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Template, policy

SECRET = "aws_secretsmanager_secret"
VERSION = "aws_secretsmanager_secret_version"
VALUE = "data.aws_secretsmanager_secret_version."


def credential(stack: PlatformStack, **changes: Any) -> GeneratedCredential:
    """Define a credential that differs from a plain one by ``changes``."""
    arguments: dict[str, Any] = {
        "username": "jobs",
        "description": "User of the queue",
        "key": Key(stack, "Data", config=KeyConfig(description="Data")),
        "length": 32,
        "exclude_characters": ",:=",
    }
    return GeneratedCredential(
        PlatformConstruct(stack, "Queue"), "Jobs", **{**arguments, **changes}
    )


def test_the_password_is_made_and_kept_where_only_terraform_reads_it(stack: PlatformStack) -> None:
    """It exists in no JSON: the secret gets it through a write-only argument."""
    credential(stack)

    template = Template(stack)
    (made,) = template.json["ephemeral"]["aws_secretsmanager_random_password"]
    kept = template.only(VERSION, path="/Password/Value")
    assert json.loads(kept["secret_string_wo"]) == {
        "username": "jobs",
        "password": f"${{ephemeral.aws_secretsmanager_random_password.{made}.random_password}}",
    }
    assert kept["secret_string_wo_version"] == 1
    assert "secret_string" not in kept


def test_it_is_read_back_after_it_was_written(stack: PlatformStack) -> None:
    """For the one argument that is not write-only; a new password is read before it is used."""
    credential(stack)

    (value,) = Template(stack).json["data"][VERSION].values()

    assert [it.split(".")[0] for it in value["depends_on"]] == [VERSION]
    assert "_Password_Value_" in value["depends_on"][0]
    assert "_Password_" in value["secret_id"]


def test_the_old_password_may_be_destroyed_after_the_new_one_is_made(stack: PlatformStack) -> None:
    """A label would have moved on by then, and could not be taken off the old version."""
    credential(stack)

    assert "version_stages" not in Template(stack).only(VERSION, path="/Password/Value")


def test_length_and_alphabet_are_the_services(stack: PlatformStack) -> None:
    """Beside what JSON would escape."""
    credential(stack)

    (made,) = Template(stack).json["ephemeral"]["aws_secretsmanager_random_password"].values()

    assert made["password_length"] == 32
    assert set(made["exclude_characters"]) == set(',:=\\"')


def test_applications_read_another_secret(stack: PlatformStack) -> None:
    """User, password and whatever is known later, written when it is known."""
    found = credential(stack)

    found.complete(
        {"host": "${aws_x.y.host}", "url": f"amqps://jobs:{found.password}@${{aws_x.y.host}}"},
        made_of="${aws_x.y.id}",
    )

    written = Template(stack).only(VERSION, path="/Secret/Value")
    value = json.loads(written["secret_string_wo"])
    assert list(value) == ["username", "password", "host", "url"]
    assert value["username"] == "jobs"
    assert value["password"].startswith(f"${{jsondecode({VALUE}")
    assert value["url"] == f"amqps://jobs:{value['password']}@${{aws_x.y.host}}"
    assert "_Password_" not in written["secret_id"]


def test_it_is_written_again_when_the_service_or_the_edition_is_another_one(
    stack: PlatformStack,
) -> None:
    """A number that follows from both stands for the value, which Terraform cannot compare."""
    found = credential(stack, edition=3)

    found.complete({}, made_of=Key(stack, "Service", config=KeyConfig(description="S")).arn)

    template = Template(stack)
    edition = template.only(VERSION, path="/Secret/Value")["secret_string_wo_version"]
    assert edition.startswith('${parseint(substr(sha256(join(" ", [aws_kms_key.Service_')
    assert edition.endswith('.arn, "3"])), 0, 7), 16)}')
    assert template.only(VERSION, path="/Password/Value")["secret_string_wo_version"] == 3


@pytest.mark.parametrize(
    ("name", "names"),
    [
        (None, {"shop-prod-jobs", "shop-prod-jobs-password"}),
        ("shop-prod-queue-jobs", {"shop-prod-queue-jobs", "shop-prod-queue-jobs-password"}),
    ],
)
def test_both_secrets_are_called_alike(
    stack: PlatformStack, name: str | None, names: set[str]
) -> None:
    """After the construct, or as somebody says."""
    credential(stack, name=name)

    assert {it["name"] for it in Template(stack).all(SECRET).values()} == names


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_both_secrets_are_encrypted_and_can_be_had_back(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """For thirty days, unless the environment is destroyed every week."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    credential(stack)

    secrets = Template(stack).all(SECRET).values()
    assert len(secrets) == 2
    for secret in secrets:
        assert secret["kms_key_id"].startswith("${aws_kms_key.Data_")
        assert secret["recovery_window_in_days"] == (0 if allow_destroy else 30)


def test_a_role_reads_what_connects_and_not_the_password_alone(stack: PlatformStack) -> None:
    """One secret, and decrypting with its key."""
    found = credential(stack)
    role = Role(stack, "Web", service="ecs-tasks.amazonaws.com", description="Web")

    found.secret.grants.read(role)

    granted = {
        str(statement["Action"]): str(statement["Resource"])
        for it in Template(stack).all("aws_iam_role_policy").values()
        for statement in policy(it)["Statement"]
    }
    assert len(granted) == 2
    (secret,) = (arn for actions, arn in granted.items() if "GetSecretValue" in actions)
    assert secret.startswith("${aws_secretsmanager_secret.Queue_Jobs_")
    assert "Password" not in secret
