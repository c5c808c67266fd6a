"""An apply that is cut short: nothing stays locked, nothing is left running, nothing is made twice."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.applied.conftest import (
    SMALL_ENVIRONMENT,
    Repository,
    bootstrapped,
    five_seconds_into,
    processes_of,
    record_of,
    wait_until,
)

pytestmark = pytest.mark.terraform

ALONE = SMALL_ENVIRONMENT.replace("endpoints=()", "endpoints=(), flow_logs=None")
"""Flow logs are encrypted: without them the network needs no key, and nothing else is applied."""

ONE_TIER = ALONE.replace(
    'nat_zones=("a",)', "nat_zones=(), tiers=(Tier.INTRA,), subnet_group_tier=Tier.INTRA"
)
"""Few resources, since each has to be imported by a command of its own: two seconds for each."""

_NETWORK = ("apply", "small", "network")

_KINDS = {
    "ElasticAddress": ("aws_eip",),
    "InternetGateway": ("aws_internet_gateway",),
    "NatGateway": ("aws_nat_gateway",),
    "NetworkAcl": ("aws_network_acl", "aws_default_network_acl"),
    "RouteTable": ("aws_route_table", "aws_default_route_table"),
    "SecurityGroup": ("aws_security_group", "aws_default_security_group"),
    "Subnet": ("aws_subnet",),
    "VPC": ("aws_vpc",),
    "VPCEndPoint": ("aws_vpc_endpoint",),
}
"""What the emulated AWS calls each thing, and the resource types that make one."""


def _prepared(make: Callable[[], Repository], environment: str) -> Repository:
    """Return a copy in which the network can be applied before anything else."""
    repository = bootstrapped(make, environment)
    repository.edit("platform_lib/app.py", "network.add_dependency(keys)", "")
    return repository


def _assert_nothing_twice(repository: Repository) -> None:
    """Compare what exists with what the state knows, kind by kind."""
    pulled = json.loads(repository.terraform("small-network", "state", "pull"))
    known = Counter(
        resource["type"] for resource in pulled["resources"] if resource["mode"] == "managed"
    )
    exists = Counter(item.kind for item in repository.aws.inventory() if item.service == "ec2")
    assert {kind: exists[kind] for kind in _KINDS} == {
        kind: sum(known[type_] for type_ in types) for kind, types in _KINDS.items()
    }
    assert exists["Subnet"] >= 2


def _until_a_vpc_is_made(repository: Repository, process: subprocess.Popen[str]) -> None:
    """Wait until the VPC is there and its state, which is saved every 20 s, cannot be."""

    def made() -> bool:
        record = record_of(repository)
        lines = record.read_text().splitlines() if record.is_file() else []
        return any('"type":"apply_complete"' in line and "aws_vpc." in line for line in lines)

    assert wait_until(made, 120), process.poll()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_next_run_converges(
    make_repository: Callable[[], Repository], number: signal.Signals
) -> None:
    """After Ctrl-C, SIGTERM or the death of `platformctl` the next run finishes the work."""
    repository = _prepared(make_repository, ALONE)
    process = repository.start(*_NETWORK)
    five_seconds_into(repository, process)

    process.send_signal(number)
    printed, _ = process.communicate(timeout=120)

    assert process.returncode == (-signal.SIGKILL if number == signal.SIGKILL else 1), printed
    assert wait_until(lambda: processes_of(repository.folder) == [], 60)
    assert "Traceback" not in printed
    repository.run(*_NETWORK)
    repository.settled("small-network")
    _assert_nothing_twice(repository)


def test_a_killed_terraform_is_recovered_from(make_repository: Callable[[], Repository]) -> None:
    """The next run names the lock's holder, and what was made and not saved with its imports."""
    repository = _prepared(make_repository, ONE_TIER)
    process = repository.start(*_NETWORK)
    _until_a_vpc_is_made(repository, process)
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
    repository.settled("small-network")
    _assert_nothing_twice(repository)


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
