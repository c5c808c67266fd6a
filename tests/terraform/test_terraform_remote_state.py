"""With states in S3 and the lock in DynamoDB: one at a time, and nothing is lost."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from platform_lib.local.server import LocalAws
from platform_lib.local.variables import overlay
from platform_lib.terraform.bootstrap import Bootstrap
from platform_lib.terraform.events import ResourceProgress
from platform_lib.terraform.results import StackResult, exit_code
from platform_lib.terraform.schedule import Rules
from platform_lib.terraform.state_store import StateStore
from tests import emulator

if TYPE_CHECKING:
    from tests.terraform.conftest import Lab

pytestmark = pytest.mark.terraform

STORE = StateStore(
    bucket="acme-state", region="eu-west-1", account_id="111111111111", table="acme-locks"
)


@pytest.fixture(scope="module")
def emulated() -> Iterator[LocalAws]:
    """Start an emulated AWS with a state store."""
    with emulator.start(account_id=STORE.account_id, region=STORE.region) as aws:
        session = boto3.Session("emulated", "emulated", region_name=STORE.region)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
            for name in ("AWS_PROFILE", "AWS_CA_BUNDLE", "HTTP_PROXY", "http_proxy"):
                patch.delenv(name, raising=False)
            Bootstrap(STORE, session).apply()
            repeated = Bootstrap(STORE, session).apply()
        assert repeated == ()
        yield aws


@pytest.fixture
def remote(lab: Lab, emulated: LocalAws, request: pytest.FixtureRequest) -> Lab:
    """Return a lab whose stack `net` keeps its state in S3, under a key of the test's own."""
    lab.environ = overlay(lab.environ, emulated.environment())
    lab.session_options["pass_fds"] = [emulated.lifeline_fd]
    lab.backend = {
        "s3": {
            "bucket": STORE.bucket,
            "key": f"{request.node.name}.tfstate",
            "region": STORE.region,
            "dynamodb_table": STORE.table,
        }
    }
    return lab


def slow(seconds: int) -> dict[str, Any]:
    """Return a quick resource, and one after it that takes time."""
    return {
        "made": {"input": "m"},
        "begun": {
            "input": "b",
            "depends_on": ["terraform_data.made"],
            "provisioner": {"local-exec": {"command": f"sleep {seconds}"}},
        },
    }


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + 45
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def apply_beside(lab: Lab) -> tuple[threading.Thread, list[StackResult]]:
    """Apply `net` in a thread and return when its slow resource has begun."""
    results: list[StackResult] = []
    thread = threading.Thread(target=lambda: results.extend(lab.schedule().apply(["net"])))
    thread.start()

    def begun() -> bool:
        return any(
            isinstance(event, ResourceProgress)
            and (event.address, event.phase) == ("terraform_data.begun", "started")
            for event in tuple(lab.events)
        )

    wait_for(begun)
    return thread, results


def terraform_in(directory: Path) -> int:
    """Return the Terraform that runs in a folder."""
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
            if Path(command[0].decode()).name == "terraform" and (
                (entry / "cwd").resolve() == directory.resolve()
            ):
                return int(entry.name)
        except OSError:
            continue
    pytest.fail("no terraform runs there")


def test_two_applies_at_once(remote: Lab) -> None:
    """The second is refused by the lock with exit 1, and the first one's state is whole."""
    remote.app.add("net", slow(3), backend=remote.backend)
    thread, first = apply_beside(remote)

    second = remote.schedule().apply(["net"])
    thread.join()

    assert exit_code(second) == 1
    assert "net: the state is locked by " in str(second[0].problems[0])
    assert [result.status for result in first] == ["applied"]
    again = remote.schedule().plan(["net"])
    assert [result.status for result in again] == ["unchanged"]


def test_an_interrupted_apply_frees_the_lock(remote: Lab) -> None:
    """What was made is saved, the lock is free, and the next run makes nothing twice."""
    remote.app.add("net", slow(30), backend=remote.backend)
    thread, first = apply_beside(remote)

    remote.interruption.request("SIGTERM")
    thread.join()
    made = next(
        e.id for e in remote.events if isinstance(e, ResourceProgress) and e.phase == "done"
    )
    remote.app.add("net", slow(0), backend=remote.backend)
    again = remote.fresh().schedule().apply(["net"])

    assert str(first[0].problems[0]) == (
        "interrupted by SIGTERM; run the same command again to go on [Interrupted]"
    )
    assert [(result.status, result.problems) for result in again] == [("applied", ())]
    state = remote.fresh().schedule().runner("net").state()
    assert {i.address: i.id for i in state.instances}["terraform_data.made"] == made


def test_a_killed_terraform_loses_nothing(remote: Lab) -> None:
    """The next run names the lock's holder and what was made; after the two commands it goes on."""
    remote.app.add("net", slow(30), backend=remote.backend)
    directory = remote.app.stacks["net"].directory
    thread, _first = apply_beside(remote)
    os.kill(terraform_in(directory), signal.SIGKILL)
    thread.join()
    made = next(
        e.id for e in remote.events if isinstance(e, ResourceProgress) and e.phase == "done"
    )

    refused = remote.schedule().plan(["net"])
    lock, unsaved, begun = (str(problem) for problem in refused[0].problems)
    unlock = lock.rpartition("any more: ")[2].removesuffix(" [StateLocked]")
    import_it = unsaved.rpartition("take it in: ")[2].removesuffix(" [Unsaved]")
    for command in (unlock.replace("force-unlock", "force-unlock -force"), import_it):
        subprocess.run(shlex.split(command), check=True, env=remote.environ, timeout=30)
    still = remote.schedule().plan(["net"])
    remote.app.add("net", slow(0), backend=remote.backend)
    finished = remote.schedule(rules=Rules(ignore_unsaved=True)).apply(["net"])

    assert lock.startswith("net: the state is locked by ")
    assert f" import terraform_data.made {made}" in unsaved
    assert begun.startswith("net/terraform_data.begun: was being made")
    assert [problem.where for problem in still[0].problems] == ["net/terraform_data.begun"]
    assert [result.status for result in finished] == ["applied"]
    state = remote.schedule().runner("net").state()
    assert {i.address: i.id for i in state.instances}["terraform_data.made"] == made
