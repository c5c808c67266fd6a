"""From the statements that apply to a request to allowed or denied; pure.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from platform_lib.testing._policy_conditions import Condition
from platform_lib.testing._policy_principals import Kind, Naming
from platform_lib.testing._policy_statements import Attached, Question, Statement


@dataclass(frozen=True, slots=True)
class Side:
    """What the policies on one side say about a request: those of who asks, or of what is asked for."""

    attached: Attached
    """What kind of policies they are."""

    statements: tuple[Statement, ...]
    """All of their statements."""

    def denial(self, question: Question) -> Statement | None:
        """Return a statement that denies."""
        applying = (it for it in self.statements if not it.allows and it.applies(question))
        return next(applying, None)

    def allowance(self, question: Question, naming: Naming) -> Statement | None:
        """Return a statement that allows and names who asks in this way."""
        return next(
            (it for it in self.statements if it.allows and it.applies(question) is naming), None
        )


def decide(question: Question, identity: Side, resource: Side | None) -> tuple[bool, str]:
    """Tell whether a request is allowed, and which statement decides.

    Args:
        question: The request.
        identity: The identity policies of who asks.
        resource: The policy of what is asked for; None if it has none.
    """
    sides = [identity] if resource is None else [identity, resource]
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
    for side in sides:
        denial = side.denial(question)
        if denial is not None:
            return False, f"explicitly denied by {denial.name}"
    own = _own(question, identity)
    direct = by_account = None
    if resource is not None:
        direct = _name(resource.allowance(question, Naming.DIRECTLY))
        by_account = _name(resource.allowance(question, Naming.BY_ACCOUNT))
    theirs = direct or by_account
    required = resource is not None and resource.attached.required
    if question.caller.account is None:
        # Who has no account has no identity policies.
        found = [direct]
    elif question.owner != question.caller.account:
        # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
        found = [own, theirs]
    elif direct is not None:
        found = [direct]
    else:
        found = [own, by_account] if required else [own]
    if all(found):
        return True, f"allowed by {' and '.join(str(it) for it in found)}"
    return False, _implicitly(question, sides, found)


def _own(question: Question, identity: Side) -> str | None:
    if question.caller.kind is Kind.ROOT:
        return "the account's root user having full access"
    return _name(identity.allowance(question, Naming.DIRECTLY))


def _name(statement: Statement | None) -> str | None:
    return None if statement is None else statement.name


def _implicitly(question: Question, sides: Sequence[Side], found: Sequence[str | None]) -> str:
    """Say what is missing, and which statements come near."""
    asked = f"{question.action} on {question.resource} to {question.caller.name}"
    sentences = [f"implicitly denied: nothing allows {asked}"]
    half = next((it for it in found if it is not None), None)
    if half is not None:
        other = sides[-1].attached if len(sides) > 1 else Attached.RESOURCE
        both = f"the {other.value} and an identity policy both have to allow {asked}"
        sentences = [f"implicitly denied: {both}, and only {half} does"]
    for it in (statement for side in sides for statement in side.statements):
        if it.allows and it.speaks_of(question) and it.naming(question) is not None:
            sentences += [
                f"{it.name} {_unmet(condition, question)}" for condition in it.unmet(question)
            ]
    return "; ".join(sentences)


def _unmet(condition: Condition, question: Question) -> str:
    value = question.context.get(condition.key)
    shown = "no such key" if value is None else repr(value)
    return f"asks for {condition}, and the request has {shown}"
