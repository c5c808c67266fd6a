"""`platformctl check`: everything that can be known without Node, Terraform or AWS."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from platform_lib import addresses
from platform_lib.cli.console import Output
from platform_lib.cli.dates import as_of_date
from platform_lib.environment import Environment
from platform_lib.errors import Problem
from platform_lib.guardrails.review import Review, review
from platform_lib.project import Project


def check(
    project: Project,
    names: Sequence[str],
    output: Output,
    *,
    show_addresses: bool,
    as_of: str | None,
) -> int:
    """Print what is wrong, what is accepted and until when; exit 2 if anything is wrong."""
    day = as_of_date(as_of)
    selected = {target.name for target in project.select(names)}
    # Everything is looked at, since environments share addresses; what is shown is what was asked.
    found = review(project.environments, as_of=day)
    shown = found.narrowed_to(selected) if names else found
    overlaps = addresses.problems(project.environments)
    refused = [*overlaps, *shown.problems, *shown.date_problems]

    def show() -> None:
        if show_addresses:
            output.line(addresses.render(addresses.address_map(project.environments)))
        _show_review(shown, output)
        output.problems(refused)
        if not refused:
            output.line(_summary(project, shown, day))

    document = {
        "as_of": day.isoformat(),
        "problems": [_problem(problem) for problem in overlaps],
        "guardrails": shown.as_dict(),
    }
    if show_addresses:
        document["addresses"] = addresses.address_map(project.environments).as_dict()
    output.result(document, show)
    return 2 if refused else 0


def _problem(problem: Problem) -> dict[str, str | None]:
    where = None if problem.where is None else str(problem.where)
    return {"where": where, "message": problem.message, "code": problem.code}


def _show_review(found: Review, output: Output) -> None:
    for entry in found.listed:
        output.line(f"listed: {entry.problem()}")
    for entry in found.waived:
        if entry.waiver is not None:
            output.line(
                f"waived until {entry.waiver.expires} ({entry.days_left} days left):"
                f" {entry.environment}: {entry.finding.rule} at {entry.finding.address}:"
                f" {entry.waiver.reason}"
            )
    for unused in found.unused:
        output.line(f"unused: {unused.problem()}")


def _summary(project: Project, found: Review, day: date) -> str:
    customers = sum(
        isinstance(target, Environment) and target.category == "customer"
        for target in project.targets
    )
    return (
        f"{len(project.accounts)} accounts, {len(project.environments)} environments"
        f" ({customers} for customers), no address overlap, {len(found.listed)} findings listed,"
        f" {len(found.waived)} waived; as of {day}"
    )
