"""`platformctl plan`, `apply`, `destroy` and `drift`."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from platform_lib.cli.console import Output
from platform_lib.cli.dates import warn_of_dates
from platform_lib.cli.session import show_results, workbench
from platform_lib.errors import DestroyRefusedError, PlatformError
from platform_lib.project import Project
from platform_lib.terraform.results import StackResult, exit_code
from platform_lib.terraform.schedule import Rules


def _rules(project: Project, name: str, named: Sequence[str], *, ignore_unsaved: bool) -> Rules:
    (target,) = project.select([name])
    return Rules(
        allow_destroy=target.allow_destroy,
        named=frozenset(named),
        ignore_unsaved=ignore_unsaved,
    )


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
    with workbench(project, name, output, rules=rules, jobs=jobs) as bench:
        results = bench.schedule.plan(bench.synthesis.names_of(name, stacks))
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
    with workbench(project, name, output, rules=rules, jobs=jobs) as bench:
        first = None if from_stack is None else bench.synthesis.names_of(name, [from_stack])[0]
        names = bench.synthesis.names_of(name, stacks)
        results = bench.schedule.apply(names, from_stack=first)
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
    with workbench(project, name, output, rules=rules, jobs=jobs) as bench:
        results = bench.schedule.destroy(bench.synthesis.names_of(name))
    show_results(results, output)
    return exit_code(results)


def drift(
    project: Project, name: str, stacks: Sequence[str], output: Output, *, jobs: int | None
) -> int:
    """Compare each stack's state with what exists."""
    with workbench(project, name, output, jobs=jobs) as bench:
        results = bench.schedule.drift(bench.synthesis.names_of(name, stacks))
    show_results(results, output)
    return exit_code(results, detailed=True)


_SIGNS = {
    ("create",): "+",
    ("update",): "~",
    ("delete",): "-",
    ("delete", "create"): "-/+",
    ("create", "delete"): "+/-",
    ("forget",): ".",
}


def _show_changes(result: StackResult, output: Output) -> None:
    """List the changes of a plan, in Terraform's own signs."""
    if result.plan is None or output.as_json:
        return
    for change in result.plan.changes:
        sign = _SIGNS.get(change.actions)
        if sign is not None:
            output.line(f"{result.stack}: {sign:3} {change.address}")
