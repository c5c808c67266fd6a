"""Policy documents as statements that can be asked about one request; pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any

from platform_lib.testing._policy_conditions import Condition, conditions
from platform_lib.testing._policy_principals import Caller, Naming, Principals
from platform_lib.testing._policy_text import (
    Context,
    check_arn,
    matches,
    matches_arn,
    not_judged,
    read,
)

Document = str | Mapping[str, Any]
"""A policy: the JSON, or what it says."""

_VERSIONS = {"2012-10-17": True, "2008-10-17": False}
"""Whether a version has policy variables; the older one is what a missing version means.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html"""
_ELEMENTS = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
_NEGATED = {"NotPrincipal", "NotAction", "NotResource"}
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[\w*?]+", re.ASCII)
_NO_VALUES = Context({})


class Attached(Enum):
    """What a document is attached to, which decides how it counts."""

    IDENTITY = "identity policy"
    """A role or a user."""

    RESOURCE = "resource policy"
    """A resource that does without one too."""

    KEY = "key policy"
    """A KMS key: no identity policy counts unless it says so.
    https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html"""

    TRUST = "trust policy"
    """A role, which nobody assumes unless it says so.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html"""

    @property
    def required(self) -> bool:
        """Whether a request needs an allow from it even in its own account."""
        return self in {Attached.KEY, Attached.TRUST}


@dataclass(frozen=True, slots=True)
class Question:
    """A request, as statements look at it."""

    caller: Caller
    action: str
    resource: str
    owner: str | None
    """Account of the resource."""
    context: Context


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a policy."""

    name: str
    """Which one it is, for people."""

    allows: bool
    """Whether its effect is ``Allow``."""

    actions: tuple[str, ...]
    but_actions: bool
    """Whether ``actions`` are those that it does not speak of."""

    resources: tuple[str, ...]
    """Empty in a policy that speaks of what it is attached to."""
    but_resources: bool

    principals: Principals | None
    """None in an identity policy."""
    but_principals: bool

    conditions: tuple[Condition, ...]
    variables: bool
    """Whether the policy's version has policy variables."""

    def speaks_of(self, question: Question) -> bool:
        """Tell whether action and resource are meant, whoever asks."""
        return self._means_action(question) and self._means_resource(question)

    def naming(self, question: Question) -> Naming | None:
        """Tell how it names who asks, or None; in an identity policy always directly."""
        if self.principals is None:
            return Naming.DIRECTLY
        if self.but_principals:
            return None if self.principals.spare(question.caller) else Naming.DIRECTLY
        return self.principals.name(question.caller)

    def unmet(self, question: Question) -> list[Condition]:
        """Return the conditions that the request does not meet."""
        return [it for it in self.conditions if not it.holds(question.context)]

    def applies(self, question: Question) -> Naming | None:
        """Tell whether it decides the request, and how it names who asks."""
        if not self.speaks_of(question):
            return None
        naming = self.naming(question)
        return None if naming is None or self.unmet(question) else naming

    def _means_action(self, question: Question) -> bool:
        # Neither the service nor the action has a case.
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
        asked = question.action.lower()
        found = any(matches(_action_pattern(it), asked) for it in self.actions)
        return found != self.but_actions

    def _means_resource(self, question: Question) -> bool:
        if not self.resources:
            return True
        found = any(self._covers(it, question) for it in self.resources)
        return found != self.but_resources

    def _covers(self, resource: str, question: Question) -> bool:
        pattern = read(resource, question.context, variables=self.variables, wildcards=True)
        # A variable without a value matches no resource.
        return pattern is not None and matches_arn(pattern, question.resource, beyond_colons=True)


@cache
def _action_pattern(action: str) -> str:
    return str(read(action.lower(), _NO_VALUES, variables=False, wildcards=True))


def statements(document: Document, name: str, to: Attached) -> tuple[Statement, ...]:
    """Read a policy.

    Args:
        document: The policy.
        name: What to call it.
        to: What it is attached to.

    Raises:
        PlatformError: ``NotJudged`` if anything in it is not known, whether it matters or not.
    """
    try:
        content = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        content = None
    if not isinstance(content, Mapping) or set(content) - {"Version", "Id", "Statement"}:
        raise not_judged(f"the {name} is not a policy of Version, Id and Statement")
    version = content.get("Version", "2008-10-17")
    if version not in _VERSIONS:
        raise not_judged(f"the {name} has the unknown version {version!r}")
    written = content.get("Statement", [])
    each = [written] if isinstance(written, Mapping) else list(written)
    return tuple(
        _statement(it, _name(it, number, name), to, variables=_VERSIONS[version])
        for number, it in enumerate(each, start=1)
    )


def _name(written: Mapping[str, Any], number: int, policy: str) -> str:
    sid = written.get("Sid")
    return f"statement {sid!r} of the {policy}" if sid else f"statement {number} of the {policy}"


def _statement(
    written: Mapping[str, Any], name: str, to: Attached, *, variables: bool
) -> Statement:
    unknown = set(written) - _ELEMENTS - _NEGATED
    if unknown:
        raise not_judged(f"{name} has elements that are not known: {sorted(unknown)}")
    if written.get("Effect") not in {"Allow", "Deny"}:
        raise not_judged(f"{name} has the unknown effect {written.get('Effect')!r}")
    actions, but_actions = _either(written, "Action", name)
    resources, but_resources = _either(written, "Resource", name)
    principal = _principal(written, name, to)
    _check(actions, resources, name, to)
    return Statement(
        name,
        allows=written["Effect"] == "Allow",
        actions=actions,
        but_actions=but_actions,
        resources=resources,
        but_resources=but_resources,
        principals=principal,
        but_principals="NotPrincipal" in written,
        conditions=conditions(written.get("Condition", {}), variables=variables),
        variables=variables,
    )


def _either(written: Mapping[str, Any], element: str, name: str) -> tuple[tuple[str, ...], bool]:
    """Return an element's values, and whether it is the one that starts with ``Not``."""
    negated = f"Not{element}"
    if element in written and negated in written:
        raise not_judged(f"{name} has both {element} and {negated}")
    values = written.get(element, written.get(negated, []))
    each = (values,) if isinstance(values, str) else tuple(values)
    if not all(isinstance(it, str) for it in each):
        raise not_judged(f"the {element} of {name} is not a string or a list of them: {values!r}")
    return each, negated in written


def _principal(written: Mapping[str, Any], name: str, to: Attached) -> Principals | None:
    given = [element for element in ("Principal", "NotPrincipal") if element in written]
    if to is Attached.IDENTITY:
        if given:
            raise not_judged(f"{name} has a {given[0]}, which an identity policy cannot have")
        return None
    if len(given) != 1:
        raise not_judged(f"{name} needs either a Principal or a NotPrincipal")
    if given == ["NotPrincipal"] and (written["Effect"] == "Allow" or to is Attached.TRUST):
        raise not_judged(f"{name} has a NotPrincipal, which is only for Deny, and not in trust")
    return Principals.of(written[given[0]])


def _check(actions: tuple[str, ...], resources: tuple[str, ...], name: str, to: Attached) -> None:
    if not actions:
        raise not_judged(f"{name} has no Action")
    wrong = [action for action in actions if not _ACTION.fullmatch(action)]
    if wrong:
        raise not_judged(f"{name} has actions that are none: {wrong}; write 'service:Action'")
    if to is Attached.IDENTITY and not resources:
        raise not_judged(f"{name} has no Resource, which an identity policy needs")
    if to is Attached.TRUST and resources:
        raise not_judged(f"{name} has a Resource, which a trust policy cannot have")
    for resource in resources:
        check_arn(resource)
