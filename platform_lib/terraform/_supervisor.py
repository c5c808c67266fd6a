"""Run one command so that its owner's end interrupts it once and leaves nothing behind.

Started by `process.run` as `python -I -S _supervisor.py RECORD COMMAND...`; imports little, so
that it starts in a few hundredths of a second.

Why a process of its own:

- Terraform saves its state and frees the lock after one SIGINT and gives both up after a second
  one ("Two interrupts received. Exiting immediately"), so the terminal's Ctrl-C must not reach it
  beside ours: the command gets a process group of its own.
- `kill -9` of the owner cannot be caught by the owner. Standard input is a pipe from it: a byte or
  end-of-file on it means "interrupt".
- A Go program dies of SIGPIPE when its standard output is gone, and then loses its state. The
  command writes to this process, which goes on reading after the owner is gone.
- A killed Terraform leaves its providers running. They share its process group, which is ended
  here.
- Descriptors inherited from the owner stay open here exactly as long as the command runs.
"""

import ctypes
import fcntl
import os
import select
import signal
import sys
import time

_PR_SET_CHILD_SUBREAPER = 36
"""From <linux/prctl.h>."""

GRACE_SECONDS = 2.0
"""How long what the command left behind may take to end after SIGTERM, before SIGKILL."""


def _start(command: list[str], out: int, err: int) -> int:
    """Fork and run the command in its own process group with standard input from nowhere."""
    pid = os.fork()
    if pid:
        return pid
    try:
        os.setpgid(0, 0)
        # A shell that starts a job in the background has SIGINT ignored, which is inherited.
        for number in (
            signal.SIGINT,
            signal.SIGTERM,
            signal.SIGHUP,
            signal.SIGPIPE,
            signal.SIGCHLD,
        ):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(err, 2)
        os.execvp(command[0], command)  # noqa: S606  # the command is the caller's, without a shell
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
    os._exit(127)


def _write(target: int, data: bytes) -> bool:
    """Write everything; False when the reader is gone or the disk is full."""
    try:
        while data:
            data = data[os.write(target, data) :]
    except OSError:
        return False
    return True


def _exited(pid: int) -> bool:
    """Tell whether the command has ended, without reaping it where the system can."""
    if hasattr(os, "waitid"):
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    return os.waitpid(pid, os.WNOHANG)[0] != 0  # pragma: no cover - macOS before Python 3.13


def _signal_group(group: int, number: int) -> bool:
    """Signal a process group; False when it has no process any more."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _reap(pid: int) -> int:
    """Return the command's exit code, 128 + n when signal n ended it."""
    try:
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:  # pragma: no cover - macOS before Python 3.13 has reaped it already
        return 1
    return code if code >= 0 else 128 - code


def _end_group(group: int) -> int:
    """End what is left of the command's process group and return the command's exit code.

    The first signal is sent before the command is reaped: until then its number cannot be given to
    another process.
    """
    _signal_group(group, signal.SIGTERM)
    code = _reap(group)
    deadline = time.monotonic() + GRACE_SECONDS
    while _alive(group) and time.monotonic() < deadline:
        time.sleep(0.02)
    _signal_group(group, signal.SIGKILL)
    while _alive(group) and time.monotonic() < deadline + GRACE_SECONDS:
        time.sleep(0.02)
    return code


def _adopt_orphans() -> None:
    """Become the parent of what the command leaves behind, to take note of its end (Linux).

    Elsewhere that is for process 1, which in a container may not do it.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _alive(group: int) -> bool:
    """Tell whether a process group has members, after taking note of those that have ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
    return _signal_group(group, 0)


def _supervise(pid: int, streams: dict[int, list[int]], wake: int) -> int:
    """Forward output, pass on one interrupt, and end the group when the command has ended."""
    watched = {0, wake, *streams}
    interrupted = ended = False
    code = 1
    while not ended or watched & set(streams):
        # After the end only what is still in the pipes is read.
        ready = select.select(list(watched), [], [], 0.5 if ended else None)[0]
        if ended and not ready:
            break
        interrupt = False
        for source in ready:
            data = os.read(source, 65536)
            if source == wake:
                interrupt = interrupt or bool(set(data) - {signal.SIGCHLD})
            elif source == 0:
                interrupt = True
                if not data:
                    watched.discard(0)
            elif data:
                streams[source][:] = [t for t in streams[source] if _write(t, data)]
            else:
                watched.discard(source)
        if not ended and _exited(pid):
            code = _end_group(pid)
            ended = True
        elif interrupt and not interrupted and not ended:
            interrupted = True
            os.kill(pid, signal.SIGINT)
    return code


def main(arguments: list[str]) -> int:
    """Run `arguments[1:]`, recording its standard output in the file `arguments[0]` if given."""
    record, *command = arguments
    for name in os.listdir("/dev/fd"):  # noqa: PTH208  # pathlib would double the start-up time
        # What the owner passed is held here and not handed on.
        if int(name) > 2:  # noqa: PLR2004
            try:
                os.set_inheritable(int(name), False)
            except OSError:
                continue
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    _adopt_orphans()
    pid = _start(command, out_write, err_write)
    os.close(out_write)
    os.close(err_write)
    targets = [1]
    if record:
        target = os.open(record, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        # Held until the command and its supervisor have ended: a record that is not locked is
        # what an earlier run has left.
        fcntl.flock(target, fcntl.LOCK_EX)
        targets.append(target)
    code = _supervise(pid, {out_read: targets, err_read: [2]}, wake_read)
    if record:
        # Whoever reads it can tell whether the command has ended by itself.
        _write(target, b'{"type":"ended","exit_code":%d}\n' % code)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
