"""GeneratedCredential: a user name and a password that Terraform itself has to hand on."""

from __future__ import annotations

import json
from collections.abc import Mapping

import cdktf_cdktf_provider_aws.data_aws_secretsmanager_secret_version as aws_secret_value
import cdktf_cdktf_provider_aws.secretsmanager_secret_version as aws_secret_version
from cdktf import Fn, Token

from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.ephemeral import random_password
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.secret import Secret
from platform_lib.types import TokenStr

_NOT_IN_JSON = '"\\'
"""What JSON would escape: Terraform puts the password into the text as it is."""
_HASH_DIGITS = 7
"""Hexadecimal digits that surely fit the provider's number."""


class GeneratedCredential(PlatformConstruct):
    """A secret with ``username`` and ``password``, for what takes a password only in plain.

    Provider 5.100 has no write-only argument for the users of Amazon MQ and of ElastiCache. The
    password is made as an ephemeral value, kept in a secret of its own, which only Terraform reads,
    and read back for that argument: it is in the state of this stack, as the table of exceptions
    says, and in no JSON.

    What applications read is another secret. It is written once the rest is known, which is after the
    password is in use: with one secret for both, applications would find half of it in between,
    and a later change would take the label off the first version, which AWS may then delete.

    Defines:
        aws_secretsmanager_secret, aws_secretsmanager_secret_version, and a data source

    Args:
        username: The user.
        description: What it opens; shown in the console.
        key: Encrypts it.
        length: Characters of the password.
        exclude_characters: Characters that the service does not take in a password.
        name: Its physical name, where that does not follow from the construct's own. The one with
            the password alone has ``-password`` behind it.
        edition: Another number has a new password made.
    """

    def __init__(  # noqa: PLR0913 - a name, a rule for its password, and the references
        self,
        scope: PlatformConstruct,
        id: str,
        *,
        username: str,
        description: str,
        key: Key,
        length: int,
        exclude_characters: str,
        name: str | None = None,
        edition: int = 1,
    ) -> None:
        super().__init__(scope, id)
        self._username = username
        self._edition = str(edition)
        name = name or self.physical_name(Kind.SECRET)
        self.secret = Secret(
            self, "Secret", config=SecretConfig(description=description, name=name), key=key
        )
        """What applications read; written by `complete`."""
        kept = Secret(
            self,
            "Password",
            config=SecretConfig(
                description=f"{description}: its password, for Terraform",
                name=f"{name}-password",
            ),
            key=key,
        )
        made = random_password(
            self,
            "Generated",
            length=length,
            exclude_characters="".join(sorted({*exclude_characters, *_NOT_IN_JSON})),
        )
        # Not by `put`: its label would have to move before it is taken off the old version, where
        # the user, and with it what it depends on, is made before it is destroyed.
        first = aws_secret_version.SecretsmanagerSecretVersion(
            kept,
            "Value",
            secret_id=kept.arn,
            secret_string_wo=json.dumps({"username": username, "password": made}),
            secret_string_wo_version=edition,
        )
        value = aws_secret_value.DataAwsSecretsmanagerSecretVersion(
            self, "ReadBack", secret_id=kept.arn, depends_on=[first]
        )

        self.password: TokenStr = Token.as_string(
            Fn.lookup(Fn.jsondecode(value.secret_string), "password", "")
        )
        """The password as it is now; sensitive, and in the state of what uses it."""

    def complete(self, fields: Mapping[str, TokenStr], *, made_of: TokenStr) -> None:
        """Write user, password, and what is known once they are in use, such as ``host`` and ``url``.

        Args:
            fields: Further keys. In a URL, write ``Fn.urlencode(credential.password)``, or exclude
                from the password what means something there.
            made_of: What the fields follow from: the id of the service. Another id writes again,
                and so does another ``edition``.
        """
        known = {"username": self._username, "password": self.password}
        # Terraform cannot compare what is write-only: a whole number that changes with the id does.
        digits = Fn.substr(Fn.sha256(Fn.join(" ", [made_of, self._edition])), 0, _HASH_DIGITS)
        self.secret.put(
            json.dumps(known | dict(fields)),
            edition=Token.as_string(Fn.parseint(digits, 16)),
        )
