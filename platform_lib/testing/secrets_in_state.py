"""Which secrets a Terraform state holds, and the few that it may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

ALLOWED: Mapping[str, str] = {
    "data.aws_secretsmanager_secret_version secret_string": (
        "read back for the arguments below, which take a password only in plain, and for the header"
        " that CloudFront sends to a load balancer, which its rules compare: the provider does not"
        " call those sensitive, but Terraform keeps their values out of plans"
    ),
    "aws_mq_broker user.password": "provider 5.100 has no write-only argument for a broker's user",
    "aws_elasticache_user authentication_mode.passwords": (
        "provider 5.100 has no write-only argument for a cache's users; IAM has no password"
    ),
    "aws_iam_access_key secret": (
        "AWS shows it once, and provider 5.100 keeps it, when the key of an SMTP user is made"
    ),
    "aws_iam_access_key ses_smtp_password_v4": (
        "the SMTP password, which the provider derives from the secret above"
    ),
}
"""Every secret that AWS provider 5.100 forces into the state: type, argument, and why."""


def secrets_in(state: Mapping[str, Any], schema: Mapping[str, Any]) -> set[str]:
    """Return what a state holds of what the provider calls sensitive: type and argument.

    Args:
        state: The state as ``terraform state pull`` prints it.
        schema: The schema as ``terraform providers schema -json`` prints it.
    """
    provider = schema["provider_schemas"]["registry.terraform.io/hashicorp/aws"]
    found = set()
    for resource in state.get("resources", ()):
        managed = resource["mode"] == "managed"
        schemas = provider["resource_schemas" if managed else "data_source_schemas"]
        if resource["type"] not in schemas:
            continue  # the state of another stack, or a provider of Terraform's own
        name = resource["type"] if managed else f"data.{resource['type']}"
        block = schemas[resource["type"]]["block"]
        for instance in resource["instances"]:
            found |= {f"{name} {path}" for path in _held(block, instance["attributes"])}
    return found


def _held(block: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    """Return the paths of the sensitive arguments of a block that have a value."""
    for name, argument in block.get("attributes", {}).items():
        value = values.get(name)
        if argument.get("sensitive") and value not in (None, "", [], {}):
            yield name
        for item in _items(value) if "nested_type" in argument else ():
            yield from (f"{name}.{path}" for path in _held(argument["nested_type"], item))
    for name, nested in block.get("block_types", {}).items():
        for item in _items(values.get(name)):
            yield from (f"{name}.{path}" for path in _held(nested["block"], item))


def _items(value: Any) -> list[Mapping[str, Any]]:
    """Return the objects of a block: one, a list, or the values of a map."""
    if isinstance(value, list):
        return [it for it in value if isinstance(it, dict)]
    return [value] if isinstance(value, dict) else []
