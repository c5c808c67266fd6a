"""Key: a customer managed key with rotation, an alias and a typed policy."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.kms_alias as aws_kms_alias
import cdktf_cdktf_provider_aws.kms_key as aws_kms_key
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.core.protection import protect
from platform_lib.iam.policy import Statement, policy_json
from platform_lib.kms._policy import USE_ACTIONS, key_statements
from platform_lib.kms.config import KeyConfig
from platform_lib.naming import Kind
from platform_lib.types import TokenStr

_DELETION_WINDOW_DAYS = 30
"""The longest that KMS offers: what a deleted key encrypted is lost for good.
https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"""


class Key(PlatformConstruct):
    """A symmetric customer managed key that rotates and that the account can always administer.

    Defines:
        aws_kms_key, aws_kms_alias

    Args:
        config: What it is for and who uses it.
    """

    def __init__(self, scope: Construct, id: str, *, config: KeyConfig) -> None:
        super().__init__(scope, id)
        statements = key_statements(
            config,
            account_id=self.stack.account.id,
            region=self.stack.target.region,
            partition=self.stack.partition,
        )
        key = aws_kms_key.KmsKey(
            self,
            "Resource",
            description=config.description,
            enable_key_rotation=True,
            rotation_period_in_days=config.rotation_days,
            deletion_window_in_days=_DELETION_WINDOW_DAYS,
            policy=policy_json(statements),
            tags={"Name": self.physical_name(Kind.TAG)},
        )
        protect(self, key)
        alias = aws_kms_alias.KmsAlias(
            self,
            "Alias",
            name=self.physical_name(Kind.KMS_ALIAS, before="alias/"),
            target_key_id=key.key_id,
        )

        self.arn: TokenStr = key.arn
        """ARN of the key."""
        self.alias: TokenStr = alias.name
        """Name of the alias."""
        self.grants = KeyGrants(self)
        """What roles may do with it."""


class KeyGrants(Grants):
    """Permissions on one key."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self._key = key

    def decrypt(self, grantee: Grantee) -> Grant:
        """Let the role read what is encrypted with the key."""
        return self._give(grantee, "Decrypt", self._statement("kms:Decrypt", "kms:DescribeKey"))

    def encrypt(self, grantee: Grantee) -> Grant:
        """Let the role write with the key, but not read."""
        actions = ("kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*")
        return self._give(grantee, "Encrypt", self._statement(*actions))

    def encrypt_decrypt(self, grantee: Grantee) -> Grant:
        """Let the role write and read with the key."""
        return self._give(grantee, "EncryptDecrypt", self._statement(*USE_ACTIONS))

    def _statement(self, *actions: str) -> Statement:
        return Statement(actions=actions, resources=(self._key.arn,))
