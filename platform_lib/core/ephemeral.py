"""Values that exist only while Terraform runs: in no state, no plan and no JSON.

CDKTF 0.21 came before Terraform's ``ephemeral`` blocks and has no element for them, so the blocks
are written into the stack's JSON. Their values may go only where Terraform lets them: into
write-only arguments (``*_wo``), provider settings and other ephemeral blocks.
https://developer.hashicorp.com/terraform/language/manage-sensitive-data/ephemeral
"""

from __future__ import annotations

from constructs import Construct

from platform_lib.core._logical_ids import logical_id
from platform_lib.core.construct import PlatformConstruct
from platform_lib.types import TokenStr

_SECRET_VERSION = "aws_secretsmanager_secret_version"  # noqa: S105 - the name of a type
_RANDOM_PASSWORD = "aws_secretsmanager_random_password"  # noqa: S105 - the name of a type


def random_password(
    scope: Construct, id: str, *, length: int, exclude_characters: str = ""
) -> TokenStr:
    """Define a random password with small and capital letters, digits and punctuation.

    Secrets Manager makes a new one at every plan and apply, and Terraform keeps none of them.

    Args:
        scope: The construct that uses it.
        id: What it is for; part of the block's name.
        length: Characters, 4 to 4096.
            https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
        exclude_characters: Characters that the receiver does not take.

    Returns:
        An expression for a write-only argument.
    """
    place = PlatformConstruct(scope, id)
    name = logical_id(place.path.split("/"))
    arguments: dict[str, object] = {
        "password_length": length,
        "require_each_included_type": True,
    }
    if exclude_characters:
        # Terraform reads ${ and %{ in a string as its own.
        arguments["exclude_characters"] = exclude_characters.replace("${", "$${").replace(
            "%{", "%%{"
        )
    place.stack.add_override(f"ephemeral.{_RANDOM_PASSWORD}.{name}", arguments)
    return f"${{ephemeral.{_RANDOM_PASSWORD}.{name}.random_password}}"


def secret_value(
    scope: Construct, id: str, *, secret_id: TokenStr, version_id: TokenStr, json_key: str
) -> TokenStr:
    """Read one key of a secret's JSON while Terraform runs, after what wrote the version.

    Args:
        scope: The construct that uses it.
        id: What it is for; part of the block's name.
        secret_id: An expression for the secret.
        version_id: An expression for the version. Both are written as Terraform has them, with
            the address of a resource, since no token is resolved here.
        json_key: The key.

    Returns:
        An expression for a write-only argument.
    """
    place = PlatformConstruct(scope, id)
    name = logical_id(place.path.split("/"))
    place.stack.add_override(
        f"ephemeral.{_SECRET_VERSION}.{name}", {"secret_id": secret_id, "version_id": version_id}
    )
    return f"${{jsondecode(ephemeral.{_SECRET_VERSION}.{name}.secret_string).{json_key}}}"
