"""KMS: the rotation period of a key.

Upstream gap: moto's EnableKeyRotation drops RotationPeriodInDays and GetKeyRotationStatus does not
return it, so that the AWS provider waits for a period that never shows.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.kms.exceptions import ValidationException
from moto.kms.responses import KmsResponse

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_DEFAULT_DAYS = 365
_MIN_DAYS = 90
_MAX_DAYS = 2560


def install() -> None:
    """Patch moto."""
    replace(KmsResponse)(enable_key_rotation)
    replace(KmsResponse)(get_key_rotation_status)


def _key(response: Any) -> Any:
    backend = response.kms_backend
    return backend.keys[backend.get_key_id(response._get_param("KeyId"))]  # noqa: SLF001


def enable_key_rotation(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep the period; refuse one out of range, and keys that cannot rotate."""

    def enable(self: Any) -> Any:
        days = self._get_param("RotationPeriodInDays")
        if days is not None and not _MIN_DAYS <= int(days) <= _MAX_DAYS:
            raise ValidationException(
                f"1 validation error detected: Value '{days}' at 'rotationPeriodInDays' failed to"
                f" satisfy constraint: Member must be between {_MIN_DAYS} and {_MAX_DAYS}"
            )
        self._validate_cmk_id(self._get_param("KeyId"))
        key = _key(self)
        if key.key_state == "PendingDeletion":
            raise AwsError("KMSInvalidStateException", f"{key.arn} is pending deletion.")
        if key.key_spec != "SYMMETRIC_DEFAULT":
            raise AwsError(
                "UnsupportedOperationException", "You cannot rotate asymmetric or HMAC keys."
            )
        answer = original(self)
        key.rotation_period_in_days = int(days or getattr(key, "rotation_period_in_days", 0)) or (
            _DEFAULT_DAYS
        )
        return answer

    return enable


def get_key_rotation_status(original: Callable[..., Any]) -> Callable[..., Any]:
    """Add the period and the next date while rotation is on."""

    def get(self: Any) -> str:
        answer: dict[str, Any] = json.loads(original(self))
        if answer["KeyRotationEnabled"]:
            key = _key(self)
            days = getattr(key, "rotation_period_in_days", _DEFAULT_DAYS)
            made = datetime.fromtimestamp(float(key.creation_date), UTC)
            answer["KeyId"] = key.arn
            answer["RotationPeriodInDays"] = days
            answer["NextRotationDate"] = (made + timedelta(days=days)).timestamp()
        return json.dumps(answer)

    return get
