"""Run whole programs, alternately, and say what they cost."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_NOT_INHERITED = ("PLATFORM_", "CDKTF_", "COVERAGE_", "JSII_", "NODE_", "PYTHON")
_MEBIBYTE = 1024
_WATCH_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Usage:
    """What one run of a program cost, its children included."""

    wall: float
    """Seconds from start to end."""

    cpu: float
    """Seconds of processor time, user and system, of the program and the children it waited for."""

    memory: float | None = None
    """Most MiB that it and its children held at once; None if it was not watched."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Medians over the runs of one program."""

    wall: float
    """Seconds from start to end."""

    cpu: float
    """Seconds of processor time."""

    memory: float | None
    """Most MiB at once, of a run that was watched."""

    runs: int
    """How many runs were timed."""

    best: float
    """Seconds from start to end of the fastest run, which others disturbed least."""


def environment(**variables: str) -> dict[str, str]:
    """Return this process's variables without those that change what is measured."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_NOT_INHERITED)}
    return kept | {"JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1"} | variables


def run(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, watch: bool = False) -> Usage:
    """Run a program to its end.

    Args:
        command: The program and its arguments.
        env: All of its environment variables.
        cwd: Folder to run it in.
        watch: Whether to look at its memory meanwhile, which costs time of its own.

    Raises:
        RuntimeError: It failed; the message holds the end of what it wrote.
    """
    with tempfile.TemporaryFile() as written:
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the programs of this folder
            list(command), env=dict(env), cwd=cwd, stdout=written, stderr=subprocess.STDOUT
        )
        watcher = _Watcher(process.pid) if watch else None
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        most = watcher.stop() if watcher else None
        if process.returncode:
            written.seek(0)
            end = written.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{end}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, most)


def alternate(programs: Mapping[str, Callable[[bool], Usage]], rounds: int) -> dict[str, Sample]:
    """Run programs in turn, so that what else the machine does meets all of them.

    Args:
        programs: By name; each is called with whether to watch its memory.
        rounds: Timed runs of each, after a first run that warms caches up and is watched.
    """
    warm = {name: program(True) for name, program in programs.items()}
    timed: dict[str, list[Usage]] = {name: [] for name in programs}
    for _ in range(rounds):
        for name, program in programs.items():
            timed[name].append(program(False))
    return {name: sample(runs, warm[name].memory) for name, runs in timed.items()}


def sample(runs: Sequence[Usage], memory: float | None) -> Sample:
    """Return the medians of runs; of an even number, the lower of the middle two."""
    return Sample(
        statistics.median_low(run.wall for run in runs),
        statistics.median_low(run.cpu for run in runs),
        memory,
        len(runs),
        min(run.wall for run in runs),
    )


class _Watcher:
    """Looks at the memory of a process and its descendants, where there is ``/proc``."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def stop(self) -> float | None:
        """End; return the most MiB seen, or None where nothing could be seen."""
        self._ended.set()
        self._thread.join()
        return self._most or None

    def _look(self) -> None:
        while not self._ended.wait(_WATCH_SECONDS):
            self._most = max(self._most, sum(_resident(pid) for pid in _family(self._pid)))


def _family(pid: int) -> Iterator[int]:
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _resident(pid: int) -> float:
    """Return the MiB of a process; what it shares with others counts in proportion."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / _MEBIBYTE


PYTHON = sys.executable
"""The interpreter that runs the bench, and so the virtual environment."""

ROOT = Path(__file__).resolve().parents[1]
"""The repository."""
