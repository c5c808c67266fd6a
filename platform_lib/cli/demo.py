"""`platformctl demo`: from nothing to an applied environment, without an account."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from typing import Any

from platform_lib.cli.bootstrap import bootstrap
from platform_lib.cli.console import Output
from platform_lib.cli.session import WORK, show_results, terraform_session
from platform_lib.cli.synthesis import synthesise
from platform_lib.local.server import LocalAws
from platform_lib.local.variables import overlay
from platform_lib.project import Project
from platform_lib.terraform.results import exit_code
from platform_lib.terraform.schedule import Rules, Schedule
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import read_stacks

_LONGEST_VALUE = 100


class _Steps(Output):
    """Keeps the documents of the steps, since a command writes one."""

    def __init__(self) -> None:
        super().__init__(as_json=True)
        self.documents: list[Mapping[str, Any]] = []

    def result(self, document: Mapping[str, Any], show: Callable[[], None]) -> None:  # noqa: ARG002
        self.documents.append(document)

    def line(self, text: str = "", *, style: str = "") -> None:
        """Write nothing: what a person would read is in the documents."""


def demo(project: Project, name: str, output: Output) -> int:
    """Apply ``name`` and its account to an emulated AWS; prove that a second plan is empty.

    Everything is written to a folder of its own, so that no other run's state is mixed in.
    """
    begun = time.monotonic()
    steps = _Steps() if output.as_json else output
    account, (target,) = project.account_of(name), project.select([name])
    names = tuple(dict.fromkeys((account.name, name)))
    shutil.rmtree(project.root / WORK / "demo", ignore_errors=True)
    os.environ["CDKTF_OUTDIR"] = f"{WORK}/demo/cdktf.out"
    with LocalAws(account_id=account.id, region=target.region) as aws:
        _become(overlay(os.environ, aws.environment()))
        _title(steps, f"Emulated AWS: account {account.id} at {aws.endpoint}")
        bootstrap(project, name, steps, check_only=False)
        with terraform_session(project, steps, pass_fds=[aws.lifeline_fd]) as terraform:
            code = _build(project, names, steps, terraform)
        gaps = aws.unimplemented()
        if gaps:
            output.note("answered 501 by the emulated AWS: " + ", ".join(map(str, gaps)))
    seconds = time.monotonic() - begun
    if isinstance(steps, _Steps):
        document = {"target": name, "seconds": round(seconds, 1)}
        output.result({**document, "steps": steps.documents}, lambda: None)
    elif code == 0:
        _show_end(output, name, seconds)
    return code


def _build(
    project: Project, names: tuple[str, ...], output: Output, terraform: TerraformSession
) -> int:
    _title(output, "Synthesise everything")
    synthesis = synthesise(project, project.targets, full=True)
    total = sum(stack.resources for stack in synthesis.stacks)
    output.line(f"{len(synthesis.stacks)} stacks, {total} resources, {synthesis.seconds:.1f} s")
    schedule = Schedule(read_stacks(synthesis.outdir), terraform, rules=Rules(allow_destroy=True))
    for name in names:
        _title(output, f"Apply {name}")
        results = schedule.apply(synthesis.names_of(name))
        show_results(results, output)
        code = exit_code(results)
        if code:
            return code
    _title(output, "Plan again: terraform plan -detailed-exitcode in every applied stack")
    stacks = [stack for name in names for stack in synthesis.names_of(name)]
    results = schedule.check_settled(stacks)
    code = exit_code(results)
    if code:
        show_results(results, output)
    else:
        _show_outputs(output, schedule, stacks)
    return code


def _show_outputs(output: Output, schedule: Schedule, stacks: list[str]) -> None:
    values = {}
    for stack in stacks:
        state = schedule.runner(stack).state()
        for name, value in state.outputs.items():
            if name not in state.sensitive_outputs:
                values[f"{stack}.{name}"] = value

    def show() -> None:
        _title(output, "Outputs")
        for name, value in values.items():
            output.line(f"{name} = {json.dumps(value)[:_LONGEST_VALUE]}")

    output.result({"settled": stacks, "outputs": values}, show)


def _show_end(output: Output, name: str, seconds: float) -> None:
    _title(output, f"Done in {seconds:.0f} s")
    output.line(
        f"""\
The emulated AWS has ended, and what was applied to it is gone.

What to do next (source .venv/bin/activate puts platformctl on PATH):
  platformctl check --addresses         the address map of all environments
  platformctl local up {name}     an emulated AWS that stays
  eval "$(platformctl env {name})" plain terraform in cdktf.out/stacks/*
  docs/getting-started.md               your own environment, step by step"""
    )


def _title(output: Output, text: str) -> None:
    if not output.as_json:
        output.line()
        output.line(text, style="bold")


def _become(environ: Mapping[str, str]) -> None:
    """Let this process, and all that it starts, talk to the emulated AWS and to nothing else."""
    os.environ.clear()
    os.environ.update(environ)
