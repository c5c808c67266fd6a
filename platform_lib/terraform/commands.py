"""Run Terraform's commands in the folder of one stack."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path

from platform_lib.errors import OperationError, PlatformError, Problem
from platform_lib.terraform import process
from platform_lib.terraform.diagnose import Diagnostic, explain, read_diagnostics
from platform_lib.terraform.events import Message, parse_line
from platform_lib.terraform.process import Finished
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import Stack

__all__ = ["HAS_CHANGES", "LOCK_TIMEOUT", "StackCommands"]

_INIT = "init.sha256"

LOCK_TIMEOUT = "-lock-timeout=10s"
"""Waits for a run that is just ending: Terraform saves and unlocks for seconds after it was
interrupted, and in a pipeline the next job starts in another folder meanwhile. A run that goes on is
still refused, ten seconds later."""

HAS_CHANGES = 2
"""Exit code of `plan -detailed-exitcode` when there is something to apply."""

_NEEDS_INIT = (
    "Backend initialization required",
    "Inconsistent dependency lock file",
    "Module not installed",
    "Required plugins are not installed",
)
"""Beginnings of errors after which `init` is all that is needed."""


class StackCommands:
    """Initialises the folder when that is needed, and says in our words why a command failed.

    Args:
        terraform: Program, environment and where to report.
        stack: The stack.
    """

    def __init__(self, terraform: TerraformSession, stack: Stack) -> None:
        self.stack = stack
        """The stack."""
        self.turn = threading.RLock()
        """Held while a command runs: one at a time in a folder."""
        self._terraform = terraform
        self._initialised = False

    def init(self) -> None:
        """Run `terraform init` unless nothing that it depends on has changed since."""
        with self.turn:
            if self._initialised:
                return
            wanted, mark = self._init_fingerprint(), self.stack.own / _INIT
            if not (mark.is_file() and mark.read_text() == wanted and self._installed()):
                # Plans and records can hold secrets.
                self.stack.own.mkdir(mode=0o700, exist_ok=True)
                mark.unlink(missing_ok=True)
                with self._terraform.source().init_turn():
                    self.run("init", "-json", "-no-color", "-input=false", "-lockfile=readonly")
                mark.write_text(wanted)
            self._initialised = True

    def run(self, *arguments: str, record: Path | None = None, quiet: bool = False) -> Finished:
        """Run a command; raise what its failure means.

        Args:
            arguments: Terraform's arguments.
            record: File to which its standard output is appended.
            quiet: Whether standard output is data and not a stream of events.
        """
        finished = self._start(*arguments, record=record, quiet=quiet)
        diagnostics = read_diagnostics(finished.stdout, finished.stderr)
        if self._initialised and any(d.summary.startswith(_NEEDS_INIT) for d in diagnostics):
            # Somebody has changed .terraform since; set it up again, and try once more.
            (self.stack.own / _INIT).unlink(missing_ok=True)
            self._initialised = False
            self.init()
            finished = self._start(*arguments, record=record, quiet=quiet)
            diagnostics = read_diagnostics(finished.stdout, finished.stderr)
        fine = (0, HAS_CHANGES) if arguments[0] == "plan" else (0,)
        if finished.exit_code in fine:
            return finished
        self._terraform.interruption.check()
        raise self._failure(arguments, finished, diagnostics)

    def lock_problems(self) -> tuple[Problem, ...]:
        """Take and free the lock, to name its holder beside what was left unsaved.

        `untaint -allow-missing` of what is not there changes nothing, and asks no provider.
        """
        try:
            self.run("untaint", "-no-color", "-allow-missing", "terraform_data.lock_probe")
        except PlatformError as error:
            return tuple(problem for problem in error.problems if problem.code == "StateLocked")
        return ()

    def keep(self, address: str) -> None:
        """Untaint what an interrupted apply has made; the next plan compares it with the code."""
        self.run("untaint", "-no-color", LOCK_TIMEOUT, address)
        self._terraform.on_event(
            Message(
                stack=self.stack.name,
                level="info",
                text="made by the interrupted apply; kept, and compared with the code",
                address=address,
            )
        )

    def run_import(self, address: str, id: str) -> None:
        """Take something that exists into the state."""
        self.run("import", "-no-color", "-input=false", LOCK_TIMEOUT, address, id)

    def _start(self, *arguments: str, record: Path | None = None, quiet: bool = False) -> Finished:
        """Run a command, whatever its exit code."""
        terraform = self._terraform

        def report(line: str) -> None:
            event = None if quiet else parse_line(self.stack.name, line)
            # `apply` of a plan repeats what was planned.
            repeated = arguments[0] == "apply" and getattr(event, "phase", "") == "planned"
            if event is not None and not repeated:
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

    def _failure(
        self, arguments: Sequence[str], finished: Finished, diagnostics: Sequence[Diagnostic]
    ) -> PlatformError:
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
        """Hash what `init` depends on: backend, providers, modules, lock file and program."""
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
