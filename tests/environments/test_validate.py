"""Terraform and the real AWS provider accept every stack of every environment."""

from __future__ import annotations

import copy

import pytest

from platform_lib.project import load
from platform_lib.testing.project import SynthesisedProject
from tests.environments import golden
from tests.environments.conftest import Validate

pytestmark = pytest.mark.terraform

TARGETS = [target.name for target in load(golden.ROOT).targets]
PLANTED = "planted"
"""The name of a stack with a misspelt argument."""


@pytest.fixture(scope="module")
def found(synthesised: SynthesisedProject, validate: Validate) -> dict[str, list[str]]:
    """Return what Terraform says of every stack, of the planted one too."""
    stacks = {name: it.template.json for name, it in synthesised.stacks.items()}
    planted = copy.deepcopy(stacks["workloads-foundation"])
    (block,) = planted["resource"]["aws_ebs_encryption_by_default"].values()
    block["enbled"] = block.pop("enabled")
    return validate({**stacks, PLANTED: planted})


@pytest.mark.parametrize("target", TARGETS)
def test_terraform_accepts_every_stack(
    synthesised: SynthesisedProject, found: dict[str, list[str]], target: str
) -> None:
    """Neither an error nor a warning: arguments, types, references and their conflicts fit."""
    names = [stack.name for stack in synthesised.of(target)]

    assert {name: found[name] for name in names} == {name: [] for name in names}


def test_terraform_really_looks(
    synthesised: SynthesisedProject, found: dict[str, list[str]]
) -> None:
    """A misspelt argument in the JSON is found, so an empty answer means something."""
    assert found[PLANTED] == ["error: Extraneous JSON object property"]
    assert {*found} == {*synthesised.stacks, PLANTED}
