"""A folder with Terraform code, and the real Terraform on it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_lib.terraform.plan import Plan

__all__ = ["Workspace"]


@dataclass(frozen=True)
class Workspace:
    """A folder with Terraform code, and the environment to run it in."""

    directory: Path
    program: Path
    environment: dict[str, str]

    def run(self, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run Terraform; any other exit code than the expected one fails with its output."""
        finished = subprocess.run(
            [self.program, *arguments, "-no-color"],
            cwd=self.directory,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if expect is not None and finished.returncode != expect:
            pytest.fail(f"terraform {' '.join(arguments)}:\n{finished.stdout}{finished.stderr}")
        return finished

    def apply(self, *arguments: str) -> None:
        """Apply without asking."""
        self.run("apply", "-input=false", "-auto-approve", *arguments)

    def destroy(self, *arguments: str) -> None:
        """Destroy without asking, and without reading what the plan before has read."""
        self.run("destroy", "-auto-approve", "-refresh=false", *arguments)

    def differences(self, *arguments: str) -> int:
        """Return the exit code of ``plan -detailed-exitcode``: 0 for none, 2 for some."""
        finished = self.run("plan", "-input=false", "-detailed-exitcode", *arguments, expect=None)
        if finished.returncode == 1:
            pytest.fail(finished.stdout + finished.stderr)
        return finished.returncode

    def changes(self, *arguments: str) -> dict[str, list[str]]:
        """Plan, and return what happens by address, leaving out what stays."""
        stream = self.run("plan", "-json", "-input=false", "-out=planned", *arguments).stdout
        plan = Plan.of_stream(stream)
        assert plan is not None, stream
        return {
            change.address: list(change.actions)
            for change in plan.changes
            if change.actions != ("no-op",)
        }
