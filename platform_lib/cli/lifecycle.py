"""`platformctl plan`, `apply`, `destroy` and `drift`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from platform_lib.cli.console import Output
from platform_lib.cli.dates import warn_of_dates
from platform_lib.cli.session import show_results, terraform_session
from platform_lib.cli.synthesis import Synthesis, synthesise
from platform_lib.errors import DestroyRefusedError, PlatformError
from platform_lib.project import Project
from platform_lib.terraform.results import StackResult, exit_code
from platform_lib.terraform.schedule import Rules, Schedule
from platform_lib.terraform.stack import read_stacks


def plan(
    project: Project,
    name: str,
    stacks: Sequence[str],
    output: Output,
    *,
    jobs: int | None,
    named: Sequence[str],
    ignore_unsaved: bool,
    detailed: bool,
) -> int:
    """Plan each stack and show what it would do."""
    rules = _rules(project, name, named, ignore_unsaved=ignore_unsaved)
    warn_of_dates(project, output)
    with _work(project, name, output, rules, jobs) as (synthesis, schedule):
        results = schedule.plan(synthesis.names_of(name, stacks))
    for result in results:
        _show_changes(result, output)
    show_results(results, output)
    return exit_code(results, detailed=detailed)


def apply(
    project: Project,
    name: str,
    stacks: Sequence[str],
    output: Output,
    *,
    jobs: int | None,
    named: Sequence[str],
    ignore_unsaved: bool,
    from_stack: str | None,
) -> int:
    """Apply stacks in order and show what was done."""
    rules = _rules(project, name, named, ignore_unsaved=ignore_unsaved)
    warn_of_dates(project, output)
    with _work(project, name, output, rules, jobs) as (synthesis, schedule):
        first = None if from_stack is None else synthesis.names_of(name, [from_stack])[0]
        results = schedule.apply(synthesis.names_of(name, stacks), from_stack=first)
    show_results(results, output)
    return exit_code(results)


def destroy(
    project: Project,
    name: str,
    output: Output,
    *,
    jobs: int | None,
    confirmed: str | None,
    ignore_unsaved: bool,
) -> int:
    """Destroy everything in a target after its name was given."""
    rules = _rules(project, name, (), ignore_unsaved=ignore_unsaved)
    if not rules.allow_destroy:
        (target,) = project.select([name])
        raise DestroyRefusedError(
            "DestroyRefused",
            f"{name} does not allow destroying; set allow_destroy=True there, apply that, and run"
            " destroy then",
            where=target.written_at("allow_destroy"),
        )
    if confirmed is None and sys.stdin.isatty():
        confirmed = input(f"This destroys everything in {name}. Type its name to go on: ")
    if confirmed != name:
        raise PlatformError(
            "DestroyNotConfirmed",
            f"destroying {name} was not confirmed; give --yes-destroy {name}",
        )
    with _work(project, name, output, rules, jobs) as (synthesis, schedule):
        results = schedule.destroy(synthesis.names_of(name))
    show_results(results, output)
    return exit_code(results)


def drift(
    project: Project, name: str, stacks: Sequence[str], output: Output, *, jobs: int | None
) -> int:
    """Compare each stack's state with what exists; exit 4 if they differ."""
    rules = _rules(project, name, (), ignore_unsaved=False)
    with _work(project, name, output, rules, jobs) as (synthesis, schedule):
        results = schedule.drift(synthesis.names_of(name, stacks))
    show_results(results, output)
    return exit_code(results, detailed=True)


@contextmanager
def _work(
    project: Project, name: str, output: Output, rules: Rules, jobs: int | None
) -> Iterator[tuple[Synthesis, Schedule]]:
    """Synthesise a target and get ready to run Terraform on its stacks."""
    with terraform_session(project, output) as terraform:
        output.note(f"{name}: synthesising")
        synthesis = synthesise(project, project.select([name]), full=False)
        yield synthesis, Schedule(read_stacks(synthesis.outdir), terraform, rules=rules, jobs=jobs)


def _rules(project: Project, name: str, named: Sequence[str], *, ignore_unsaved: bool) -> Rules:
    (target,) = project.select([name])
    return Rules(
        allow_destroy=target.allow_destroy,
        named=frozenset(named),
        ignore_unsaved=ignore_unsaved,
    )


_SIGNS = {
    ("create",): "+",
    ("update",): "~",
    ("delete",): "-",
    ("delete", "create"): "-/+",
    ("create", "delete"): "+/-",
    ("forget",): ".",
}
"""Terraform's own signs for what a plan does."""


def _show_changes(result: StackResult, output: Output) -> None:
    if result.plan is None or output.as_json:
        return
    for change in result.plan.changes:
        sign = _SIGNS.get(change.actions)
        if sign is not None:
            output.line(f"{result.stack}: {sign:3} {change.address}")
