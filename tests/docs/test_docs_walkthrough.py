"""The commands of the pages work as they stand there, on an emulated AWS."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs import generate
from docs._pages import Page
from platform_lib.errors import OperationError
from platform_lib.terraform.program import find_program
from tests import emulator, provider

COPIED = (
    ".terraform.lock.hcl", "Makefile", "cdktf.json", "docs", "environments", "main.py", "services",
)  # fmt: skip
LAST_STEP = "platformctl destroy"
MISTAKE = """
folder=cdktf.out/stacks/shop-dev-network
terraform -chdir=$folder state rm $(terraform -chdir=$folder state list | grep aws_flow_log)
"""
SECONDS = 900


def blocks(name: str) -> list[str]:
    """Return the commands of a page that are meant to be run."""
    return Page(generate.ROOT / "docs" / name).fences("bash")


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """Return a copy of the project, as a clone would be; end what is started in it."""
    root = tmp_path / "platform"
    root.mkdir()
    for name in COPIED:
        source = generate.ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root)
    yield root
    run(root, ["platformctl local down"])


def run(root: Path, commands: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    """Run blocks in one shell, as a person does who copies them one after the other."""
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if name not in emulator.UNMEASURED}
    return subprocess.run(
        ["/bin/bash", "-euxo", "pipefail", "-c", "\n".join(commands)],
        cwd=root,
        env={**kept, "PATH": tools, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def test_an_environment_is_added(project: Path) -> None:
    """The how-to ends with the stacks of a new production environment, synthesised."""
    done = run(project, blocks("how-to/add-an-environment.md"))

    assert done.returncode == 0, done.stdout
    assert (project / "cdktf.out/stacks/shop-prod-network/cdk.tf.json").is_file()


@pytest.mark.terraform
def test_getting_started_and_restoring_a_state(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Every command of the first page works, and a state that lost a resource is put back.

    The how-to about restoring stands between the apply and the destroy, after a mistake with the
    state; it ends with a plan without changes.
    """
    try:
        program = find_program(os.environ)
    except OperationError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    providers = provider.mirror(program, tmp_path_factory)
    provider.admit(providers, project / ".terraform.lock.hcl")
    steps = blocks("getting-started.md")
    last = next(n for n, block in enumerate(steps) if block.startswith(LAST_STEP))
    restore = blocks("how-to/restore-yesterdays-state.md")

    commands = [*steps[:last], MISTAKE, *restore, *steps[last:]]
    done = run(project, commands, PLATFORM_PLUGIN_DIR=str(providers))

    assert done.returncode == 0, done.stdout
    printed = done.stdout.splitlines()
    assert (printed.count("exit code 2"), printed.count("exit code 3")) == (1, 1), done.stdout
    assert "11 to add, 2 to change, 0 to destroy" in done.stdout
    assert "the emulated account workloads has ended" in done.stdout
