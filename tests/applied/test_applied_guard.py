"""The plan guard: what Terraform's own `prevent_destroy` does not see."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.applied.conftest import Repository, applied_small

# One worker, so that one environment is applied for all of them.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("guard")]

_KEYS = "platform_lib/stacks/keys.py"


@pytest.fixture(scope="module")
def applied(make_repository: Callable[[], Repository]) -> Repository:
    """Return an applied environment; its tests only plan, each from the code as it was."""
    return applied_small(make_repository)


@pytest.fixture
def repository(applied: Repository) -> Repository:
    """Return the applied environment with its code as it was."""
    for path in (_KEYS, "environments/small.py"):
        source = applied.folder / f"{path}.applied"
        target = applied.folder / path
        if source.is_file():
            target.write_text(source.read_text())
        else:
            source.write_text(target.read_text())
    return applied


def test_refuses_to_plan_without_a_protected_construct(repository: Repository) -> None:
    """A key that was deleted from the Python is not deleted from the account."""
    source = (repository.folder / _KEYS).read_text()
    (repository.folder / _KEYS).write_text(source[: source.index("        self.sops = Key(")])

    printed = repository.run("plan", "small", "keys", expect=3)

    assert "aws_kms_key.Sops_" in printed
    assert "small-keys" in printed


def test_refuses_a_rename_without_moved(repository: Repository) -> None:
    """A new construct id is a new address: the old key would go."""
    repository.edit(_KEYS, '"Data",', '"Records",')

    printed = repository.run("plan", "small", "keys", expect=3)

    assert "aws_kms_key.Data_666C94C7" in printed
    assert "rename" in printed


def test_the_same_rename_is_empty_through_rename(repository: Repository) -> None:
    """`rename()` moves the state, keeps the alias, and plans 0 to add, 0 to change, 0 to destroy."""
    repository.edit(_KEYS, '"Data",', '"Records",')
    repository.edit(
        _KEYS,
        "        keys = environment.keys\n",
        '        self.rename("Data", "Records")\n        keys = environment.keys\n',
    )
    repository.run("synth", "small")

    plan = repository.plan("small-keys")

    moved = {
        change["previous_address"]: change["address"]
        for change in plan["resource_changes"]
        if "previous_address" in change
    }
    assert all(change["change"]["actions"] == ["no-op"] for change in plan["resource_changes"])
    assert moved["aws_kms_key.Data_666C94C7"].startswith("aws_kms_key.Records_")
    assert len(moved) == 2


def test_refuses_a_change_that_forces_replacement(repository: Repository) -> None:
    """A new address block would replace the VPC and all that is in it."""
    repository.edit("environments/small.py", "10.60.0.0/16", "10.61.0.0/16")

    printed = repository.run("plan", "small", "network", expect=3)

    assert "aws_vpc.Vpc_" in printed
    assert "cidr_block" in printed


def test_refuses_to_destroy_a_protected_environment(repository: Repository) -> None:
    """The sentence names the line where it would be allowed and the order of steps."""
    printed = repository.run("destroy", "small", "--yes-destroy", "small", expect=3)

    assert "small does not allow destroying; set allow_destroy=True there" in printed
