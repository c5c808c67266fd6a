"""A throw-away project, and `platformctl` in there: in a process of its own, or from a warm one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from platform_lib.errors import OperationError
from platform_lib.terraform.program import find_program
from tests.warm import Warm

PLATFORMCTL = Path(sys.executable).parent / "platformctl"
TIMEOUT = 300
STEERING = ("AWS_", "CDKTF_", "COVERAGE_", "FORCE_COLOR", "JSII_", "PLATFORM_", "TF_")

"""Variables that no command under test gets. Coverage is left out as well: some hundred short
processes take twice as long with it, and what they run is measured by the tests of each part."""

ACCOUNTS = """\
from platform_lib.environment import Account, LocalState, Tags

TAGS = Tags(owner="shop", cost_center="1000", repository="acme/shop")
WORKLOADS = Account(
    name="workloads",
    id="111111111111",
    region="eu-central-1",
    organization="acme",
    state=LocalState(),
    tags=TAGS,
)
ACCOUNTS = (WORKLOADS,)
"""

DEV = """\
from ipaddress import IPv4Network

from environments.accounts import TAGS, WORKLOADS
from platform_lib.environment import Category, Environment
from platform_lib.network.config import VpcConfig

ENVIRONMENT = Environment(
    name="shop-dev",
    account=WORKLOADS,
    category=Category.INTERNAL,
    system="shop",
    region="eu-central-1",
    tags=TAGS,
    vpc=VpcConfig(
        cidr=IPv4Network("10.10.0.0/16"),
        zones=("a", "b"),
        nat_zones=(),
        endpoints=(),
        flow_logs=None,
    ),
)
"""

PROD = (
    DEV.replace("shop-dev", "shop-prod").replace("INTERNAL", "CUSTOMER").replace("10.10", "10.20")
)
"""A customer environment below its guardrails."""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Return everything that it printed."""
        return self.out + self.err

    @property
    def problems(self) -> list[str]:
        """Return the lines on standard error."""
        return self.err.splitlines()

    @property
    def json(self) -> Any:
        """Return its standard output, read as one JSON document."""
        return json.loads(self.out)


@dataclass
class Shop:
    """A project in a folder of its own."""

    root: Path
    environ: dict[str, str] = field(default_factory=dict)
    warm: Warm | None = None
    """What starts commands; a process of their own where there is nothing."""

    def write(self, path: str, text: str) -> Path:
        """Write a file below the project."""
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return file

    def files(self) -> dict[str, bytes]:
        """Return every file with its content."""
        return {
            str(path.relative_to(self.root)): path.read_bytes()
            for path in self.root.rglob("*")
            if path.is_file()
        }

    def run(self, *arguments: str, **environ: str) -> Done:
        """Run `platformctl` in the project's folder."""
        return self.run_in(self.root, *arguments, **environ)

    def run_in(self, folder: Path, *arguments: str, **environ: str) -> Done:
        """Run `platformctl` with its output going to files."""
        if self.warm is None:
            return self._run_fresh(folder, arguments, environ)
        variables = {**self.environ, **environ}
        done = self.warm.run(
            PLATFORMCTL, *arguments, cwd=folder, environ=variables, timeout=TIMEOUT
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def run_fresh(self, *arguments: str, **environ: str) -> Done:
        """Run `platformctl` as a shell does: a new process, with its output going to pipes."""
        return self._run_fresh(self.root, arguments, environ)

    def _run_fresh(
        self, folder: Path, arguments: Sequence[str], environ: Mapping[str, str]
    ) -> Done:
        done = subprocess.run(
            [str(PLATFORMCTL), *arguments],
            cwd=folder,
            env={**self.environ, **environ},
            check=False,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT,
        )
        return Done(done.returncode, done.stdout, done.stderr)


def _environ() -> dict[str, str]:
    """Return the variables of every command."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(STEERING)}
    for name in ("PLATFORM_TERRAFORM", "PLATFORM_PLUGIN_DIR"):
        if name in os.environ:
            kept[name] = os.environ[name]
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(autouse=True)
def _terraform_where_it_is_needed(request: pytest.FixtureRequest) -> None:
    """Skip what needs Terraform where it is missing, and fail there in CI."""
    if request.node.get_closest_marker("terraform") is None:
        return
    try:
        find_program(os.environ)
    except OperationError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    """Return what starts commands without importing the library for each."""
    started = Warm(_environ())
    yield started
    started.stop()


def make_shop(root: Path, warm: Warm | None = None) -> Shop:
    """Make a project with one account and one internal environment."""
    project = Shop(root, _environ(), warm)
    project.write("cdktf.json", "{}")
    project.write("environments/__init__.py", "")
    project.write("environments/accounts.py", ACCOUNTS)
    project.write("environments/dev.py", DEV)
    return project


@pytest.fixture
def shop(tmp_path: Path, warm: Warm) -> Shop:
    """Return a project with one account and one internal environment."""
    return make_shop(tmp_path / "shop", warm)


@pytest.fixture
def terraform_of(tmp_path: Path) -> Any:
    """Return a maker of programs that answer like a Terraform of some version."""

    def make(first_line: str) -> Path:
        program = tmp_path / "bin" / "terraform"
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\necho '{first_line}'\n")
        program.chmod(0o755)
        return program

    return make
