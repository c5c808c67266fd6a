"""AWS CDK for Python in a virtual environment of its own, below ``.platform``.

What goes in is locked in ``peers.lock``; to move to another version, change ``peers.in`` and run

    uv pip compile bench/peers.in --python-version 3.11 --universal --generate-hashes \
      --no-emit-index-url --no-annotate --no-header --output-file bench/peers.lock
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from bench.processes import PYTHON, ROOT

LOCK = Path(__file__).parent / "peers.lock"
FOLDER = ROOT / ".platform" / "bench-peers"
_READY = FOLDER / "lock.sha256"
_INTERPRETER = FOLDER / "venv" / "bin" / "python"


def is_ready() -> bool:
    """Return whether the environment holds what the lock names."""
    return _READY.exists() and _READY.read_text() == _digest() and _INTERPRETER.exists()


def interpreter(note: Callable[[str], None]) -> str:
    """Return its Python; install it first if it is missing or the lock has changed."""
    if not is_ready():
        note(f"installing AWS CDK into {FOLDER.relative_to(ROOT)}, about 450 MB")
        shutil.rmtree(FOLDER, ignore_errors=True)
        _run(PYTHON, "-m", "venv", str(FOLDER / "venv"))
        quiet = ("-qq", "--disable-pip-version-check")
        wanted = ("--require-hashes", "--requirement", str(LOCK))
        _run(str(_INTERPRETER), "-m", "pip", "install", *quiet, *wanted)
        _READY.write_text(_digest())
    return str(_INTERPRETER)


def versions() -> str:
    """Return what the lock compares with."""
    pins = [line.split()[0] for line in LOCK.read_text().splitlines() if "==" in line]
    return ", ".join(pin for pin in pins if pin.startswith(("aws-cdk-lib", "jsii", "constructs")))


def _digest() -> str:
    return hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - Python and pip
