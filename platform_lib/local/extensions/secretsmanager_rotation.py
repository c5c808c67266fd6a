"""Secrets Manager: rotation by schedule, by a function or by the service that owns the secret.

Upstream gap: moto's RotateSecret runs the function in Docker and answers 500 without it, leaves a
version behind that has no value, forgets schedules and windows, rotates a secret without a function
by emptying it, and cannot cancel the rotation of an owned secret; anybody may overwrite or delete
what another service owns.

The emulator does not run the code of Lambda functions. Rotation by a function, at once or later,
checks that the function exists and may be invoked, and records the schedule; the current version
stays as it is. A secret that RDS owns really gets a new password. The next date of a `cron()`
schedule is not computed.
"""

from __future__ import annotations

import json
import re
import string
import time
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.awslambda.exceptions import UnknownFunctionException
from moto.awslambda.models import lambda_backends
from moto.moto_api._internal import mock_random
from moto.secretsmanager.exceptions import (
    InvalidParameterException,
    InvalidRequestException,
    OperationNotPermittedOnReplica,
    ResourceNotFoundException,
    SecretNotFoundException,
    SecretsManagerClientError,
)
from moto.secretsmanager.models import FakeSecret, ReplicaSecret, SecretsManagerBackend
from moto.secretsmanager.responses import SecretsManagerResponse

from platform_lib.local.extensions.support import replace

__all__ = ["install", "password", "renew", "schedule"]

_DAY = 86_400
_HOUR = 3600
_DAYS = range(1, 1001)
_SHORTEST_HOURS = 4
_RATE = re.compile(r"rate\((\d+) (hour|day)s?\)")
_CRON = re.compile(r"cron\(\S+( \S+){5}\)")
_WINDOW = re.compile(r"([1-9]|1\d|2[0-4])h")
_LENGTH = 32
# What RDS itself leaves out: characters that a connection string would need to escape.
_ALPHABET = string.ascii_letters + string.digits + "!#$%&*()-_=+[]{}<>?.|~"
_OWNED = ("delete_secret", "put_secret_value", "update_secret", "update_secret_version_stage")


def install() -> None:
    """Patch moto."""
    replace(SecretsManagerBackend)(rotate_secret)
    replace(SecretsManagerBackend)(cancel_rotate_secret)
    replace(FakeSecret)(to_dict)
    for name in _OWNED:
        replace(SecretsManagerResponse, name)(_unless_owned)


class _AccessDeniedError(SecretsManagerClientError):
    def __init__(self, message: str) -> None:
        super().__init__("AccessDeniedException", message)


def schedule(secret: Any, rules: Mapping[str, Any]) -> None:
    """Turn on the rotation of a secret by a schedule.

    Raises:
        InvalidParameterException: The rules contradict each other or are out of range.
    """
    days, expression = rules.get("AutomaticallyAfterDays"), rules.get("ScheduleExpression")
    if (days is None) == (expression is None):
        raise InvalidParameterException(
            "You must specify either AutomaticallyAfterDays or ScheduleExpression, and not both."
        )
    if days is not None and int(days) not in _DAYS:
        raise InvalidParameterException(
            "RotationRules.AutomaticallyAfterDays must be within 1-1000."
        )
    window = rules.get("Duration")
    if window is not None and not _WINDOW.fullmatch(window):
        raise InvalidParameterException(f"The rotation window {window} is not between 1h and 24h.")
    seconds = int(days) * _DAY if days is not None else _seconds(str(expression))
    secret.rotation_rules = dict(rules)
    secret.rotation_requested = secret.rotation_enabled = True
    secret.auto_rotate_after_days = int(days or 0)
    secret.next_rotation_date = None if seconds is None else int(time.time()) + seconds


def _seconds(expression: str) -> int | None:
    rate = _RATE.fullmatch(expression)
    if rate is None:
        if _CRON.fullmatch(expression):
            return None
        raise InvalidParameterException(f"Invalid schedule expression: {expression}")
    seconds = int(rate[1]) * (_HOUR if rate[2] == "hour" else _DAY)
    if not _SHORTEST_HOURS * _HOUR <= seconds <= max(_DAYS) * _DAY:
        raise InvalidParameterException(
            "The rate of a rotation must be between 4 hours and 999 days."
        )
    return seconds


def renew(secret: Any, value: str) -> None:
    """Give a secret a new current version."""
    number = str(mock_random.uuid4())
    version = {
        "createdate": int(time.time()),
        "version_id": number,
        "version_stages": ["AWSCURRENT"],
        "secret_string": value,
    }
    secret.reset_default_version(version, number)
    secret.secret_string = value
    secret.last_changed_date = secret.last_rotation_date = int(time.time())


def password() -> str:
    """Return a password as RDS makes it."""
    return "".join(mock_random.choice(_ALPHABET) for _ in range(_LENGTH))


def _live(backend: Any, secret_id: str, operation: str) -> Any:
    if secret_id not in backend.secrets:
        raise SecretNotFoundException
    secret = backend.secrets[secret_id]
    if isinstance(secret, ReplicaSecret):
        raise OperationNotPermittedOnReplica
    if secret.is_deleted():
        raise InvalidRequestException(
            f"An error occurred (InvalidRequestException) when calling the {operation} operation:"
            " You tried to perform the operation on a secret that's currently marked deleted."
        )
    return secret


def rotate_secret(_: Callable[..., Any]) -> Callable[..., Any]:
    """Record the schedule; give a secret that RDS owns a new value."""

    def rotate(
        self: Any,
        secret_id: str,
        client_request_token: str | None = None,
        rotation_lambda_arn: str | None = None,
        rotation_rules: dict[str, Any] | None = None,
        rotate_immediately: bool = True,  # noqa: FBT001, FBT002 - moto's signature
    ) -> str:
        secret = _live(self, secret_id, "RotateSecret")
        if client_request_token:
            self._client_request_token_validator(client_request_token)
        if secret.owning_service:
            if rotation_lambda_arn:
                raise InvalidRequestException(
                    f"The secret is managed by {secret.owning_service}, which rotates it; you can't"
                    " specify a Lambda function."
                )
        else:
            function = rotation_lambda_arn or secret.rotation_lambda_arn
            if not function:
                raise InvalidRequestException(
                    "No Lambda rotation function ARN is associated with this secret."
                )
            if not secret.versions:
                raise ResourceNotFoundException(
                    "Secrets Manager can't find the specified secret value for staging label:"
                    " AWSCURRENT"
                )
            _check_function(self, function, secret)
            secret.rotation_lambda_arn = function
        rules = rotation_rules or getattr(secret, "rotation_rules", None)
        if rules:
            schedule(secret, rules)
        secret.rotation_requested = True
        if rotate_immediately and secret.owning_service:
            _renew_owned(secret)
        return str(secret.to_short_dict())

    return rotate


def _renew_owned(secret: Any) -> None:
    value = json.loads(secret.versions[secret.default_version_id]["secret_string"])
    renew(secret, json.dumps({**value, "password": password()}))


def _check_function(backend: Any, arn: str, secret: Any) -> None:
    _, _, _, region, account, *_rest = arn.split(":") if arn.count(":") > 5 else [""] * 6  # noqa: PLR2004
    try:
        function = lambda_backends[account or backend.account_id][
            region or backend.region_name
        ].get_function(arn)
    except UnknownFunctionException:
        raise ResourceNotFoundException(f"Lambda function {arn} not found.") from None
    if not any(_allows(statement, secret) for statement in function.policy.statements):
        raise _AccessDeniedError(
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function"
            " policy grants access to the principal secretsmanager.amazonaws.com."
        )


def _allows(statement: Mapping[str, Any], secret: Any) -> bool:
    """Tell whether a statement of a function's policy lets Secrets Manager rotate this secret."""
    principal = statement.get("Principal", {})
    service = principal.get("Service") if isinstance(principal, dict) else None
    if service != "secretsmanager.amazonaws.com":
        return False
    if statement.get("Action") not in ("lambda:InvokeFunction", "lambda:*"):
        return False
    wanted = {"aws:sourcearn": secret.arn, "aws:sourceaccount": secret.account_id}
    return all(
        fnmatchcase(wanted.get(key.lower(), ""), str(pattern))
        for operator in statement.get("Condition", {}).values()
        for key, pattern in operator.items()
    )


def cancel_rotate_secret(_: Callable[..., Any]) -> Callable[..., Any]:
    """Turn the rotation off; what was set stays for the next time."""

    def cancel(self: Any, secret_id: str) -> str:
        secret = _live(self, secret_id, "CancelRotateSecret")
        if not secret.rotation_lambda_arn and not secret.owning_service:
            raise InvalidRequestException(
                "You tried to enable rotation on a secret that doesn't already have a Lambda"
                " function ARN configured and you didn't include such an ARN as a parameter in this"
                " call."
            )
        secret.rotation_enabled = False
        secret.next_rotation_date = None
        return str(secret.to_short_dict())

    return cancel


def to_dict(original: Callable[..., Any]) -> Callable[..., Any]:
    """Describe the rules as they were given."""

    def describe(self: Any) -> dict[str, Any]:
        answer: dict[str, Any] = original(self)
        if not self.rotation_requested:
            return answer
        if not self.rotation_lambda_arn:
            answer.pop("RotationLambdaARN", None)
        rules = getattr(self, "rotation_rules", None)
        if rules:
            answer["RotationRules"] = rules
        return answer

    return describe


def _unless_owned(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse changes of a secret that another service owns."""

    def change(self: Any) -> Any:
        secrets = self.backend.secrets
        secret_id = self._get_param("SecretId")
        owner = secrets[secret_id].owning_service if secret_id in secrets else None
        if owner:
            raise InvalidRequestException(
                f"You can't perform this operation on the secret because it is managed by {owner}."
            )
        return original(self)

    return change
