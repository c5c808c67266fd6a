"""CDKTF's own command line, installed once with npm."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from platform_lib.errors import OperationError
from platform_lib.terraform.program import find_program

ROOT = Path(__file__).resolve().parents[2]
VERSION = "0.21.0"


def _unavailable(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def cdktf() -> Path:
    """Return ``cdktf``; skip where npm cannot install it, and fail there in CI."""
    npm = shutil.which("npm")
    if npm is None:
        _unavailable("npm is not on PATH; install Node.js to test with CDKTF's own command line")
    folder = ROOT / ".platform" / "cdktf-cli" / VERSION
    program = folder / "node_modules" / ".bin" / "cdktf"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not (folder / ".ready").is_file():
            quiet = ("--no-audit", "--no-fund", "--no-save")
            done = subprocess.run(
                [str(npm), "install", *quiet, "--prefix", str(folder), f"cdktf-cli@{VERSION}"],
                check=False,
                capture_output=True,
                text=True,
            )
            if done.returncode:
                _unavailable(f"npm cannot install cdktf-cli {VERSION}: {done.stderr[-300:]}")
            (folder / ".ready").touch()
    return program


@pytest.fixture
def cdktf_environ(tmp_path: Path) -> dict[str, str]:
    """Return the environment for ``cdktf``: the user's Terraform, and a home of its own."""
    try:
        terraform = find_program(os.environ)
    except OperationError as error:
        _unavailable(str(error))
        raise
    # Its Terraform reads this file and prints a warning into the output if it is missing.
    (tmp_path / "terraform.rc").touch()
    return {
        **os.environ,
        "CHECKPOINT_DISABLE": "1",
        "CI": "1",
        "HOME": str(tmp_path),
        "TERRAFORM_BINARY_NAME": str(terraform.path),
        "TF_CLI_CONFIG_FILE": str(tmp_path / "terraform.rc"),
    }
