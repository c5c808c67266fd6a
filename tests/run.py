"""Run the checks that `make test` and `make check` name, and stop at the first that fails."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the run."""

    title: str
    command: tuple[str, ...]
    quick: bool = True
    """Whether it belongs to the inner loop."""

    full: bool = True
    """Whether it belongs to the full run."""


_EAGER = "tests/core/test_bindings.py::test_lazy_and_eager_bindings_write_the_same_bytes"
# Nobody asks the inner loop for its coverage, which doubles the processor time, and loading all
# 2,138 modules of the bindings takes as long as a tenth of its tests.
_QUICK = (
    *(sys.executable, "-m", "pytest", "-q", "-n", "2", "-m", "not terraform", "--deselect", _EAGER),
    *("tests/config", "tests/core", "tests/constructs"),
)
# Four workers for each of two cores: a test with Terraform waits for the provider most of the time, and
# the others fill the gaps. tests/scheduling.py deals them out.
_FULL = (
    *(str(BIN / "coverage"), "run", "-m", "pytest", "-q"),
    *("-n", "8", "--dist", "loadgroup", "--no-loadscope-reorder", "--durations", "25", "tests"),
)

STEPS = (
    Step("format", (str(BIN / "ruff"), "format", "--check", "--quiet", ".")),
    Step("lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
    Step("spelling", (str(BIN / "codespell"),)),
    Step("types", (str(BIN / "mypy"),)),
    Step("configuration", (str(BIN / "platformctl"), "check")),
    Step("pure and construct tests", _QUICK, full=False),
    Step("tests", _FULL, quick=False),
    Step("coverage data", (str(BIN / "coverage"), "combine", "--quiet"), quick=False),
    Step("coverage", (str(BIN / "coverage"), "report"), quick=False),
)


def main() -> int:
    """Run the steps; return the first exit code that is not zero."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="only the inner loop")
    quick = parser.parse_args().quick
    for leftover in ROOT.glob(".coverage*"):
        leftover.unlink()
    begun = time.monotonic()
    # Without byte code every worker, and every command that a test starts, compiles all of it again.
    environ = {it: os.environ[it] for it in os.environ if it != "PYTHONDONTWRITEBYTECODE"}
    for step in STEPS:
        if not (step.quick if quick else step.full):
            continue
        started = time.monotonic()
        print(f"== {step.title}", flush=True)  # noqa: T201 - this is what a person watches
        code = subprocess.run(step.command, cwd=ROOT, env=environ, check=False).returncode
        print(f"   {time.monotonic() - started:.0f} s", flush=True)  # noqa: T201
        if code:
            print(f"{step.title} failed: {' '.join(step.command)}", flush=True)  # noqa: T201
            return code
    print(f"all passed in {time.monotonic() - begun:.0f} s", flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
