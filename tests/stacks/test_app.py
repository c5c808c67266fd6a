"""Which stacks an app has, and in which order they are applied."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from platform_lib.app import build_app
from platform_lib.environment import Account, Environment, LocalState, S3State
from platform_lib.errors import PlatformError
from platform_lib.testing.template import Template
from tests.stacks.conftest import Build


def test_stacks_wait_for_those_that_they_need(environment: Environment, tmp_path: Path) -> None:
    """An account is safe before anything of an environment exists, and keys exist before data."""
    app = build_app([environment.account], [environment], outdir=tmp_path / "out")

    app.synth()

    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())["stacks"]
    assert {name: entry["dependencies"] for name, entry in manifest.items()} == {
        "workloads-foundation": [],
        "shop-prod-keys": ["workloads-foundation"],
        "shop-prod-network": ["shop-prod-keys"],
        "shop-prod-alerts": ["shop-prod-keys"],
    }


def test_environments_of_an_account_share_its_foundation(
    build: Build, environment: Environment
) -> None:
    """What exists once per account is in one state."""
    stacks = build(environment, environment.evolve(name="shop-stage"))

    assert list(stacks) == [
        "workloads-foundation",
        "shop-prod-keys",
        "shop-prod-network",
        "shop-prod-alerts",
        "shop-stage-keys",
        "shop-stage-network",
        "shop-stage-alerts",
    ]
    assert stacks["shop-stage-keys"].dependencies == [stacks["workloads-foundation"]]


def test_environments_do_not_depend_on_each_other(build: Build, environment: Environment) -> None:
    """Staging is applied, or destroyed, without production."""
    stacks = build(environment, environment.evolve(name="shop-stage"))

    # What a stack reads is known once its references are resolved.
    Template(stacks["shop-stage-network"])

    assert [it.node.id for it in stacks["shop-stage-network"].dependencies] == ["shop-stage-keys"]


def test_an_account_without_environments_has_its_foundation(build: Build, account: Account) -> None:
    """An account is made safe before anything moves in."""
    assert list(build(accounts=(account,))) == ["workloads-foundation"]


def test_a_foundation_is_that_of_the_environments_own_account(
    build: Build, environment: Environment, account: Account
) -> None:
    """With several accounts, each environment waits for its own."""
    production = account.evolve(name="production", id="222222222222")

    stacks = build(environment.evolve(account=production), accounts=(account, production))

    assert [it.node.id for it in stacks["shop-prod-keys"].dependencies] == ["production-foundation"]


def test_what_is_adopted_is_imported(build: Build, environment: Environment) -> None:
    """`build_app` writes the import blocks, so that no stack can be synthesised without them."""
    adopting = environment.evolve(adopt={"network": {"Vpc/Resource": "vpc-0a1b2c3d"}})

    stack = build(adopting)["shop-prod-network"]

    assert Template(stack).json["import"] == [{"to": "aws_vpc.Vpc_8378EB38", "id": "vpc-0a1b2c3d"}]


def test_adopting_what_is_not_there_is_refused(build: Build, environment: Environment) -> None:
    """A path that names nothing would be an import that never happens."""
    with pytest.raises(PlatformError) as caught:
        build(environment.evolve(adopt={"network": {"Vpc/Resorce": "vpc-0a1b2c3d"}}))

    (problem,) = caught.value.problems
    assert problem.message == (
        "adopt names 'Vpc/Resorce', which is no resource of shop-prod-network;"
        " did you mean 'Vpc/Resource'?"
    )


def test_readers_of_a_shared_state_do_not_name_its_lock_table(network: Template) -> None:
    """Reading takes no lock, and the table would only make Terraform warn."""
    (read,) = network.json["data"]["terraform_remote_state"].values()

    assert read["backend"] == "s3"
    assert read["config"] == {
        "bucket": "acme-terraform-state",
        "encrypt": True,
        "key": "shop-prod/shop-prod-keys.tfstate",
        "region": "us-east-1",
    }


@pytest.mark.parametrize(
    ("state", "backend"),
    [
        (LocalState(), {"local": {"path": "../../../.state/shop-prod/shop-prod-keys.tfstate"}}),
        (
            S3State(bucket="acme-terraform-state", lock="s3", prefix="platform/"),
            {
                "s3": {
                    "bucket": "acme-terraform-state",
                    "encrypt": True,
                    "key": "platform/shop-prod/shop-prod-keys.tfstate",
                    "region": "us-east-1",
                    "use_lockfile": True,
                }
            },
        ),
    ],
    ids=["local", "native lock"],
)
def test_the_account_says_where_states_are(
    build: Build,
    environment: Environment,
    account: Account,
    state: S3State | LocalState,
    backend: dict[str, object],
) -> None:
    """Each kind of state has its own backend, with the same key in it."""
    stack = build(environment.evolve(account=account.evolve(state=state)))["shop-prod-keys"]

    assert Template(stack).json["terraform"]["backend"] == backend
