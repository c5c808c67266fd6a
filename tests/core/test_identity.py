"""Renames, departures and adoptions: what Terraform is told, and what it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Template

_CONFIG = KeyConfig(description="Data at rest")


def test_a_rename_moves_every_resource_below_it(stack: PlatformStack) -> None:
    """Each resource gets a `moved` block from the address that it had."""
    before = Template(_with_key(stack, "Data"))

    renamed = stack_of(stack.target, Path(str(stack.node.root.outdir)) / "renamed")  # type: ignore[attr-defined] # an App
    renamed.rename("Data", "Records")
    after = Template(_with_key(renamed, "Records")).json

    addresses = {
        f"{kind}.{name}" for kind, blocks in before.json["resource"].items() for name in blocks
    }
    assert {block["from"] for block in after["moved"]} == addresses
    assert {block["to"].split(".")[0] for block in after["moved"]} == {
        "aws_kms_alias",
        "aws_kms_key",
    }


def test_a_rename_keeps_physical_names(stack: PlatformStack) -> None:
    """What AWS shows stays as it was, since changing it would replace the thing."""
    stack.rename("Data", "Records")

    _with_key(stack, "Records")

    assert Template(stack).only("aws_kms_alias")["name"] == "alias/shop-prod-data"


def test_a_rename_keeps_the_ids_of_grants_on_it(stack: PlatformStack) -> None:
    """A policy of another construct is not renamed because what it speaks of is."""
    stack.rename("Data", "Records")
    key = Key(stack, "Records", config=_CONFIG)
    role = Role(stack, "Reader", service="ecs-tasks.amazonaws.com", description="Reads")

    key.grants.decrypt(role)

    assert Template(stack).only("aws_iam_role_policy")["name"] == "TestDataDecrypt"


def test_without_a_rename_nothing_is_moved(stack: PlatformStack) -> None:
    """No block is written for nothing."""
    _with_key(stack, "Data")

    assert not {"moved", "removed", "import"} & set(Template(stack).json)


def test_refuses_to_rename_to_where_nothing_is(stack: PlatformStack) -> None:
    """A misspelt new path would silently destroy and create."""
    stack.rename("Data", "Recrods")
    _with_key(stack, "Records")

    with pytest.raises(PlatformError) as refused:
        Template(stack)

    assert str(refused.value) == (
        "shop-prod-test: rename('Data', 'Recrods') finds no construct at 'Recrods';"
        " construct it there [NothingToRename]"
    )


def test_forgetting_removes_from_the_state_without_destroying(stack: PlatformStack) -> None:
    """Every resource leaves the JSON and gets a `removed` block that destroys nothing."""
    _with_key(stack, "Data")
    stack.forget("Data")

    written = Template(stack).json

    assert "resource" not in written
    assert written["removed"] == [
        {"from": "aws_kms_key.Data_666C94C7", "lifecycle": {"destroy": False}},
        {"from": "aws_kms_alias.Data_Alias_B585351C", "lifecycle": {"destroy": False}},
    ]


def test_forgetting_by_address_needs_no_code(stack: PlatformStack) -> None:
    """What is no longer in the code is named as Terraform names it."""
    stack.forget("aws_eip.Old_12345678")

    assert Template(stack).json["removed"] == [
        {"from": "aws_eip.Old_12345678", "lifecycle": {"destroy": False}}
    ]


def test_refuses_to_forget_what_is_not_there(stack: PlatformStack) -> None:
    """The sentence says both ways out."""
    stack.forget("Data")

    with pytest.raises(PlatformError) as refused:
        Template(stack)

    assert str(refused.value) == (
        "shop-prod-test: forget('Data') finds no construct there; keep it in the code until this is"
        " applied, or give the addresses of its resources [NothingToForget]"
    )


def test_adopts_by_construct_path(environment: Environment, tmp_path: Path) -> None:
    """An id in the environment becomes an `import` block of that stack."""
    adopting = environment.evolve(adopt={"test": {"Data/Resource": "1234abcd-12ab"}})

    written = Template(_with_key(stack_of(adopting, tmp_path), "Data")).json

    assert written["import"] == [{"to": "aws_kms_key.Data_666C94C7", "id": "1234abcd-12ab"}]


def test_adopts_nothing_of_other_stacks(environment: Environment, tmp_path: Path) -> None:
    """The ids of one stack do not reach another."""
    adopting = environment.evolve(adopt={"network": {"Vpc/Resource": "vpc-1"}})

    assert "import" not in Template(_with_key(stack_of(adopting, tmp_path), "Data")).json


def test_refuses_to_adopt_at_an_unknown_path(environment: Environment, tmp_path: Path) -> None:
    """The sentence names the author's line and the path that was probably meant."""
    adopting = environment.evolve(adopt={"test": {"Data/Resorce": "1234abcd-12ab"}})
    stack = _with_key(stack_of(adopting, tmp_path), "Data")

    with pytest.raises(PlatformError) as refused:
        Template(stack)

    (problem,) = refused.value.problems
    assert str(problem.where).startswith("tests/core/test_identity.py:")
    assert problem.message == (
        "adopt names 'Data/Resorce', which is no resource of shop-prod-test;"
        " did you mean 'Data/Resource'?"
    )


def _with_key(stack: PlatformStack, id: str) -> PlatformStack:
    Key(stack, id, config=_CONFIG)
    return stack
