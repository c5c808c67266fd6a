"""Run the checks that `make test` and `make check` name, and stop at the first that fails."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
_SECONDS = 0.2
"""How long a failure beside another step may go unseen."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the run."""

    title: str
    command: tuple[str, ...]
    quick: bool = True
    """Whether it belongs to the inner loop."""

    full: bool = True
    """Whether it belongs to the full run."""

    beside: bool = False
    """Whether the steps after it are run at the same time, because it takes one core only."""


_EAGER = "tests/core/test_bindings.py::test_lazy_and_eager_bindings_write_the_same_bytes"
# Nobody asks the inner loop for its coverage, which doubles the processor time, and loading all
# 2,138 modules of the bindings takes as long as a tenth of its tests.
_QUICK = (
    *(sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "not terraform", "--deselect", _EAGER),
    *("tests/config", "tests/core", "tests/constructs"),
)
# In a fresh clone each worker would compile all test modules by itself: 5 s of processor time for each.
# What cannot be collected is for the tests to tell.
_COLLECTED = """
import contextlib, io, pytest
with contextlib.redirect_stdout(io.StringIO()):
    pytest.main(["--collect-only", "tests"])
"""
_COMPILE = (sys.executable, "-c", _COLLECTED)
# More workers than the two cores: a test with Terraform waits for the provider most of the time, and the
# others fill the gaps. With more than seven the longest test, which everybody waits for, gets less of
# the processor. tests/scheduling.py deals them out.
_FULL = (
    *(str(BIN / "coverage"), "run", "-m", "pytest", "-q"),
    *("-n", "7", "--dist", "loadgroup", "--no-loadscope-reorder", "--durations", "25", "tests"),
)

STEPS = (
    Step("format", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    Step("lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
    Step("spelling", (str(BIN / "codespell"),)),
    Step("configuration", (str(BIN / "platformctl"), "check")),
    Step("types", (str(BIN / "mypy"),), beside=True),
    Step("pure and construct tests", _QUICK, full=False),
    Step("compilation of the tests", _COMPILE, quick=False),
    Step("tests", _FULL, quick=False),
    Step("coverage data", (str(BIN / "coverage"), "combine", "--quiet"), quick=False),
    Step("coverage", (str(BIN / "coverage"), "report"), quick=False),
)


@dataclass(frozen=True, slots=True)
class Beside:
    """A step that runs at the same time as others, and is heard when it ends."""

    step: Step
    process: subprocess.Popen[bytes]
    printed: IO[str]
    started: float


class Run:
    """Runs steps; one that fails ends those that run at the same time."""

    def __init__(self) -> None:
        # Without byte code every worker, and every command that a test starts, compiles all of it again.
        self._environ = {it: os.environ[it] for it in os.environ if it != "PYTHONDONTWRITEBYTECODE"}
        self._beside: list[Beside] = []

    def step(self, step: Step) -> int:
        """Run a step, or start it; return the first exit code that is not zero."""
        started = time.monotonic()
        if step.beside:
            printed = tempfile.TemporaryFile("w+")  # noqa: SIM115 - read when the step has ended
            self._beside.append(Beside(step, self._start(step, printed), printed, started))
            return 0
        _say(f"== {step.title}")
        process = self._start(step)
        while process.poll() is None:
            if code := self._look():
                process.terminate()
                process.wait()
                return code
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS)
        return self._end(step, process.returncode, started)

    def finish(self) -> int:
        """Wait for what still runs; return the first exit code that is not zero."""
        for it in self._beside:
            it.process.wait()
        return self._look()

    def stop(self) -> None:
        """End what still runs."""
        for it in self._beside:
            it.process.kill()

    def _start(self, step: Step, printed: IO[str] | None = None) -> subprocess.Popen[bytes]:
        return subprocess.Popen(step.command, cwd=ROOT, env=self._environ, stdout=printed)

    def _look(self) -> int:
        """Report what has ended beside other steps."""
        for ended in [it for it in self._beside if it.process.poll() is not None]:
            self._beside.remove(ended)
            with ended.printed as printed:
                printed.seek(0)
                _say(f"\n== {ended.step.title}\n{printed.read().rstrip()}")
            if code := self._end(ended.step, ended.process.returncode, ended.started):
                return code
        return 0

    def _end(self, step: Step, code: int, started: float) -> int:
        _say(f"   {time.monotonic() - started:.0f} s")
        if code:
            _say(f"{step.title} failed: {' '.join(step.command)}")
        return code


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is what a person watches


def main() -> int:
    """Run the steps; return the first exit code that is not zero."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the inner loop")
    quick = parser.parse_args().quick
    for leftover in ROOT.glob(".coverage*"):
        leftover.unlink()
    begun, run = time.monotonic(), Run()
    try:
        for step in STEPS:
            if (step.quick if quick else step.full) and (code := run.step(step)):
                return code
        if code := run.finish():
            return code
    finally:
        run.stop()
    _say(f"all passed in {time.monotonic() - begun:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
