"""Progress of Terraform's work: moving bars on a terminal, lines elsewhere."""

from __future__ import annotations

import sys
import threading
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from platform_lib.cli.console import Output
from platform_lib.terraform.events import (
    Event,
    Message,
    ProvidersChosen,
    ResourceProgress,
    StackFinished,
    StackStarted,
)

_VERBS = {
    "init": "initialising",
    "plan": "planning",
    "apply": "applying",
    "destroy": "destroying",
    "drift": "comparing",
}


class Reporter:
    """Shows events as they come; a context manager, since a terminal has to be left tidy.

    Args:
        output: Where to write.
    """

    def __init__(self, output: Output) -> None:
        self._output = output
        self._turn = threading.Lock()
        self._done: dict[str, int] = {}
        self._total: dict[str, int] = {}
        self._tasks: dict[str, TaskID] = {}
        moving = not output.as_json and sys.stderr.isatty()
        self._bars = (
            Progress(
                SpinnerColumn(),
                TextColumn("{task.fields[stack]}"),
                BarColumn(bar_width=24),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                console=output.err,
                transient=True,
            )
            if moving
            else None
        )

    def __enter__(self) -> Self:
        if self._bars is not None:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def __call__(self, event: Event) -> None:
        """Show an event; called from several threads."""
        with self._turn:
            match event:
                case StackStarted():
                    self._begin(event)
                case ResourceProgress(phase="done" | "failed"):
                    self._advance(event)
                case StackFinished():
                    self._finish(event)
                case ProvidersChosen():
                    self._output.note(event.message)
                case Message(level="warning"):
                    self._output.note(f"{event.stack}: warning: {event.text}")
                case Message(level="info"):
                    self._output.note(f"{event.stack}: {event.text}")
                case _:
                    pass

    def _begin(self, event: StackStarted) -> None:
        self._done[event.stack], self._total[event.stack] = 0, event.changes
        described = _VERBS[event.step]
        if event.changes:
            described += f" {event.changes} resources"
        if self._bars is None:
            self._output.note(f"{event.stack}: {described}")
            return
        self._drop(event.stack)
        self._tasks[event.stack] = self._bars.add_task(
            described, total=event.changes or None, stack=event.stack
        )

    def _advance(self, event: ResourceProgress) -> None:
        done = self._done[event.stack] = self._done.get(event.stack, 0) + 1
        total = self._total.get(event.stack, 0)
        if self._bars is not None:
            task = self._tasks.get(event.stack)
            if task is not None and total:
                self._bars.update(task, advance=1, description=event.address)
        elif total and (done == total or done % 10 == 0):
            self._output.note(f"{event.stack}: {done} of {total}")

    def _finish(self, event: StackFinished) -> None:
        self._drop(event.stack)
        self._output.note(
            f"{event.stack}: {event.status} in {event.seconds:.0f} s"
            + (f" ({event.message})" if event.status not in ("refused", "failed") else "")
        )

    def _drop(self, stack: str) -> None:
        task = self._tasks.pop(stack, None)
        if task is not None and self._bars is not None:
            self._bars.remove_task(task)
