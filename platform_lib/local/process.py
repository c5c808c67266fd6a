"""Start the emulator's process and learn its port, or say in one sentence why there is none."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import platform_lib
from platform_lib.errors import OperationError

__all__ = ["Started", "end", "start"]

_START_SECONDS = 60.0
_END_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Started:
    """A running emulator and how to recognise it."""

    process: subprocess.Popen[bytes]
    port: int
    token: str


def start(
    *, account_id: str, region: str, port: int | None, lifeline_fd: int | None = None
) -> Started:
    """Start the emulator and return when it listens.

    Args:
        account_id: The twelve digits that it answers as.
        region: Region for which its owner writes variables.
        port: Port on the loopback interface; any free one if None.
        lifeline_fd: Reading end of a pipe; the emulator ends with the last writer. Without one
            it runs until it is told to stop.

    Raises:
        OperationError: ``PortBusy`` or ``EmulatorNotStarted``.
    """
    token = secrets.token_hex(16)
    reader, writer = os.pipe()
    passed = [writer] if lifeline_fd is None else [writer, lifeline_fd]
    command = [sys.executable, "-m", "platform_lib.local.child"]
    command += ["--account-id", account_id, "--region", region, "--token", token]
    command += ["--port", str(port or 0), "--ready-fd", str(writer)]
    if lifeline_fd is not None:
        command += ["--lifeline-fd", str(lifeline_fd)]
    with tempfile.TemporaryFile() as log, os.fdopen(reader, "rb") as ready:
        try:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=_child_environment(account_id, region),
                pass_fds=passed,
                # Out of the terminal's process group, so that Ctrl-C passes it by.
                start_new_session=True,
            )
        finally:
            os.close(writer)
        try:
            bound = _wait(ready, log, port)
        except BaseException:
            end(process)
            raise
    return Started(process=process, port=bound, token=token)


def end(process: subprocess.Popen[bytes]) -> None:
    """End the emulator and collect its exit status, whatever state it is in."""
    process.terminate()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(ready: IO[bytes], log: IO[bytes], port: int | None) -> int:
    """Read the child's one line; an end of file without it means that the child has died."""
    deadline = time.monotonic() + _START_SECONDS
    received = b""
    while True:
        readable, _, _ = select.select([ready], [], [], max(0.0, deadline - time.monotonic()))
        if not readable:
            raise OperationError(
                "EmulatorNotStarted",
                f"the emulated AWS did not answer within {_START_SECONDS:.0f} seconds;"
                " the machine may be too busy, try again",
            )
        chunk = os.read(ready.fileno(), 4096)
        if not chunk:
            break
        received += chunk
    answer = json.loads(received) if received else {"error": _last_line(log)}
    if "port" in answer:
        return int(answer["port"])
    if answer.get("busy"):
        raise OperationError(
            "PortBusy",
            f"port {port} on 127.0.0.1 cannot be used ({answer['error'].lower()});"
            " end the program that has it, or choose another port or none",
        )
    raise OperationError("EmulatorNotStarted", f"the emulated AWS did not start: {answer['error']}")


def _last_line(log: IO[bytes]) -> str:
    log.seek(0)
    lines = log.read().decode("utf-8", "replace").strip().splitlines()
    if lines and "No module named" in lines[-1]:
        return f"{lines[-1]}; install the extra: pip install 'platform-lib[local]'"
    return lines[-1] if lines else "its process ended without a word"


def _child_environment(account_id: str, region: str) -> dict[str, str]:
    """Return the child's variables: ours without the user's AWS settings, proxies or moto's own."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("AWS_", "MOTO_")) and not name.lower().endswith("_proxy")
    }
    package = str(Path(next(iter(platform_lib.__path__))).parent)
    path = kept.get("PYTHONPATH")
    kept.update(
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_ACCESS_KEY_ID="emulated",
        AWS_SECRET_ACCESS_KEY="emulated",  # noqa: S106 - moto asks for some, and none is real
        AWS_DEFAULT_REGION=region,
        MOTO_ACCOUNT_ID=account_id,
        # 1,301 made-up images in each region, half a second whenever an account is new or emptied.
        MOTO_EC2_LOAD_DEFAULT_AMIS="false",
        MOTO_IAM_LOAD_MANAGED_POLICIES="true",
        PYTHONPATH=package if not path else f"{package}{os.pathsep}{path}",
    )
    with contextlib.suppress(KeyError):
        # Warnings of moto's dependencies must not end the emulator of a strict test run.
        del kept["PYTHONWARNINGS"]
    return kept
