"""Terraform's commands on one stack."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from platform_lib.errors import OperationError, PlatformError
from platform_lib.terraform import process
from platform_lib.terraform.diagnose import explain, read_diagnostics
from platform_lib.terraform.events import parse_line
from platform_lib.terraform.plan import Plan
from platform_lib.terraform.process import Finished
from platform_lib.terraform.saved_plan import PlanRecord
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import Stack
from platform_lib.terraform.state import State
from platform_lib.terraform.unsaved import find_unsaved

__all__ = ["Planned", "Runner"]

_PLAN = "plan.tfplan"
_RECORD = "plan.json"
_APPLY = "apply.jsonl"
_INIT = "init.sha256"
_SETTLED_OR_NOT = (0, 2)
"""Exit codes of `plan -detailed-exitcode` that are no failure."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and the file to apply it from."""

    plan: Plan
    """What it does."""

    path: Path
    """The plan file."""

    saved: bool = False
    """Whether it was made by an earlier run, and so may have been reviewed."""


class Runner:
    """Runs Terraform in the folder of one stack; safe to use from several threads.

    Args:
        terraform: Program, environment and where to report.
        stack: The stack.
    """

    def __init__(self, terraform: TerraformSession, stack: Stack) -> None:
        self.stack = stack
        """The stack."""
        self._terraform = terraform
        self._turn = threading.RLock()
        self._initialised = False

    def init(self) -> None:
        """Run `terraform init` unless nothing that it depends on has changed since it last succeeded."""
        with self._turn:
            if self._initialised:
                return
            wanted, mark = self._init_fingerprint(), self.stack.own / _INIT
            if not (mark.is_file() and mark.read_text() == wanted and self._installed()):
                # Plans and records can hold secrets.
                self.stack.own.mkdir(mode=0o700, exist_ok=True)
                mark.unlink(missing_ok=True)
                with self._terraform.source().init_turn():
                    self._checked(
                        "init", "-json", "-no-color", "-input=false", "-lockfile=readonly"
                    )
                mark.write_text(wanted)
            self._initialised = True

    def state(self) -> State:
        """Read the state; empty when the stack was never applied."""
        with self._turn:
            self.init()
            return State.parse(self._checked("state", "pull", quiet=True).stdout)

    def check_unsaved(self, *, ignore: bool = False) -> None:
        """Refuse to go on while a killed apply has made something that the state does not hold.

        Args:
            ignore: Forget the record instead.

        Raises:
            OperationError: What was made, with import commands, and the lock if it is still held.
        """
        record = self.stack.own / _APPLY
        with self._turn:
            if not record.is_file():
                return
            text = record.read_text(errors="replace")
            unsaved = find_unsaved(text, self.stack.document, self.state())
            if unsaved and not ignore:
                error = unsaved.error(self.stack.name, self.stack.directory)
                raise OperationError.of((*self._lock_problems(), *error.problems))
            record.unlink()

    def plan(
        self, *, destroy: bool = False, upstream: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Planned:
        """Plan, and keep the plan for a later `apply`.

        Args:
            destroy: Plan to destroy everything; such a plan is never used by a later run.
            upstream: Values of the upstream outputs that the stack reads, to know later whether
                they have changed.
        """
        path = self.stack.own / _PLAN
        with self._turn:
            self.init()
            self.discard_plan()
            arguments = ["-destroy"] if destroy else []
            self._checked("plan", "-json", "-input=false", f"-out={path}", *arguments)
            if not destroy:
                PlanRecord.of(self.stack, path, upstream or {}).write(self.stack.own / _RECORD)
            return Planned(self._show(path), path)

    def refused_plan(self) -> Plan | None:
        """Return what Terraform had planned when it refused to go on, so that one can say why.

        It writes the plan file even then, and will not apply it.
        """
        path = self.stack.own / _PLAN
        with self._turn:
            try:
                return self._show(path) if path.is_file() else None
            except PlatformError:
                return None
            finally:
                self.discard_plan()

    def saved_plan(self, upstream: Mapping[str, Mapping[str, Any]]) -> Planned | None:
        """Return the plan of an earlier run when everything that it was made from is unchanged."""
        path = self.stack.own / _PLAN
        with self._turn:
            recorded = PlanRecord.read(self.stack.own / _RECORD)
            if recorded is None or not path.is_file():
                return None
            if recorded != PlanRecord.of(self.stack, path, upstream):
                return None
            self.init()
            return Planned(self._show(path), path, saved=True)

    def discard_plan(self) -> None:
        """Remove the saved plan, which can hold secrets."""
        for name in (_PLAN, _RECORD):
            (self.stack.own / name).unlink(missing_ok=True)

    def apply(self, planned: Planned) -> None:
        """Apply a plan, recording what it makes until the state is known to hold it.

        Raises:
            OperationError: With code `PlanStale` when the state has moved on since the plan was made.
        """
        record = self.stack.own / _APPLY
        with self._turn:
            record.unlink(missing_ok=True)
            try:
                self._checked("apply", "-json", "-input=false", str(planned.path), record=record)
            finally:
                self.discard_plan()
                # Where the state cannot be read now, the next run compares it.
                with suppress(PlatformError):
                    self._forget_record_if_saved()

    def drift(self) -> Plan:
        """Plan without keeping anything."""
        path = self.stack.own / "drift.tfplan"
        with self._turn:
            self.init()
            try:
                self._checked("plan", "-json", "-input=false", f"-out={path}")
                return self._show(path)
            finally:
                path.unlink(missing_ok=True)

    def is_settled(self) -> bool:
        """Ask Terraform itself, by `plan -detailed-exitcode`, whether nothing is left to do."""
        with self._turn:
            self.init()
            finished = self._run("plan", "-json", "-input=false", "-detailed-exitcode")
            if finished.exit_code in _SETTLED_OR_NOT:
                return finished.exit_code == 0
            raise self._failure(("plan",), finished)

    def _forget_record_if_saved(self) -> None:
        record = self.stack.own / _APPLY
        if record.is_file():
            text = record.read_text(errors="replace")
            errored = (self.stack.directory / "errored.tfstate").is_file()
            if not errored and not find_unsaved(text, self.stack.document, self.state()):
                record.unlink()

    def _show(self, path: Path) -> Plan:
        return Plan(json.loads(self._checked("show", "-json", str(path), quiet=True).stdout))

    def _lock_problems(self) -> tuple[Any, ...]:
        """Take and free the lock, to name its holder beside what was left unsaved.

        `untaint -allow-missing` of what is not there changes nothing, and asks no provider.
        """
        try:
            self._checked("untaint", "-no-color", "-allow-missing", "terraform_data.lock_probe")
        except PlatformError as error:
            return tuple(problem for problem in error.problems if problem.code == "StateLocked")
        return ()

    def _checked(
        self, *arguments: str, record: Path | None = None, quiet: bool = False
    ) -> Finished:
        """Run a command; raise what its failure means.

        Args:
            arguments: Terraform's arguments.
            record: File to which its standard output is appended.
            quiet: Whether standard output is data and not a stream of events.
        """
        finished = self._run(*arguments, record=record, quiet=quiet)
        if finished.exit_code == 0:
            return finished
        self._terraform.interruption.check()
        raise self._failure(arguments, finished)

    def _run(self, *arguments: str, record: Path | None = None, quiet: bool = False) -> Finished:
        """Run a command, whatever its exit code."""
        terraform = self._terraform

        def report(line: str) -> None:
            event = None if quiet else parse_line(self.stack.name, line)
            if event is not None:
                terraform.on_event(event)

        return process.run(
            [str(terraform.program.path), *arguments],
            directory=self.stack.directory,
            environment=terraform.environment(),
            interruption=terraform.interruption,
            on_line=report,
            record=record,
            pass_fds=terraform.pass_fds,
        )

    def _failure(self, arguments: Sequence[str], finished: Finished) -> PlatformError:
        diagnostics = read_diagnostics(finished.stdout, finished.stderr)
        if any(diagnostic.summary == "Saved plan is stale" for diagnostic in diagnostics):
            return OperationError(
                "PlanStale",
                "the state has changed since the plan was made; plan again",
                where=self.stack.name,
            )
        signalled = finished.exit_code - 128
        ended = f"signal {signalled}" if signalled > 0 else f"exit code {finished.exit_code}"
        last = finished.stderr.strip().splitlines()[-1:]
        fallback = ": ".join([f"terraform {arguments[0]} ended with {ended}", *last])
        return explain(self.stack.name, self.stack.directory, diagnostics, fallback=fallback)

    def _init_fingerprint(self) -> str:
        """Hash what `init` depends on: backend, providers, modules, the lock file and the program."""
        content = self.stack.document.content
        depends = [
            content.get("terraform"),
            content.get("module"),
            self._terraform.program.version,
        ]
        lock = self.stack.directory / ".terraform.lock.hcl"
        data = json.dumps(depends, sort_keys=True).encode()
        return hashlib.sha256(data + (lock.read_bytes() if lock.is_file() else b"")).hexdigest()

    def _installed(self) -> bool:
        """Tell whether what `init` makes is still there."""
        data = self.stack.directory / ".terraform"
        providers = (
            data / "providers" / "registry.terraform.io" / name
            for name in self.stack.document.providers
        )
        return (data / "terraform.tfstate").is_file() and all(
            any(path.exists() for path in folder.glob("*/*")) for folder in providers
        )
