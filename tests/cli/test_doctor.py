"""`platformctl doctor` names what is there, what is missing, and how to get it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Shop

AWS = Path("registry.terraform.io/hashicorp/aws")


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    """Return a folder that looks like a mirror with the AWS provider."""
    (tmp_path / "mirror" / AWS).mkdir(parents=True)
    return tmp_path / "mirror"


@pytest.fixture
def machine(shop: Shop, terraform_of: Any, mirror: Path, tmp_path: Path) -> dict[str, str]:
    """Return the variables of a machine that has everything but credentials."""
    return {
        "PLATFORM_TERRAFORM": str(terraform_of("Terraform v1.14.2")),
        "PLATFORM_PLUGIN_DIR": str(mirror),
        "HOME": str(tmp_path),
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _checks(document: dict[str, Any]) -> dict[str, tuple[bool, str]]:
    return {it["name"]: (it["ok"], it["detail"]) for it in document["checks"]}


def test_a_machine_with_everything(
    shop: Shop, machine: dict[str, str], mirror: Path, tmp_path: Path
) -> None:
    """Exit 0: what is found is named with its version and its place."""
    done = shop.run_fresh("doctor", "--json", **machine)

    checks = _checks(done.json)
    assert done.code == 0
    assert checks["terraform"] == (True, f"Terraform 1.14.2 ({tmp_path / 'bin' / 'terraform'})")
    assert checks["providers"] == (True, f"plugin-dir {mirror}")
    assert checks["project"] == (True, f"1 environments in {shop.root}")
    assert checks["python"][0]
    assert checks["node"][0]
    assert checks["node"][1].startswith("v2")


def test_what_is_not_required_fails_nothing(shop: Shop, machine: dict[str, str]) -> None:
    """Without credentials and without an emulator one can still synthesise."""
    done = shop.run("doctor", **machine)

    lines = {line[:14].strip(): line[14:] for line in done.out.splitlines()}
    assert done.code == 0
    assert lines["emulated AWS"] == ("none     none runs; platformctl local up ENV starts one")
    assert lines["credentials"].startswith("none     no usable AWS credentials (")


def test_without_terraform(shop: Shop, machine: dict[str, str]) -> None:
    """Exit 1; every other line is still printed."""
    done = shop.run("doctor", **{**machine, "PLATFORM_TERRAFORM": "/nowhere/terraform"})

    lines = {line[:14].strip(): line[14:] for line in done.out.splitlines()}
    assert done.code == 1
    assert lines["terraform"] == (
        "missing  PLATFORM_TERRAFORM names /nowhere/terraform, which is no program that can be run;"
        " correct or unset it"
    )
    assert list(lines) == [
        *("python", "node", "terraform", "providers", "project", "emulated AWS", "credentials")
    ]
    assert "Traceback" not in done.text


def test_a_mirror_without_the_provider(shop: Shop, machine: dict[str, str], tmp_path: Path) -> None:
    """What `init` would fail with is known before."""
    (tmp_path / "empty").mkdir()

    done = shop.run(
        "doctor", "--json", **{**machine, "PLATFORM_PLUGIN_DIR": str(tmp_path / "empty")}
    )

    assert done.code == 1
    assert _checks(done.json)["providers"] == (
        False,
        (
            f"{tmp_path / 'empty'} holds no hashicorp/aws; let PLATFORM_PLUGIN_DIR name a mirror that"
            " does (terraform providers mirror makes one)"
        ),
    )


def test_a_node_that_does_not_run(shop: Shop, machine: dict[str, str]) -> None:
    """The one that was asked for is named, and how to get another."""
    done = shop.run("doctor", "--json", **machine, JSII_NODE="/nowhere/node")

    assert done.code == 1
    assert _checks(done.json)["node"] == (
        False,
        (
            "/nowhere/node does not run; install this package's requirements, which bring Node, or let"
            " JSII_NODE name one of version 22 or newer"
        ),
    )


def test_outside_a_project(shop: Shop, machine: dict[str, str]) -> None:
    """It is the command for who does not know what is wrong, so it works anywhere."""
    done = shop.run_in(shop.root.parent, "doctor", "--json", **machine)

    assert done.code == 1
    assert _checks(done.json)["project"] == (
        False,
        (
            f"{shop.root.parent} is not inside a project; go to the folder that has cdktf.json and"
            " environments/"
        ),
    )
