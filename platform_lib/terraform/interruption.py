"""One wish to stop, heard by everything that runs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from platform_lib.errors import OperationError

__all__ = ["Interruption"]


class Interruption:
    """Carries Ctrl-C, SIGTERM and SIGHUP to every running Terraform, once.

    Asking twice is harmless: each supervisor passes on the first request only, because Terraform gives
    up its state at a second SIGINT. Nothing here takes a lock, so that a signal handler may call it.

    Args:
        on_request: Called at the first request, with its reason, for example to tell the terminal.
    """

    def __init__(self, on_request: Callable[[str], None] | None = None) -> None:
        self.reason: str | None = None
        """Why work is to stop, or None."""
        self._listeners: list[Callable[[], None]] = []
        self._on_request = on_request

    @property
    def requested(self) -> bool:
        """Whether work is to stop."""
        return self.reason is not None

    def request(self, reason: str) -> None:
        """Ask everything that runs to stop in order; nothing new is started afterwards."""
        first, self.reason = self.reason is None, self.reason or reason
        for listener in tuple(self._listeners):
            listener()
        if first and self._on_request is not None:
            self._on_request(reason)

    def check(self) -> None:
        """Raise when work is to stop; called before anything is started."""
        if self.requested:
            raise OperationError(
                "Interrupted", f"interrupted by {self.reason}; run the same command again to go on"
            )

    @contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Call `listener` at every request for the duration of the block, also at one made before."""
        self._listeners.append(listener)
        try:
            if self.requested:
                listener()
            yield
        finally:
            self._listeners.remove(listener)

    @contextmanager
    def signals(self) -> Iterator[Interruption]:
        """Turn SIGINT, SIGTERM and SIGHUP into a request for the duration of the block.

        Outside the main thread, where Python allows no handlers, the block changes nothing.
        """
        if threading.current_thread() is not threading.main_thread():
            yield self
            return

        def handle(number: int, _frame: FrameType | None) -> None:
            self.request("Ctrl-C" if number == signal.SIGINT else signal.Signals(number).name)

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        previous = {number: signal.signal(number, handle) for number in numbers}
        try:
            yield self
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
