"""A container with its servers: what ECS, RDS and ElastiCache would have made, on this machine."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pg8000.native import identifier, literal

from tests.containers.servers import free_address, programs, running_redis
from tests.rotation.server import Server, running

_PROGRAM = Path(__file__).with_name("program.py")


@dataclass(frozen=True)
class CacheUser:
    """A user as ElastiCache was told to make it."""

    name: str
    access_string: str
    password: str | None


@dataclass(frozen=True)
class World:
    """The servers that the names in a container's variables lead to."""

    postgres: Server
    """Where the database's name leads."""

    cache_authorities: Path
    """Who made the certificate of the cache."""

    def start(self, environment: Mapping[str, str], **told: str) -> dict[str, Any]:
        """Start a container with exactly these variables; return what it found.

        Args:
            environment: All its variables.
            told: What its image and its network would know otherwise.
        """
        knows = {
            "address": self.postgres.address,
            "database_authorities": str(self.postgres.ca_file),
            "cache_authorities": str(self.cache_authorities),
            "psql": str(self.postgres.programs / "psql"),
            **told,
        }
        finished = subprocess.run(
            [sys.executable, "-I", str(_PROGRAM), json.dumps(knows)],
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        found: dict[str, Any] = json.loads(finished.stdout)
        return found


@contextmanager
def world(
    folder: Path,
    *,
    database: str,
    master: Mapping[str, str],
    cache: str,
    users: Iterable[CacheUser],
) -> Iterator[World]:
    """Run a database server and a cache under their names; end them afterwards.

    Args:
        folder: Folder for the cache.
        database: Host of the database.
        master: User and password of the database's master.
        cache: Host of the cache.
        users: Users of the cache.
    """
    installed, address = programs(), free_address()
    folder.mkdir()
    with (
        running(installed, address=address, port=5432, name=database) as postgres,
        running_redis(folder, address=address, name=cache) as redis_server,
    ):
        for user in users:
            redis_server.add(user.name, user.access_string, user.password)
        _make_master(postgres, master["username"], master["password"])
        yield World(postgres, redis_server.ca_file)


def _make_master(server: Server, username: str, password: str) -> None:
    """Make the master as RDS does: no superuser, but with CREATEROLE and CREATEDB."""
    with server.operator() as operator:
        name = identifier(username)
        if not operator.run("SELECT 1 FROM pg_roles WHERE rolname = :name", name=username):
            operator.run(f"CREATE ROLE {name}")
        operator.run(f"ALTER ROLE {name} LOGIN CREATEROLE CREATEDB PASSWORD {literal(password)}")
