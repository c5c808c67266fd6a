"""Secret: a place for one value in Secrets Manager, and who may read it."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.secretsmanager_secret as aws_secret
import cdktf_cdktf_provider_aws.secretsmanager_secret_version as aws_secret_version
from cdktf import ITerraformDependable, TerraformResourceLifecycle
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.ephemeral import random_password
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.core.protection import protect
from platform_lib.iam.policy import Statement
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.types import TokenStr

_RECOVERY_DAYS = 30
"""The longest that Secrets Manager offers to take a deletion back.
https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_delete-secret.html"""


class Secret(PlatformConstruct):
    """A secret, encrypted with our key; its value is in no JSON, plan or state.

    Defines:
        aws_secretsmanager_secret, and an aws_secretsmanager_secret_version where the value is
        generated.

    Args:
        config: What it opens, and where its value comes from.
        key: Encrypts the value.
        tags: Tags of its own.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: SecretConfig,
        key: Key,
        tags: Mapping[str, TokenStr] | None = None,
    ) -> None:
        super().__init__(scope, id)
        secret = aws_secret.SecretsmanagerSecret(
            self,
            "Resource",
            name=config.name or self.physical_name(Kind.SECRET, config.suffix or ""),
            description=config.description,
            kms_key_id=key.arn,
            # Without a waiting time the name is free at once for the next try.
            recovery_window_in_days=_RECOVERY_DAYS if self.stack.protected else 0,
            tags=tags,
        )
        protect(self, secret)

        self.arn: TokenStr = secret.arn
        """ARN of the secret."""
        self.name: TokenStr = secret.name
        """Name of the secret."""
        self.grants = SecretGrants(self, key=key)
        """What roles may do with its value."""
        if config.generated is not None:
            made = config.generated
            value = random_password(
                self,
                "Generated",
                length=made.length,
                exclude_characters=made.exclude_characters,
            )
            self.put(value, edition=str(made.edition))

    def put(self, value: TokenStr, *, edition: str) -> ITerraformDependable:
        """Write a value through the write-only argument, which leaves no trace of it.

        Terraform cannot see whether the value differs from the last one, nor what others put
        since: it writes again when ``edition`` changes.

        Args:
            value: An expression; a literal would be in the JSON.
            edition: A whole number, or an expression for one.
        """
        version = aws_secret_version.SecretsmanagerSecretVersion(
            self,
            "Value",
            secret_id=self.arn,
            secret_string_wo=value,
            # A label that nothing takes away. After two more values this version would have none;
            # AWS deletes such versions, and the provider would write this value again, over the
            # one in use. https://github.com/hashicorp/terraform-provider-aws/issues/37302
            version_stages=["AWSCURRENT", "terraform-value"],
            # AWSCURRENT moves on with every new value.
            lifecycle=TerraformResourceLifecycle(ignore_changes=["version_stages"]),
        )
        # An override, since the binding takes a number and no expression for one.
        version.add_override("secret_string_wo_version", edition)
        return version

    def reference(self, json_key: str | None = None) -> TokenStr:
        """Return what a container definition calls the value: the secret, or one key of its JSON.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
        """
        return self.arn if json_key is None else f"{self.arn}:{json_key}::"


class SecretGrants(Grants):
    """Permissions on the value of one secret; its key follows."""

    def __init__(self, secret: Secret, *, key: Key) -> None:
        super().__init__(secret)
        self._arn = secret.arn
        self._key = key

    def read(self, grantee: Grantee) -> Grant:
        """Let the role read the value."""
        self._key.grants.decrypt(grantee)
        return self._give(grantee, "Read", read_statement(self._arn))

    def write(self, grantee: Grantee) -> Grant:
        """Let the role put a new value, but not read it."""
        self._key.grants.encrypt_decrypt(grantee)  # Secrets Manager asks for both to write
        actions = ("secretsmanager:DescribeSecret", "secretsmanager:PutSecretValue")
        return self._give(grantee, "Write", Statement(actions=actions, resources=(self._arn,)))


def read_statement(secret_arn: TokenStr) -> Statement:
    """Allow to read one secret."""
    return Statement(
        actions=("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"),
        resources=(secret_arn,),
    )
