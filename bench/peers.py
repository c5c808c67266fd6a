"""Compare with AWS CDK for Python on the same shape, in one run, on the same Node.

Constructs against constructs, generated classes against generated classes; one stack and many.
Exit 0 if ours is faster in all, 1 if not.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from rich.console import Console

from bench import peers_environment
from bench.bars import arguments
from bench.processes import Sample, Usage, alternate
from bench.programs import Effort, constructs, python, resources
from bench.report import Bar, Report, Row, Section, show

QUICK = Effort(rounds=3, long_rounds=1, sizes=(20,))
FULL = Effort(rounds=7, long_rounds=3, sizes=(40,))
OURS = "ours"
THEIRS = "AWS CDK"

_APPS = Path(__file__).parent / "apps"
# AWS CDK lints its templates at the end of every synth; that is not what is compared here.
_UNCHECKED = {"CDK_VALIDATION": "false"}
_NOTES = {
    "constructs": (
        "the same intent: zones, tiers, NAT, endpoints, flow logs, key, subnet groups",
        "ours writes more resources for it: the VPC's defaults adopted, endpoint associations",
        "not the same: ours checks the configuration, AWS CDK tags every resource by an aspect",
        "AWS CDK's constructs are JavaScript: one call from Python makes many resources",
    ),
    "bare": ("the same 60 resources with the same arguments, one for one",),
}


def measure(effort: Effort, note: Callable[[str], None]) -> Report:
    """Measure both sides; ``note`` is told what comes next."""
    cdk = peers_environment.interpreter(note)
    sections, bars = [], []
    with tempfile.TemporaryDirectory(prefix="platform-bench-") as name:
        for kind in ("constructs", "bare"):
            for stacks in (1, *effort.sizes):
                note(f"{kind}, {stacks} stacks" if stacks > 1 else f"{kind}, one stack")
                rounds = effort.rounds if stacks == 1 else effort.long_rounds
                section, bar = _compare(cdk, kind, stacks, rounds, Path(name))
                sections.append(section)
                bars.append(bar)
    return Report(tuple(sections), tuple(bars))


def _compare(cdk: str, kind: str, stacks: int, rounds: int, folder: Path) -> tuple[Section, Bar]:
    outdirs = {side: folder / f"{kind}-{stacks}-{at}" for at, side in enumerate((OURS, THEIRS))}
    found = alternate(
        {
            OURS: _ours(kind, stacks, outdirs[OURS]),
            THEIRS: _theirs(cdk, kind, stacks, outdirs[THEIRS]),
        },
        rounds,
    )
    rows = tuple(Row(side, found[side], resources(outdirs[side])) for side in outdirs)
    title = f"{kind.capitalize()}, {stacks} {'stacks' if stacks > 1 else 'stack'}"
    return Section(title, rows, _NOTES[kind]), faster(f"{title}: ours : AWS CDK", found)


def faster(name: str, found: dict[str, Sample]) -> Bar:
    """Return the bar that ours takes less time; the processor's share is told beside it."""
    ours, theirs = found[OURS], found[THEIRS]
    basis = f"wall time; by processor time {ours.cpu / theirs.cpu:.2f}"
    return Bar(name, ours.wall / theirs.wall, 1.0, basis)


def _ours(kind: str, stacks: int, outdir: Path) -> Callable[[bool], Usage]:
    if kind == "constructs":
        return constructs(outdir, shape="peer", stacks=stacks)
    return python("-m", "bench.apps.terraform_bare", str(outdir), str(stacks))


def _theirs(cdk: str, kind: str, stacks: int, outdir: Path) -> Callable[[bool], Usage]:
    # -I: nothing of this repository on the path of the other environment.
    command = ("-I", str(_APPS / f"cdk_{kind}.py"), str(outdir), str(stacks))
    return python(*command, interpreter=cdk, variables=_UNCHECKED)


def main() -> int:
    """Measure and print."""
    options = arguments(__doc__)
    progress = Console(stderr=True, highlight=False)

    def note(text: str) -> None:
        progress.print(text, style="dim", markup=False)

    note(f"cdktf {version('cdktf')}, jsii {version('jsii')} : {peers_environment.versions()}")
    report = measure(QUICK if options.quick else FULL, note)
    show(report, as_json=options.json)
    return report.exit_code


if __name__ == "__main__":
    sys.exit(main())
