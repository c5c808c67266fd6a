"""Waivers that silence nothing, each with the likely reason; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from platform_lib.environment import Category, Environment, Target
from platform_lib.errors import Problem
from platform_lib.guardrails.registry import rules
from platform_lib.guardrails.rule import Finding
from platform_lib.waivers import Waiver


@dataclass(frozen=True, slots=True)
class UnusedWaiver:
    """A waiver that matches no finding."""

    target: str
    """Environment or account that carries it."""

    environments: tuple[str, ...]
    """Environments in which it was looked for."""

    waiver: Waiver
    message: str
    """Why it may match nothing, and what to do."""

    def __str__(self) -> str:
        return str(self.problem())

    def problem(self) -> Problem:
        """Return it as a printable line."""
        return Problem(self.message, self.waiver.written_at())

    def as_dict(self) -> dict[str, object]:
        """Return it for ``--json``."""
        where = self.waiver.written_at()
        return {
            "target": self.target,
            "environments": list(self.environments),
            "rule": self.waiver.rule,
            "address": self.waiver.address,
            "message": self.message,
            "where": None if where is None else str(where),
        }


def unused_waivers(
    environments: Sequence[Environment], found: Mapping[str, tuple[Finding, ...]]
) -> tuple[UnusedWaiver, ...]:
    """Return the waivers of environments and accounts that match none of the findings.

    Args:
        environments: All of them.
        found: Their findings, by environment name.
    """
    return tuple(
        UnusedWaiver(
            target.name,
            tuple(environment.name for environment in asked),
            waiver,
            f"{target.name}: the waiver of {waiver.rule!r} for {waiver.address!r} "
            + _reason(waiver, asked, findings),
        )
        for target, asked in _carriers(environments)
        for findings in [[it for environment in asked for it in found[environment.name]]]
        for waiver in target.waivers
        if _is_outlived(waiver, target, asked)
        or (waiver.rule, waiver.address) not in {(it.rule, it.address) for it in findings}
    )


def _carriers(environments: Sequence[Environment]) -> Iterator[tuple[Target, list[Environment]]]:
    accounts = {environment.account.name: environment.account for environment in environments}
    for name, account in sorted(accounts.items()):
        yield account, [it for it in environments if it.account.name == name]
    for environment in environments:
        yield environment, [environment]


def _is_outlived(waiver: Waiver, target: Target, asked: list[Environment]) -> bool:
    """Tell whether, in every environment, another waiver of the same finding lasts longer."""
    return all(
        any(
            (other.rule, other.address) == (waiver.rule, waiver.address)
            and other.expires > waiver.expires
            for other in (*target.waivers, *environment.waivers, *environment.account.waivers)
        )
        for environment in asked
    )


def _reason(waiver: Waiver, asked: list[Environment], findings: list[Finding]) -> str:
    ids = [rule.id for rule in rules()]
    if waiver.rule not in ids:
        near = get_close_matches(waiver.rule, ids, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        return f"names no guardrail; {hint}guardrails: {', '.join(ids)}"
    if all(environment.category is Category.SANDBOX for environment in asked):
        return "does nothing, because sandboxes are not asked; remove it"
    of_rule = sorted({it.address for it in findings if it.rule == waiver.rule})
    if waiver.address in of_rule:
        return "does nothing, because another one for the same finding lasts longer; remove it"
    if of_rule:
        return f"matches nothing; that guardrail finds {', '.join(of_rule)}; correct the address"
    return "matches nothing, because the guardrail is met; remove it"
