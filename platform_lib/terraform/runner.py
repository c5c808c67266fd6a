"""Terraform's commands on one stack."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from platform_lib.errors import OperationError, PlatformError
from platform_lib.terraform.commands import HAS_CHANGES, LOCK_TIMEOUT, StackCommands
from platform_lib.terraform.plan import Plan
from platform_lib.terraform.recovery import Recovery
from platform_lib.terraform.saved_plan import PlanRecord, file_digest
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import Stack
from platform_lib.terraform.state import State
from platform_lib.terraform.unsaved import find_unsaved

__all__ = ["Planned", "Runner"]

_PLAN = "plan.tfplan"
_RECORD = "plan.json"
_APPLY = "apply.jsonl"

_PARALLELISM = 30
"""Resources at once, against Terraform's 10: what takes long is the provider waiting. It waits a
minute before each subnet of an interface endpoint, and a network with four endpoints in three zones
took 541 s with 10, 224 s with 40 (https://github.com/hashicorp/terraform-provider-aws/issues/3382)."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan and the file to apply it from."""

    plan: Plan
    """What it does; with the values of what goes away only if `Runner.with_values` read them."""

    path: Path
    """The plan file."""

    digest: str
    """SHA-256 of the plan file, so that nothing else is applied in its place."""

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
        self._commands = StackCommands(terraform, stack)
        self._recovery = Recovery(terraform, stack, self._commands)

    def init(self) -> None:
        """Run `terraform init` unless nothing that it depends on has changed."""
        self._commands.init()

    def state(self) -> State:
        """Read the state; empty when the stack was never applied."""
        with self._commands.turn:
            self._commands.init()
            return State.parse(self._commands.run("state", "pull", quiet=True).stdout)

    def check_unsaved(self, *, ignore: bool = False) -> None:
        """Take in what an interrupted apply has made; refuse to go on where that cannot be done.

        Args:
            ignore: Forget the record instead.

        Raises:
            OperationError: What was made, with import commands, and the lock if it is still held;
                or another run applies the stack at this moment.
        """
        record = self.stack.own / _APPLY
        with self._commands.turn:
            if not record.is_file():
                return
            self._refuse_beside_another(record)
            text = record.read_text(errors="replace")
            unsaved = find_unsaved(text, self.stack.document, self.state())
            if not ignore:
                unsaved = self._recovery.settle(unsaved, self.state, record.stat().st_mtime)
            if unsaved and not ignore:
                error = unsaved.error(self.stack.name, self.stack.directory)
                raise OperationError.of((*self._commands.lock_problems(), *error.problems))
            for address in unsaved.unfinished:
                self._commands.keep(address)
            record.unlink()

    def plan(
        self, *, destroy: bool = False, upstream: Mapping[str, Mapping[str, Any]] | None = None
    ) -> Planned:
        """Plan, and keep the plan for a later `apply`; read from Terraform's stream of what it does.

        Args:
            destroy: Plan to destroy everything; such a plan is never used by a later run.
            upstream: Values of the upstream outputs that the stack reads, to know later whether
                they have changed.
        """
        path = self.stack.own / _PLAN
        with self._commands.turn:
            self._commands.init()
            self.discard_plan()
            plan = self._planned(path, *(["-destroy"] if destroy else []))
            if not destroy:
                record = PlanRecord.of(self.stack, path, upstream or {}, plan.content)
                record.write(self.stack.own / _RECORD)
            return Planned(plan, path, file_digest(path))

    def with_values(self, planned: Planned) -> Planned:
        """Add what the stream leaves out where something goes away: its values, and what forces it.

        Terraform starts the provider once more for it, which takes seconds.
        """
        if not planned.plan.destroys:
            return planned
        with self._commands.turn:
            return replace(planned, plan=self._show(planned.path))

    def refused_plan(self) -> Plan | None:
        """Return what Terraform had planned when it refused to go on, so that one can say why.

        It writes the plan file even then, and will not apply it.
        """
        path = self.stack.own / _PLAN
        with self._commands.turn:
            try:
                return self._show(path) if path.is_file() else None
            except PlatformError:
                return None
            finally:
                self.discard_plan()

    def saved_plan(self, upstream: Mapping[str, Mapping[str, Any]]) -> Planned | None:
        """Return the plan of an earlier run when everything that it was made from is unchanged."""
        path = self.stack.own / _PLAN
        with self._commands.turn:
            recorded = PlanRecord.read(self.stack.own / _RECORD)
            if recorded is None or not path.is_file():
                return None
            if recorded != PlanRecord.of(self.stack, path, upstream):
                return None
            self._commands.init()
            return Planned(Plan(recorded.content), path, recorded.plan, saved=True)

    def discard_plan(self) -> None:
        """Remove the saved plan, which can hold secrets."""
        for name in (_PLAN, _RECORD):
            (self.stack.own / name).unlink(missing_ok=True)

    def apply(self, planned: Planned) -> State | None:
        """Apply a plan, recording what it makes until the state is known to hold it.

        Returns:
            The state afterwards, where it could be read.

        Raises:
            OperationError: With code `PlanStale` when the state has moved on since the plan was made.
        """
        record = self.stack.own / _APPLY
        with self._commands.turn:
            self._refuse_beside_another(record)
            if not planned.path.is_file() or file_digest(planned.path) != planned.digest:
                raise OperationError(
                    "PlanStale",
                    "another run has planned this stack in the meantime; plan again",
                    where=self.stack.name,
                )
            record.unlink(missing_ok=True)
            state = None
            try:
                self._commands.run(
                    "apply",
                    "-json",
                    "-input=false",
                    LOCK_TIMEOUT,
                    f"-parallelism={_PARALLELISM}",
                    str(planned.path),
                    record=record,
                )
            finally:
                self.discard_plan()
                # Where the state cannot be read now, the next run compares it.
                with suppress(PlatformError):
                    state = self._forget_record_if_saved()
            return state

    def drift(self) -> Plan:
        """Plan without keeping anything."""
        path = self.stack.own / "drift.tfplan"
        with self._commands.turn:
            self._commands.init()
            try:
                return self._planned(path)
            finally:
                path.unlink(missing_ok=True)

    def is_settled(self) -> bool:
        """Ask Terraform itself, by `plan -detailed-exitcode`, whether nothing is left to do."""
        with self._commands.turn:
            self._commands.init()
            finished = self._commands.run("plan", "-json", "-input=false", "-detailed-exitcode")
            return finished.exit_code == 0

    def _planned(self, path: Path, *arguments: str) -> Plan:
        """Plan into a file, and read from the stream what Terraform would do."""
        command = (
            "plan",
            "-json",
            "-input=false",
            LOCK_TIMEOUT,
            "-detailed-exitcode",
            f"-out={path}",
            *arguments,
        )
        finished = self._commands.run(*command)
        if finished.exit_code != HAS_CHANGES:
            return Plan({"applyable": False})
        # A Terraform with other words for what it does must not make the guard blind.
        return Plan.of_stream(finished.stdout) or self._show(path)

    def _refuse_beside_another(self, record: Path) -> None:
        """Refuse while the supervisor of another run holds the record of its apply."""
        if not record.is_file():
            return
        with record.open() as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                raise OperationError.of(
                    self._commands.lock_problems()
                    or OperationError(
                        "StateLocked",
                        "another run in this folder applies the stack; wait until it has ended",
                        where=self.stack.name,
                    ).problems
                ) from None

    def _forget_record_if_saved(self) -> State:
        record, state = self.stack.own / _APPLY, self.state()
        if record.is_file():
            text = record.read_text(errors="replace")
            errored = (self.stack.directory / "errored.tfstate").is_file()
            unsaved = find_unsaved(text, self.stack.document, state)
            if not errored and not unsaved and not unsaved.unfinished:
                record.unlink()
        return state

    def _show(self, path: Path) -> Plan:
        return Plan(json.loads(self._commands.run("show", "-json", str(path), quiet=True).stdout))
