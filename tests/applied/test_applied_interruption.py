"""An apply that is cut short: nothing stays locked, nothing is left running, nothing is made twice."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.applied.conftest import (
    Repository,
    applied_small,
    processes_of,
    wait_until,
)

pytestmark = pytest.mark.terraform

_NETWORK = ("apply", "small", "network")


def _resources(repository: Repository) -> int:
    """Count what the network made, without what every VPC has by itself."""
    return sum(
        count
        for (service, _), count in repository.count().items()
        if service in ("ec2", "logs", "iam", "rds", "elasticache")
    )


def _five_seconds_into(repository: Repository, process: subprocess.Popen[str]) -> None:
    """Wait until the apply of the network has worked for five seconds."""
    record = repository.folder / "cdktf.out/stacks/small-network/.platform/apply.jsonl"
    assert wait_until(record.is_file, 60), process.poll()
    time.sleep(5)


@pytest.fixture(scope="module")
def whole(make_repository: Callable[[], Repository]) -> int:
    """Return how much an uninterrupted apply makes."""
    return _resources(applied_small(make_repository))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_next_run_converges(
    make_repository: Callable[[], Repository], whole: int, number: signal.Signals
) -> None:
    """After Ctrl-C, SIGTERM or the death of `platformctl` the next run finishes the work."""
    repository = applied_small(make_repository, "keys")
    process = repository.start(*_NETWORK)
    _five_seconds_into(repository, process)

    process.send_signal(number)
    printed, _ = process.communicate(timeout=120)

    assert process.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 1), printed
    assert wait_until(lambda: processes_of(repository.folder) == [], 60)
    assert "Traceback" not in printed
    repository.run(*_NETWORK)
    repository.run("plan", "small", "network", "--detailed-exitcode")
    assert _resources(repository) == whole


def test_a_killed_terraform_is_recovered_from(make_repository: Callable[[], Repository]) -> None:
    """The next run names the lock's holder, and what was made and not saved with its imports."""
    repository = applied_small(make_repository, "keys")
    process = repository.start(*_NETWORK)
    _five_seconds_into(repository, process)
    os.kill(_terraform_in(repository.folder), signal.SIGKILL)
    process.communicate(timeout=120)
    assert wait_until(lambda: processes_of(repository.folder) == [], 60)

    printed = repository.run(*_NETWORK, expect=1)

    assert re.search(r"locked by \S+@\S+", printed), printed
    lock = re.search(r"force-unlock (?:-force )?(\S+)", printed)
    assert lock, printed
    imports = re.findall(r"terraform (?:-chdir=\S+ )?import (\S+) (\S+)", printed)
    assert any(address.startswith("aws_vpc.") for address, _ in imports), printed
    repository.terraform("small-network", "force-unlock", "-force", lock.group(1).rstrip(";,"))
    for address, existing in imports:
        repository.terraform(
            "small-network", "import", "-input=false", address, existing.rstrip(";,")
        )
    repository.run(*_NETWORK)
    repository.run("plan", "small", "network", "--detailed-exitcode")


def test_the_second_of_two_applies_is_refused(make_repository: Callable[[], Repository]) -> None:
    """The DynamoDB lock lets one in; the other says who holds it, and the state is intact."""
    repository = applied_small(make_repository, "keys")
    first = repository.start(*_NETWORK)
    _five_seconds_into(repository, first)

    second = repository.run("plan", "small", "network", expect=1)

    printed, _ = first.communicate(timeout=300)
    assert first.returncode == 0, printed
    assert "locked" in second
    repository.run("plan", "small", "network", "--detailed-exitcode")


def _terraform_in(folder: Path) -> int:
    """Return the process id of the Terraform that applies in ``folder``."""
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            inside = (entry / "cwd").readlink().is_relative_to(folder)
            arguments = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if inside and arguments[0].endswith(b"terraform") and arguments[1] == b"apply":
            return int(entry.name)
    raise AssertionError("no terraform apply is running")
