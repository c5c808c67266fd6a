"""Who knows CDKTF's own command line can use it on this project."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from platform_lib.testing.project import SynthesisedProject
from tests.project.conftest import ROOT

# One worker, so that the command is installed once.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("cdktf-cli")]


def _run(program: Path, command: str, outdir: Path, environ: dict[str, str]) -> str:
    done = subprocess.run(
        [str(program), command, "--output", str(outdir)],
        cwd=ROOT,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_cdktf_synth_writes_what_platformctl_writes(
    cdktf: Path,
    cdktf_environ: dict[str, str],
    synthesised: SynthesisedProject,
    tmp_path: Path,
) -> None:
    """Both commands give the same bytes, so that either can be used on a day."""
    _run(cdktf, "synth", tmp_path / "out", cdktf_environ)

    written = {
        str(path.relative_to(tmp_path / "out")): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file()
    }
    assert written == {
        str(path.relative_to(synthesised.outdir)): path.read_bytes()
        for path in synthesised.outdir.rglob("*")
        if path.is_file()
    }


def test_cdktf_list_names_every_stack(
    cdktf: Path,
    cdktf_environ: dict[str, str],
    synthesised: SynthesisedProject,
    tmp_path: Path,
) -> None:
    """`cdktf list` reads the manifest, to which a partial synth must not do harm."""
    listed = _run(cdktf, "list", tmp_path / "out", cdktf_environ)

    assert set(synthesised.stacks) - set(listed.split()) == set()
