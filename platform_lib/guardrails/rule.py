"""What a guardrail is, and what it finds; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from platform_lib.environment import Environment
from platform_lib.errors import Location, Problem


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a rule is not met, before it has the rule's id and fix."""

    address: str
    """The field as a waiver names it, from the environment: ``vpc.nat_zones``."""

    given: str
    """What the author wrote and what follows from it, lower-case, without the fix."""

    where: Location | None
    """The author's line."""

    ended: date | None = None
    """The last day on which it was no breach, such as that of an engine version's support; None for
    what is one on every day."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that one environment does not meet at one address."""

    rule: str
    """Id of the rule."""

    address: str
    """The field as a waiver names it, from the environment: ``vpc.nat_zones``."""

    message: str
    """Address, what was given, and what to do."""

    where: Location | None
    """The author's line."""

    ended: date | None = None
    """The last day on which it was none; None for what is one on every day."""

    def problem(self) -> Problem:
        """Return it as a printable line; the rule's id is the code that a waiver repeats."""
        return Problem(self.message, self.where, self.rule)


Check = Callable[[Environment, Sequence[Environment]], Iterable[Breach]]
"""Looks at one environment, given all of them, itself included."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A guardrail: one small file in ``platform_lib/guardrails/rules``, found by being there."""

    id: str
    """Id that waivers and findings name; the file's name with hyphens."""

    sentence: str
    """What holds where customers are served, as a full sentence."""

    fix: str
    """What to write instead, lower-case."""

    check: Check
    """Finds where an environment does not meet it. Asked of every category but sandbox."""

    def findings(
        self, environment: Environment, environments: Sequence[Environment]
    ) -> list[Finding]:
        """Return where ``environment`` does not meet the rule.

        Args:
            environment: The one that is asked.
            environments: All of them, for rules about what they share.
        """
        return [
            Finding(
                self.id,
                breach.address,
                f"{environment.name}: {breach.address}: {breach.given}; {self.fix}",
                breach.where,
                breach.ended,
            )
            for breach in self.check(environment, environments)
        ]
