"""However a run ends, Terraform is interrupted once, saves its state and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from platform_lib.errors import OperationError
from platform_lib.terraform import process
from platform_lib.terraform.interruption import Interruption
from platform_lib.terraform.results import StackResult, exit_code

if TYPE_CHECKING:
    from tests.terraform.conftest import App, Lab

COUNTER = """
import signal, sys, time, pathlib, os, subprocess
log = pathlib.Path(sys.argv[1])
subprocess.Popen(["sleep", "300"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
def note(number, frame):
    with log.open("a") as handle:
        handle.write("SIGINT\\n")
signal.signal(signal.SIGINT, note)
print("ready", flush=True)
end = time.monotonic() + 20
while time.monotonic() < end and not log.exists():
    time.sleep(0.02)
time.sleep(0.6)
print("saved", flush=True)
"""
"""Stands for Terraform: notes each SIGINT, ends in order after the first, and leaves a child behind."""

OWNER = """
import os, pathlib, signal, sys
from platform_lib.terraform import process
from platform_lib.terraform.interruption import Interruption
# Whoever started the tests may ignore them, as a shell does for what it runs in the background.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
handled, *command = sys.argv[1:]
interruption = Interruption()
def go():
    process.run(command, directory=pathlib.Path(), environment=os.environ, interruption=interruption,
                on_line=lambda line: print(line, flush=True))
if handled == "handled":
    with interruption.signals():
        go()
else:
    go()
"""


def wait_until(condition: Callable[[], object], seconds: float = 45) -> None:
    """Wait until a condition holds, and fail when it does not."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.02)


def members(marker: str) -> list[int]:
    """Return the processes whose command line or environment carries a marker."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
            except OSError:
                continue
            if marker.encode() in text:
                found.append(int(entry.name))
    return found


@pytest.fixture
def marker(tmp_path: Path) -> Iterator[str]:
    """Return a word that every process of the test carries in its environment."""
    word = f"platform-test-{os.getpid()}-{tmp_path.name}"
    yield word
    for pid in members(word):
        os.kill(pid, signal.SIGKILL)


def start_owner(marker: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a process that runs a command through the library."""
    return subprocess.Popen(
        [sys.executable, "-c", OWNER, *arguments],
        env={**os.environ, "MARKER": marker},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


@pytest.mark.parametrize("handled", ["handled", "bare"])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_every_end_of_the_owner_is_one_interrupt(
    tmp_path: Path, marker: str, ending: signal.Signals, handled: str
) -> None:
    """The command gets one SIGINT, ends by itself, and its children are ended after it."""
    log = tmp_path / "interrupts"
    owner = start_owner(marker, handled, sys.executable, "-c", COUNTER, str(log))
    with owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        # The terminal's Ctrl-C goes to the whole group of the owner, again and again.
        for _ in range(3 if ending == signal.SIGINT and handled == "handled" else 1):
            os.killpg(owner.pid, ending)
            time.sleep(0.05)

        def pressed_again() -> bool:
            # Without handlers, Python loses a KeyboardInterrupt that it raises inside a callback.
            time.sleep(2)
            if not log.exists() and owner.poll() is None:
                os.killpg(owner.pid, ending)
            return log.exists()

        wait_until(lambda: log.exists() or pressed_again())
        wait_until(lambda: not members(marker))

    assert log.read_text() == "SIGINT\n"


def test_a_killed_command_leaves_no_children(tmp_path: Path, marker: str) -> None:
    """`kill -9` of the command itself ends what it had started, and is told by the exit code."""
    script = "import os, subprocess, signal\nsubprocess.Popen(['sleep', '300'])\nos.kill(os.getpid(), signal.SIGKILL)"

    finished = process.run(
        [sys.executable, "-c", script],
        directory=tmp_path,
        environment={**os.environ, "MARKER": marker},
        interruption=Interruption(),
    )

    assert finished.exit_code == 128 + signal.SIGKILL
    assert members(marker) == []


HOLDER = """
import os, pathlib, sys, time
try:
    os.fstat(int(sys.argv[1]))
    print("seen", flush=True)
except OSError:
    print("unseen", flush=True)
end = time.monotonic() + 20
while time.monotonic() < end and not pathlib.Path(sys.argv[2]).exists():
    time.sleep(0.02)
"""
"""Tells whether it has a descriptor, and runs until a file appears."""


def test_descriptors_stay_open_as_long_as_the_command(tmp_path: Path) -> None:
    """What the caller passes is held by the supervisor alone: closed with it, unknown to the command."""
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    held: list[bool] = []
    os.set_blocking(reader, False)

    def while_running(_line: str) -> None:
        os.close(writer)
        try:
            os.read(reader, 1)
        except BlockingIOError:
            held.append(True)
        (tmp_path / "enough").touch()

    finished = process.run(
        [sys.executable, "-c", HOLDER, str(writer), str(tmp_path / "enough")],
        directory=tmp_path,
        environment=os.environ,
        interruption=Interruption(),
        on_line=while_running,
        pass_fds=[writer],
    )
    after = os.read(reader, 1)
    os.close(reader)

    assert finished.stdout == "unseen\n"
    assert held == [True]
    assert after == b""


def test_the_record_outlives_the_owner(tmp_path: Path, marker: str) -> None:
    """Standard output is recorded to the end although nobody reads it any more."""
    log, record = tmp_path / "interrupts", tmp_path / "record"
    owner_code = OWNER.replace("on_line=", f"record=pathlib.Path({str(record)!r}), on_line=")
    owner = subprocess.Popen(
        [sys.executable, "-c", owner_code, "bare", sys.executable, "-c", COUNTER, str(log)],
        env={**os.environ, "MARKER": marker},
        stdout=subprocess.PIPE,
    )
    with owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        owner.kill()

        wait_until(lambda: not members(marker))

    assert record.read_text() == 'ready\nsaved\n{"type":"ended","exit_code":0}\n'
    assert record.stat().st_mode & 0o077 == 0


def test_nothing_starts_after_an_interrupt(tmp_path: Path) -> None:
    """A request made before a command refuses to start it, in one sentence."""
    interruption = Interruption()
    interruption.request("SIGTERM")

    with pytest.raises(OperationError) as refused:
        process.run(["true"], directory=tmp_path, environment={}, interruption=interruption)

    assert (
        str(refused.value)
        == "interrupted by SIGTERM; run the same command again to go on [Interrupted]"
    )


def test_an_error_of_the_caller_ends_the_command(tmp_path: Path, marker: str) -> None:
    """An exception in the callback is raised again after the command was interrupted and has ended."""
    log = tmp_path / "interrupts"

    def fail(_line: str) -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        process.run(
            [sys.executable, "-c", COUNTER, str(log)],
            directory=tmp_path,
            environment={**os.environ, "MARKER": marker},
            interruption=Interruption(),
            on_line=fail,
        )

    assert log.read_text() == "SIGINT\n"
    assert members(marker) == []


def slow_app(app: App) -> None:
    """Write a stack with one quick resource and one that takes long."""
    provisioner = {"local-exec": {"command": "sleep 60"}}
    app.add(
        "slow",
        {
            "quick": {"input": "one"},
            "slow": {
                "input": "two",
                "depends_on": ["terraform_data.quick"],
                "provisioner": provisioner,
            },
        },
    )


def addresses(state: Path) -> dict[str, str]:
    """Return the resources of a state file with their status."""
    content: dict[str, Any] = json.loads(state.read_text())
    return {r["name"]: r["instances"][0].get("status", "created") for r in content["resources"]}


APPLY = """
import os, pathlib, sys
from platform_lib.terraform.interruption import Interruption
from platform_lib.terraform.program import find_program
from platform_lib.terraform.results import exit_code
from platform_lib.terraform.schedule import Schedule
from platform_lib.terraform.session import TerraformSession
from platform_lib.terraform.stack import read_stacks
outdir = pathlib.Path(sys.argv[1])
interruption = Interruption()
with interruption.signals():
    session = TerraformSession(find_program(os.environ), environ=os.environ, work=outdir.parent / "work",
                               interruption=interruption, needed=(),
                               on_event=lambda event: print(event, flush=True))
    results = Schedule(read_stacks(outdir), session).apply(["slow"])
for result in results:
    print("PROBLEMS", *result.problems, flush=True)
sys.exit(exit_code(results))
"""


@pytest.mark.terraform
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_apply_saves_its_state(
    lab: Lab, marker: str, ending: signal.Signals
) -> None:
    """Terraform ends in order: state saved, lock free, one interrupt, no process; the next run goes on."""
    slow_app(lab.app)
    state = lab.app.state_path("slow")
    owner = subprocess.Popen(
        [sys.executable, "-c", APPLY, str(lab.app.outdir)],
        env={**lab.environ, "MARKER": marker},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with owner:
        assert owner.stdout is not None
        for line in owner.stdout:
            if "terraform_data.slow" in line and "phase='started'" in line:
                break
        time.sleep(0.2)
        os.killpg(owner.pid, ending)

        wait_until(lambda: not members(marker))
        output = owner.stdout.read()

    assert addresses(state) == {"quick": "created", "slow": "tainted"}
    assert not state.with_name(f".{state.name}.lock.info").exists()
    if ending != signal.SIGKILL:
        assert owner.returncode == 1
        assert "[Interrupted]" in output
    record = lab.app.outdir / "stacks/slow/.platform/apply.jsonl"
    assert record.read_text().count("Interrupt received") == 1
    assert "Two interrupts" not in record.read_text()

    lab.app.add("slow", {"quick": {"input": "one"}, "slow": {"input": "two"}})
    again = lab.schedule().apply(["slow"])

    assert [result.status for result in again] == ["applied"]
    assert not record.exists()
    assert addresses(state) == {"quick": "created", "slow": "created"}


@pytest.mark.terraform
def test_an_interrupt_stops_what_has_not_begun(lab: Lab) -> None:
    """The running stack ends in order and the one after it is not started."""
    slow_app(lab.app)
    lab.app.add("after", {"x": {"input": "x"}}, dependencies=["slow"])
    results: list[StackResult] = []
    schedule = lab.schedule()
    thread = threading.Thread(target=lambda: results.extend(schedule.apply(["slow", "after"])))
    thread.start()
    wait_until(lambda: any(getattr(e, "phase", "") == "started" for e in tuple(lab.events)))

    lab.interruption.request("Ctrl-C")
    thread.join()

    assert [result.status for result in results] == ["failed", "not-started"]
    assert str(results[0].problems[0]).endswith("[Interrupted]")
    assert results[1].message == "not started: interrupted by Ctrl-C"
    assert exit_code(results) == 1
