"""What each measure of `platform_lib.bindings` gives, against the bindings as they ship."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from bench.processes import PYTHON, ROOT, Sample, Usage, alternate, environment, run, sample
from bench.programs import Effort, constructs, python, resources
from bench.report import Bar, Row, Section

EAGER = "as they ship (eager import)"
LAZY = "lazy Python package"
PRELOAD = "+ Node preload"
HINTS = "+ remembered type hints (ours)"
UNCHECKED = "the same under python -O (for information)"
_SWITCH = {"PLATFORM_EAGER_BINDINGS": "1"}

Programs = Mapping[str, Callable[[bool], Usage]]


def measure(effort: Effort, folder: Path) -> tuple[list[Section], list[Bar]]:
    """Measure one stack, many stacks and all environments."""
    if effort.eager_runs:
        compile_bindings()
    sections, bars = [], []
    many = effort.sizes[-1]
    for title, shape, stacks, rounds in (
        ("One stack", "one", 1, effort.rounds),
        (f"{many} stacks", "small", many, effort.long_rounds),
    ):
        outdir = folder / shape
        eager = constructs(outdir, shape=shape, stacks=stacks, variables=_SWITCH)
        rows = _rows(effort, _measures(outdir, shape, stacks), rounds, eager)
        count = resources(outdir)
        sections.append(
            Section(title, tuple(Row(name, found, count) for name, found in rows.items()))
        )
        if shape == "one":
            bars += _bar(f"one stack of {count} resources : eager import", rows, 0.06)
    every, bar = _environments(effort, folder / "environments")
    return [*sections, every], [*bars, *bar]


def compile_bindings() -> None:
    """Write the byte code of all of the bindings, so that no eager run pays for it."""
    program = "import compileall, cdktf_cdktf_provider_aws as p; compileall.compile_dir(p.__path__[0], quiet=2)"
    command = (PYTHON, "-c", f"import platform_lib; {program}")
    run(command, env=environment(), cwd=ROOT)


def _measures(outdir: Path, shape: str, stacks: int) -> Programs:
    both = ("--without", "hints", "--without", "preload")
    return {
        LAZY: constructs(outdir, *both, shape=shape, stacks=stacks),
        PRELOAD: constructs(outdir, *both[:2], shape=shape, stacks=stacks),
        HINTS: constructs(outdir, shape=shape, stacks=stacks),
        UNCHECKED: constructs(outdir, shape=shape, stacks=stacks, flags=("-O",)),
    }


def _rows(
    effort: Effort, programs: Programs, rounds: int, eager: Callable[[bool], Usage]
) -> dict[str, Sample]:
    rows = {}
    if effort.eager_runs:
        # Watched while it is timed: a look costs nothing beside half a minute.
        runs = [eager(True) for _ in range(effort.eager_runs)]
        rows[EAGER] = sample(runs, max(usage.memory or 0.0 for usage in runs) or None)
    return rows | alternate(programs, rounds)


def _environments(effort: Effort, outdir: Path) -> tuple[Section, list[Bar]]:
    target = {"CDKTF_OUTDIR": str(outdir)}
    programs = {HINTS: python("main.py", variables=target)}
    eager = python("main.py", variables=target | _SWITCH)
    rows = _rows(effort, programs, effort.rounds, eager)
    count = resources(outdir)
    section = Section(
        "All accounts and environments of this repository (python main.py)",
        tuple(Row(name, found, count) for name, found in rows.items()),
    )
    return section, _bar("all environments : the same eagerly", rows, 0.2)


def _bar(name: str, rows: Mapping[str, Sample], limit: float) -> list[Bar]:
    if EAGER not in rows:
        return []
    ours, eager = rows[HINTS], rows[EAGER]
    basis = f"wall time; by processor time {ours.cpu / eager.cpu:.3f}"
    return [Bar(name, ours.wall / eager.wall, limit, basis)]
