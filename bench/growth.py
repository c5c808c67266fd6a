"""Whether the cost of a synth grows with its resources and not faster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.processes import Sample, alternate
from bench.programs import Effort, constructs, resources
from bench.report import Bar, Row, Section

TOLERANCE = 1.25
"""A resource of the upper half may cost this much of one of the lower half. With quadratic cost
it would be 3; two runs on a busy machine differ by a fifth."""


def measure(effort: Effort, folder: Path) -> tuple[Section, Bar]:
    """Measure several numbers of stacks of about 30 resources."""
    outdirs = {f"{size} stacks": folder / f"size-{size}" for size in effort.sizes}
    programs = {
        name: constructs(outdir, shape="small", stacks=size)
        for (name, outdir), size in zip(outdirs.items(), effort.sizes, strict=True)
    }
    found = alternate(programs, effort.long_rounds)
    rows = [Row(name, found[name], resources(outdir)) for name, outdir in outdirs.items()]
    lower, upper = halves([(row.resources or 0, row.sample) for row in rows])
    middle = effort.sizes[-2]
    note = (
        f"one more resource costs {lower * 1000:.2f} ms of processor time up to {middle} stacks,"
        f" {upper * 1000:.2f} ms beyond"
    )
    bar = Bar(
        "a resource of the upper half : of the lower",
        upper / lower,
        TOLERANCE,
        "processor time (others on the machine lengthen it least)",
    )
    return Section("Cost by number of resources", tuple(rows), (note,)), bar


def halves(points: Sequence[tuple[int, Sample]]) -> tuple[float, float]:
    """Return the processor seconds that one more resource costs below and above the last but one."""
    first, middle, last = points[0], points[-2], points[-1]
    return _slope(first, middle), _slope(middle, last)


def _slope(start: tuple[int, Sample], end: tuple[int, Sample]) -> float:
    return (end[1].cpu - start[1].cpu) / (end[0] - start[0])
