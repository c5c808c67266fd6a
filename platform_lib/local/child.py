"""The emulator's process: serves until it is told to stop or nobody holds its lifeline.

Started by `platform_lib.local.process`, never by a person.
"""

from __future__ import annotations

import argparse
import atexit
import errno
import gc
import json
import os
import signal
import socket
import sys
import threading
import time
from typing import Any

__all__ = ["main"]

_HOST = "127.0.0.1"
_END_SECONDS = 10.0


def main() -> None:
    """Bind, import moto, say that we are ready, serve."""
    options = _options()
    # Ctrl-C reaches every process of the terminal; the owner decides when the emulator ends,
    # because a Terraform that was interrupted still has to save its state here.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    # An orderly end, so that what measures or traces the process can write its data.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if options.lifeline_fd is not None:
        threading.Thread(target=_watch, args=(options.lifeline_fd,), daemon=True).start()
    with os.fdopen(options.ready_fd, "w") as ready:
        # moto's models stay until the end: looking through them again and again frees nothing.
        gc.disable()
        try:
            server = _server(options)
        except OSError as error:
            busy = error.errno in {errno.EADDRINUSE, errno.EACCES}
            json.dump({"busy": busy, "error": error.strerror or str(error)}, ready)
            return
        gc.freeze()
        gc.enable()
        json.dump({"port": server.port, "pid": os.getpid()}, ready)
    try:
        server.serve_forever()
    finally:
        # Taking down an interpreter full of models takes seconds, and nobody needs it.
        atexit._run_exitfuncs()  # noqa: SLF001 - what an orderly end would run first
        os._exit(0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--account-id", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--token", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ready-fd", type=int, required=True)
    parser.add_argument("--lifeline-fd", type=int)
    return parser.parse_args()


def _watch(lifeline: int) -> None:
    """End with the last holder of the lifeline's other end, however that one ended."""
    while os.read(lifeline, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(_END_SECONDS)
    os._exit(1)


def _server(options: argparse.Namespace) -> Any:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Bound before moto is imported, so that a busy port is known at once.
    listener.bind((_HOST, options.port))
    listener.listen(128)
    port = listener.getsockname()[1]
    os.environ["MOTO_PORT"] = str(port)

    from moto.moto_server.werkzeug_app import MotoRequestHandler  # noqa: PLC0415 - after binding
    from werkzeug.serving import make_server  # noqa: PLC0415

    from platform_lib.local.application import Emulator  # noqa: PLC0415

    class Handler(MotoRequestHandler):
        """Keeps connections open, answers at once, and writes no access log."""

        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def log(self, *_: object) -> None:
            """Drop the line; the gaps are what anybody reads."""

    identity = {
        "account_id": options.account_id,
        "pid": os.getpid(),
        "region": options.region,
        "token": options.token,
    }
    server = make_server(
        _HOST,
        port,
        Emulator(identity),
        threaded=True,
        request_handler=Handler,
        fd=listener.fileno(),
    )
    # The server has a copy of its own.
    listener.close()
    return server


if __name__ == "__main__":
    main()
