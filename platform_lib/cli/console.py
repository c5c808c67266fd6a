"""What the commands print, for a person or for a machine."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from platform_lib.errors import PlatformError, Problem

_NO_TERMINAL_COLUMNS = 1000


def _console(*, stderr: bool = False, width: int | None = None) -> Console:
    """Make a console that writes text as it is: an ARN has ``:secret:`` in it, which is no emoji."""
    return Console(
        stderr=stderr, width=width, soft_wrap=True, highlight=False, markup=False, emoji=False
    )


class Output:
    """Writes results to standard output and problems to standard error.

    Colour and motion appear only on a terminal, and never with ``--json``.

    Args:
        as_json: Whether results are JSON, one document per command.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        """Whether results are JSON."""
        # A file or a pipe has no width: a table is not folded there, so that names can be found.
        width = None if sys.stdout.isatty() else _NO_TERMINAL_COLUMNS
        self.out = _console(width=width)
        """Standard output."""
        self.err = _console(stderr=True)
        """Standard error: progress and problems."""

    def result(self, document: Mapping[str, Any], show: Callable[[], None]) -> None:
        """Write ``document`` as JSON, or let ``show`` write for a person."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, indent=2, default=str) + "\n")
        else:
            show()

    def line(self, text: str = "", *, style: str = "") -> None:
        """Write a line for a person."""
        self.out.print(text, style=style)

    def note(self, text: str) -> None:
        """Write a line about what is going on."""
        if not self.as_json:
            self.err.print(text, style="dim")

    def problems(self, problems: Iterable[Problem]) -> None:
        """Write one line per problem."""
        found = list(problems)
        if self.as_json:
            listed = [
                {"where": str(p.where or ""), "message": p.message, "code": p.code} for p in found
            ]
            sys.stdout.write(json.dumps({"problems": listed}, indent=2) + "\n")
            return
        for problem in found:
            self.err.print(str(problem), style="red")

    def table(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write rows under headings, aligned."""
        table = Table(box=None, pad_edge=False, header_style="bold")
        for heading in headings:
            numeric = heading in ("resources", "seconds", "add", "change", "destroy")
            table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
        for row in rows:
            table.add_row(*row)
        self.out.print(table)

    def guarded(self, command: Callable[[], int]) -> int:
        """Run a command; return its exit code, or that of the `PlatformError` that it raised.

        ``PLATFORM_DEBUG=1`` also prints the traceback.
        """
        try:
            return command()
        except PlatformError as error:
            if os.environ.get("PLATFORM_DEBUG"):
                traceback.print_exc()
            self.problems(error.problems)
            return error.exit_code
        except KeyboardInterrupt:
            self.problems([Problem("interrupted by Ctrl-C; run the same command again to go on")])
            return 1
