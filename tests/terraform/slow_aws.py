"""A reverse proxy that loses answers, so that an interruption always meets requests on their way."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

_HOP = frozenset({"connection", "content-length", "transfer-encoding"})


class SlowAws:
    """Passes requests on to an emulated AWS and keeps back the answers to some actions.

    Args:
        port: Port of the emulator.
        held: How many requests of each action are kept waiting for their answer.
        arrive: Whether what is kept waiting is carried out, or never arrives.
    """

    def __init__(self, port: int, held: Mapping[str, int], *, arrive: bool = True) -> None:
        self.missing = dict(held)
        """How many requests of each action have not come yet."""
        self._to_hold = dict(held)
        self.seen: list[str] = []
        """Actions of all requests."""
        self._release = threading.Event()
        self._lock = threading.Lock()
        self._port = port
        self._arrive = arrive
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def endpoint(self) -> str:
        """Address for `AWS_ENDPOINT_URL`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def holds_all(self) -> bool:
        """Whether everything that is to wait has come."""
        return not any(self.missing.values())

    def _turn(self, action: str) -> bool:
        """Note a request; tell whether its answer is kept back."""
        with self._lock:
            self.seen.append(action)
            held = self._to_hold.get(action, 0) > 0
            if held:
                self._to_hold[action] -= 1
            return held

    def _came(self, action: str) -> None:
        with self._lock:
            self.missing[action] -= 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, format: str, *args: Any) -> None:
                """Print nothing."""

            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                action = _action(self.headers.get("X-Amz-Target", ""), body)
                held = outer._turn(action)
                if held and not outer._arrive:
                    outer._came(action)
                    outer._release.wait(60)
                    self.close_connection = True
                    return
                connection = HTTPConnection("127.0.0.1", outer._port, timeout=60)
                connection.request(self.command, self.path, body, dict(self.headers))
                answer = connection.getresponse()
                content = answer.read()
                connection.close()
                if held:
                    outer._came(action)
                    outer._release.wait(60)
                    self.close_connection = True
                    return
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _HOP:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                if self.command != "HEAD":
                    # Whoever was interrupted does not read its answers any more.
                    with suppress(OSError):
                        self.wfile.write(content)

        for method in ("GET", "POST", "PUT", "DELETE", "HEAD"):
            setattr(Handler, f"do_{method}", Handler.pass_on)
        return Handler


def _action(target: str, body: bytes) -> str:
    if target:
        return target.rpartition(".")[2]
    return parse_qs(body.decode("utf-8", "replace")).get("Action", [""])[0]
