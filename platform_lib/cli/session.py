"""What commands that run Terraform have in common."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from platform_lib.cli.console import Output
from platform_lib.cli.progress import Reporter
from platform_lib.cli.synthesis import Synthesis, synthesise
from platform_lib.environment import Account, Environment
from platform_lib.project import Project
from platform_lib.terraform.interruption import Interruption
from platform_lib.terraform.program import find_program
from platform_lib.terraform.results import StackResult
from platform_lib.terraform.schedule import Rules, Schedule
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import read_stacks

WORK = ".platform"
"""Folder in the project for what is neither source nor output; git ignores it."""


@dataclass(frozen=True, slots=True)
class Workbench:
    """A synthesised target and the means to run Terraform on it."""

    target: Account | Environment
    """What is worked on."""

    synthesis: Synthesis
    """Its stacks."""

    schedule: Schedule
    """Runs Terraform on them."""


@contextmanager
def workbench(
    project: Project,
    name: str,
    output: Output,
    *,
    rules: Rules | None = None,
    jobs: int | None = None,
    environ: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> Iterator[Workbench]:
    """Synthesise a target and show the progress of what is done with it.

    Args:
        project: The project.
        name: Name of the account or environment.
        output: Where progress is shown.
        rules: What the run may do; what the target allows if None.
        jobs: How many stacks at once.
        environ: Environment variables for Terraform; those of this process if None.
        pass_fds: Descriptors that stay open as long as any Terraform runs.
    """
    (target,) = project.select([name])
    variables = os.environ if environ is None else environ
    program = find_program(variables)
    output.note(f"{name}: synthesising")
    synthesis = synthesise(project, [target], full=False)
    interruption = Interruption(
        lambda reason: output.note(f"{reason}: Terraform saves its state and frees the lock")
    )
    with interruption.signals(), Reporter(output) as reporter:
        terraform = TerraformSession(
            program,
            environ=variables,
            work=project.root / WORK,
            interruption=interruption,
            on_event=reporter,
            pass_fds=pass_fds,
        )
        schedule = Schedule(
            read_stacks(synthesis.outdir),
            terraform,
            rules=rules or Rules(allow_destroy=target.allow_destroy),
            jobs=jobs,
        )
        yield Workbench(target, synthesis, schedule)


def show_results(results: Sequence[StackResult], output: Output) -> None:
    """Write what came of each stack, then every problem on a line of its own."""

    def show() -> None:
        output.table(
            ("stack", "status", "add", "change", "destroy", "seconds", ""),
            [
                (
                    result.stack,
                    result.status,
                    *(_count(result, field) for field in ("add", "change", "destroy")),
                    f"{result.seconds:.0f}",
                    result.message if result.status in ("waits", "drifted") else "",
                )
                for result in results
            ],
        )
        output.problems(problem for result in results for problem in result.problems)

    output.result({"stacks": [result.to_json() for result in results]}, show)


def _count(result: StackResult, field: str) -> str:
    return "" if result.plan is None else str(getattr(result.counts, field))
