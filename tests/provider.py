"""The AWS provider behind a program of two lines, for tests that start Terraform many times.

Terraform hashes the package of a provider in every command, and this one has 700 MB: 0.5 s of
processor time, a quarter of what it takes to apply an environment. In this mirror the package is a
script that becomes the real provider when it is started; all else is as with any mirror.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from platform_lib.terraform.program import Program
from platform_lib.terraform.providers import REGISTRY, choose_source

__all__ = ["admit", "mirror"]

VERSION = "5.100.0"
_PACKAGE = Path(REGISTRY, "hashicorp", "aws", VERSION)
_REQUIRED = {"aws": {"source": "hashicorp/aws", "version": VERSION}}


def mirror(program: Program, factory: pytest.TempPathFactory) -> Path:
    """Return a folder for ``PLATFORM_PLUGIN_DIR``, which one worker makes for all."""
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    made, work = folder / "providers", folder / "providers-init"
    with (folder / "providers.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not made.is_dir():
            work.mkdir()
            real = _installed(program, work)
            package = work / "mirror" / _PACKAGE / real.parent.name
            package.mkdir(parents=True)
            script = package / real.name
            script.write_text(f'#!/bin/sh\nexec "{real}" "$@"\n')
            script.chmod(0o755)
            (work / "mirror").rename(made)
    return made


def admit(mirror: Path, lock: Path) -> None:
    """Add the package's hash to a lock file, which admits only what is written there.

    https://developer.hashicorp.com/terraform/language/files/dependency-lock#h1
    """
    (script,) = (mirror / _PACKAGE).glob("*/*")
    content = hashlib.sha256(script.read_bytes()).hexdigest()
    digest = hashlib.sha256(f"{content}  {script.name}\n".encode()).digest()
    entry = f'  hashes = [\n    "h1:{base64.b64encode(digest).decode()}",'
    lock.write_text(lock.read_text().replace("  hashes = [", entry, 1))


def _installed(program: Program, work: Path) -> Path:
    document = {"terraform": {"required_providers": _REQUIRED}}
    (work / "main.tf.json").write_text(json.dumps(document))
    done = subprocess.run(
        [program.path, "init", "-input=false", "-no-color"],
        cwd=work,
        env=choose_source(os.environ).environment(os.environ, work),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (real,) = (work / ".terraform" / "providers" / _PACKAGE).glob("*/terraform-provider-aws*")
    return real.resolve()
