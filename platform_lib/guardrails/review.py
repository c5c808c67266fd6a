"""Guardrails and waivers over all environments, as `platformctl check` reports them; pure.

A finding is an error for customers, listed for internal environments and not asked of sandboxes.
The date comes from the caller, so that the same configuration gives the same review.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date

from platform_lib.environment import Category, Environment
from platform_lib.errors import Problem
from platform_lib.guardrails._unused import UnusedWaiver, unused_waivers
from platform_lib.guardrails.registry import rules
from platform_lib.guardrails.rule import Finding
from platform_lib.waivers import Waiver


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A finding in its environment, with the waiver that names it."""

    environment: str
    category: Category
    finding: Finding
    waiver: Waiver | None = None
    days_left: int | None = None
    """Days until the waiver's last one; negative when it has expired."""

    def __str__(self) -> str:
        return str(self.problem())

    def problem(self) -> Problem:
        """Return it as a printable line; an expired waiver is named at its own line."""
        if self.waiver is None or self.days_left is None or self.days_left >= 0:
            return self.finding.problem()
        ago = "yesterday" if self.days_left == -1 else f"{-self.days_left} days ago"
        instead = "set a new date" if self.category is Category.CUSTOMER else "remove the waiver"
        return Problem(
            f"{self.finding.message}; the waiver expired on {self.waiver.expires} ({ago}):"
            f" meet the guardrail or {instead}",
            self.waiver.written_at("expires"),
            self.finding.rule,
        )

    def as_dict(self) -> dict[str, object]:
        """Return it for ``--json``."""
        waiver = self.waiver
        return {
            "environment": self.environment,
            "category": self.category.value,
            "rule": self.finding.rule,
            "address": self.finding.address,
            "message": self.finding.message,
            "where": None if self.finding.where is None else str(self.finding.where),
            "waiver": None
            if waiver is None
            else {
                "reason": waiver.reason,
                "expires": waiver.expires.isoformat(),
                "days_left": self.days_left,
            },
        }


@dataclass(frozen=True, slots=True)
class Review:
    """What guardrails found and what waivers say about it."""

    errors: tuple[Reviewed, ...] = ()
    """Findings where customers are served, without a waiver. They stop every command."""

    listed: tuple[Reviewed, ...] = ()
    """Findings in internal environments, without a waiver. They stop nothing."""

    waived: tuple[Reviewed, ...] = ()
    """Findings that a waiver accepts today."""

    expired: tuple[Reviewed, ...] = ()
    """Findings whose waiver has expired. ``check`` fails; ``plan`` and ``apply`` only warn."""

    ended: tuple[Reviewed, ...] = ()
    """Findings that a day brought where customers are served, such as the end of a version's support,
    without a waiver. ``check`` fails; ``plan`` and ``apply`` only warn."""

    unused: tuple[UnusedWaiver, ...] = ()
    """Waivers that match no finding. They stop nothing."""

    def narrowed_to(self, names: Collection[str]) -> Review:
        """Return what concerns the environments called ``names``.

        Review all environments first: what they share is seen only then.
        """

        def kept(entries: tuple[Reviewed, ...]) -> tuple[Reviewed, ...]:
            return tuple(entry for entry in entries if entry.environment in names)

        return Review(
            kept(self.errors),
            kept(self.listed),
            kept(self.waived),
            kept(self.expired),
            kept(self.ended),
            tuple(entry for entry in self.unused if not set(entry.environments).isdisjoint(names)),
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stops every command."""
        return tuple(entry.problem() for entry in self.errors)

    @property
    def date_problems(self) -> tuple[Problem, ...]:
        """What stops only ``check``, and is a warning elsewhere."""
        return tuple(entry.problem() for entry in (*self.expired, *self.ended))

    def as_dict(self) -> dict[str, object]:
        """Return it for ``--json``."""
        return {
            "errors": [entry.as_dict() for entry in self.errors],
            "listed": [entry.as_dict() for entry in self.listed],
            "waived": [entry.as_dict() for entry in self.waived],
            "expired": [entry.as_dict() for entry in self.expired],
            "ended": [entry.as_dict() for entry in self.ended],
            "unused": [entry.as_dict() for entry in self.unused],
        }


def findings_in(
    environment: Environment, environments: Sequence[Environment]
) -> tuple[Finding, ...]:
    """Return every finding in ``environment``, waived or not; none in a sandbox."""
    if environment.category is Category.SANDBOX:
        return ()
    return tuple(
        finding for rule in rules() for finding in rule.findings(environment, environments)
    )


def review(environments: Sequence[Environment], *, as_of: date) -> Review:
    """Ask every guardrail of every environment and hold the waivers against the answers.

    An account's waivers hold in each of its environments.

    Args:
        environments: All environments, whichever are worked on.
        as_of: The day on which waivers and ends of support are judged.
    """
    found = {
        environment.name: findings_in(environment, environments) for environment in environments
    }
    reviewed = [
        _reviewed(environment, finding, as_of)
        for environment in environments
        for finding in found[environment.name]
        if finding.ended is None or finding.ended < as_of
    ]

    def those(wanted: Callable[[Reviewed], bool]) -> tuple[Reviewed, ...]:
        return tuple(entry for entry in reviewed if wanted(entry))

    def refused(entry: Reviewed) -> bool:
        return entry.waiver is None and entry.category is Category.CUSTOMER

    return Review(
        errors=those(lambda it: refused(it) and it.finding.ended is None),
        listed=those(lambda it: it.waiver is None and it.category is not Category.CUSTOMER),
        waived=those(lambda it: it.days_left is not None and it.days_left >= 0),
        expired=those(lambda it: it.days_left is not None and it.days_left < 0),
        ended=those(lambda it: refused(it) and it.finding.ended is not None),
        unused=unused_waivers(environments, found),
    )


def _reviewed(environment: Environment, finding: Finding, as_of: date) -> Reviewed:
    matching = [
        waiver
        for waiver in (*environment.waivers, *environment.account.waivers)
        if (waiver.rule, waiver.address) == (finding.rule, finding.address)
    ]
    # The one that lasts longest counts, so that a renewal may be added beside the old one.
    waiver = max(matching, key=lambda it: it.expires, default=None)
    days_left = None if waiver is None else waiver.days_left(as_of)
    return Reviewed(environment.name, environment.category, finding, waiver, days_left)
