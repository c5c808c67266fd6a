"""PlatformStack: provider, backend and remote-state reads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from cdktf import App

from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Account, Environment, LocalState, S3State
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Template


def _provider(stack: PlatformStack) -> dict[str, Any]:
    provider: dict[str, Any] = Template(stack).json["provider"]["aws"][0]
    return provider


def _backend(target: Account | Environment, folder: Path) -> dict[str, Any]:
    backend: dict[str, Any] = Template(stack_of(target, folder)).json["terraform"]["backend"]
    return backend


def test_credentials_of_another_account_are_refused(stack: PlatformStack) -> None:
    """The provider works in the target's account and Region only."""
    provider = _provider(stack)

    assert provider["allowed_account_ids"] == ["111111111111"]
    assert provider["region"] == "us-east-1"


def test_every_resource_is_tagged_by_the_provider(stack: PlatformStack) -> None:
    """No construct can forget a tag, because none sets them."""
    tags = _provider(stack)["default_tags"][0]["tags"]

    assert tags == {
        "CostCenter": "1000",
        "DataClass": "confidential",
        "Environment": "shop-prod",
        "ManagedBy": "cdktf",
        "Owner": "platform",
        "Repository": "acme/platform",
        "Stack": "shop-prod-test",
        "System": "shop",
    }


def test_no_role_is_assumed_unless_the_account_has_one(stack: PlatformStack) -> None:
    """Without a role the caller's own credentials are used."""
    assert "assume_role" not in _provider(stack)


def test_assumes_the_role_of_the_account(environment: Environment, tmp_path: Path) -> None:
    """The session is named after the stack, so that CloudTrail tells which one it was."""
    role = "arn:aws:iam::111111111111:role/terraform"
    account = environment.account.evolve(role_arn=role)

    provider = _provider(stack_of(environment.evolve(account=account), tmp_path))

    assert provider["assume_role"] == [
        {"role_arn": role, "session_name": "terraform-shop-prod-test"}
    ]


def test_provider_source_and_versions_are_exact(stack: PlatformStack) -> None:
    """The source is written in full, which OpenTofu needs, and nothing floats."""
    terraform = Template(stack).json["terraform"]

    assert terraform["required_providers"] == {
        "aws": {"source": "hashicorp/aws", "version": "5.100.0"}
    }
    assert terraform["required_version"] == ">= 1.11.0, < 2.0.0"


def test_state_is_encrypted_and_locked_in_dynamodb(
    environment: Environment, tmp_path: Path
) -> None:
    """The default is one key per stack in the account's bucket, with a lock table."""
    assert _backend(environment, tmp_path) == {
        "s3": {
            "bucket": "acme-terraform-state",
            "dynamodb_table": "terraform-state-lock",
            "encrypt": True,
            "key": "shop-prod/shop-prod-test.tfstate",
            "region": "us-east-1",
        }
    }


@pytest.mark.parametrize(
    ("lock", "expected"),
    [
        ("dynamodb", {"dynamodb_table": "terraform-state-lock"}),
        ("s3", {"use_lockfile": True}),
    ],
)
def test_the_lock_is_held_by_exactly_one_thing(
    environment: Environment, tmp_path: Path, lock: Literal["dynamodb", "s3"], expected: object
) -> None:
    """A table or a lock file, never both and never none."""
    state = S3State(bucket="acme-terraform-state", lock=lock)
    account = environment.account.evolve(state=state)

    backend = _backend(environment.evolve(account=account), tmp_path)["s3"]

    assert {k: v for k, v in backend.items() if k in ("dynamodb_table", "use_lockfile")} == expected


def test_an_existing_bucket_can_be_shared_by_a_prefix(
    environment: Environment, tmp_path: Path
) -> None:
    """The prefix comes before the computed key, and a given key encrypts the state."""
    key = "arn:aws:kms:us-east-1:111111111111:key/1234abcd"
    state = S3State(bucket="terraform-state-platform", prefix="platform/", kms_key_arn=key)
    account = environment.account.evolve(state=state)

    backend = _backend(environment.evolve(account=account), tmp_path)["s3"]

    assert backend["key"] == "platform/shop-prod/shop-prod-test.tfstate"
    assert backend["kms_key_id"] == key


def test_local_state_lies_outside_the_output_folder(
    environment: Environment, tmp_path: Path
) -> None:
    """The path is relative to the stack's own folder, where plain `terraform` runs."""
    account = environment.account.evolve(state=LocalState())

    backend = _backend(environment.evolve(account=account), tmp_path)

    assert backend == {"local": {"path": "../../../.state/shop-prod/shop-prod-test.tfstate"}}


@pytest.mark.parametrize("path", ["/var/state", "cdktf.out/state", "../state", ""], ids=repr)
def test_refuses_a_folder_for_state_that_synth_could_remove(path: str) -> None:
    """State lies in the project, outside what synth writes."""
    with pytest.raises(ValueError, match="is not a folder for state; write a relative path"):
        LocalState(path=path)


def test_a_reader_of_the_state_does_not_repeat_the_lock_table(
    environment: Environment, tmp_path: Path
) -> None:
    """`dynamodb_table` does nothing in a remote-state read but warn."""
    app = App(outdir=str(tmp_path))
    keys = PlatformStack(app, "keys", target=environment)
    key = Key(keys, "Data", config=KeyConfig(description="Data at rest"))
    reader = PlatformStack(app, "data", target=environment)
    publish(reader, "key", key.arn, description="The key")

    app.synth()

    written = json.loads((tmp_path / "stacks/shop-prod-data/cdk.tf.json").read_text())
    (read,) = written["data"]["terraform_remote_state"].values()
    assert read["config"] == {
        "bucket": "acme-terraform-state",
        "encrypt": True,
        "key": "shop-prod/shop-prod-keys.tfstate",
        "region": "us-east-1",
    }
    assert read["workspace"] == "${terraform.workspace}"


def test_publishes_under_the_name_that_was_given(stack: PlatformStack) -> None:
    """An output's name is a promise to others, so it is not hashed."""
    publish(stack, "vpc_id", "vpc-1", description="Id of the VPC")

    assert Template(stack).json["output"]["vpc_id"] == {
        "value": "vpc-1",
        "description": "Id of the VPC",
    }


def test_an_account_is_a_system_of_its_own(account: Account, tmp_path: Path) -> None:
    """Account stacks are tagged with the account's name."""
    tags = _provider(stack_of(account, tmp_path))["default_tags"][0]["tags"]

    assert (tags["System"], tags["Environment"]) == ("workloads", "workloads")


def test_a_provider_of_us_east_1_is_made_once(environment: Environment, tmp_path: Path) -> None:
    """With the same account, tags and role as the stack's own, whoever asks first."""
    stack = stack_of(environment.evolve(region="eu-central-1"), tmp_path)

    first, second = stack.us_east_1_provider(), stack.us_east_1_provider()

    own, other = Template(stack).json["provider"]["aws"]
    assert first is second
    assert first is not None
    assert other == own | {"alias": "us_east_1", "region": "us-east-1"}


def test_a_stack_in_us_east_1_needs_no_second_provider(stack: PlatformStack) -> None:
    """Its own is in the right Region."""
    assert stack.us_east_1_provider() is None
    assert len(Template(stack).json["provider"]["aws"]) == 1
