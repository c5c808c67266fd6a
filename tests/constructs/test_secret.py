"""Secret: encrypted, kept for a while after deletion, and without a value that anybody wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.secretsmanager.config import GeneratedValue, SecretConfig
from platform_lib.secretsmanager.secret import Secret
from platform_lib.secretsmanager.secrets import Secrets
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Template, policy

ARN = "${aws_secretsmanager_secret.PaymentApiKey_C434B30F.arn}"


def _key(stack: PlatformStack) -> Key:
    return Key(stack, "Data", config=KeyConfig(description="Data"))


def _secret(stack: PlatformStack, **config: Any) -> Secret:
    given = SecretConfig(description="Opens the payment provider's API", **config)
    return Secret(stack, "PaymentApiKey", config=given, key=_key(stack))


def _role(stack: PlatformStack, id: str = "Api") -> Role:
    return Role(stack, id, service="ecs-tasks.amazonaws.com", description="The API")


def _granted(stack: PlatformStack) -> dict[str, Any]:
    policies = Template(stack).all("aws_iam_role_policy").values()
    return {it["name"]: policy(it)["Statement"] for it in policies}


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_it_is_encrypted_and_can_be_had_back(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """For 30 days after deletion; at once gone only where destroying is allowed."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    _secret(stack)

    secret = Template(stack).only("aws_secretsmanager_secret")
    assert secret["name"] == "shop-prod-payment-api-key"
    assert secret["kms_key_id"] == "${aws_kms_key.Data_666C94C7.arn}"
    assert secret["recovery_window_in_days"] == (0 if allow_destroy else 30)
    assert secret.get("lifecycle") == (None if allow_destroy else {"prevent_destroy": True})


def test_a_suffix_gives_it_another_name(stack: PlatformStack) -> None:
    """The name of a deleted secret is taken for 30 days."""
    _secret(stack, suffix="again")

    secret = Template(stack).only("aws_secretsmanager_secret")

    assert secret["name"] == "shop-prod-payment-api-key-again"


def test_one_that_exists_keeps_its_name(stack: PlatformStack) -> None:
    """What was made by hand can be adopted, whatever it is called."""
    _secret(stack, name="aurora-db-credentials2")

    secret = Template(stack).only("aws_secretsmanager_secret")

    assert secret["name"] == "aurora-db-credentials2"


def test_an_existing_secret_is_adopted_by_its_arn(environment: Environment, tmp_path: Path) -> None:
    """By the way in which everything is: the stack's path and the ARN."""
    arn = "arn:aws:secretsmanager:us-east-1:111111111111:secret:aurora-db-credentials2-AbCdEf"
    adopted = environment.evolve(adopt={"test": {"PaymentApiKey/Resource": arn}})
    stack = stack_of(adopted, tmp_path)

    _secret(stack, name="aurora-db-credentials2")

    (block,) = Template(stack).json["import"]
    assert block["id"] == arn
    assert block["to"].startswith("aws_secretsmanager_secret.PaymentApiKey_")


def test_refuses_a_suffix_to_a_name_that_is_written_out() -> None:
    """It would be added to nothing."""
    with pytest.raises(ValidationError) as refused:
        SecretConfig(description="x", name="aurora-db-credentials2", suffix="again")

    (error,) = refused.value.errors(include_input=False)
    assert error["msg"] == (
        "Value error, suffix='again' is added to a name that follows from the environment, and"
        " name='aurora-db-credentials2' is written out; leave one of them out"
    )


def test_refuses_what_is_no_name() -> None:
    """The sentence says which characters are allowed."""
    with pytest.raises(ValidationError) as refused:
        SecretConfig(description="x", name="aurora db")

    (error,) = refused.value.errors(include_input=False)
    assert error["msg"] == (
        "Value error, 'aurora db' is not a name of a secret; use letters, digits and /_+=.@-"
    )


def test_without_a_generated_value_a_person_puts_it(stack: PlatformStack) -> None:
    """Terraform makes the place and knows nothing of what is in it."""
    _secret(stack)

    assert Template(stack).count("aws_secretsmanager_secret_version") == 0


def test_a_generated_value_leaves_no_trace(stack: PlatformStack) -> None:
    """It goes from an ephemeral block into a write-only argument."""
    _secret(stack, generated=GeneratedValue(length=40, exclude_characters="@", edition=3))

    template = Template(stack)
    (name,) = template.json["ephemeral"]["aws_secretsmanager_random_password"]
    made = template.json["ephemeral"]["aws_secretsmanager_random_password"][name]
    assert (made["password_length"], made["exclude_characters"]) == (40, "@")
    assert template.only("aws_secretsmanager_secret_version") == {
        "secret_id": ARN,
        "secret_string_wo": (
            f"${{ephemeral.aws_secretsmanager_random_password.{name}.random_password}}"
        ),
        "secret_string_wo_version": "3",
        "version_stages": ["AWSCURRENT", "terraform-value"],
        "lifecycle": {"ignore_changes": ["version_stages"]},
    }


def test_what_terraform_wrote_keeps_a_label(stack: PlatformStack) -> None:
    """AWS deletes versions without one, and Terraform would write its first value over the last."""
    secret = _secret(stack)

    secret.put("${var.first}", edition="1")

    version = Template(stack).only("aws_secretsmanager_secret_version")
    assert version["version_stages"] == ["AWSCURRENT", "terraform-value"]
    assert version["lifecycle"] == {"ignore_changes": ["version_stages"]}


def test_it_has_tags_of_its_own(stack: PlatformStack) -> None:
    """Where it is given some; the environment's come from the provider."""
    Secret(
        stack,
        "PaymentApiKey",
        config=SecretConfig(description="Opens the payment provider's API"),
        key=_key(stack),
        tags={"database:owner": "payments"},
    )

    assert Template(stack).only("aws_secretsmanager_secret")["tags"] == {
        "database:owner": "payments"
    }


def test_a_container_reads_all_of_it_or_one_key(stack: PlatformStack) -> None:
    """The form that container definitions take."""
    secret = _secret(stack)

    assert secret.reference() == secret.arn
    assert secret.reference("url") == f"{secret.arn}:url::"


@pytest.mark.parametrize(
    ("verb", "name", "actions", "of_key"),
    [
        ("read", "TestPaymentApiKeyRead", ["DescribeSecret", "GetSecretValue"], "TestDataDecrypt"),
        (
            "write",
            "TestPaymentApiKeyWrite",
            ["DescribeSecret", "PutSecretValue"],
            "TestDataEncryptDecrypt",
        ),
    ],
)
def test_a_verb_gives_its_actions_on_this_secret(
    stack: PlatformStack, verb: str, name: str, actions: list[str], of_key: str
) -> None:
    """Whoever writes does not read; the key follows."""
    secret = _secret(stack)

    getattr(secret.grants, verb)(_role(stack))

    granted = _granted(stack)
    assert set(granted) == {name, of_key}
    assert granted[name] == [
        {
            "Effect": "Allow",
            "Action": [f"secretsmanager:{action}" for action in actions],
            "Resource": ARN,
        }
    ]


def test_a_batch_has_a_policy_for_each_secret(stack: PlatformStack) -> None:
    """It reads this one secret, and decrypts this one secret's value."""
    configs = {name: SecretConfig(description=name) for name in ("payment-api-key", "jwt")}

    Secrets(stack, "Secrets", configs=configs, key=_key(stack))

    template = Template(stack)
    block = template.only("aws_iam_policy", path="/Jwt/ReadPolicy")
    (secret,) = [
        f"${{aws_secretsmanager_secret.{name}.arn}}"
        for name, it in template.all("aws_secretsmanager_secret").items()
        if it["name"] == "shop-prod-jwt"
    ]
    assert block["name"] == "shop-prod-jwt-read"
    assert template.count("aws_iam_policy") == 2
    assert policy(block)["Statement"] == [
        {
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": "${aws_kms_key.Data_666C94C7.arn}",
            "Condition": {
                "StringEquals": {
                    "kms:EncryptionContext:SecretARN": secret,
                    "kms:ViaService": "secretsmanager.us-east-1.amazonaws.com",
                }
            },
        },
        {
            "Effect": "Allow",
            "Action": ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
            "Resource": secret,
        },
    ]


def test_the_secrets_of_a_batch_are_granted_one_by_one(stack: PlatformStack) -> None:
    """A role that reads one does not read its neighbour."""
    configs = {name: SecretConfig(description=name) for name in ("payment-api-key", "jwt")}
    secrets = Secrets(stack, "Secrets", configs=configs, key=_key(stack))

    secrets["jwt"].grants.read(_role(stack))

    assert set(_granted(stack)) == {"TestSecretsJwtRead", "TestDataDecrypt"}


@pytest.mark.parametrize("field", ["value", "secret_string", "password"])
def test_refuses_a_value_in_configuration(field: str) -> None:
    """The sentence says how it gets there instead."""
    with pytest.raises(ValidationError) as refused:
        SecretConfig.model_validate({"description": "x", field: "sk_live_planted"})

    (error,) = refused.value.errors(include_input=False)
    assert error["msg"] == (
        f"Value error, {field} would write a secret into configuration, JSON and git; leave it out,"
        " apply, and put the value with: aws secretsmanager put-secret-value"
    )
    assert "sk_live_planted" not in str(refused.value)


@pytest.mark.parametrize(
    ("length", "allowed"), [(15, False), (16, True), (4096, True), (4097, False)]
)
def test_a_generated_value_is_long_enough(length: int, *, allowed: bool) -> None:
    """From 16 characters to what Secrets Manager offers."""
    if allowed:
        assert GeneratedValue(length=length).length == length
        return

    with pytest.raises(ValidationError, match=r"than or equal to (16|4096)"):
        GeneratedValue(length=length)
