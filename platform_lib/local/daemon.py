"""An emulator that stays: started once, found again by its state file, ended by name.

For ``platformctl local up``, ``status`` and ``down``. Everything else uses `LocalAws`, which
cannot be forgotten.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from platform_lib.errors import OperationError
from platform_lib.local import client
from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.process import end, start
from platform_lib.local.server import check_account_id
from platform_lib.local.variables import variables

__all__ = ["Running", "down", "environment_of", "status", "up"]

_STATE = "emulator.json"
_LOCK = "emulator.lock"
_END_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Running:
    """A running emulator, as its state file describes it."""

    pid: int
    port: int
    account_id: str
    region: str
    started_at: str
    """Start time, UTC, ISO 8601."""

    token: str
    """Secret of this process; a process id alone may belong to somebody else by now."""

    @property
    def endpoint(self) -> str:
        """Address for ``AWS_ENDPOINT_URL``."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """Return the variables for Terraform and boto3; an empty value means: remove it."""
        return variables(self.endpoint, self.region)

    def inventory(self) -> list[Item]:
        """Return what somebody made and nobody deleted, sorted."""
        return [Item(**item) for item in client.inventory(self.port)]

    def unimplemented(self) -> list[Gap]:
        """Return the actions answered 501 so far."""
        return client.gaps(self.port)

    def reset(self) -> None:
        """Empty the account and forget the gaps."""
        client.reset(self.port)


def up(state_dir: Path, *, account_id: str, region: str, port: int | None = None) -> Running:
    """Start the emulator, or return the one that runs.

    Args:
        state_dir: Folder of the state file; made if missing.
        account_id: The twelve digits that it answers as.
        region: Region of the variables; a running emulator serves every region.
        port: Port on 127.0.0.1; a free one is picked if None.

    Raises:
        OperationError: ``PortBusy``, ``EmulatorNotStarted``, or ``EmulatorDiffers`` if one runs
            for another account or on another port.
    """
    check_account_id(account_id)
    with _locked(state_dir):
        running = status(state_dir)
        if running is not None:
            _check_same(running, account_id, port)
            running = replace(running, region=region)
            _write(state_dir, running)
            return running
        started = start(account_id=account_id, region=region, port=port)
        running = Running(
            pid=started.process.pid,
            port=started.port,
            account_id=account_id,
            region=region,
            started_at=datetime.now(UTC).isoformat(timespec="seconds"),
            token=started.token,
        )
        try:
            _write(state_dir, running)
        except OSError:
            end(started.process)
            raise
        # It is meant to outlive us: without this, Python warns of a process left running.
        started.process.returncode = 0
        return running


def status(state_dir: Path) -> Running | None:
    """Return the emulator that runs, or None; a stale or damaged state file counts as none."""
    recorded = _read(state_dir)
    if recorded is None:
        return None
    answer = client.health(recorded.port)
    matches = answer is not None and answer["token"] == recorded.token
    return recorded if matches else None


def down(state_dir: Path) -> bool:
    """End the emulator and remove its files.

    Returns:
        Whether one was running.
    """
    if not state_dir.is_dir():
        return False
    with _locked(state_dir):
        recorded = _read(state_dir)
        ended = False
        if recorded is not None and status(state_dir) is not None:
            ended = _end(recorded.pid, signal.SIGTERM)
        elif recorded is not None and _is_ours(recorded):
            # One that hangs does not answer, but its command line still carries its token.
            ended = _end(recorded.pid, signal.SIGKILL)
        (state_dir / _STATE).unlink(missing_ok=True)
        return ended


def environment_of(state_dir: Path) -> dict[str, str]:
    """Return the variables of the running emulator; an empty value means: remove it.

    Raises:
        OperationError: ``EmulatorGone`` if none runs.
    """
    running = status(state_dir)
    if running is None:
        raise OperationError(
            "EmulatorGone",
            "the emulated AWS is not running; start it with: platformctl local up",
        )
    return running.environment()


def _check_same(running: Running, account_id: str, port: int | None) -> None:
    if running.account_id != account_id:
        raise OperationError(
            "EmulatorDiffers",
            f"the emulated AWS already runs as account {running.account_id}, not {account_id};"
            " end it first with: platformctl local down",
        )
    if port not in {None, running.port}:
        raise OperationError(
            "EmulatorDiffers",
            f"the emulated AWS already runs on port {running.port}, not {port};"
            " end it first with: platformctl local down",
        )


@contextlib.contextmanager
def _locked(state_dir: Path) -> Iterator[None]:
    """Let one command at a time start or end the emulator of a folder."""
    state_dir.mkdir(parents=True, exist_ok=True)
    with (state_dir / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(state_dir: Path) -> Running | None:
    try:
        return Running(**json.loads((state_dir / _STATE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _write(state_dir: Path, running: Running) -> None:
    """Write the file whole or not at all, readable by its owner only."""
    temporary = state_dir / f"{_STATE}.new"
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(running), file)
    temporary.replace(state_dir / _STATE)


def _is_ours(recorded: Running) -> bool:
    program = shutil.which("ps")
    if program is None:
        return False
    command = [program, "-ww", "-o", "args=", "-p", str(recorded.pid)]
    listed = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return recorded.token in listed.stdout


def _end(pid: int, number: signal.Signals) -> bool:
    """Signal the process and wait until it is gone, with force if it takes long."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
        deadline = time.monotonic() + _END_SECONDS
        while _lives(pid):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
    return True


def _lives(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):
        # Only if this very process has started it: collect it, or it stays as a zombie.
        if os.waitpid(pid, os.WNOHANG)[0] == pid:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
