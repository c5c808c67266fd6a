"""S3: conditions of bucket policies.

Upstream gap: moto asks a bucket's policy without the request's context, and takes a statement
whose condition does not hold for a denial. The usual "deny what does not come by TLS" then denies
everything, Terraform's own state included.

The loopback port stands for AWS's TLS endpoint, so a request counts as one by TLS. What else a
condition may ask for is not known of a request here; a missing key matches as AWS documents it.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket

from platform_lib.local.extensions.support import replace

__all__ = ["condition_holds", "install"]

_CONTEXT: Mapping[str, str] = {"aws:securetransport": "true"}
"""What is known of every request, by lower-case key."""

_EQUAL: Mapping[str, Callable[[str, str], bool]] = {
    "Bool": lambda actual, wanted: actual.lower() == wanted.lower(),
    "StringEquals": lambda actual, wanted: actual == wanted,
    "StringLike": fnmatchcase,
    "ArnEquals": fnmatchcase,
    "ArnLike": fnmatchcase,
}
_NEGATED = {
    "StringNotEquals": "StringEquals",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}


def install() -> None:
    """Patch moto."""
    replace(FakeBucket)(get_permission)


def get_permission(original: Callable[..., Any]) -> Callable[..., Any]:
    """Ask only the statements whose conditions hold, without their conditions."""

    def get(self: Any, action: str, resource: str) -> Any:
        if self.policy is None:
            return original(self, action, resource)
        document = json.loads(self.policy.decode())
        statements = document["Statement"]
        applying = [
            {key: value for key, value in statement.items() if key != "Condition"}
            for statement in (statements if isinstance(statements, list) else [statements])
            if condition_holds(statement.get("Condition", {}))
        ]
        if not applying:
            return PermissionResult.NEUTRAL
        policy = IAMPolicy(json.dumps({**document, "Statement": applying}))
        return policy.is_action_permitted(action, resource)

    return get


def condition_holds(
    condition: Mapping[str, Mapping[str, Any]], context: Mapping[str, str] = _CONTEXT
) -> bool:
    """Tell whether every operator and key of a condition block holds for a request.

    Args:
        condition: The block, as a statement has it.
        context: What is known of the request, by lower-case key.

    Raises:
        NotImplementedError: For an operator that is not evaluated here; the emulator answers 501.
    """
    return all(
        _key_holds(operator, values, context.get(key.lower()))
        for operator, keys in condition.items()
        for key, values in keys.items()
    )


def _key_holds(operator: str, values: Any, actual: str | None) -> bool:
    wanted = [str(value) for value in (values if isinstance(values, list) else [values])]
    if operator == "Null":
        return (actual is None) == (wanted[0].lower() == "true")
    base = operator.removesuffix("IfExists")
    equal = _EQUAL.get(_NEGATED.get(base, base))
    if equal is None:
        raise NotImplementedError(f"condition operator {operator}")
    if actual is None:
        return base in _NEGATED or base != operator
    return any(equal(actual, one) for one in wanted) != (base in _NEGATED)
