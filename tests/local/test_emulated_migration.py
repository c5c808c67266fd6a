"""The runner of a migration is the one function whose code the emulator runs."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_lib.ecs import migration
from platform_lib.functions.asset import Code

_HANDLER = "migration.handler.handle"


def _archive() -> bytes:
    return Code(_HANDLER, (Path(migration.__path__[0]),)).archive()


@pytest.fixture
def role(client: Callable[[str], Any]) -> Callable[[str], str]:
    """Return a maker of roles that a service may assume."""

    def make(service: str) -> str:
        statement = {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": service},
        }
        made = client("iam").create_role(
            RoleName=f"role-{secrets.token_hex(4)}",
            AssumeRolePolicyDocument=json.dumps(
                {"Version": "2012-10-17", "Statement": [statement]}
            ),
        )
        return str(made["Role"]["Arn"])

    return make


@pytest.fixture
def function(client: Callable[[str], Any], role: Callable[[str], str]) -> Callable[..., str]:
    """Return a maker of functions, by code and handler."""

    def make(code: bytes, handler: str = _HANDLER) -> str:
        name = f"function-{secrets.token_hex(4)}"
        client("lambda").create_function(
            FunctionName=name,
            Role=role("lambda.amazonaws.com"),
            Runtime="python3.13",
            Handler=handler,
            Timeout=60,
            Code={"ZipFile": code},
        )
        return name

    return make


@pytest.fixture
def order(
    client: Callable[[str], Any], role: Callable[[str], str], subnets: list[str]
) -> Callable[..., dict[str, Any]]:
    """Return a maker of orders: a task in a new cluster."""

    def make(**container: Any) -> dict[str, Any]:
        name = f"shop-{secrets.token_hex(4)}"
        ecs = client("ecs")
        ecs.create_cluster(clusterName=name, capacityProviders=["FARGATE"])
        definition = ecs.register_task_definition(
            family=name,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            executionRoleArn=role("ecs-tasks.amazonaws.com"),
            containerDefinitions=[{"name": "app", "image": "shop:1"} | container],
        )
        return {
            "capacity": [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}],
            "cluster": name,
            "family": name,
            "log_group": f"/ecs/{name}",
            "run": 1,
            "security_groups": [],
            "subnets": subnets,
            "task_definition": definition["taskDefinition"]["taskDefinitionArn"],
        }

    return make


def _call(client: Callable[[str], Any], name: str, event: dict[str, Any]) -> dict[str, Any]:
    answer = client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    told: dict[str, Any] = json.loads(answer["Payload"].read())
    return {"failed": answer.get("FunctionError"), **told}


def test_a_migration_runs_its_task(
    client: Callable[[str], Any],
    function: Callable[..., str],
    order: Callable[..., dict[str, Any]],
) -> None:
    """The answer names the task, which has ended; the same order starts no second one."""
    name, event = function(_archive()), order()

    first, again = _call(client, name, event), _call(client, name, event)

    ended = client("ecs").list_tasks(cluster=event["cluster"], desiredStatus="STOPPED")
    assert first == {
        "failed": None,
        "task": ended["taskArns"][0],
        "task_definition": event["task_definition"],
    }
    assert again == first
    assert len(ended["taskArns"]) == 1


def test_another_run_starts_another_task(
    client: Callable[[str], Any],
    function: Callable[..., str],
    order: Callable[..., dict[str, Any]],
) -> None:
    """It is another order."""
    name, event = function(_archive()), order()

    arns = {_call(client, name, event | {"run": run})["task"] for run in (1, 2)}

    assert len(arns) == 2


def test_a_migration_that_does_not_start_fails(
    client: Callable[[str], Any],
    function: Callable[..., str],
    order: Callable[..., dict[str, Any]],
) -> None:
    """The call answers with the error that the code raises."""
    event = order(secrets=[{"name": "A", "valueFrom": "/nobody"}])

    answer = _call(client, function(_archive()), event)

    assert (answer["failed"], answer["errorType"]) == ("Unhandled", "MigrationFailedError")
    assert "app did not start (ResourceInitializationError" in answer["errorMessage"]


def test_a_refusal_of_ecs_is_the_answer(
    client: Callable[[str], Any],
    function: Callable[..., str],
    order: Callable[..., dict[str, Any]],
) -> None:
    """What the code does not catch is what Lambda reports."""
    answer = _call(client, function(_archive()), order() | {"cluster": "nobody"})

    assert (answer["failed"], answer["errorType"]) == ("Unhandled", "ClusterNotFoundException")


@pytest.mark.parametrize("which", ["another handler", "another source", "no source", "no zip"])
def test_other_code_is_not_run(
    function: Callable[..., str],
    client: Callable[[str], Any],
    refused: Callable[..., str],
    which: str,
) -> None:
    """A changed copy is somebody else's code, and is refused with 501."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        if which == "another source":
            archive.writestr("migration/handler.py", "def handle(event, context): ...")
        else:
            archive.writestr("other.py", "")
    name = {
        "another handler": lambda: function(_archive(), "other.handle"),
        "another source": lambda: function(written.getvalue()),
        "no source": lambda: function(written.getvalue()),
        "no zip": lambda: function(b"nothing"),
    }[which]()

    assert refused(client("lambda").invoke, FunctionName=name, Payload=b"{}") == "NotImplemented"
