"""The servers that a container reaches: PostgreSQL and Redis with TLS, on an address of their own."""

from __future__ import annotations

import os
import platform
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.rotation.server import binaries, make_certificates

_POSTGRES_PORT, _REDIS_PORT = 5432, 6379


def missing() -> str | None:
    """Say what keeps the servers from being started here, or return None."""
    if platform.system() != "Linux":
        return "servers get addresses of 127.0.0.0/8, all of which only Linux has"
    if not binaries() or shutil.which("redis-server") is None:
        return (
            "no PostgreSQL server below /usr/lib/postgresql, or no redis-server on the path;"
            " install the packages postgresql and redis-server"
        )
    return None


def programs() -> Path:
    """Return the folder of PostgreSQL's programs; skip without the servers, or fail where CI is set."""
    problem = missing()
    if problem is None:
        return binaries()[-1]
    if os.environ.get("CI"):
        pytest.fail(problem)
    pytest.skip(problem)


def free_address() -> str:
    """Return an address on loopback where the ports that URLs name are free.

    All of 127.0.0.0/8 is this machine, so the ports of the URLs can stay as they are.
    """
    for _ in range(20):
        address = ".".join(["127", *(str(secrets.randbelow(253) + 1) for _ in range(3))])
        if all(_is_free(address, port) for port in (_POSTGRES_PORT, _REDIS_PORT)):
            return address
    raise AssertionError("no address on loopback has the ports 5432 and 6379 free")


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True


@dataclass(frozen=True)
class RedisServer:
    """A Redis server that nobody but an operator may use at first."""

    operator: Any
    """A client that may do everything."""

    ca_file: Path
    """The authority that made its certificate."""

    def add(self, name: str, access_string: str, password: str | None) -> None:
        """Make a user as ElastiCache does from its access string."""
        secret = [] if password is None else [f">{password}"]
        # From nothing: Redis' own user "default" may do everything at first.
        rules = ("reset", *access_string.split(), *secret)
        self.operator.execute_command("ACL", "SETUSER", name, *rules)


@contextmanager
def running_redis(folder: Path, *, name: str, address: str) -> Iterator[RedisServer]:
    """Start a Redis server that speaks TLS alone; end it afterwards.

    Args:
        folder: Its folder.
        name: Name in its certificate.
        address: Address that it listens on, at Redis' port.
    """
    make_certificates(folder, name)
    local = folder / "redis.sock"
    settings = {
        "port": "0",
        "bind": address,
        "tls-port": str(_REDIS_PORT),
        "tls-cert-file": "server.crt",
        "tls-key-file": "server.key",
        "tls-ca-cert-file": "ca.crt",
        "tls-auth-clients": "no",
        "unixsocket": str(local),
        "save": "",
    }
    arguments = [text for setting, value in settings.items() for text in (f"--{setting}", value)]
    with subprocess.Popen(
        [str(shutil.which("redis-server")), *arguments], cwd=folder, stdout=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(local)
            with redis.Redis(unix_socket_path=str(local), decode_responses=True) as operator:
                operator.execute_command("ACL", "SETUSER", "operator", "on", "+@all", "~*", ">op")
                operator.execute_command("AUTH", "operator", "op")
                yield RedisServer(operator, folder / "ca.crt")
        finally:
            process.terminate()


def _wait_for(local: Path) -> None:
    for _ in range(200):
        if local.exists():
            return
        time.sleep(0.05)
    raise AssertionError("the Redis server did not start")
