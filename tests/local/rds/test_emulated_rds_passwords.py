"""RDS master passwords are chosen by RDS, or by the caller, and never by both."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest


def _secret(client: Callable[[str], Any], made: Any) -> Any:
    manager = client("secretsmanager")
    arn = made["MasterUserSecret"]["SecretArn"]
    return manager.describe_secret(SecretId=arn) | {
        "Value": json.loads(manager.get_secret_value(SecretId=arn)["SecretString"])
    }


def test_rds_keeps_the_password_in_a_secret_of_its_own(
    client: Callable[[str], Any], make: Callable[..., Any]
) -> None:
    """Named and tagged as RDS does it, encrypted with the key asked for, rotated every week."""
    key = client("kms").create_key()["KeyMetadata"]["Arn"]

    made = make(
        MasterUserPassword=None, ManageMasterUserPassword=True, MasterUserSecretKmsKeyId=key
    )
    other = make(
        DBInstanceIdentifier="other", MasterUserPassword=None, ManageMasterUserPassword=True
    )

    secret = _secret(client, made)
    assert secret["Name"].startswith("rds!db-")
    assert secret["OwningService"] == "rds"
    assert made["MasterUserSecret"]["KmsKeyId"] == secret["KmsKeyId"] == key
    assert secret["Value"]["username"] == "platform"
    assert secret["Value"]["password"] != _secret(client, other)["Value"]["password"]
    assert secret["RotationEnabled"] is True
    assert secret["RotationRules"] == {"AutomaticallyAfterDays": 7}
    assert "RotationLambdaARN" not in secret


def test_a_repeated_setting_keeps_the_secret(
    rds: Any, read: Callable[..., Any], make: Callable[..., Any]
) -> None:
    """The password changes only when it is rotated."""
    made = make(MasterUserPassword=None, ManageMasterUserPassword=True)

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", ManageMasterUserPassword=True, ApplyImmediately=True
    )

    assert read()["MasterUserSecret"]["SecretArn"] == made["MasterUserSecret"]["SecretArn"]


def test_a_password_is_rotated(
    client: Callable[[str], Any], rds: Any, make: Callable[..., Any]
) -> None:
    """The secret has a new current version."""
    made = make(MasterUserPassword=None, ManageMasterUserPassword=True)
    before = _secret(client, made)["Value"]

    rds.modify_db_instance(
        DBInstanceIdentifier="orders", RotateMasterUserPassword=True, ApplyImmediately=True
    )

    after = _secret(client, made)
    assert after["Value"]["password"] != before["password"]
    assert sorted(stage for stages in after["VersionIdsToStages"].values() for stage in stages) == [
        "AWSCURRENT",
        "AWSPREVIOUS",
    ]


def test_management_is_turned_off_with_a_password(
    client: Callable[[str], Any],
    rds: Any,
    read: Callable[..., Any],
    make: Callable[..., Any],
    refused: Callable[..., str],
) -> None:
    """The secret goes; without a password nobody could log in any more."""
    made = make(MasterUserPassword=None, ManageMasterUserPassword=True)
    arn = made["MasterUserSecret"]["SecretArn"]
    off = {
        "DBInstanceIdentifier": "orders",
        "ManageMasterUserPassword": False,
        "ApplyImmediately": True,
    }

    code = refused(rds.modify_db_instance, **off)
    rds.modify_db_instance(**off, MasterUserPassword="another-password")

    assert code == "InvalidParameterValue"
    assert "MasterUserSecret" not in read()
    assert (
        refused(client("secretsmanager").describe_secret, SecretId=arn)
        == "ResourceNotFoundException"
    )


def test_the_key_of_a_managed_secret_stays(
    client: Callable[[str], Any], rds: Any, make: Callable[..., Any], refused: Callable[..., str]
) -> None:
    """RDS does not change it; the same key may be repeated."""
    key, other = (client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    make(MasterUserPassword=None, ManageMasterUserPassword=True, MasterUserSecretKmsKeyId=key)
    change = {"DBInstanceIdentifier": "orders", "ManageMasterUserPassword": True}

    rds.modify_db_instance(**change, MasterUserSecretKmsKeyId=key)
    code = refused(rds.modify_db_instance, **change, MasterUserSecretKmsKeyId=other)

    assert code == "InvalidParameterCombination"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"ManageMasterUserPassword": True}, "InvalidParameterCombination"),
        ({"MasterUserPassword": None}, "InvalidParameterValue"),
        ({"MasterUserPassword": "short"}, "InvalidParameterValue"),
        ({"MasterUserSecretKmsKeyId": "alias/aws/secretsmanager"}, "InvalidParameterValue"),
        (
            {
                "MasterUserPassword": None,
                "ManageMasterUserPassword": True,
                "MasterUserSecretKmsKeyId": "alias/nobody",
            },
            "KMSKeyNotAccessibleFault",
        ),
    ],
)
def test_refuses_two_passwords_and_none(
    refuse: Callable[..., str], changes: dict[str, Any], code: str
) -> None:
    """Exactly one of them, and a key that exists."""
    assert refuse(**changes) == code
