"""Policies judged as IAM judges them, so that a test can prove a grant; pure.

The rules are those of AWS's pages on policies, which the parts of this module name. What is not
known (an operator, an element, a principal, a value that exists only after apply) is refused with
``NotJudged`` instead of guessed. Not judged at all, and without effect here, are service and
resource control policies, session policies, VPC endpoint policies, access control lists and S3's
public access blocks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from platform_lib.testing._policy_holders import Holder, Holders
from platform_lib.testing._policy_identities import Identities, Identity
from platform_lib.testing._policy_principals import Caller, Kind
from platform_lib.testing._policy_stacks import Resource, Stacks
from platform_lib.testing._policy_statements import Attached, Document, Question, statements
from platform_lib.testing._policy_text import ARN_PARTS, Context, not_judged
from platform_lib.testing._policy_verdict import Side, decide

if TYPE_CHECKING:
    from platform_lib.testing.project import SynthesisedStack
    from platform_lib.testing.template import Template

__all__ = ["Access", "Document", "Request", "Verdict", "evaluate"]

_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+")
_ASSUMES = re.compile(r"sts:(AssumeRole\w*|TagSession|SetSourceIdentity)", re.IGNORECASE)
_KEYLESS = re.compile(r"^\*$|:alias/")
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


@dataclass(frozen=True)
class Request:
    """Somebody wants to do something."""

    principal: str
    """Who: the ARN of a role (some session of it), an assumed role, a user, an identity provider or
    an account's root user; the name of a service, such as ``sns.amazonaws.com``; ``*`` for anybody
    without credentials."""

    action: str
    """What, as IAM calls it: ``s3:GetObject``. What IAM calls it is not always the API's name."""

    resource: str
    """With what: one ARN, for example of an object; ``*`` for an action that has no resource."""

    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """The condition keys that the request carries; a tuple for a multivalued key, even for one
    value. Known by themselves are ``aws:PrincipalArn``, ``aws:PrincipalAccount``,
    ``aws:PrincipalIsAWSService``, ``aws:PrincipalServiceName``, ``aws:username``,
    ``aws:ResourceAccount`` and ``kms:CallerAccount``; every other key is missing if not given.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"""

    resource_account: str | None = None
    """Account that owns the resource, where its ARN does not say it (S3). `Access` knows it for
    what is in its stacks; elsewhere None means the account of who asks, as in IAM's own simulator.
    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html"""

    def __post_init__(self) -> None:
        """Refuse what is no request."""
        Caller.of(self.principal)
        if _ACTION.fullmatch(self.action) is None:
            raise not_judged(f"{self.action!r} is not one action; write 'service:Action'")
        if set("*?") & set(self.resource) and self.resource != "*":
            raise not_judged(f"{self.resource!r} is a pattern; a request names one resource")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request is allowed, and why."""

    allowed: bool
    """Whether it is."""

    reason: str
    """The statement that decides; where nothing allows, the statements that come near."""


def evaluate(
    request: Request,
    *,
    identity: Sequence[Document] = (),
    resource: Document | None = None,
    key: Document | None = None,
    trust: Document | None = None,
) -> Verdict:
    """Judge a request by documents.

    Args:
        request: What is asked for.
        identity: The policies of who asks.
        resource: The policy of what is asked for: of a bucket, topic, queue or secret.
        key: The policy of the key that is asked for, in place of ``resource``.
        trust: The trust policy of the role that is asked for, in place of ``resource``.

    Raises:
        PlatformError: ``NotJudged`` if something in the documents is not known, or the policy of a
            key or role is missing, without which nothing can be said.
    """
    given = [
        (document, attached)
        for document, attached in (
            (resource, Attached.RESOURCE),
            (key, Attached.KEY),
            (trust, Attached.TRUST),
        )
        if document is not None
    ]
    if len(given) > 1:
        raise not_judged("a resource has one policy; give one of resource, key and trust")
    own = [
        statement
        for number, document in enumerate(identity, start=1)
        for statement in statements(document, f"identity policy {number}", Attached.IDENTITY)
    ]
    other = None
    for document, attached in given:
        other = Side(attached, statements(document, attached.value, attached))
    _need(request, None if other is None else other.attached)
    question = _question(request, Caller.of(request.principal), request.resource_account)
    return _judge(question, Side(Attached.IDENTITY, tuple(own)), other)


class Access:
    """What the roles and users in some stacks may do, and who may do what with the resources."""

    def __init__(self, stacks: Stacks, managed: Mapping[str, Document]) -> None:
        self._stacks = stacks
        self._identities = Identities(stacks, managed)
        self._holders = Holders(stacks)

    @classmethod
    def of(
        cls,
        *stacks: Template | SynthesisedStack | Mapping[str, Any],
        managed: Mapping[str, Document] | None = None,
    ) -> Self:
        """Collect the policies of stacks.

        Args:
            stacks: Templates, synthesised stacks, or the content of ``cdk.tf.json``. Give every
                stack that has a half of what is asked: references between them are followed.
            managed: Documents of attached policies that no stack defines, such as AWS's own, by ARN.

        Raises:
            PlatformError: ``NotJudged`` if a policy cannot be read.
        """
        return cls(Stacks(_content(stack) for stack in stacks), managed or {})

    def arn(self, path: str) -> str:
        """Return the ARN of a construct's main resource, by the end of its construct path."""
        return self.attribute(path, "arn")

    def attribute(self, path: str, name: str) -> str:
        """Return an attribute of a construct's main resource, by the end of its construct path.

        What is known now is written out, as a name or an ARN with a name in it. What AWS makes up
        is a reference: it equals itself, and IAM's wildcards cover it.

        Raises:
            AssertionError: None or several end so; the message lists what there is.
        """
        last = path.rpartition("/")[2]
        found = [
            it
            for it in self._by_last_part.get(last, ())
            if f"/{it.path}".endswith((f"/{path}", f"/{path}/Resource"))
        ]
        if len(found) != 1:
            paths = sorted(it.path for it in found or self._stacks.resources())
            raise AssertionError(f"{len(found)} resources are at {path!r}; there are: {paths}")
        return self._stacks.attribute(found[0], name)

    def evaluate(self, request: Request) -> Verdict:
        """Judge a request by the policies of the stacks.

        Raises:
            PlatformError: ``NotJudged`` if the answer depends on a policy that is in none of the
                stacks, or on one that is not judged.
        """
        caller = Caller.of(request.principal)
        identity = self._identities.find(caller)
        if caller.kind is Kind.SESSION:
            caller = replace(caller, role=identity.arn)
        holder = self._holders.find(request.resource)
        self._need_to_know(request, holder)
        owner = request.resource_account if holder is None else holder.account
        question = _question(request, caller, owner)
        other = _side(request, holder)
        own = Side(Attached.IDENTITY, tuple(identity.statements))
        return _certain(_judge(question, own, other), question, identity, other)

    def permissions(self, principal: str) -> Mapping[str, frozenset[str]]:
        """Return the most that the policies of a role or user allow: each action with its resources.

        Patterns stay as they are written. A condition or a denial makes it less, and `evaluate`
        judges that; policies of resources may give more, and are not in it. Equal to what was
        meant, it proves that nothing was given besides.

        Raises:
            PlatformError: ``NotJudged`` if it cannot be said, since a policy is in none of the
                stacks, or allows everything but something.
        """
        identity = self._identities.find(Caller.of(principal))
        if identity.unknown:
            raise not_judged(f"the permissions of {principal} depend on {identity.unknown[0]}")
        found: dict[str, set[str]] = {}
        for statement in identity.statements:
            if not statement.allows:
                continue
            if statement.but_actions or statement.but_resources:
                raise not_judged(f"{statement.name} allows everything but what it names")
            for action in statement.actions:
                # IAM's variables are escaped from Terraform in the JSON.
                found.setdefault(action, set()).update(
                    it.replace("$${", "${") for it in statement.resources
                )
        return {action: frozenset(resources) for action, resources in found.items()}

    @cached_property
    def _by_last_part(self) -> Mapping[str, Sequence[Resource]]:
        """The resources by what a construct path that means them may end in."""
        found: dict[str, list[Resource]] = {}
        for resource in self._stacks.resources():
            for path in {resource.path, resource.path.removesuffix("/Resource")}:
                found.setdefault(path.rpartition("/")[2], []).append(resource)
        return found

    def _need_to_know(self, request: Request, holder: Holder | None) -> None:
        """Refuse a request that a policy decides which is not among those that were read."""
        unread = self._holders.unread(request.action.partition(":")[0])
        if unread is not None:
            raise not_judged(f"{unread} may decide about {request.action}, and is not judged")
        if holder is not None or request.resource == "*":
            return
        _need(request, None)
        caller = Caller.of(request.principal)
        owner = request.resource_account or _account_of(request.resource)
        if owner is None or owner != caller.account:
            raise not_judged(
                f"{request.resource} is in none of the stacks, and its policy decides; give Access"
                " the stack that has it, or resource_account if it belongs to the principal's"
                " account and has no policy"
            )


def _content(stack: Template | SynthesisedStack | Mapping[str, Any]) -> Mapping[str, Any]:
    template: Any = getattr(stack, "template", stack)
    content: Mapping[str, Any] = getattr(template, "json", template)
    return content


def _side(request: Request, holder: Holder | None) -> Side | None:
    """Return what the resource's policy says; a trust policy only says who assumes the role."""
    if holder is None or (holder.attached is Attached.TRUST and not _ASSUMES.match(request.action)):
        return None
    return Side(holder.attached, tuple(holder.statements))


def _question(request: Request, caller: Caller, owner: str | None) -> Question:
    """Add to a request what follows from it."""
    service = caller.kind is Kind.SERVICE
    owner = owner or _account_of(request.resource) or caller.account
    known = {
        "aws:PrincipalArn": caller.role or caller.name if caller.account else None,
        "aws:PrincipalAccount": caller.account,
        "aws:PrincipalIsAWSService": str(service).lower(),
        "aws:PrincipalServiceName": caller.name if service else None,
        "aws:ResourceAccount": owner,
        "aws:username": caller.short if caller.kind is Kind.USER else None,
        "kms:CallerAccount": caller.account if request.action.startswith("kms:") else None,
    }
    present = {key: value for key, value in known.items() if value is not None}
    context = Context.of(present, request.context)
    return Question(caller, request.action, request.resource, owner, context)


def _judge(question: Question, identity: Side, resource: Side | None) -> Verdict:
    return Verdict(*decide(question, identity, resource))


def _certain(
    verdict: Verdict, question: Question, identity: Identity, resource: Side | None
) -> Verdict:
    """Return the verdict if nothing that is not known of who asks could turn it round."""
    if verdict.allowed and identity.bounded:
        raise not_judged(f"{identity.arn} has a permissions boundary, which is not judged")
    if not identity.unknown:
        return verdict
    unknown = " and ".join(identity.unknown)
    if verdict.allowed:
        return replace(verdict, reason=f"{verdict.reason}, unless denied by {unknown}")
    anything = statements({"Statement": [_EVERYTHING]}, unknown, Attached.IDENTITY)
    own = Side(Attached.IDENTITY, (*identity.statements, *anything))
    if _judge(question, own, resource).allowed:
        raise not_judged(
            f"whether {question.action} is allowed depends on {unknown}; give Access the stack"
            " that has it, or the document of an attached policy as managed"
        )
    return verdict


def _need(request: Request, attached: Attached | None) -> None:
    """Refuse a request on a key or a role without the policy that it needs."""
    on_key = request.action.startswith("kms:") and not _KEYLESS.search(request.resource)
    if on_key and attached is not Attached.KEY:
        raise not_judged(f"{request.resource} is a key; without its key policy nothing is known")
    if _ASSUMES.match(request.action) and attached is not Attached.TRUST:
        raise not_judged(f"{request.action} needs the trust policy of {request.resource}")


def _account_of(resource: str) -> str | None:
    """Return the account in an ARN; an S3 bucket's has none."""
    parts = resource.split(":", ARN_PARTS - 1)
    return parts[ARN_PARTS - 2] or None if len(parts) == ARN_PARTS else None
