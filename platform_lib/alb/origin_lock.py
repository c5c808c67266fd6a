"""OriginLock: a secret header without which a load balancer answers nothing."""

from __future__ import annotations

import string

import cdktf_cdktf_provider_aws.data_aws_secretsmanager_secret_version as aws_secret_value
import cdktf_cdktf_provider_aws.secretsmanager_secret_version as aws_secret_version
from cdktf import ITerraformDependable

from platform_lib.alb.config import SecretHeader
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.ephemeral import random_password
from platform_lib.core.stack import PlatformStack
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.secret import Secret
from platform_lib.types import TokenStr

HEADER = "X-Origin-Verify"
"""Name of the header."""

_LENGTH = 48
_NOT_IN_HEADERS = "".join(sorted(set(string.punctuation) - set("-._")))
"""Among them ``*`` and ``?``, which a rule of a listener would take for wildcards.
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html"""


class OriginLock(PlatformConstruct):
    """What only the distributions of this account send, and the load balancer asks every request for.

    CloudFront's addresses are those of all its customers, so that they alone prove nothing. The
    value is made as an ephemeral value and read back in each stack that needs it: CloudFront and
    rules of listeners take it only in plain, so it is in the states of those stacks, as the table
    of exceptions says, and in no JSON and no plan.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html

    Defines:
        aws_secretsmanager_secret, aws_secretsmanager_secret_version, and data sources

    Args:
        config: Which editions of the value there are.
        key: Encrypts it.
    """

    def __init__(
        self, scope: PlatformConstruct, id: str, *, config: SecretHeader, key: Key
    ) -> None:
        super().__init__(scope, id)
        self._owner = scope
        self._config = config
        self._secrets: dict[int, tuple[Secret, ITerraformDependable]] = {}
        self._read: dict[tuple[PlatformStack, int], TokenStr] = {}
        for edition in config.accepted:
            self._secrets[edition] = self._make(edition, key)

    def accepted(self, stack: PlatformStack) -> list[TokenStr]:
        """Return every value that the load balancer takes, as it is read in ``stack``."""
        return [self._value(stack, edition) for edition in self._config.accepted]

    def sent(self, stack: PlatformStack) -> TokenStr:
        """Return the value that distributions send, as it is read in ``stack``."""
        return self._value(stack, self._config.sent)

    def _make(self, edition: int, key: Key) -> tuple[Secret, ITerraformDependable]:
        # After the load balancer, of which there may be several.
        name = self._owner.physical_name(Kind.SECRET, "origin-lock", str(edition))
        secret = Secret(
            self,
            f"Edition{edition}",
            config=SecretConfig(
                description=f"Header {HEADER} that CloudFront sends, edition {edition}", name=name
            ),
            key=key,
        )
        made = random_password(
            self, f"Generated{edition}", length=_LENGTH, exclude_characters=_NOT_IN_HEADERS
        )
        version = aws_secret_version.SecretsmanagerSecretVersion(
            secret,
            "Value",
            secret_id=secret.arn,
            secret_string_wo=made,
            # Never another one: a new value is a new edition, and both hold for a while.
            secret_string_wo_version=1,
        )
        return secret, version

    def _value(self, stack: PlatformStack, edition: int) -> TokenStr:
        known = self._read.get((stack, edition))
        if known is None:
            secret, version = self._secrets[edition]
            at_home = stack is self.stack
            value = aws_secret_value.DataAwsSecretsmanagerSecretVersion(
                self if at_home else stack,
                f"ReadBack{edition}" if at_home else f"{self.identity}{edition}",
                secret_id=secret.arn,
                depends_on=[version] if at_home else None,
            )
            known = self._read[stack, edition] = value.secret_string
        return known
