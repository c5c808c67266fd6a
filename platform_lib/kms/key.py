"""Key: a customer managed key with rotation, an alias and a typed policy."""

from __future__ import annotations

import cdktf_cdktf_provider_aws.kms_alias as aws_kms_alias
import cdktf_cdktf_provider_aws.kms_key as aws_kms_key
import cdktf_cdktf_provider_aws.kms_key_policy as aws_kms_key_policy
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.grants import Grant, Grantee, Grants
from platform_lib.core.protection import protect
from platform_lib.core.stack import PlatformStack
from platform_lib.errors import PlatformError
from platform_lib.iam.policy import Statement, policy_json
from platform_lib.kms._policy import USE_ACTIONS, distribution_decrypts, key_statements
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
        self._statements = key_statements(
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
            policy=policy_json(self._statements),
            tags={"Name": self.physical_name(Kind.TAG)},
        )
        protect(self, key)
        self._resource = key
        self._policy: tuple[PlatformStack, aws_kms_key_policy.KmsKeyPolicy] | None = None
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

    def serve(self, scope: PlatformConstruct, *, distribution_arn: TokenStr) -> None:
        """Let one distribution of CloudFront decrypt what a bucket serves; a bucket calls this.

        The policy that names it is a resource of its own in the distribution's stack, since the
        distribution is made after the key. It says everything that the key's own says, and takes
        its place; the key's stack leaves the policy as it finds it.

        Args:
            scope: The distribution.
            distribution_arn: Its ARN.

        Raises:
            PlatformError: ``ServedByTwoStacks`` if distributions of two stacks would each write the
                policy.
        """
        if self._policy is None:
            policy = aws_kms_key_policy.KmsKeyPolicy(
                scope.stack,
                f"PolicyOf{self.identity}",
                key_id=self._resource.key_id,
                policy="",
                # Without it the provider puts KMS's default in the place of the policy when this
                # is destroyed, and all other services lose the key. Nobody is locked out: the
                # account's own statement is always part of the policy.
                bypass_policy_lockout_safety_check=True,
            )
            self._resource.add_override("lifecycle.ignore_changes", ["policy"])
            self._policy = (scope.stack, policy)
        stack, policy = self._policy
        if stack is not scope.stack:
            raise PlatformError(
                "ServedByTwoStacks",
                f"{self.node.path!r} is used by a distribution of another stack already, and two"
                " stacks would write its policy by turns; put the distributions into one stack",
                where=scope.node.path,
            )
        self._statements.append(distribution_decrypts(distribution_arn))
        policy.policy = policy_json(self._statements)


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
