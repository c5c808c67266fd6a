"""That ``platformctl check`` answers at once, and that it starts no Node."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench.processes import PYTHON, ROOT, Usage, alternate, environment, run
from bench.programs import Effort
from bench.report import Bar, Row, Section

LIMIT_SECONDS = 0.5
_COMMAND = str(Path(PYTHON).parent / "platformctl")


def measure(effort: Effort, folder: Path) -> tuple[Section, list[Bar]]:
    """Measure ``platformctl check`` of this repository's environments.

    Raises:
        RuntimeError: The trap for Node catches nothing, so that it proves nothing.
    """
    found = alternate({"platformctl check": _check}, effort.rounds)
    if not node_starts(folder / "synth", "synth"):
        raise RuntimeError("'platformctl synth' did not start the Node that JSII_NODE names")
    starts = node_starts(folder / "check", "check")
    section = Section(
        "platformctl check",
        tuple(Row(name, sample) for name, sample in found.items()),
        ("a trap stands for Node: 'platformctl synth' ran into it, so it would have been seen",),
    )
    return section, [
        Bar(
            "seconds of platformctl check",
            found["platformctl check"].best,
            LIMIT_SECONDS,
            "the fastest run: no ratio, and a busy machine only lengthens it",
        ),
        Bar("times that it starts Node", float(starts), 0, "a trap in JSII_NODE and on PATH"),
    ]


def _check(watch: bool) -> Usage:  # noqa: FBT001 - as `alternate` calls it
    return run((_COMMAND, "check"), env=environment(), cwd=ROOT, watch=watch)


def node_starts(folder: Path, command: str) -> int:
    """Return how often a command starts Node, which is a trap here that notes it and fails."""
    folder.mkdir(parents=True)
    noted = folder / "noted"
    trap = folder / "node"
    trap.write_text(f"#!/bin/sh\necho started >> '{noted}'\nexit 1\n")
    trap.chmod(0o755)
    path = f"{folder}:/usr/bin:/bin"
    env = environment(JSII_NODE=str(trap), PATH=path, CDKTF_OUTDIR=str(folder / "out"))
    subprocess.run(  # noqa: S603 - ours
        (_COMMAND, command), env=env, cwd=ROOT, check=False, capture_output=True, timeout=120
    )
    return len(noted.read_text().splitlines()) if noted.exists() else 0
