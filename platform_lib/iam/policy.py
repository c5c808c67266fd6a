"""Policy documents as typed statements, written in one way.

The JSON has sorted keys, one statement per distinct permission and ``$${`` for IAM variables, so
that two synths are equal and tests and reviewers can read it offline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from platform_lib.errors import PlatformError
from platform_lib.tokens import has_list_or_number_token

VERSION = "2012-10-17"
"""Version of the policy language; the only one with policy variables.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"""

_TOKEN_NUMBER = re.compile(r"(?<=TfToken\[TOKEN\.)\d+")
_IAM_VARIABLE = re.compile(r"(?<!\$)\$\{(?=[a-z0-9-]+:|[*?$]\})", re.IGNORECASE)
"""A policy variable, or a character that is meant as itself: ``${*}``, ``${?}``, ``${$}``.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html"""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of an IAM policy."""

    actions: tuple[str, ...]
    """Actions, for example ``kms:Decrypt``."""

    resources: tuple[str, ...] = ()
    """ARNs; empty in a trust policy."""

    principals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Who it speaks of, by kind: ``{"Service": ("logs.amazonaws.com",)}``; empty in a role's policy."""

    conditions: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    """Conditions by operator and key: ``{"StringEquals": {"aws:SourceAccount": ("...",)}}``."""

    effect: Literal["Allow", "Deny"] = "Allow"
    """Whether it allows or denies."""

    sid: str = ""
    """Name of the statement, letters and digits."""

    not_actions: tuple[str, ...] = ()
    """All actions but these, instead of ``actions``."""

    def as_dict(self) -> dict[str, Any]:
        """Return the statement as the policy language writes it."""
        written: dict[str, Any] = {"Effect": self.effect}
        if self.sid:
            written["Sid"] = self.sid
        if self.principals:
            written["Principal"] = {k: _few(v) for k, v in sorted(self.principals.items())}
        if self.actions:
            written["Action"] = _few(self.actions)
        if self.not_actions:
            written["NotAction"] = _few(self.not_actions)
        if self.resources:
            written["Resource"] = _few(self.resources)
        if self.conditions:
            written["Condition"] = {
                operator: {key: _few(values) for key, values in sorted(keys.items())}
                for operator, keys in sorted(self.conditions.items())
            }
        return written


def merge(statements: Iterable[Statement]) -> list[Statement]:
    """Join statements that differ only in their actions, and sort the result."""
    merged: dict[str, Statement] = {}
    for statement in statements:
        rest = json.dumps(replace(statement, actions=()).as_dict(), sort_keys=True)
        known = merged.get(rest)
        actions = statement.actions if known is None else known.actions + statement.actions
        merged[rest] = replace(statement, actions=tuple(sorted(set(actions))))
    return [merged[rest] for rest in sorted(merged, key=_by_age)]


def policy_json(statements: Iterable[Statement]) -> str:
    """Write a policy document.

    Raises:
        PlatformError: ``TokenInPolicy`` if a list or a number that is known only after apply is
            part of it: CDKTF cannot write one inside a string.
    """
    written = [statement.as_dict() for statement in merge(statements)]
    text = json.dumps({"Statement": written, "Version": VERSION}, sort_keys=True)
    if has_list_or_number_token(text):
        raise PlatformError(
            "TokenInPolicy",
            "a policy contains a list or a number that is known only after apply; pass each"
            " element as a string of its own",
        )
    # Terraform would read ${aws:username} as an expression of its own.
    return _IAM_VARIABLE.sub("$${", text)


def _by_age(text: str) -> str:
    """Sort late values in the order in which they were made, which anything made before keeps.

    CDKTF numbers them: as text 10 comes before 9, and one construct more would change the order.
    """
    return _TOKEN_NUMBER.sub(lambda number: number[0].zfill(9), text)


def _few(values: tuple[str, ...]) -> str | list[str]:
    """Write one value as a string and several as a sorted list."""
    distinct = sorted(set(values), key=_by_age)
    return distinct[0] if len(distinct) == 1 else distinct
