"""A stack's JSON as the plan that would create it, so that checks see policies and containers.

In ``cdk.tf.json`` checkov does not look into text with references, which most policies and every
container definition are. Here the name of what is known only after an apply stands in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_REFERENCE = re.compile(r"(?<!\$)\$\{([^{}]*)\}")
_RESOURCE = re.compile(r"(?:data\.)?aws_\w+\.[\w-]+(?=\.\w)")
_NOT_PLANNED = ("//", "depends_on", "lifecycle", "provider")
_LIFECYCLE_CHECKED = (
    "aws_acm_certificate",
    "aws_api_gateway_deployment",
    "aws_api_gateway_rest_api",
)
"""Types of which checkov wants a ``lifecycle``, which no plan tells."""


def plan_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what ``terraform show -json`` says of a plan that creates a stack.

    Args:
        document: The content of its ``cdk.tf.json``.
    """
    blocks = {
        (kind, name): {key: value for key, value in block.items() if key not in _NOT_PLANNED}
        for kind, named in document.get("resource", {}).items()
        for name, block in named.items()
    }
    planned = [(_identity(*it), _settled(block)) for it, block in blocks.items()]
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {
            "root_module": {
                "resources": [identity | {"values": values} for identity, values in planned]
            }
        },
        "resource_changes": [
            identity | {"change": {"actions": ["create"], "before": None, "after": values}}
            for identity, values in planned
        ],
        "configuration": {
            "root_module": {
                "resources": [
                    _identity(*it) | {"expressions": _expressions(block)}
                    for it, block in blocks.items()
                ]
            }
        },
    }


def besides_plan_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a plan does not tell: providers, data sources, and what has to have a lifecycle.

    All that checkov finds in the resources' JSON it finds in their plan too, so that reading them
    twice would only cost time.

    Args:
        document: The content of its ``cdk.tf.json``.
    """
    resources = document.get("resource", {})
    kept = {kind: resources[kind] for kind in _LIFECYCLE_CHECKED if kind in resources}
    return {**document, "resource": kept}


def _identity(kind: str, name: str) -> dict[str, Any]:
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "provider_name": "registry.terraform.io/hashicorp/aws",
        "provider_config_key": "aws",
    }


def _settled(value: Any) -> Any:
    """Put the name of everything that is known only after an apply in its place."""
    if isinstance(value, str):
        known = _REFERENCE.sub(lambda it: re.sub(r"\W+", "-", it[1]), value)
        return known.replace("$${", "${")
    if isinstance(value, list):
        return [_settled(it) for it in value]
    if isinstance(value, dict):
        return {key: _settled(it) for key, it in value.items()}
    return value


def _expressions(block: Mapping[str, Any]) -> dict[str, Any]:
    """Say of each argument which resources it is from."""
    named = {key: list(dict.fromkeys(_named_in(value))) for key, value in block.items()}
    return {
        key: {"references": named[key]} if named[key] else {"constant_value": value}
        for key, value in block.items()
    }


def _named_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        for reference in _REFERENCE.findall(value):
            yield from _RESOURCE.findall(reference)
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _named_in(item)
