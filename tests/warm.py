"""Start Python programs from a process that has imported the library already.

`platformctl check` takes half a second of processor time, nine tenths of it for imports. A server
imports once what every command needs; for each command it forks, and the fork runs the very script
that a person starts. No project and no binding to Node is loaded before that.

A fork has the hash seed of its server, and it finds modules that its command forgot to import. So
every family of commands also has tests with a process of its own.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

PRELOADED = (
    "platform_lib.cli.main",
    "platform_lib.cli.bootstrap",
    "platform_lib.cli.check",
    "platform_lib.cli.demo",
    "platform_lib.cli.doctor",
    "platform_lib.cli.edge",
    "platform_lib.cli.lifecycle",
    "platform_lib.cli.local",
    "platform_lib.cli.synth",
)
UNWANTED = ("cdktf", "constructs", "environments", "jsii", "moto", "services")
"""What no command may find loaded: it starts Node, or belongs to one project."""

_AT_START = ("LANG", "LC_", "LD_", "PLATFORM_EAGER_BINDINGS", "PYTHON", "TZ")
"""Beginnings of the variables that act while Python or the library starts, too early for a fork."""
_NUMBER = struct.Struct("i")
_SERVER_SECONDS = 120.0
"""How long the server's own answers may take on a busy machine: one left unread would be the next command's."""


def _early(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if name.startswith(_AT_START)}


class Warm:
    """A server that has imported the library, for the tests of one process.

    Args:
        environ: Its variables; those that act early are the same for every command.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._early = _early(environ)
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, __file__, str(theirs.fileno())],
                env=environ,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )

    def serves(self, environ: Mapping[str, str]) -> bool:
        """Tell whether a new process would start in the same way with these variables."""
        return _early(environ) == self._early

    def run(
        self, script: Path, *arguments: str, cwd: Path, environ: Mapping[str, str], timeout: float
    ) -> subprocess.CompletedProcess[str]:
        """Run a script as `subprocess.run` does, without input and with its output in files."""
        assert self.serves(environ), "a new process would start differently with these variables"
        command = [str(script), *arguments]
        made = tempfile.TemporaryFile
        with made("w+") as request, made("w+") as out, made("w+") as err:
            json.dump({"command": command, "cwd": str(cwd), "environ": dict(environ)}, request)
            files = [request, out, err]
            for file in files:
                file.seek(0)
            socket.send_fds(self._socket, [b"!"], [file.fileno() for file in files])
            pid = self._answer(_SERVER_SECONDS)
            try:
                code = self._answer(timeout)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                self._answer(_SERVER_SECONDS)
                raise subprocess.TimeoutExpired(command, timeout) from None
            for file in files:
                file.seek(0)
            return subprocess.CompletedProcess(command, code, out.read(), err.read())

    def _answer(self, seconds: float) -> int:
        self._socket.settimeout(seconds)
        answer = self._socket.recv(_NUMBER.size, socket.MSG_WAITALL)
        assert answer, "the warm server has ended"
        number: int = _NUMBER.unpack(answer)[0]
        return number

    def stop(self) -> None:
        """End the server."""
        self._socket.close()
        self._server.wait(timeout=60)


def _serve(requests: socket.socket) -> str:
    """Fork for each request; return the script to run, in the fork only."""
    # Ctrl-C is for the command and for the tests, whose end is the server's. A command that nobody
    # can interrupt stays so: shells ignore SIGINT in what they run in the background.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        asked, files, _, _ = socket.recv_fds(requests, 1, 3)
        if not asked:
            sys.exit()
        pid = os.fork()
        if pid == 0:
            requests.close()
            signal.signal(signal.SIGINT, interrupted)
            return _become(*files)
        for file in files:
            os.close(file)
        requests.sendall(_NUMBER.pack(pid))
        _, status = os.waitpid(pid, 0)
        requests.sendall(_NUMBER.pack(os.waitstatus_to_exitcode(status)))


def _become(request: int, out: int, err: int) -> str:
    """Make this process what a new one would be; return the script that it runs."""
    with open(request) as file:
        wanted = json.load(file)
    for number, stream in ((out, 1), (err, 2)):
        os.dup2(number, stream)
        os.close(number)
    os.chdir(wanted["cwd"])
    os.environ.clear()
    os.environ.update(wanted["environ"])
    sys.argv[:] = wanted["command"]
    script: str = sys.argv[0]
    sys.path[0] = str(Path(script).parent)
    return script


def _main() -> None:
    requests = socket.socket(fileno=int(sys.argv[1]))
    # Of the folder of this file nothing is to be imported.
    sys.path[0] = str(Path(sys.executable).parent)
    for name in PRELOADED:
        importlib.import_module(name)
    loaded = sorted({name.partition(".")[0] for name in sys.modules} & set(UNWANTED))
    assert loaded == [], f"the server has imported {loaded}"
    # What is here stays for good. Without this each fork looks for garbage in all of it when it ends,
    # and copies it by that: a check took 0.14 s of processor time instead of 0.05 s.
    gc.collect()
    gc.freeze()
    # The interpreter ends as after any script: with its exit codes, tracebacks and last functions.
    runpy.run_path(_serve(requests), run_name="__main__")


if __name__ == "__main__":
    _main()
