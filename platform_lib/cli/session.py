"""What commands that run Terraform have in common."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from platform_lib.cli.console import Output
from platform_lib.cli.progress import Reporter
from platform_lib.project import Project
from platform_lib.terraform.interruption import Interruption
from platform_lib.terraform.program import find_program
from platform_lib.terraform.results import StackResult
from platform_lib.terraform.session import TerraformSession

WORK = ".platform"
"""Folder in the project for what is neither source nor output; git ignores it."""


@contextmanager
def terraform_session(
    project: Project, output: Output, *, pass_fds: Sequence[int] = ()
) -> Iterator[TerraformSession]:
    """Find Terraform, show its progress, and turn Ctrl-C and SIGTERM into one request to stop.

    Args:
        project: The project.
        output: Where progress is shown.
        pass_fds: Descriptors that stay open as long as any Terraform runs.
    """
    program = find_program(os.environ)
    interruption = Interruption(
        lambda reason: output.note(f"{reason}: Terraform saves its state and frees the lock")
    )
    with interruption.signals(), Reporter(output) as reporter:
        yield TerraformSession(
            program,
            environ=os.environ,
            work=project.root / WORK,
            interruption=interruption,
            on_event=reporter,
            pass_fds=pass_fds,
        )


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
