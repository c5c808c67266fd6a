"""The policies of the roles and users in some stacks; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from platform_lib.testing._policy_principals import Caller, Kind
from platform_lib.testing._policy_stacks import Resource, Stacks
from platform_lib.testing._policy_statements import Attached, Document, Statement, statements
from platform_lib.testing._policy_text import not_judged

_TYPES = {"aws_iam_role": "role", "aws_iam_user": "user"}
_REFUSED = (
    "aws_iam_group_policy",
    "aws_iam_group_policy_attachment",
    "aws_iam_policy_attachment",
    "aws_iam_user_group_membership",
)


@dataclass(slots=True)
class Identity:
    """What is known of a role or a user."""

    arn: str
    """Its ARN, with its path."""

    statements: list[Statement] = field(default_factory=list)
    """Those of all its policies."""

    unknown: list[str] = field(default_factory=list)
    """What else it has, and whose text is not known."""

    bounded: bool = False
    """Whether it has a permissions boundary."""


class Identities:
    """The roles and users of some stacks.

    Args:
        stacks: The stacks.
        managed: Documents of policies that are attached by an ARN from outside the stacks.

    Raises:
        PlatformError: ``NotJudged`` if a policy cannot be read, or belongs to a group.
    """

    def __init__(self, stacks: Stacks, managed: Mapping[str, Document]) -> None:
        for refused in stacks.resources(*_REFUSED):
            raise not_judged(
                f"{refused.address} concerns groups, or several principals at once, which is not"
                " judged; attach policies to one role or user each"
            )
        self._stacks = stacks
        self._managed = dict(managed)
        for policy in stacks.resources("aws_iam_policy"):
            document = stacks.resolve_all(policy.document("policy"), policy.stack)
            self._managed[stacks.attribute(policy, "arn")] = document
        self._found: dict[tuple[str, str, str], Identity] = {}
        for type_, kind in _TYPES.items():
            self._read(type_, kind)

    def find(self, caller: Caller) -> Identity:
        """Return what is known of who asks; nothing, where the stacks do not define it.

        Who has no account, and a root user, has no policies, and of these everything is known.
        """
        kind = {Kind.ROLE: "role", Kind.SESSION: "role", Kind.USER: "user"}.get(caller.kind)
        if kind is None:
            return Identity(caller.name)
        key = (str(caller.account), kind, caller.short)
        return self._found.get(key) or _elsewhere(caller.role or caller.name)

    def _read(self, type_: str, kind: str) -> None:
        for owner in self._stacks.resources(type_):
            name = self._stacks.attribute(owner, "name")
            found = Identity(self._stacks.attribute(owner, "arn"))
            found.bounded = "permissions_boundary" in owner.block
            self._found[owner.place.account, kind, name] = found
            for inline in owner.block.get("inline_policy", []):
                self._add(found, owner, inline["policy"])
            for arn in owner.block.get("managed_policy_arns", []):
                self._attach(found, self._stacks.resolve(arn, owner.stack))
        for policy in self._stacks.resources(f"{type_}_policy"):
            self._add(self._owner(policy, kind), policy, policy.document("policy"))
        for attachment in self._stacks.resources(f"{type_}_policy_attachment"):
            arn = self._stacks.resolve(attachment.block["policy_arn"], attachment.stack)
            self._attach(self._owner(attachment, kind), arn)

    def _owner(self, policy: Resource, kind: str) -> Identity:
        """Return the role or user that a resource names, which may be defined elsewhere."""
        name = self._stacks.resolve(policy.block[kind], policy.stack)
        place = policy.place
        arn = f"arn:{place.partition}:iam::{place.account}:{kind}/{name}"
        return self._found.setdefault((place.account, kind, name), _elsewhere(arn))

    def _add(self, identity: Identity, policy: Resource, document: Document) -> None:
        resolved = self._stacks.resolve_all(document, policy.stack)
        identity.statements += statements(resolved, f"policy {policy.path}", Attached.IDENTITY)

    def _attach(self, identity: Identity, arn: str) -> None:
        if arn in self._managed:
            identity.statements += statements(
                self._managed[arn], f"policy {arn}", Attached.IDENTITY
            )
        else:
            identity.unknown.append(f"the policy {arn}")


def _elsewhere(arn: str) -> Identity:
    return Identity(arn, unknown=[f"what {arn} has outside of these stacks"])
