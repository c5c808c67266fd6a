"""From the author's modules to Terraform JSON in the output folder."""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from platform_lib import addresses
from platform_lib.cli.console import Output
from platform_lib.environment import Account, Environment
from platform_lib.errors import PlatformError, Problem
from platform_lib.guardrails.review import review
from platform_lib.project import Project, load

LOCK_FILE = ".terraform.lock.hcl"


@dataclass(frozen=True, slots=True)
class SynthesisedStack:
    """One stack as it was written."""

    name: str
    """Its id, ``<target>-<stack>``."""

    target: str
    """Name of the account or environment that it belongs to."""

    resources: int
    """How many resources it holds."""


@dataclass(frozen=True, slots=True)
class Synthesis:
    """What a synth wrote."""

    outdir: Path
    """The output folder."""

    stacks: tuple[SynthesisedStack, ...]
    """The stacks, in dependency order."""

    seconds: float
    """How long it took."""

    def names_of(self, target: str, chosen: Sequence[str] = ()) -> tuple[str, ...]:
        """Return the stacks of a target; ``chosen`` are full ids or names without the target's.

        Raises:
            PlatformError: ``UnknownStack`` for each that the target does not have.
        """
        own = [stack.name for stack in self.stacks if stack.target == target]
        full = [name if name in own else f"{target}-{name}" for name in chosen]
        problems = [
            Problem(
                f"{target} has no stack {given!r}; {_near(name, own)}it has: {', '.join(own)}",
                code="UnknownStack",
            )
            for given, name in zip(chosen, full, strict=True)
            if name not in own
        ]
        if problems:
            raise PlatformError.of(problems)
        return tuple(name for name in own if not chosen or name in full)


def _near(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}? " if near else ""


def output_folder(root: Path) -> Path:
    """Return where synth writes: ``CDKTF_OUTDIR``, or ``cdktf.out`` in the project."""
    return root / os.environ.get("CDKTF_OUTDIR", "cdktf.out")


def refuse_problems(project: Project) -> None:
    """Refuse what may not be built, before Node starts.

    Waivers count whatever their date: a date must never block a rollback.

    Raises:
        PlatformError: Overlapping addresses, or a customer environment below its guardrails.
    """
    problems = [
        *addresses.problems(project.environments),
        *review(project.environments, as_of=date.min).problems,
    ]
    if problems:
        raise PlatformError.of(problems)


def synthesise(
    project: Project, targets: Sequence[Account | Environment], *, full: bool
) -> Synthesis:
    """Write the stacks of ``targets`` and of the accounts that they are in.

    Args:
        project: The project.
        targets: What to write.
        full: Whether that is everything, so that stacks which no longer exist can go.
    """
    begun = time.monotonic()
    refuse_problems(project)
    # Imported only now: these start Node.
    from platform_lib.app import build_app
    from platform_lib.terraform.output_dir import publish

    environments = [target for target in targets if isinstance(target, Environment)]
    needed = {target.account.name for target in environments} | {target.name for target in targets}
    accounts = [account for account in project.accounts if account.name in needed]
    outdir = output_folder(project.root)
    with tempfile.TemporaryDirectory(prefix="platform-synth-") as fresh:
        app = build_app(accounts, environments, outdir=Path(fresh))
        app.synth()
        # A project that is being started has none yet; `init` asks for it.
        lock_file = project.root / LOCK_FILE
        publish(
            Path(fresh), outdir, full=full, lock_file=lock_file if lock_file.is_file() else None
        )
        stacks = tuple(
            SynthesisedStack(stack.id, stack.target.name, _count_resources(outdir, stack.id))
            for stack in app.stacks
        )
    return Synthesis(outdir, stacks, time.monotonic() - begun)


def _count_resources(outdir: Path, stack: str) -> int:
    written = json.loads((outdir / "stacks" / stack / "cdk.tf.json").read_text())
    return sum(len(blocks) for blocks in written.get("resource", {}).values())


def synthesise_project(root: Path, names: Sequence[str]) -> int:
    """Run ``main.py``: write what the names select, everything without a name.

    Returns:
        The exit code.
    """
    output = Output()

    def run() -> int:
        project = load(root)
        synthesise(project, project.select(names), full=not names)
        return 0

    return output.guarded(run)
