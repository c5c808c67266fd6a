"""MasterCredential: the administrator's password of a database whose password RDS cannot manage."""

from __future__ import annotations

import json
from typing import cast

from cdktf import TerraformResource

from platform_lib.core._identity import address
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.ephemeral import random_password, secret_value
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.rotation.credential import EXCLUDED_CHARACTERS, PASSWORD_LENGTH
from platform_lib.secretsmanager.secret import Secret
from platform_lib.types import TokenStr

_HERE = "PASSWORD"


class MasterCredential(PlatformConstruct):
    """A secret with the administrator's user name and password, as RDS itself would write it.

    RDS manages no password of an instance that has read replicas.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations

    Defines:
        aws_secretsmanager_secret, aws_secretsmanager_secret_version

    Args:
        username: The administrator.
        edition: A new number makes a new password at the next apply.
        key: Encrypts the secret.
    """

    def __init__(
        self, scope: PlatformConstruct, id: str, *, username: str, edition: int, key: Key
    ) -> None:
        super().__init__(scope, id)
        secret = Secret(
            self,
            "Secret",
            config=SecretConfig(
                description=f"Administrator {username} of a PostgreSQL database",
                name=scope.physical_name(Kind.SECRET, "master"),
            ),
            key=key,
        )
        made = random_password(
            self, "New", length=PASSWORD_LENGTH, exclude_characters=EXCLUDED_CHARACTERS
        )
        value = json.dumps({"username": username, "password": _HERE}).replace(_HERE, made)
        version = address(cast(TerraformResource, secret.put(value, edition=str(edition))))

        self.arn: TokenStr = secret.arn
        """ARN of the secret."""
        # Read back from the secret, which is the truth: a database that could not be made in the
        # first apply is made with the same password in the second.
        self.password: TokenStr = secret_value(
            self,
            "Password",
            secret_id=f"${{{version}.secret_id}}",
            version_id=f"${{{version}.version_id}}",
            json_key="password",
        )
        """The password, for a write-only argument."""
