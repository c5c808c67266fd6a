"""Measure the speed bars of the design and print whether each is held.

Whole processes are timed, alternately, so that the ratios hold on a busy machine too; exit 0 if
every bar is held, 1 if not.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from bench import check_command, growth, overhead, services, startup
from bench.programs import QUICK, Effort
from bench.report import Bar, Report, Section, show


def measure(effort: Effort, note: Callable[[str], None]) -> Report:
    """Measure everything; ``note`` is told what comes next."""
    with tempfile.TemporaryDirectory(prefix="platform-bench-") as name:
        folder = Path(name)
        sections: list[Section] = []
        bars: list[Bar] = []
        note("what each measure of the bindings gives")
        found, limits = startup.measure(effort, folder)
        sections += found
        bars += limits
        note("cost by number of resources")
        section, bar = growth.measure(effort, folder)
        sections.append(section)
        bars.append(bar)
        note("cost by number of services")
        section, bar = services.measure(effort, folder)
        sections.append(section)
        bars.append(bar)
        note("our constructs and the bare bindings")
        section, bar = overhead.measure(effort, folder / "overhead")
        sections.append(section)
        bars.append(bar)
        note("platformctl check")
        section, limits = check_command.measure(effort, folder)
        sections.append(section)
        bars += limits
    return Report(tuple(sections), tuple(bars))


def arguments(description: str | None) -> argparse.Namespace:
    """Read the options that the programs of this folder share."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="fewer runs, noisier numbers")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of tables")
    return parser.parse_args()


def main() -> int:
    """Measure and print."""
    options = arguments(__doc__)
    progress = Console(stderr=True, highlight=False)
    report = measure(
        QUICK if options.quick else Effort(),
        lambda text: progress.print(f"measuring: {text}", style="dim", markup=False),
    )
    show(report, as_json=options.json)
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
