"""A copy of this repository, an emulated AWS of its own, and the commands that a person would run."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from platform_lib.errors import PlatformError
from platform_lib.local.server import LocalAws
from platform_lib.local.variables import overlay
from platform_lib.terraform.plan import Plan
from platform_lib.terraform.program import Program, find_program
from tests import emulator, provider

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT_ID = "111111111111"

SMALL_ENVIRONMENT = """
    from ipaddress import IPv4Network

    from environments.accounts import WORKLOADS
    from environments.checkout import base
    from platform_lib.environment import Category, Environment
    from platform_lib.network.config import VpcConfig
    from platform_lib.network.tiers import Tier

    ENVIRONMENT = Environment(
        name="small",
        category=Category.INTERNAL,
        account=WORKLOADS,
        region=base.REGION,
        system=base.SYSTEM,
        tags=base.TAGS,
        vpc=VpcConfig(
            cidr=IPv4Network("10.60.0.0/16"),
            zones=("a", "b"),
            nat_zones=("a",),
            endpoints=(),
        ),
    )
"""
"""As small as an environment gets: what takes the provider minutes is left out."""


@dataclass
class Repository:
    """A throw-away copy of the repository and the emulated AWS that it is applied to."""

    folder: Path
    aws: LocalAws
    program: Path
    providers: Path
    """The mirror that Terraform takes the provider from."""

    @property
    def environ(self) -> dict[str, str]:
        """Variables of every command."""
        variables = overlay(os.environ, self.aws.environment())
        # More at once than Terraform's ten: much of the work is the provider waiting.
        return {
            **variables,
            "TF_CLI_ARGS_apply": "-parallelism=30",
            "NO_COLOR": "1",
            "PLATFORM_PLUGIN_DIR": str(self.providers),
        }

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of `platformctl` from this copy."""
        return [sys.executable, "-m", "platform_lib.cli", *arguments]

    def run(self, *arguments: str, expect: int = 0) -> str:
        """Run `platformctl` and return what it printed; fail on another exit code."""
        finished = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            text=True,
            check=False,
        )
        printed = finished.stdout + finished.stderr
        assert finished.returncode == expect, f"{arguments}: {finished.returncode}\n{printed}"
        assert "Traceback" not in printed, printed
        return printed

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `platformctl` in a process group of its own."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            pass_fds=[self.aws.lifeline_fd],
        )

    def plan(self, stack: str, *options: str) -> dict[str, Any]:
        """Plan one stack with plain `terraform` and return the plan as JSON, values and all."""
        folder = self.folder / "cdktf.out" / "stacks" / stack
        self.terraform(stack, "plan", "-input=false", "-out=test.tfplan", *options)
        shown = self.terraform(stack, "show", "-json", "test.tfplan")
        (folder / "test.tfplan").unlink()
        plan: dict[str, Any] = json.loads(shown)
        return plan

    def changes(self, stack: str, *options: str) -> Plan:
        """Plan one stack with plain `terraform` and return what it would do."""
        stream = self.terraform(stack, "plan", "-json", "-input=false", *options)
        plan = Plan.of_stream(stream)
        assert plan is not None, stream
        return plan

    def settled(self, stack: str) -> None:
        """Plan one stack again with plain `terraform`; fail where that finds anything to do."""
        self.terraform(stack, "plan", "-input=false", "-detailed-exitcode")

    def terraform(self, stack: str, *arguments: str, expect: int = 0) -> str:
        """Run plain `terraform` in the folder of a stack, after `platformctl` has worked in it."""
        config = self.folder / ".platform" / "terraform.rc"
        environ = self.environ | ({"TF_CLI_CONFIG_FILE": str(config)} if config.is_file() else {})
        finished = subprocess.run(
            [str(self.program), *arguments],
            cwd=self.folder / "cdktf.out" / "stacks" / stack,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == expect, finished.stdout + finished.stderr
        return finished.stdout

    def write(self, path: str, text: str) -> None:
        """Write a file of the copy."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text).lstrip())

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace text in a file of the copy; the text has to be there."""
        target = self.folder / path
        before = target.read_text()
        assert old in before, f"{old!r} is not in {path}"
        target.write_text(before.replace(old, new))

    def count(self) -> Counter[tuple[str, str]]:
        """Count what exists in the emulated AWS, by service and kind."""
        return Counter((item.service, item.kind) for item in self.aws.inventory())


@pytest.fixture(scope="session")
def terraform() -> Program:
    """Return Terraform; skip without it, and fail instead where CI is set."""
    try:
        return find_program(os.environ)
    except PlatformError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def make_repository(
    terraform: Program, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Repository]]:
    """Return a maker of copies, each with an emulated AWS of its own."""
    started: list[LocalAws] = []
    providers = provider.mirror(terraform, tmp_path_factory)

    def make() -> Repository:
        folder = tmp_path_factory.mktemp("repository")
        # Other workers write byte code there at this moment, under names that go again.
        unwanted = shutil.ignore_patterns("__pycache__")
        for name in ("platform_lib", "environments", "services"):
            shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
        for name in ("cdktf.json", "main.py", ".terraform.lock.hcl"):
            shutil.copy(ROOT / name, folder / name)
        provider.admit(providers, folder / ".terraform.lock.hcl")
        aws = emulator.start(account_id=ACCOUNT_ID, region="us-east-1")
        started.append(aws)
        return Repository(folder, aws, terraform.path, providers)

    yield make
    for aws in started:
        aws.stop()


def bootstrapped(
    make: Callable[[], Repository], environment: str = SMALL_ENVIRONMENT
) -> Repository:
    """Return a copy with the small environment, and a place for its state; nothing is applied."""
    repository = make()
    repository.write("environments/small.py", environment)
    # The account's settings play no part here, and test_applied_environments applies them.
    repository.edit("platform_lib/stacks/keys.py", "self.add_dependency(foundation)", "")
    repository.run("bootstrap", "small")
    return repository


@dataclass(frozen=True)
class Small:
    """The small environment, applied while somebody else wanted to."""

    repository: Repository
    code: int
    """Exit code of the apply."""

    printed: str
    """What it said."""

    second: str
    """What a second run said meanwhile."""


@pytest.fixture(scope="session")
def small(make_repository: Callable[[], Repository]) -> Small:
    """Apply the small environment once, for tests that leave it as it is, in one xdist group."""
    repository = bootstrapped(make_repository)
    first = repository.start("apply", "small", "keys", "network")
    five_seconds_into(repository, first)
    second = repository.run("plan", "small", "network", expect=1)
    printed, _ = first.communicate(timeout=300)
    return Small(repository, first.returncode, printed, second)


@pytest.fixture
def applied(small: Small) -> Repository:
    """Return the small environment as it is applied, with its code as it was."""
    assert small.code == 0, small.printed
    repository = small.repository
    for path in ("platform_lib/stacks/keys.py", "environments/small.py"):
        source = repository.folder / f"{path}.applied"
        target = repository.folder / path
        if source.is_file():
            target.write_text(source.read_text())
        else:
            source.write_text(target.read_text())
    return repository


def record_of(repository: Repository) -> Path:
    """Return the recorded stream of the apply of the network."""
    return repository.folder / "cdktf.out/stacks/small-network/.platform/apply.jsonl"


def five_seconds_into(repository: Repository, process: subprocess.Popen[str]) -> None:
    """Wait until the apply of the network has worked for five seconds."""
    assert wait_until(record_of(repository).is_file, 120), process.poll()
    time.sleep(5)


def processes_of(folder: Path) -> list[str]:
    """Return the command lines of processes that work in ``folder``."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            cwd = (entry / "cwd").readlink()
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if cwd.is_relative_to(folder) and line:
            found.append(line)
    return found


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until ``condition`` holds; tell whether it did in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return condition()


def interrupt(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal to `platformctl` alone and return what it printed until its end."""
    process.send_signal(number)
    printed, _ = process.communicate(timeout=120)
    return printed
