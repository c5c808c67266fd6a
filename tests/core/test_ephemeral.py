"""Ephemeral values: written as blocks of their own, and used by reference only."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.secretsmanager_secret_version as aws_secret_version

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.ephemeral import random_password, secret_value
from platform_lib.core.stack import PlatformStack
from platform_lib.testing.template import Template


def test_a_password_is_a_block_and_a_reference_to_it(stack: PlatformStack) -> None:
    """The name follows from the path, as that of a resource does."""
    owner = PlatformConstruct(stack, "Broker")

    value = random_password(owner, "Password", length=32, exclude_characters=",:=")

    assert value == (
        "${ephemeral.aws_secretsmanager_random_password.Broker_Password_B2B92A08.random_password}"
    )
    assert Template(stack).json["ephemeral"] == {
        "aws_secretsmanager_random_password": {
            "Broker_Password_B2B92A08": {
                "password_length": 32,
                "require_each_included_type": True,
                "exclude_characters": ",:=",
            }
        }
    }


def test_two_passwords_are_two_blocks(stack: PlatformStack) -> None:
    """One construct may need several."""
    owner = PlatformConstruct(stack, "Cache")

    first = random_password(owner, "Reader", length=16)
    second = random_password(owner, "Writer", length=16)

    assert first != second
    assert len(Template(stack).json["ephemeral"]["aws_secretsmanager_random_password"]) == 2


def test_leaves_nothing_out_that_nobody_excluded(stack: PlatformStack) -> None:
    """Without excluded characters the argument is left out."""
    random_password(PlatformConstruct(stack, "Cache"), "Password", length=16)

    (block,) = Template(stack).json["ephemeral"]["aws_secretsmanager_random_password"].values()

    assert block == {"password_length": 16, "require_each_included_type": True}


def test_excluded_characters_are_no_template(stack: PlatformStack) -> None:
    """Terraform would read ``${`` and ``%{`` as the start of an expression."""
    owner = PlatformConstruct(stack, "Cache")

    random_password(owner, "Password", length=16, exclude_characters="${}%{}")

    (block,) = Template(stack).json["ephemeral"]["aws_secretsmanager_random_password"].values()
    assert block["exclude_characters"] == "$${}%%{}"


def test_a_write_only_argument_takes_it(stack: PlatformStack) -> None:
    """The reference passes the bindings unchanged."""
    value = random_password(PlatformConstruct(stack, "Cache"), "Password", length=16)

    aws_secret_version.SecretsmanagerSecretVersion(
        stack, "Version", secret_id="cache", secret_string_wo=value, secret_string_wo_version=1
    )

    version = Template(stack).only("aws_secretsmanager_secret_version")
    assert version["secret_string_wo"] == value


def test_a_secret_is_read_after_its_version_is_written(stack: PlatformStack) -> None:
    """The block names the version, and only one key of its JSON is referred to."""
    owner = PlatformConstruct(stack, "Orders")
    version = "aws_secretsmanager_secret_version.Master"

    value = secret_value(
        owner,
        "Password",
        secret_id=f"${{{version}.secret_id}}",
        version_id=f"${{{version}.version_id}}",
        json_key="password",
    )

    ((name, block),) = (
        Template(stack).json["ephemeral"]["aws_secretsmanager_secret_version"].items()
    )
    assert name.startswith("Orders_Password_")
    assert block == {
        "secret_id": f"${{{version}.secret_id}}",
        "version_id": f"${{{version}.version_id}}",
    }
    assert value == (
        f"${{jsondecode(ephemeral.aws_secretsmanager_secret_version.{name}.secret_string).password}}"
    )
