"""How ECS makes the environment of a container out of its definition.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

_ARN_PARTS = 7
"""``arn:aws:secretsmanager:<region>:<account>:secret:<name>``."""


class CannotStartError(Exception):
    """What ECS says when it does not start a task: ``ResourceInitializationError``."""


def environment_of(definition: Mapping[str, Any], secrets: Any) -> dict[str, str]:
    """Return the variables that a container of a task definition starts with.

    Args:
        definition: The container, as ``DescribeTaskDefinition`` has it.
        secrets: Client for Secrets Manager, with the rights of the execution role.

    Raises:
        CannotStartError: A secret is not there, or not as it is referred to.
    """
    given = {it["name"]: str(it["value"]) for it in definition.get("environment", [])}
    for secret in definition.get("secrets", []):
        if secret["name"] in given:
            raise CannotStartError(f"the variable {secret['name']} is given twice")
        given[secret["name"]] = value_from(secret["valueFrom"], secrets)
    return given


def value_from(reference: str, secrets: Any) -> str:
    """Return what a reference stands for: a secret's value, or one key of its JSON.

    Raises:
        CannotStartError: The secret is not there, or has no such key, version or stage.
    """
    parts = reference.split(":")
    if parts[:3] != ["arn", "aws", "secretsmanager"] or len(parts) not in {
        _ARN_PARTS,
        _ARN_PARTS + 3,
    }:
        raise CannotStartError(
            f"{reference!r} is not <secret's ARN>, nor <secret's ARN>:<key>:<stage>:<version>"
        )
    key, stage, version = [*parts[_ARN_PARTS:], "", "", ""][:3]
    # Written out: moto's default is the version that was written last.
    which = {"VersionStage": stage or ("" if version else "AWSCURRENT"), "VersionId": version}
    try:
        text: str = secrets.get_secret_value(
            SecretId=":".join(parts[:_ARN_PARTS]), **{name: it for name, it in which.items() if it}
        )["SecretString"]
    except secrets.exceptions.ClientError as error:
        raise CannotStartError(f"unable to retrieve {reference}: {error}") from error
    return text if not key else _value_of(text, key, reference)


def _value_of(text: str, key: str, reference: str) -> str:
    try:
        fields = json.loads(text)
    except ValueError:
        fields = None
    if not isinstance(fields, dict) or key not in fields:
        raise CannotStartError(f"retrieved secret from {reference} did not contain json key {key}")
    return str(fields[key])
