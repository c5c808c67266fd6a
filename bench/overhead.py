"""What our constructs cost beyond the bare bindings for the same JSON."""

from __future__ import annotations

import json
import statistics
import subprocess
from pathlib import Path
from typing import Any

from bench.bare import strip_metadata
from bench.pairs import SHAPE, STACK
from bench.processes import PYTHON, ROOT, alternate, environment
from bench.programs import Effort, constructs, node, resources
from bench.report import Bar, Row, Section

LIMIT = 1.5


def rebuild(folder: Path) -> dict[str, Any]:
    """Write ``bare_stack.py`` from what our constructs write; return that stack's JSON."""
    constructs(folder / "ours", shape=SHAPE)(False)
    source = _json_of(folder / "ours")
    _python("-m", "bench.bare", str(source), str(folder / "bare_stack.py"))
    stack: dict[str, Any] = json.loads(source.read_text())
    return stack


def measure(effort: Effort, folder: Path) -> tuple[Section, Bar]:
    """Measure both in fresh processes, and in one process without its start.

    Raises:
        RuntimeError: They write different JSON, so that the comparison is void.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ours = rebuild(folder)
    found = alternate(
        {
            "our constructs": constructs(folder / "ours", shape=SHAPE),
            "bare bindings": constructs(folder / "bare", "--bare", str(folder)),
        },
        effort.rounds,
    )
    refuse_difference(ours, json.loads(_json_of(folder / "bare").read_text()))
    pairs = json.loads(_python("-m", "bench.pairs", str(folder), str(effort.pairs)))
    seconds, calls = pairs["seconds"], pairs["calls"]
    ratio = ratio_of_pairs(seconds["ours"], seconds["bare"])
    medians = {side: statistics.median(values) * 1000 for side, values in seconds.items()}
    whole = found["our constructs"].wall / found["bare bindings"].wall
    count = resources(folder / "ours")
    section = Section(
        "Our constructs and the bare bindings, the same JSON",
        tuple(Row(name, sample, count) for name, sample in found.items()),
        (
            f"whole processes: {whole:.2f}, most of which is the start that both share",
            (
                f"in one process, {len(seconds['ours'])} synths of each by turns:"
                f" {medians['ours']:.0f} ms against {medians['bare']:.0f} ms, ratio {ratio:.2f};"
                " the bar takes this one, because the start cannot hide anything in it"
            ),
            f"calls to Node: {calls['ours']} against {calls['bare']}",
        ),
    )
    basis = "median of the ratios of neighbouring synths, in one process"
    return section, Bar("our constructs : bare bindings", ratio, LIMIT, basis)


def ratio_of_pairs(ours: list[float], bare: list[float]) -> float:
    """Return the median ratio of neighbours, which a busy machine slows down alike."""
    return statistics.median(a / b for a, b in zip(ours, bare, strict=True))


def refuse_difference(ours: object, bare: object) -> None:
    """Refuse to compare programs that write different JSON, apart from ``//`` metadata.

    Raises:
        RuntimeError: They do.
    """
    if strip_metadata(ours) != strip_metadata(bare):
        raise RuntimeError("the bare bindings write other JSON than our constructs; see bench/bare")


def _json_of(outdir: Path) -> Path:
    return outdir / "stacks" / STACK / "cdk.tf.json"


def _python(*arguments: str) -> str:
    run = subprocess.run(  # noqa: S603 - the programs of this folder
        (PYTHON, *arguments),
        env=environment(JSII_NODE=node()),
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return run.stdout
