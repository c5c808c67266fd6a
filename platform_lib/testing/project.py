"""A whole project, synthesised once, as data that tests can ask."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platform_lib.cli.synthesis import synthesise
from platform_lib.environment import Account, Environment
from platform_lib.project import Project, load
from platform_lib.terraform.stack import Stack, read_stacks
from platform_lib.testing.template import Template

OUTDIR = "CDKTF_OUTDIR"
"""Variable that names the output folder, as CDKTF's own command line sets it."""


@dataclass(frozen=True)
class SynthesisedStack:
    """One stack: what it was made for, what was written, and the same as data."""

    target: Account | Environment
    """The account or environment that it belongs to."""

    stack: Stack
    """Its folder and the stacks before it."""

    template: Template
    """Its Terraform JSON."""

    @property
    def name(self) -> str:
        """Return its id, ``<target>-<stack>``."""
        return self.stack.name

    @property
    def account(self) -> Account:
        """Return the account that it is applied to."""
        return self.target.account if isinstance(self.target, Environment) else self.target


@dataclass(frozen=True)
class SynthesisedProject:
    """Everything that a synth of all environments writes."""

    project: Project
    """The accounts and environments."""

    outdir: Path
    """The output folder."""

    stacks: Mapping[str, SynthesisedStack]
    """The stacks by name, in dependency order."""

    def of(self, target: str) -> tuple[SynthesisedStack, ...]:
        """Return the stacks of an account or environment.

        Raises:
            AssertionError: It has none; the message lists what there is.
        """
        found = tuple(it for it in self.stacks.values() if it.target.name == target)
        if not found:
            raise AssertionError(f"{target!r} has no stacks; there are: {sorted(self.stacks)}")
        return found


def synthesise_all(root: Path, outdir: Path) -> SynthesisedProject:
    """Synthesise every environment of the project at ``root`` into ``outdir``.

    Args:
        root: Folder with ``environments/``.
        outdir: Folder to write to; the project's own ``cdktf.out`` stays as it is.
    """
    project = load(root)
    with _output_in(outdir):
        written = synthesise(project, project.targets, full=True)
    return _read(project, outdir, {stack.name: stack.target for stack in written.stacks})


def synthesise_once(root: Path, outdir: Path) -> SynthesisedProject:
    """Do the same, or read what another process of this run has written into ``outdir``.

    Several processes may ask at once: one of them synthesises while the others wait.

    Args:
        root: Folder with ``environments/``, which stay as they are meanwhile.
        outdir: Folder to write to, which nobody changes.
    """
    outdir.parent.mkdir(parents=True, exist_ok=True)
    owners = outdir.with_name(f"{outdir.name}.owners.json")
    with outdir.with_name(f"{outdir.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if owners.is_file():
            return _read(load(root), outdir, json.loads(owners.read_text()))
        made = synthesise_all(root, outdir)
        owners.write_text(json.dumps({it.name: it.target.name for it in made.stacks.values()}))
    return made


def _read(project: Project, outdir: Path, owners: Mapping[str, str]) -> SynthesisedProject:
    targets = {target.name: target for target in project.targets}
    stacks = {
        name: SynthesisedStack(targets[owners[name]], it, Template(dict(it.document.content)))
        for name, it in read_stacks(outdir).items()
    }
    return SynthesisedProject(project, outdir, stacks)


@contextmanager
def _output_in(outdir: Path) -> Iterator[None]:
    before = os.environ.get(OUTDIR)
    os.environ[OUTDIR] = str(outdir.absolute())
    try:
        yield
    finally:
        if before is None:
            del os.environ[OUTDIR]
        else:
            os.environ[OUTDIR] = before
