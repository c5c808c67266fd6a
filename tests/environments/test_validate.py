"""Terraform and the real AWS provider accept every stack of every environment."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from platform_lib.project import load
from platform_lib.testing.project import SynthesisedProject
from tests.environments import golden
from tests.environments.conftest import Validate

pytestmark = pytest.mark.terraform

TARGETS = [target.name for target in load(golden.ROOT).targets]


@pytest.mark.parametrize("target", TARGETS)
def test_terraform_accepts_every_stack(
    synthesised: SynthesisedProject, validate: Validate, target: str
) -> None:
    """Neither an error nor a warning: arguments, types, references and their conflicts fit."""
    found = {stack.name: validate(stack.stack.directory) for stack in synthesised.of(target)}

    assert found == {name: [] for name in found}


def test_terraform_really_looks(
    synthesised: SynthesisedProject, validate: Validate, tmp_path: Path
) -> None:
    """A misspelt argument in the JSON is found, so an empty answer means something."""
    stack = synthesised.stacks["workloads-foundation"].stack
    shutil.copytree(stack.directory, tmp_path / "stack")
    document = json.loads((tmp_path / "stack" / "cdk.tf.json").read_text())
    (block,) = document["resource"]["aws_ebs_encryption_by_default"].values()
    block["enbled"] = block.pop("enabled")
    (tmp_path / "stack" / "cdk.tf.json").write_text(json.dumps(document))

    found = validate(tmp_path / "stack")

    assert [it["summary"] for it in found] == ["Extraneous JSON object property"]
