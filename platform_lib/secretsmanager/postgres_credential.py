"""PostgresCredential: an application's database and its login, changed every month."""

from __future__ import annotations

import json
from typing import cast

import cdktf_cdktf_provider_aws.secretsmanager_secret_rotation as aws_rotation
from cdktf import TerraformResource, TerraformResourceLifecycle
from constructs import Construct

from platform_lib.core._identity import address
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.ephemeral import random_password
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig
from platform_lib.secretsmanager.rotation.credential import (
    EXCLUDED_CHARACTERS,
    PASSWORD_LENGTH,
    Credential,
)
from platform_lib.secretsmanager.rotation_function import PostgresServer, RotationFunction
from platform_lib.secretsmanager.secret import Secret
from platform_lib.types import TokenStr

_HERE = "PASSWORD"


class PostgresCredential(PlatformConstruct):
    """A secret with a database login, which its first rotation makes, and the database with it.

    Until that has run, seconds after the apply, the password in the secret works nowhere.

    Defines:
        aws_secretsmanager_secret, aws_secretsmanager_secret_version,
        aws_secretsmanager_secret_rotation, and of the function an aws_iam_role_policy and security
        group rules

    Args:
        config: The application's role and database, and how often its password changes.
        server: Where the database is. The secret's tags say so, and the function believes only
            them: after a restore to another server the next rotation makes the login there.
        rotation: The environment's function.
        key: Encrypts the secret.

    Raises:
        PlatformError: ``RoleTaken`` if another credential has the role on that server.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: PostgresCredentialConfig,
        server: PostgresServer,
        rotation: RotationFunction,
        key: Key,
    ) -> None:
        super().__init__(scope, id)
        credential = Credential(
            host=server.address,
            port=server.port,
            database=config.database_name,
            owner=config.owner,
            master_arn=server.secret_arn,
            ssl_mode=config.ssl_mode,
            ssl_root_certificate=config.ssl_root_certificate or "",
        )
        self.secret = Secret(
            self,
            "Secret",
            config=SecretConfig(
                description=f"Login of {config.owner} in PostgreSQL; rotates by itself",
                name=self.physical_name(Kind.SECRET),
            ),
            key=key,
            tags=credential.tags(),
        )
        """The secret; ``grants.read`` lets a role read it. Its JSON has ``engine``, ``host``,
        ``port``, ``dbname``, ``username``, ``password``, ``masterarn``, ``owner`` and ``url``."""
        first = self.secret.put(self._first_value(credential), edition="1")
        resource = cast(TerraformResource, self.secret.node.find_child("Resource"))
        ready = rotation.add(self, secret=self.secret, server=server, owner=config.owner)
        aws_rotation.SecretsmanagerSecretRotation(
            self,
            "Rotation",
            secret_id=self.secret.arn,
            rotation_lambda_arn=rotation.arn,
            # The first one makes the login.
            rotate_immediately=True,
            rotation_rules=aws_rotation.SecretsmanagerSecretRotationRotationRules(
                automatically_after_days=config.rotation_days
            ),
            lifecycle=TerraformResourceLifecycle(
                # Another server, database or owner: rotate at once, which writes it to the value.
                replace_triggered_by=[f"{address(resource)}.tags"]
            ),
            depends_on=[first, *ready],
        )

        self.arn: TokenStr = self.secret.arn
        """ARN of the secret."""

    def _first_value(self, credential: Credential) -> TokenStr:
        """Return the value until the first rotation: whole, with a password that works nowhere."""
        password = random_password(
            self.secret, "First", length=PASSWORD_LENGTH, exclude_characters=EXCLUDED_CHARACTERS
        )
        # Neither the password nor an address has a character that JSON or a URL would escape, so
        # the expressions can stand in the text.
        return json.dumps(credential.value(credential.logins[1], _HERE)).replace(_HERE, password)
