"""What holds for every stack: its provider, its tags, its state, its versions."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from platform_lib.environment import Environment, S3State
from platform_lib.testing.project import SynthesisedProject, SynthesisedStack
from platform_lib.testing.template import Block
from tests.environments import golden


@pytest.fixture(scope="session")
def stacks(synthesised: SynthesisedProject) -> tuple[SynthesisedStack, ...]:
    """Return every stack."""
    return tuple(synthesised.stacks.values())


def test_every_target_has_its_stacks(stacks: tuple[SynthesisedStack, ...]) -> None:
    """There is something to look at; the tests below would also pass over nothing."""
    everywhere = {"keys": 5, "network": 5, "alerts": 5, "data": 5}
    expected = Counter({"foundation": 2, **everywhere, "ecs": 3, "services": 3, "edge": 3})

    assert Counter(it.name.removeprefix(f"{it.target.name}-") for it in stacks) == expected


def test_every_resource_gets_the_tags_of_its_target(stacks: tuple[SynthesisedStack, ...]) -> None:
    """Cost and ownership of everything are known, because no construct can forget these tags."""
    expected = {stack.name: _tags(stack) for stack in stacks}

    assert {stack.name: _provider(stack)["default_tags"] for stack in stacks} == expected


def _tags(stack: SynthesisedStack) -> list[Block]:
    target = stack.target
    tags = {
        "CostCenter": target.tags.cost_center,
        "DataClass": target.tags.data_class,
        "Environment": target.name,
        "ManagedBy": "cdktf",
        "Owner": target.tags.owner,
        "Repository": target.tags.repository,
        "Stack": stack.name,
        "System": target.system if isinstance(target, Environment) else target.name,
    }
    return [{"tags": tags}]


def test_credentials_of_another_account_stop_the_run(stacks: tuple[SynthesisedStack, ...]) -> None:
    """Production is never changed by somebody who is logged in to it by mistake, nor the reverse."""
    allowed = {stack.name: _provider(stack)["allowed_account_ids"] for stack in stacks}

    assert allowed == {stack.name: [stack.account.id] for stack in stacks}


def test_everything_is_in_the_region_of_its_target(stacks: tuple[SynthesisedStack, ...]) -> None:
    """Data stays where its environment says."""
    regions = {stack.name: _provider(stack)["region"] for stack in stacks}

    assert regions == {stack.name: stack.target.region for stack in stacks}


def test_every_stack_has_a_state_of_its_own(stacks: tuple[SynthesisedStack, ...]) -> None:
    """Two stacks with one key would delete each other's resources."""
    backends = {stack.name: stack.stack.document.backend.config for stack in stacks}

    assert len({(it["bucket"], it["key"]) for it in backends.values()}) == len(stacks)
    assert {name: it["key"] for name, it in backends.items()} == {
        stack.name: f"{stack.target.name}/{stack.name}.tfstate" for stack in stacks
    }


def test_states_are_locked_encrypted_and_in_their_account(
    stacks: tuple[SynthesisedStack, ...],
) -> None:
    """Nobody applies while another does, and nobody reads a state from the bucket's disk."""
    for stack in stacks:
        state, backend = stack.account.state, stack.stack.document.backend

        assert isinstance(state, S3State)
        assert backend.type == "s3"
        assert {**backend.config, "key": None} == {
            "bucket": state.bucket,
            "key": None,
            "dynamodb_table": state.lock_table,
            "encrypt": True,
            "region": stack.account.region,
        }


def test_versions_are_pinned(stacks: tuple[SynthesisedStack, ...]) -> None:
    """A run of next year uses the provider of today, by its full name, and a Terraform that fits."""
    required = {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}

    for stack in stacks:
        terraform = stack.template.json["terraform"]

        assert terraform["required_version"] == ">= 1.11.0, < 2.0.0"
        assert terraform["required_providers"] == required


def test_the_committed_lock_is_in_every_stack(stacks: tuple[SynthesisedStack, ...]) -> None:
    """Plain `terraform init` in a stack's folder takes the provider that was reviewed."""
    committed = (golden.ROOT / ".terraform.lock.hcl").read_bytes()

    assert [
        stack.name
        for stack in stacks
        if (stack.stack.directory / ".terraform.lock.hcl").read_bytes() != committed
    ] == []


def test_the_same_files_give_the_same_json(synthesised: SynthesisedProject, tmp_path: Path) -> None:
    """Another process, with another order of sets and dictionaries, writes the same bytes."""
    environ = {**os.environ, "CDKTF_OUTDIR": str(tmp_path / "cdktf.out"), "PYTHONHASHSEED": "7"}

    subprocess.run([sys.executable, "main.py"], cwd=golden.ROOT, env=environ, check=True)

    assert _files(tmp_path / "cdktf.out") == _files(synthesised.outdir)


def _files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _provider(stack: SynthesisedStack) -> Block:
    (provider,) = stack.template.json["provider"]["aws"]
    return dict(provider)
