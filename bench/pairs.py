"""Time our constructs and the bare bindings alternately in one process, without the start.

Run by the bench as ``python -m bench.pairs``; writes one JSON document to standard output.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from platform_lib import bindings

SHAPE = "one"
STACK = "bench-0-network"
_WARM_UP = 2


def bare_module(folder: Path) -> Any:
    """Import the ``bare_stack`` that `bench.bare` wrote to ``folder``."""
    sys.path.insert(0, str(folder))
    return importlib.import_module("bare_stack")


def synthesise_bare(module: Any, outdir: Path) -> None:
    """Write the stack of a ``bare_stack`` module."""
    cdktf = importlib.import_module("cdktf")
    app = cdktf.App(outdir=str(outdir))
    module.build(app)
    app.synth()


@contextmanager
def counted() -> Iterator[list[str]]:
    """Yield the list that every call to Node is added to; there is no noise in their number."""
    process = importlib.import_module("jsii._kernel.providers.process")
    send = process._NodeProcess.send  # noqa: SLF001 - the one place that all calls pass
    calls: list[str] = []

    def noted(self: Any, request: Any, answer: Any) -> Any:
        calls.append(type(request).__name__)
        return send(self, request, answer)

    with mock.patch.object(process._NodeProcess, "send", noted):  # noqa: SLF001
        yield calls


def measure(folder: Path, rounds: int) -> dict[str, Any]:
    """Return the seconds of each synth and the number of calls to Node, by side."""
    bindings.install()
    shapes = importlib.import_module("bench.shapes")
    module = bare_module(folder)
    sides: dict[str, Callable[[], None]] = {
        "ours": lambda: shapes.synthesise(folder / "ours", SHAPE, 1),
        "bare": lambda: synthesise_bare(module, folder / "bare"),
    }
    calls = {}
    for name, synthesise in sides.items():
        for _ in range(_WARM_UP):
            synthesise()
        with counted() as noted:
            synthesise()
        calls[name] = len(noted)
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(rounds):
        for name, synthesise in sides.items():
            begun = time.perf_counter()
            synthesise()
            seconds[name].append(time.perf_counter() - begun)
    return {"seconds": seconds, "calls": calls}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]), int(sys.argv[2]))))
