"""Run one Terraform command under the supervisor."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from platform_lib.terraform.interruption import Interruption

__all__ = ["Finished", "run"]

_SUPERVISOR = Path(__file__).with_name("_supervisor.py")


@dataclass(frozen=True, slots=True)
class Finished:
    """How a command ended."""

    exit_code: int
    """Its exit code; 128 + n when signal n ended it."""

    stdout: str
    """What it wrote to standard output."""

    stderr: str
    """What it wrote to standard error."""


def run(
    command: Sequence[str],
    *,
    directory: Path,
    environment: Mapping[str, str],
    interruption: Interruption,
    on_line: Callable[[str], None] | None = None,
    record: Path | None = None,
    pass_fds: Sequence[int] = (),
) -> Finished:
    """Run `command` and return when it and everything that it started have ended.

    An interruption, any exception in the calling thread and the death of this process each give the
    command exactly one SIGINT (see `_supervisor`).

    Args:
        command: Program and arguments.
        directory: Working directory.
        environment: The whole environment of the command.
        interruption: Heard while the command runs; a request made before refuses to start it.
        on_line: Called in the calling thread with each line of standard output as it arrives.
        record: File to which standard output is also appended, even after this process has died.
        pass_fds: Descriptors that stay open as long as the command runs, and no longer.
    """
    interruption.check()
    supervisor = [sys.executable, "-I", "-S", str(_SUPERVISOR), str(record or "")]
    with subprocess.Popen(  # noqa: S603  # no shell; the program is the caller's
        [*supervisor, *command],
        cwd=directory,
        env=dict(environment),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        pass_fds=tuple(pass_fds),
    ) as process:
        assert process.stdin is not None  # noqa: S101  # for the type checker: all three are pipes
        assert process.stdout is not None  # noqa: S101
        assert process.stderr is not None  # noqa: S101
        control, errors = process.stdin.fileno(), process.stderr
        stderr: list[bytes] = []
        reader = threading.Thread(target=lambda: stderr.append(errors.read()), daemon=True)
        reader.start()
        lines: list[str] = []
        try:
            with interruption.listening(lambda: _ask_to_stop(control)):
                for raw in process.stdout:
                    line = raw.decode(errors="replace")
                    lines.append(line)
                    if on_line is not None:
                        on_line(line.rstrip("\n"))
                reader.join()
                process.wait()
        except BaseException:
            # Stop in order, and wait: the state is saved before the error is reported.
            _ask_to_stop(control)
            process.stdout.read()
            process.wait()
            raise
    return Finished(process.returncode, "".join(lines), b"".join(stderr).decode(errors="replace"))


def _ask_to_stop(control: int) -> None:
    """Write to the supervisor's control pipe; it may have ended already."""
    try:
        os.write(control, b"!")
    except OSError:
        return
