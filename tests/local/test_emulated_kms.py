"""KMS: the rotation period of a key reads back, and wrong ones are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def kms(client: Callable[[str], Any]) -> Any:
    """Return the KMS client."""
    return client("kms")


@pytest.fixture
def key(kms: Any) -> str:
    """Return a symmetric key."""
    return str(kms.create_key()["KeyMetadata"]["KeyId"])


def test_the_period_reads_back(kms: Any, key: str) -> None:
    """And stays when rotation is enabled again without one."""
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    kms.enable_key_rotation(KeyId=key)

    found = kms.get_key_rotation_status(KeyId=key)

    assert (found["KeyRotationEnabled"], found["RotationPeriodInDays"]) == (True, 180)


def test_the_period_is_a_year_by_default(kms: Any, key: str) -> None:
    """And the next date follows from it."""
    kms.enable_key_rotation(KeyId=key)

    found = kms.get_key_rotation_status(KeyId=key)

    made = kms.describe_key(KeyId=key)["KeyMetadata"]["CreationDate"]
    assert found["RotationPeriodInDays"] == 365
    assert (found["NextRotationDate"] - made).days == 365


def test_no_period_without_rotation(kms: Any, key: str) -> None:
    """A key that does not rotate has none."""
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    kms.disable_key_rotation(KeyId=key)

    found = kms.get_key_rotation_status(KeyId=key)

    assert found["KeyRotationEnabled"] is False
    assert "RotationPeriodInDays" not in found


def test_refuses_a_period_out_of_range(kms: Any, key: str, refused: Callable[..., str]) -> None:
    """90 to 2560 days."""
    code = refused(kms.enable_key_rotation, KeyId=key, RotationPeriodInDays=2561)

    assert code == "ValidationException"


def test_refuses_a_signing_key(kms: Any, refused: Callable[..., str]) -> None:
    """Only symmetric keys rotate."""
    key = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]

    assert refused(kms.enable_key_rotation, KeyId=key) == "UnsupportedOperationException"


def test_refuses_a_key_that_is_going(kms: Any, key: str, refused: Callable[..., str]) -> None:
    """Nothing changes on a key that waits for its deletion."""
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)

    assert refused(kms.enable_key_rotation, KeyId=key) == "KMSInvalidStateException"


def test_refuses_an_unknown_key(kms: Any, refused: Callable[..., str]) -> None:
    """Moto's own check still runs."""
    unknown = "00000000-0000-0000-0000-000000000000"

    assert refused(kms.enable_key_rotation, KeyId=unknown) == "NotFoundException"
