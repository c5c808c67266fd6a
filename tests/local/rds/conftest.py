"""An instance of PostgreSQL as tests ask for it, and nothing left of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local.rds.databases import forget

_ASKED: dict[str, Any] = {
    "DBInstanceIdentifier": "orders",
    "DBInstanceClass": "db.m7g.large",
    "Engine": "postgres",
    "EngineVersion": "16.4",
    "AllocatedStorage": 100,
    "MaxAllocatedStorage": 500,
    "StorageType": "gp3",
    "StorageEncrypted": True,
    "DBName": "orders",
    "MasterUsername": "platform",
    "MasterUserPassword": "planted-password",
    "BackupRetentionPeriod": 7,
}


@pytest.fixture
def rds(client: Callable[[str], Any]) -> Iterator[Any]:
    """Return the RDS client, and leave no database behind."""
    rds = client("rds")
    yield rds
    forget(rds)


@pytest.fixture
def make(rds: Any) -> Callable[..., Any]:
    """Return a maker of instances; None takes a setting away."""

    def create(**changes: Any) -> Any:
        asked = {name: value for name, value in (_ASKED | changes).items() if value is not None}
        return rds.create_db_instance(**asked)["DBInstance"]

    return create


@pytest.fixture
def refuse(rds: Any, refused: Callable[..., str]) -> Callable[..., str]:
    """Return a caller that returns the code with which an instance is refused."""

    def create(**changes: Any) -> str:
        asked = {name: value for name, value in (_ASKED | changes).items() if value is not None}
        return refused(rds.create_db_instance, **asked)

    return create


@pytest.fixture
def read(rds: Any) -> Callable[..., Any]:
    """Return a reader of an instance."""

    def describe(name: str = "orders") -> Any:
        return rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0]

    return describe
