"""Secrets: many secrets at once, each with a policy of its own."""

from __future__ import annotations

from collections.abc import Mapping

import cdktf_cdktf_provider_aws.iam_policy as aws_iam_policy
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.iam.policy import Statement, policy_json
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.secret import Secret, read_statement
from platform_lib.types import TokenStr


class Secrets(PlatformConstruct):
    """The secrets of an environment by name, each with a managed policy that reads only it.

    Roles of this configuration get ``secrets["name"].grants.read(role)``; the policies are for
    roles from elsewhere.

    Defines:
        aws_iam_policy, and the resources of each `Secret`

    Args:
        configs: Secrets by name.
        key: Encrypts the values.
    """

    def __init__(
        self, scope: Construct, id: str, *, configs: Mapping[str, SecretConfig], key: Key
    ) -> None:
        super().__init__(scope, id)
        self._secrets = {
            name: Secret(self, pascal(name), config=config, key=key)
            for name, config in configs.items()
        }
        self.policy_arns: Mapping[str, TokenStr] = {
            name: self._policy(secret, key) for name, secret in self._secrets.items()
        }
        """ARN of the policy that reads one secret, by the secret's name."""

    def __getitem__(self, name: str) -> Secret:
        return self._secrets[name]

    def _policy(self, secret: Secret, key: Key) -> TokenStr:
        decrypt = Statement(
            actions=("kms:Decrypt",),
            resources=(key.arn,),
            # The key encrypts more than this secret: only what Secrets Manager asks for it.
            # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
            conditions={
                "StringEquals": {
                    "kms:EncryptionContext:SecretARN": (secret.arn,),
                    "kms:ViaService": (f"secretsmanager.{self.stack.target.region}.amazonaws.com",),
                }
            },
        )
        policy = aws_iam_policy.IamPolicy(
            secret,
            "ReadPolicy",
            name=secret.physical_name(Kind.IAM_POLICY, "read"),
            description="Reads one secret",
            policy=policy_json([read_statement(secret.arn), decrypt]),
        )
        return policy.arn
