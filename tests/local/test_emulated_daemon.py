"""The emulator that stays: found again, never mistaken for another process, ended on demand."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_lib.errors import OperationError
from platform_lib.local import daemon
from platform_lib.local.daemon import Running

_ACCOUNT = "123456789012"
_REGION = "eu-central-1"


@pytest.fixture
def state_dir(tmp_path: Path) -> Iterator[Path]:
    """Return a folder whose emulator is ended afterwards, whatever the test did."""
    folder = tmp_path / "state"
    yield folder
    daemon.down(folder)


def _up(folder: Path) -> Running:
    return daemon.up(folder, account_id=_ACCOUNT, region=_REGION)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_is_found_again(state_dir: Path) -> None:
    """Status returns what up has started."""
    started = _up(state_dir)

    assert daemon.status(state_dir) == started
    assert started.inventory() == []
    assert started.unimplemented() == []


def test_up_twice_is_one_emulator(state_dir: Path) -> None:
    """The second up returns the first one's process and keeps what is in it."""
    first = _up(state_dir)

    second = _up(state_dir)

    assert second == first


def test_down_leaves_nothing(state_dir: Path) -> None:
    """The process is gone, the state file too, and down says that there was one."""
    pid = _up(state_dir).pid

    assert daemon.down(state_dir)

    assert not _lives(pid)
    assert daemon.status(state_dir) is None
    assert not (state_dir / "emulator.json").exists()


def test_down_without_up_is_harmless(state_dir: Path) -> None:
    """Nothing runs, nothing is made, and down says so."""
    assert not daemon.down(state_dir)
    assert not state_dir.exists()


def test_outlives_the_command_that_started_it(state_dir: Path) -> None:
    """``platformctl local up`` returns, and the emulator stays."""
    script = (
        "import pathlib, sys; from platform_lib.local import daemon;"
        f"daemon.up(pathlib.Path(sys.argv[1]), account_id={_ACCOUNT!r}, region={_REGION!r})"
    )

    subprocess.run([sys.executable, "-W", "error", "-c", script, str(state_dir)], check=True)

    running = daemon.status(state_dir)
    assert running is not None
    assert daemon.down(state_dir)
    assert not _lives(running.pid)


def test_a_stale_file_is_no_emulator(state_dir: Path) -> None:
    """After a crash status says none, and up starts a new one."""
    first = _up(state_dir)
    os.kill(first.pid, signal.SIGKILL)
    os.waitpid(first.pid, 0)

    assert daemon.status(state_dir) is None

    assert _up(state_dir).pid != first.pid


def test_a_damaged_file_is_no_emulator(state_dir: Path) -> None:
    """A file that cannot be read counts as none."""
    state_dir.mkdir()
    (state_dir / "emulator.json").write_text('{"pid": 1')

    assert daemon.status(state_dir) is None
    assert not daemon.down(state_dir)


def test_never_ends_a_process_of_somebody_else(state_dir: Path) -> None:
    """A process id that was given to another program since is left alone."""
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    record = {"pid": other.pid, "port": 1, "account_id": _ACCOUNT, "region": _REGION}
    state_dir.mkdir()
    (state_dir / "emulator.json").write_text(
        json.dumps({**record, "started_at": "", "token": "0" * 32})
    )

    ended = daemon.down(state_dir)

    alive = other.poll() is None
    other.kill()
    other.wait()
    assert (ended, alive) == (False, True)


def test_ends_one_that_hangs(state_dir: Path) -> None:
    """An emulator that does not answer is known by its command line and killed."""
    running = _up(state_dir)
    os.kill(running.pid, signal.SIGSTOP)

    ended = daemon.down(state_dir)

    assert ended
    assert not _lives(running.pid)


def test_refuses_another_account(state_dir: Path) -> None:
    """Up for another account names the running one and the fix."""
    _up(state_dir)

    with pytest.raises(OperationError, match=f"as account {_ACCOUNT}.*platformctl local down"):
        daemon.up(state_dir, account_id="999999999999", region=_REGION)


def test_refuses_another_port(state_dir: Path) -> None:
    """Up on another port names the running one's."""
    running = _up(state_dir)

    with pytest.raises(OperationError, match=f"on port {running.port}, not 1;"):
        daemon.up(state_dir, account_id=_ACCOUNT, region=_REGION, port=1)


def test_takes_a_new_region(state_dir: Path) -> None:
    """One emulator has all regions, so only the variables change."""
    first = _up(state_dir)

    second = daemon.up(state_dir, account_id=_ACCOUNT, region="us-east-1")

    assert second.pid == first.pid
    assert daemon.environment_of(state_dir)["AWS_REGION"] == "us-east-1"


def test_environment_names_the_endpoint(state_dir: Path) -> None:
    """Plain Terraform gets the same variables as our own."""
    running = _up(state_dir)

    assert daemon.environment_of(state_dir)["AWS_ENDPOINT_URL"] == running.endpoint


def test_environment_needs_an_emulator(state_dir: Path) -> None:
    """Without one the message names the command."""
    with pytest.raises(OperationError, match="platformctl local up"):
        daemon.environment_of(state_dir)


def test_state_file_is_private(state_dir: Path) -> None:
    """Only the owner reads the token."""
    _up(state_dir)

    assert (state_dir / "emulator.json").stat().st_mode & 0o777 == 0o600


def test_starts_at_once(state_dir: Path) -> None:
    """The record says when it began, in UTC."""
    running = _up(state_dir)

    assert running.started_at.startswith(time.strftime("%Y-", time.gmtime()))
    assert running.started_at.endswith("+00:00")
