"""The comparison with AWS CDK compares like with like; no test here looks at a time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bench import peers, peers_environment
from bench.processes import Sample
from bench.programs import python, resources


@pytest.fixture
def cdk() -> str:
    """Return the Python of AWS CDK's environment; nothing is installed for a test."""
    if not peers_environment.is_ready():
        pytest.skip("AWS CDK is not installed here; 'make bench-peers' installs it (450 MB)")

    def refuse(text: str) -> None:
        raise AssertionError(text)

    return peers_environment.interpreter(refuse)


def test_the_lock_is_reproducible_anywhere() -> None:
    """Every requirement has one version and hashes; no index, no folder, no address is named."""
    lock = peers_environment.LOCK.read_text()

    pins = re.findall(r"^([a-z0-9-]+)==\S+", lock, flags=re.MULTILINE)
    blocks = re.split(r"^(?=[a-z0-9])", lock, flags=re.MULTILINE)[1:]
    assert "aws-cdk-lib" in pins
    assert len(blocks) == len(pins)
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"index-url|find-links|://|file:|^-", lock, flags=re.MULTILINE)


def test_the_lock_holds_what_is_asked_for() -> None:
    """The file that names the version and the lock agree."""
    wanted = peers_environment.LOCK.with_name("peers.in").read_text().strip()

    assert f"{wanted} \\" in peers_environment.LOCK.read_text()
    assert wanted in peers_environment.versions()


def test_an_environment_of_another_lock_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed lock makes the environment stale."""
    ready, python_file, lock = tmp_path / "ready", tmp_path / "python", tmp_path / "lock"
    monkeypatch.setattr(peers_environment, "_READY", ready)
    monkeypatch.setattr(peers_environment, "_INTERPRETER", python_file)
    monkeypatch.setattr(peers_environment, "LOCK", lock)
    lock.write_text("a==1")
    python_file.touch()
    ready.write_text(peers_environment._digest())

    assert peers_environment.is_ready()

    lock.write_text("a==2")
    assert not peers_environment.is_ready()


def test_slower_than_aws_cdk_is_missed() -> None:
    """The bar is that ours takes at most as long."""
    found = {
        peers.OURS: Sample(wall=2.0, cpu=1.0, memory=None, runs=1, best=2.0),
        peers.THEIRS: Sample(wall=1.0, cpu=2.0, memory=None, runs=1, best=1.0),
    }

    bar = peers.faster("it", found)

    assert bar.measured == 2.0
    assert not bar.held
    assert bar.basis == "wall time; by processor time 0.50"


def test_our_bare_side_writes_60_resources_per_stack(tmp_path: Path) -> None:
    """The side that always can run has the size that the other side is compared with."""
    python("-m", "bench.apps.terraform_bare", str(tmp_path), "2")(False)

    assert resources(tmp_path) == 120


def test_both_bare_sides_write_as_many_resources(cdk: str, tmp_path: Path) -> None:
    """Generated classes against generated classes, one for one."""
    peers._theirs(cdk, "bare", 1, tmp_path)(False)

    assert resources(tmp_path) == 60


def test_the_constructs_of_aws_cdk_write_no_more_than_ours(cdk: str, tmp_path: Path) -> None:
    """The comparison of constructs gives AWS CDK no more work than ours has."""
    peers._ours("constructs", 1, tmp_path / "ours")(False)
    peers._theirs(cdk, "constructs", 1, tmp_path / "theirs")(False)

    assert 50 <= resources(tmp_path / "theirs") <= resources(tmp_path / "ours") <= 65
