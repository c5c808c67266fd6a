"""The plan guard and the state lock, on an environment that is applied."""

from __future__ import annotations

import pytest

from platform_lib.terraform.plan import Counts
from tests.applied.conftest import Repository, Small

# One worker, so that one environment is applied for all of them.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("small")]

_KEYS = "platform_lib/stacks/keys.py"


def test_the_second_of_two_applies_is_refused(small: Small, applied: Repository) -> None:
    """The DynamoDB lock lets one in; the other says who holds it, and the state is intact."""
    assert "locked" in small.second
    assert small.code == 0, small.printed

    applied.run("plan", "small", "network", "--detailed-exitcode")


def test_refuses_to_plan_without_a_protected_construct(applied: Repository) -> None:
    """A key that was deleted from the Python is not deleted from the account."""
    source = (applied.folder / _KEYS).read_text()
    (applied.folder / _KEYS).write_text(source[: source.index("        self.sops = Key(")])

    printed = applied.run("plan", "small", "keys", expect=3)

    assert "aws_kms_key.Sops_" in printed
    assert "small-keys" in printed


def test_refuses_a_rename_without_moved(applied: Repository) -> None:
    """A new construct id is a new address: the old key would go."""
    applied.edit(_KEYS, '"Data",', '"Records",')

    printed = applied.run("plan", "small", "keys", expect=3)

    assert "aws_kms_key.Data_666C94C7" in printed
    assert "rename" in printed


def test_the_same_rename_is_empty_through_rename(applied: Repository) -> None:
    """`rename()` moves the state, keeps the alias, and plans 0 to add, 0 to change, 0 to destroy."""
    applied.edit(_KEYS, '"Data",', '"Records",')
    applied.edit(
        _KEYS,
        "        keys = environment.keys\n",
        '        self.rename("Data", "Records")\n        keys = environment.keys\n',
    )
    applied.run("synth", "small")

    plan = applied.changes("small-keys")

    moved = {change.previous_address: change.address for change in plan.changes}
    assert plan.counts == Counts(moved=2)
    assert moved["aws_kms_key.Data_666C94C7"].startswith("aws_kms_key.Records_")


def test_refuses_a_change_that_forces_replacement(applied: Repository) -> None:
    """A new address block would replace the VPC and all that is in it."""
    applied.edit("environments/small.py", "10.60.0.0/16", "10.61.0.0/16")

    printed = applied.run("plan", "small", "network", expect=3)

    assert "aws_vpc.Vpc_" in printed
    assert "cidr_block" in printed


def test_refuses_to_destroy_a_protected_environment(applied: Repository) -> None:
    """The sentence names the line where it would be allowed and the order of steps."""
    printed = applied.run("destroy", "small", "--yes-destroy", "small", expect=3)

    assert "small does not allow destroying; set allow_destroy=True there" in printed
