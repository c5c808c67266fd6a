"""What one more service costs, in time and in resources."""

from __future__ import annotations

from pathlib import Path

from bench.growth import TOLERANCE, halves
from bench.processes import alternate
from bench.programs import Effort, resources, with_services
from bench.report import Bar, Row, Section


def measure(effort: Effort, folder: Path) -> tuple[Section, Bar]:
    """Measure one environment with several numbers of services behind its load balancer."""
    outdirs = {f"{number} services": folder / f"services-{number}" for number in effort.services}
    programs = {
        name: with_services(outdir, number)
        for (name, outdir), number in zip(outdirs.items(), effort.services, strict=True)
    }
    found = alternate(programs, effort.long_rounds)
    rows = [Row(name, found[name], resources(outdir)) for name, outdir in outdirs.items()]
    lower, upper = halves(list(zip(effort.services, (row.sample for row in rows), strict=True)))
    counts = [row.resources or 0 for row in rows]
    each = (counts[-1] - counts[0]) / (effort.services[-1] - effort.services[0])
    note = (
        f"one more service costs {each:.1f} resources and {lower * 1000:.0f} ms of processor time up"
        f" to {effort.services[-2]} services, {upper * 1000:.0f} ms beyond"
    )
    bar = Bar(
        "a service of the upper half : of the lower",
        upper / lower,
        TOLERANCE,
        "processor time (others on the machine lengthen it least)",
    )
    return Section("Cost by number of services", tuple(rows), (note,)), bar
