"""What the measurements found: rows, bars, and how they are printed."""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.processes import Sample


@dataclass(frozen=True, slots=True)
class Row:
    """One measured program."""

    name: str
    """What ran."""

    sample: Sample
    """What it cost."""

    resources: int | None = None
    """Resources that it wrote."""


@dataclass(frozen=True, slots=True)
class Section:
    """Programs that were measured against each other."""

    title: str
    """What they show."""

    rows: tuple[Row, ...]
    """The programs."""

    notes: tuple[str, ...] = ()
    """What a reader has to know to judge them."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A limit that the design sets."""

    name: str
    """What is limited."""

    measured: float
    """What was found."""

    limit: float
    """The most that is allowed."""

    basis: str
    """Which numbers ``measured`` comes from."""

    @property
    def held(self) -> bool:
        """Whether the limit is kept."""
        return self.measured <= self.limit


@dataclass(frozen=True, slots=True)
class Report:
    """All of a run."""

    sections: tuple[Section, ...]
    """What was measured."""

    bars: tuple[Bar, ...]
    """What follows."""

    @property
    def exit_code(self) -> int:
        """Return 0 if every bar is held, else 1."""
        return 0 if all(bar.held for bar in self.bars) else 1

    def document(self) -> dict[str, Any]:
        """Return everything as JSON data."""
        document = dataclasses.asdict(self)
        for bar, shown in zip(self.bars, document["bars"], strict=True):
            shown["held"] = bar.held
        return document | {"machine": machine()}


_PAGE = 130
"""Columns where no terminal says how many there are."""


def machine() -> str:
    """Return what the numbers were measured on."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()},"
        f" Python {platform.python_version()}"
    )


def show(report: Report, *, as_json: bool) -> None:
    """Write the report to standard output."""
    if as_json:
        sys.stdout.write(json.dumps(report.document(), indent=2) + "\n")
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PAGE
    console.print(f"{machine()}; whole processes, medians, alternately", markup=False)
    for section in report.sections:
        console.print()
        console.print(_rows(section))
        for note in section.notes:
            console.print(f"  {note}", style="dim", markup=False)
    console.print()
    console.print(_bars(report.bars))


def _rows(section: Section) -> Table:
    table = Table(title=section.title, title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    for heading in ("resources", "wall s", "processor s", "memory MiB", "runs"):
        table.add_column(heading, justify="right")
    for row in section.rows:
        sample = row.sample
        table.add_row(
            row.name,
            "" if row.resources is None else str(row.resources),
            f"{sample.wall:.2f}",
            f"{sample.cpu:.2f}",
            "" if sample.memory is None else f"{sample.memory:.0f}",
            str(sample.runs),
        )
    return table


def _bars(bars: Sequence[Bar]) -> Table:
    table = Table(title="Bars", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    table.add_column("measured", justify="right")
    table.add_column("at most", justify="right")
    table.add_column("")
    table.add_column("from")
    for bar in bars:
        verdict = "[green]held[/]" if bar.held else "[bold red]missed[/]"
        table.add_row(bar.name, f"{bar.measured:.3f}", f"{bar.limit:g}", verdict, bar.basis)
    return table
