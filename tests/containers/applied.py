"""The API's container in an environment that Terraform has applied."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3

from platform_lib.secretsmanager.rotation import handler
from platform_lib.secretsmanager.rotation.credential import Credential
from tests.applied.conftest import Repository
from tests.containers.ecs import CannotStartError, environment_of, value_from
from tests.containers.servers import missing
from tests.containers.world import CacheUser, World, world

_FUNCTION = "tests.containers.function"
_STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
_ROOT = Path(__file__).resolve().parents[2]


def the_api_reaches_its_servers(repository: Repository, environment: str) -> None:
    """Start the API's container as the applied task definition says, and see what it reaches.

    The servers are started as RDS and ElastiCache were asked to: with the master of the managed
    secret, and with the users in the state. The login is the one that the first rotation makes, by
    the code of the function: the emulated AWS does not run it.

    Without the servers nothing is done: it is one step of a long test, which goes on, and
    `test_container_start` tells that they are missing. Where CI is set it fails.
    """
    if missing() is not None and not os.environ.get("CI"):
        return
    secrets = _client(repository, "secretsmanager")
    family = f"{environment}-saleor-api-task"
    described = _client(repository, "ecs").describe_task_definition(taskDefinition=family)
    (definition,) = described["taskDefinition"]["containerDefinitions"]
    _waits_for_people(definition, secrets)
    login = _login(definition, secrets)
    cache = urlsplit(environment_of(definition, secrets)["CACHE_URL"])
    master = _current(secrets, login.master_arn)

    with world(
        repository.folder / "redis",
        database=login.host,
        master=master,
        cache=str(cache.hostname),
        users=_users(repository, f"{environment}-data"),
    ) as servers:
        _rotate(repository, servers, _secret_of(definition, "DATABASE_URL"), login, secrets)
        given = environment_of(definition, secrets)
        found = servers.start(given)

    assert set(found["variables"]) - {"LC_CTYPE"} == set(given)
    assert found["database"] == {
        "user": login.owner,  # the owner, whichever login has its turn
        "login": login.logins[0],
        "database": login.database,
    }
    assert found["cache"]["read"] == "yes", found["cache"]
    assert "permissions" in found["cache"]["others"]
    broker = _current(secrets, _secret_of(definition, "CELERY_BROKER_URL"))
    assert found["broker"] == {
        "scheme": "amqps",
        "user": broker["username"],
        "password": broker["password"],
        "host": broker["host"],
        "port": int(broker["port"]),
    }


def _client(repository: Repository, service: str) -> Any:
    environ = repository.aws.environment()
    return boto3.client(
        service,
        endpoint_url=environ["AWS_ENDPOINT_URL"],
        region_name="us-east-1",
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
    )


def _current(secrets: Any, arn: str) -> dict[str, str]:
    """Return the fields of a secret as they are now."""
    fields: dict[str, str] = json.loads(value_from(arn, secrets))
    return fields


def _secret_of(definition: Any, variable: str) -> str:
    """Return the ARN of the secret that a variable is read from."""
    (reference,) = (it["valueFrom"] for it in definition["secrets"] if it["name"] == variable)
    return ":".join(reference.split(":")[:7])


def _waits_for_people(definition: Any, secrets: Any) -> None:
    """Put the values that people put; until then ECS does not start the container."""
    empty = [
        secret
        for secret in definition["secrets"]
        if not secrets.describe_secret(SecretId=":".join(secret["valueFrom"].split(":")[:7])).get(
            "VersionIdsToStages"
        )
    ]
    assert {it["name"] for it in empty} == {"AVATAX_CREDENTIALS", "RSA_PRIVATE_KEY"}
    try:
        environment_of(definition, secrets)
    except CannotStartError:
        pass
    else:
        raise AssertionError("ECS would start the container without the values of people")
    for secret in empty:
        secrets.put_secret_value(SecretId=secret["valueFrom"], SecretString="put-by-a-person-41c7")


def _login(definition: Any, secrets: Any) -> Credential:
    """Return what the secret's tags declare of the database's login."""
    described = secrets.describe_secret(SecretId=_secret_of(definition, "DATABASE_URL"))
    assert described["RotationEnabled"]
    return Credential.from_tags(described["Tags"])


def _users(repository: Repository, stack: str) -> Iterator[CacheUser]:
    """Yield the users of caches as ElastiCache got them, from the state."""
    state = json.loads(repository.terraform(stack, "state", "pull"))
    for resource in state["resources"]:
        if resource["type"] == "aws_elasticache_user":
            for instance in resource["instances"]:
                user = instance["attributes"]
                modes = user["authentication_mode"] or [{"passwords": None}]
                passwords = modes[0]["passwords"] or [None]
                yield CacheUser(user["user_name"], user["access_string"], passwords[0])


def _rotate(
    repository: Repository, servers: World, secret: str, login: Credential, secrets: Any
) -> None:
    """Do the first rotation by the function's own code.

    Secrets Manager makes a version that has no value yet; its API cannot, so the version has here
    what the function would put into it.
    """
    current = _current(secrets, secret)
    token = str(uuid.uuid4())
    value = login.value(login.other_login(current["username"]), "first.rotation-41c7")
    secrets.put_secret_value(
        SecretId=secret,
        ClientRequestToken=token,
        SecretString=json.dumps(value),
        VersionStages=["AWSPENDING"],
    )
    for step in _STEPS:
        event = {"SecretId": secret, "ClientRequestToken": token, "Step": step}
        told = {"address": servers.postgres.address, "event": event}
        finished = subprocess.run(
            [sys.executable, "-m", _FUNCTION, json.dumps(told)],
            cwd=_ROOT,
            env={
                **repository.environ,
                "AWS_DEFAULT_REGION": "us-east-1",
                handler.CA_FILE: str(servers.postgres.ca_file),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, f"{step}: {finished.stderr}"
