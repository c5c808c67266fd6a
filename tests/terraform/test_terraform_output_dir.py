"""Publishing brings the output folder up to date and keeps what is not synth's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from platform_lib.terraform.output_dir import publish


def synth(folder: Path, **stacks: dict[str, str]) -> Path:
    """Write stacks as CDKTF does: files by name, and a manifest."""
    for name, files in stacks.items():
        for path, content in files.items():
            target = folder / "stacks" / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
    entries = {
        name: {"name": name, "workingDirectory": f"stacks/{name}", "dependencies": []}
        for name in stacks
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "0.21.0", "stacks": entries}))
    return folder


def manifest(outdir: Path) -> dict[str, Any]:
    """Return the stacks of a published manifest."""
    content: dict[str, Any] = json.loads((outdir / "manifest.json").read_text())["stacks"]
    return content


@pytest.fixture
def outdir(tmp_path: Path) -> Path:
    """Return an output folder with two published stacks."""
    folder = tmp_path / "cdktf.out"
    fresh = synth(
        tmp_path / "first",
        net={"cdk.tf.json": "{}", "assets/a/code.zip": "1"},
        data={"cdk.tf.json": "{}"},
    )
    publish(fresh, folder, full=True)
    return folder


def test_only_differences_are_written(outdir: Path, tmp_path: Path) -> None:
    """A changed file is replaced, an old asset goes, an equal file keeps its time."""
    equal = outdir / "stacks/data/cdk.tf.json"
    time = equal.stat().st_mtime_ns
    fresh = synth(
        tmp_path / "second",
        net={"cdk.tf.json": '{"new": 1}', "assets/b/code.zip": "2"},
        data={"cdk.tf.json": "{}"},
    )

    published = publish(fresh, outdir, full=True)

    assert published.written == (
        "stacks/net/assets/b/code.zip",
        "stacks/net/cdk.tf.json",
        "stacks/net/assets/a/code.zip",
    )
    assert (outdir / "stacks/net/cdk.tf.json").read_text() == '{"new": 1}'
    assert not (outdir / "stacks/net/assets/a").exists()
    assert equal.stat().st_mtime_ns == time
    assert not list(outdir.rglob("*.new"))


def test_an_equal_synth_writes_nothing(outdir: Path, tmp_path: Path) -> None:
    """Publishing the same again changes no file."""
    published = publish(tmp_path / "first", outdir, full=True)

    assert published == publish(tmp_path / "first", outdir, full=True)
    assert published.written == published.removed == published.kept == ()


def test_what_is_not_synths_stays(outdir: Path, tmp_path: Path) -> None:
    """Terraform's folder, lock, states, plans, variables and our own records are not touched."""
    net = outdir / "stacks/net"
    kept = [
        ".terraform/modules/modules.json",
        ".terraform.lock.hcl",
        ".platform/plan.tfplan",
        "terraform.tfstate",
        "terraform.tfstate.backup",
        "errored.tfstate",
        "my.tfplan",
        "local.auto.tfvars",
    ]
    for name in kept:
        (net / name).parent.mkdir(parents=True, exist_ok=True)
        (net / name).write_text("{}")

    publish(tmp_path / "first", outdir, full=True)

    assert all((net / name).is_file() for name in kept)


def test_the_provider_lock_goes_into_every_stack(outdir: Path, tmp_path: Path) -> None:
    """The committed lock file is copied, and again only when it has changed."""
    lock = tmp_path / ".terraform.lock.hcl"
    lock.write_text("locked")

    first = publish(tmp_path / "first", outdir, full=True, lock_file=lock)
    second = publish(tmp_path / "first", outdir, full=True, lock_file=lock)

    assert sorted(first.written) == [
        "stacks/data/.terraform.lock.hcl",
        "stacks/net/.terraform.lock.hcl",
    ]
    assert second.written == ()
    assert (outdir / "stacks/net/.terraform.lock.hcl").read_text() == "locked"


def test_a_partial_synth_removes_nothing(outdir: Path, tmp_path: Path) -> None:
    """Stacks that were left out stay, in their folder and in the manifest."""
    fresh = synth(tmp_path / "second", data={"cdk.tf.json": '{"new": 1}'})

    published = publish(fresh, outdir, full=False)

    assert published.removed == ()
    assert list(manifest(outdir)) == ["data", "net"]
    assert (outdir / "stacks/net/cdk.tf.json").is_file()


def test_a_full_synth_removes_what_is_gone(outdir: Path, tmp_path: Path) -> None:
    """A stack that no longer exists and was never applied goes."""
    fresh = synth(tmp_path / "second", data={"cdk.tf.json": "{}"})

    published = publish(fresh, outdir, full=True)

    assert published.removed == ("net",)
    assert list(manifest(outdir)) == ["data"]
    assert not (outdir / "stacks/net").exists()


REMOTE = {"backend": {"type": "s3", "config": {"bucket": "b"}}}
LOCAL = {"backend": {"type": "local", "config": {"path": "../../../state/net.tfstate"}}}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("stacks/net/terraform.tfstate", {"resources": [{}]}),
        ("stacks/net/errored.tfstate", {"resources": [{}]}),
        ("stacks/net/.terraform/terraform.tfstate", REMOTE),
        ("stacks/net/.platform/apply.jsonl", {}),
    ],
)
def test_a_stack_that_may_hold_state_stays(
    outdir: Path, tmp_path: Path, name: str, content: dict[str, Any]
) -> None:
    """A state with resources, a remote backend and an unfinished record each keep the folder."""
    (outdir / name).parent.mkdir(parents=True, exist_ok=True)
    (outdir / name).write_text(json.dumps(content))
    fresh = synth(tmp_path / "second", data={"cdk.tf.json": "{}"})

    published = publish(fresh, outdir, full=True)

    assert published.kept == ("net",)
    assert published.removed == ()
    assert (outdir / name).is_file()


@pytest.mark.parametrize(("resources", "kept"), [([{}], ("net",)), ([], ()), (None, ())])
def test_a_local_state_elsewhere_is_looked_at(
    outdir: Path, tmp_path: Path, resources: list[Any] | None, kept: tuple[str, ...]
) -> None:
    """A local backend is followed to its file: it holds resources, none, or does not exist."""
    backend = outdir / "stacks/net/.terraform/terraform.tfstate"
    backend.parent.mkdir()
    backend.write_text(json.dumps(LOCAL))
    if resources is not None:
        (tmp_path / "state").mkdir()
        (tmp_path / "state/net.tfstate").write_text(json.dumps({"resources": resources}))
    fresh = synth(tmp_path / "second", data={"cdk.tf.json": "{}"})

    assert publish(fresh, outdir, full=True).kept == kept


def test_a_damaged_state_counts_as_state(outdir: Path, tmp_path: Path) -> None:
    """What cannot be read is not thrown away."""
    (outdir / "stacks/net/terraform.tfstate").write_text("{")
    fresh = synth(tmp_path / "second", data={"cdk.tf.json": "{}"})

    assert publish(fresh, outdir, full=True).kept == ("net",)
