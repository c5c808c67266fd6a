"""A program that is measured: write stacks, with some of the measures of the bindings left out.

Run by the bench as ``python -m bench.child``. The measures are switched here and not in the
library, which has one switch for all of them (``PLATFORM_EAGER_BINDINGS``).
"""

from __future__ import annotations

import argparse
import importlib
import sys
import typing
from pathlib import Path

from platform_lib import bindings

NO_PRELOAD = Path(__file__).parent / "no_preload.cjs"
"""An empty file in the place of the preload."""


def leave_out(measures: list[str]) -> None:
    """Switch measures of `platform_lib.bindings` off for the rest of this process.

    Args:
        measures: ``hints``, the remembered type hints; ``preload``, the Node preload.
    """
    if "hints" in measures:
        vars(bindings)["_TYPING"] = typing
    if "preload" in measures:
        vars(bindings)["_PRELOAD"] = NO_PRELOAD


def main() -> int:
    """Write the stacks that the arguments name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("outdir", type=Path)
    parser.add_argument("--shape", default="one", help="one, small or peer; see bench/shapes.py")
    parser.add_argument("--stacks", type=int, default=1)
    parser.add_argument("--services", type=int, help="an environment with so many instead")
    parser.add_argument("--bare", type=Path, help="folder of a bare_stack.py to build instead")
    parser.add_argument("--without", action="append", default=[], choices=["hints", "preload"])
    options = parser.parse_args()
    leave_out(options.without)
    # Only now: what is left out must not have been used yet.
    if options.bare is not None:
        pairs = importlib.import_module("bench.pairs")
        pairs.synthesise_bare(pairs.bare_module(options.bare), options.outdir)
    elif options.services is not None:
        shape = importlib.import_module("bench.service_shape")
        shape.synthesise(options.outdir, options.services)
    else:
        shapes = importlib.import_module("bench.shapes")
        shapes.synthesise(options.outdir, options.shape, options.stacks)
    return 0


if __name__ == "__main__":
    sys.exit(main())
