"""The environments of this repository, applied by real Terraform to an emulated AWS."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from platform_lib.testing.secrets_in_state import ALLOWED, secrets_in
from tests.applied.conftest import Repository
from tests.containers.applied import the_api_reaches_its_servers
from tests.policy.scanner import scan_plan
from tests.policy.waivers import refused

pytestmark = pytest.mark.terraform

PLANTED = "planted-0d1f5c2e"
"""What a person puts into a secret that Terraform only made the place for."""


def _settled(repository: Repository, stacks: Sequence[str]) -> list[Path]:
    """Plan again with plain `terraform`, which must exit 0; return files with the plans as JSON."""

    def planned(stack: str) -> Path:
        file = repository.folder / f"{stack}.plan.json"
        file.write_text(json.dumps(repository.plan(stack, "-detailed-exitcode")))
        return file

    # The largest stacks are the last ones; begun first, the small ones go on beside them.
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(planned, reversed(stacks)))


def _secrets(repository: Repository) -> Any:
    """Return a client for the secrets of the emulated AWS."""
    environ = repository.aws.environment()
    return boto3.client(
        "secretsmanager",
        endpoint_url=environ["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
    )


def _passwords(repository: Repository) -> dict[str, str]:
    """Return the one secret part of every secret's value, by the secret's name."""
    client = _secrets(repository)
    found = {}
    for secret in client.get_paginator("list_secrets").paginate().search("SecretList[]"):
        if not secret.get("SecretVersionsToStages"):
            continue  # a place for a value that nobody has put yet
        text = client.get_secret_value(SecretId=secret["ARN"])["SecretString"]
        found[secret["Name"]] = _password_in(text)
    return found


def _password_in(text: str) -> str:
    """Return the password of a login in JSON, or all of a value that is none."""
    try:
        password: str = json.loads(text)["password"]
    except (TypeError, ValueError):  # a generated value may look like JSON
        return text
    return password


def _no_secret_is_written(
    repository: Repository, stacks: Sequence[str], passwords: Mapping[str, str], plans: str
) -> set[str]:
    """Look for every password in JSON, plans and states; return what these hold by the schema."""
    states = {stack: repository.terraform(stack, "state", "pull") for stack in stacks}
    folder = repository.folder / "cdktf.out/stacks"
    written = "".join((folder / stack / "cdk.tf.json").read_text() for stack in stacks)
    schema = json.loads(repository.terraform(stacks[0], "providers", "schema", "-json"))
    handed_on = {
        name
        for name in passwords
        if name.endswith("-password") or f"{name}-password" in passwords or "-origin-lock-" in name
    }

    assert passwords
    seen = plans + "".join(states.values())
    for name, password in passwords.items():
        assert _escaped(password) not in written, name
        if name not in handed_on:
            assert _escaped(password) not in seen, name
    return {it for state in states.values() for it in secrets_in(json.loads(state), schema)}


def _escaped(password: str) -> str:
    """Return a password as it would stand in JSON."""
    return json.dumps(password)[1:-1]


def _released(repository: Repository, variable: str) -> dict[str, set[str]]:
    """Plan another version of an image; return what changes, without the ends of the addresses."""
    plan = repository.changes("checkout-dev-services", "-refresh=false", f"-var={variable}=9.9.9")
    return {
        change.address.rpartition("_")[0]: set(change.actions)
        for change in plan.changes
        if change.actions != ("no-op",)
    }


_REPLACED, _UPDATED = {"create", "delete"}, {"update"}


def _a_release_touches_its_own_services(repository: Repository) -> None:
    """Another tag replaces the task definitions of its image, and updates the services of those."""
    assert _released(repository, "checkout_fundgate_version") == {
        "aws_ecs_task_definition.FundgateTask": _REPLACED,
        "aws_ecs_service.Fundgate": _UPDATED,
    }
    saleor = ("SaleorApi", "SaleorBeat", "SaleorWorker")
    assert _released(repository, "checkout_saleor_version") == {
        "aws_ecs_task_definition.SaleorMigrationTask": _REPLACED,
        "aws_lambda_invocation.SaleorMigration": _REPLACED,
        **{f"aws_ecs_task_definition.{name}Task": _REPLACED for name in saleor},
        **{f"aws_ecs_service.{name}": _UPDATED for name in saleor},
    }


DELETED_KEY = ("kms", "Key", "PendingDeletion")
"""A deleted key can be taken back for thirty days."""

BROKER_SETTINGS = ("mq", "Configuration", "")
"""AWS provider 5.100 never deletes the settings of a broker."""


RETIRED_TASK_DEFINITION = ("ecs", "TaskDefinition", "INACTIVE")
"""ECS keeps retired revisions for good."""


@dataclass(frozen=True)
class Expected:
    """What applying and destroying an environment leaves to be seen."""

    stacks: tuple[str, ...]
    """Its stacks."""

    by_hand: str
    """A secret that a person fills."""

    held: set[str]
    """What its state holds of secrets."""

    left: set[tuple[str, str, str]]
    """What is there after destroying it."""


# No environment sends mail by SMTP.
DATA = {it for it in ALLOWED if not it.startswith("aws_iam_access_key ")}
"""What data takes of the table."""

ENVIRONMENTS = {
    "checkout-dev": Expected(
        ("keys", "network", "alerts", "data", "ecs", "services", "edge"),
        "payment-api-key",
        DATA,
        {DELETED_KEY, BROKER_SETTINGS, RETIRED_TASK_DEFINITION},
    ),
    # It has no broker.
    "infra-stage": Expected(
        ("keys", "network", "alerts", "data"),
        "payflow-provider",
        {it for it in DATA if not it.startswith("aws_mq_broker ")},
        {DELETED_KEY},
    ),
}


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_is_applied_settled_and_destroyed(
    make_repository: Callable[[], Repository], name: str
) -> None:
    """A second plan is empty in every stack, no secret is written, and destroy leaves only the state."""
    expected = ENVIRONMENTS[name]
    repository = make_repository()
    if name == "infra-stage":
        # The provider waits a minute for each zone of an endpoint, when it makes and when it
        # destroys one: six minutes here. test_applied_growth applies endpoints.
        repository.edit("environments/infra/stage.py", '("ecr", "secrets")', "()")
    repository.run("bootstrap", name)
    repository.run("apply", "workloads")
    before = set(repository.aws.inventory())

    repository.run("apply", name)
    by_hand = f"{name}-{expected.by_hand}"
    _secrets(repository).put_secret_value(SecretId=by_hand, SecretString=PLANTED)
    stacks = [f"{name}-{it}" for it in expected.stacks]
    plans = _settled(repository, stacks)
    with ThreadPoolExecutor(2) as pool:
        scanned = pool.submit(scan_plan, *plans)
        if name == "checkout-dev":
            released = pool.submit(_a_release_touches_its_own_services, repository)
        passwords = _passwords(repository)
        assert passwords[by_hand] == PLANTED
        text = "".join(plan.read_text() for plan in plans)
        held = _no_secret_is_written(repository, stacks, passwords, text)
        assert held == expected.held
        if name == "checkout-dev":
            the_api_reaches_its_servers(repository, name)
            released.result()
    report = scanned.result()
    assert report.passed
    assert refused(report) == []
    repository.run("destroy", name, "--yes-destroy", name)

    left = set(repository.aws.inventory()) - before
    assert {(item.service, item.kind, item.state) for item in left} == expected.left
    assert repository.aws.unimplemented() == []
