"""PostgreSQL servers, and an account with Secrets Manager inside the test's own process."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from platform_lib.secretsmanager.rotation import handler
from platform_lib.secretsmanager.rotation.credential import Credential
from tests.botocore_models import botocore_models
from tests.rotation.secret import REGION, Secret
from tests.rotation.server import MASTER, MASTER_PASSWORD, Server, binaries, running

__all__ = ["botocore_models"]

FOUND: list[Path | None] = [*binaries()]
MISSING = (
    "no PostgreSQL server below /usr/lib/postgresql; install the package postgresql, or name the"
    " folder of its programs in POSTGRESQL_BINARIES"
)


@pytest.fixture(scope="session", params=FOUND or [None], ids=lambda it: it and it.parent.name)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Return a running server of each version that is installed.

    Without one the test is skipped, or fails when CI is set.
    """
    programs: Path | None = request.param
    if programs is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    with running(programs) as started:
        yield started


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return Secrets Manager of an empty account."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    with mock_aws():
        yield boto3.client("secretsmanager", region_name=REGION)


@pytest.fixture
def master_arn(account: Any) -> str:
    """Return the master's secret, with the two keys that RDS gives it."""
    value = json.dumps({"username": MASTER, "password": MASTER_PASSWORD})
    arn: str = account.create_secret(Name="rds!db-1", SecretString=value)["ARN"]
    return arn


@pytest.fixture
def credential(server: Server, master_arn: str) -> Credential:
    """Return a credential for an application that the server has never heard of."""
    name = f"app{uuid.uuid4().hex[:10]}"
    return Credential(
        host="localhost",
        port=server.port,
        database=name,
        owner=name,
        master_arn=master_arn,
        ssl_mode="verify-full",
        ssl_root_certificate=str(server.ca_file),
    )


@pytest.fixture
def trusted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the function trust the server's authority."""
    monkeypatch.setenv(handler.CA_FILE, str(server.ca_file))


@pytest.fixture
def secret(credential: Credential, trusted: None) -> Secret:
    """Return the secret of that application."""
    return Secret.declare(credential, name=credential.owner)
