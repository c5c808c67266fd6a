"""SmtpUser: SMTP credentials for software that cannot call the API of SES."""

from __future__ import annotations

import json

import cdktf_cdktf_provider_aws.iam_access_key as aws_access_key
import cdktf_cdktf_provider_aws.iam_user as aws_user
import cdktf_cdktf_provider_aws.iam_user_policy as aws_user_policy
from cdktf import Fn, TerraformResourceLifecycle, Token
from constructs import Construct

from platform_lib.core.construct import PlatformConstruct
from platform_lib.iam.policy import policy_json
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.secretsmanager.config import SecretConfig
from platform_lib.secretsmanager.secret import Secret
from platform_lib.ses.config import SmtpUserConfig
from platform_lib.ses.email_identity import EmailIdentity
from platform_lib.types import TokenStr

_HASH_DIGITS = 7
"""Hexadecimal digits that surely fit the provider's number."""


class SmtpUser(PlatformConstruct):
    """An IAM user that sends mail by SMTP from some addresses, and a secret with its credentials.

    The second choice: a task role that calls the API has no key that lasts, none in a state, and
    nothing to rotate. Give that `EmailIdentity.grants.send` instead, wherever the software can.

    Defines:
        aws_iam_user, aws_iam_user_policy, aws_iam_access_key, and what a `Secret` defines.

    Args:
        config: Which addresses, which port, which keys.
        identity: The domain that it sends from.
        key: Encrypts the secret.

    Raises:
        PlatformError: ``SenderElsewhere`` if an address is not of the identity's domain.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: SmtpUserConfig,
        identity: EmailIdentity,
        key: Key,
    ) -> None:
        super().__init__(scope, id)
        identity.check_senders(config.from_addresses, where=self)
        user = aws_user.IamUser(self, "Resource", name=self.physical_name(Kind.IAM_USER))
        # All that SMTP needs.
        allowed = identity.may_send(("ses:SendRawEmail",), from_addresses=config.from_addresses)
        aws_user_policy.IamUserPolicy(
            self, "Send", name="Send", user=user.name, policy=policy_json(allowed)
        )
        keys = [self._access_key(user, edition) for edition in config.editions]

        self.arn: TokenStr = user.arn
        """ARN of the user."""
        self.credential = Secret(
            self, f"{id}Credential", config=SecretConfig(description=config.description), key=key
        )
        """Secret with ``host``, ``port``, ``username`` and ``password``."""
        self.credential.put(
            json.dumps(
                {
                    "host": identity.smtp_host,
                    "port": str(config.port),
                    "username": keys[-1].id,
                    "password": keys[-1].ses_smtp_password_v4,
                }
            ),
            edition=_edition_of(keys[-1].id, str(config.port)),
        )

    def _access_key(self, user: aws_user.IamUser, edition: int) -> aws_access_key.IamAccessKey:
        return aws_access_key.IamAccessKey(
            self,
            f"AccessKey{edition}",
            user=user.name,
            # One that is no longer named goes after the secret has the next one, not before.
            lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
        )


def _edition_of(*parts: TokenStr) -> TokenStr:
    """Return a whole number that changes with the parts: a write-only value cannot be compared."""
    digits = Fn.substr(Fn.sha256(Fn.join(" ", list(parts))), 0, _HASH_DIGITS)
    return Token.as_string(Fn.parseint(digits, 16))
