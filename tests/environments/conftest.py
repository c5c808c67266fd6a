"""Terraform with the AWS provider, set up once for all stacks."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_lib.errors import OperationError
from platform_lib.terraform.program import find_program
from platform_lib.terraform.session import TerraformSession
from platform_lib.testing.project import SynthesisedProject

Validate = Callable[[Path], list[dict[str, Any]]]


def _unavailable(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def validate(synthesised: SynthesisedProject, tmp_path_factory: pytest.TempPathFactory) -> Validate:
    """Return a function that gives what ``terraform validate`` has to say about a folder.

    All stacks need the same provider, so one ``init`` without a backend serves them all.
    """
    work = tmp_path_factory.mktemp("terraform")
    try:
        session = TerraformSession(find_program(os.environ), environ=os.environ, work=work)
    except OperationError as error:
        _unavailable(str(error))
        raise
    program = str(session.program.path)
    session.source()
    environ = {**session.environment(), "TF_DATA_DIR": str(work / "data")}
    first = next(iter(synthesised.stacks.values())).stack.directory
    done = subprocess.run(
        [program, "init", "-backend=false", "-input=false", "-lockfile=readonly", "-no-color"],
        cwd=first,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        _unavailable(f"the AWS provider cannot be installed: {done.stderr.strip()[-400:]}")

    def diagnostics(folder: Path) -> list[dict[str, Any]]:
        done = subprocess.run(
            [program, "validate", "-json"],
            cwd=folder,
            env=environ,
            check=False,
            capture_output=True,
            text=True,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)["diagnostics"]
        return found

    return diagnostics
