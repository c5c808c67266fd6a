"""Access strings on a real Redis OSS server: what an application reaches, and what it does not."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from platform_lib.elasticache._acl import NOBODY
from platform_lib.elasticache.commands import Commands
from platform_lib.elasticache.config import CacheConfig, CacheUserConfig
from platform_lib.elasticache.versions import Engine

MISSING = "no Redis OSS server on the path; install the packages redis-server and redis-tools"
SCRIPT = "return redis.call('get', KEYS[1])"
SHOP = CacheUserConfig(channel_prefixes=("shop:",))
READER = CacheUserConfig(commands=Commands.READ_ONLY)

Call = Callable[..., str]


def access(user: CacheUserConfig, shards: int | None = None) -> str:
    """Return the access string of the user ``shop`` as version 7.0 gets it."""
    config = CacheConfig(
        node_type="cache.m7g.large",
        engine=Engine.REDIS,
        engine_version="7.0",
        shards=shards,
        users={"shop": user},
    )
    return config.access_string_of("shop")


@pytest.fixture(scope="module")
def call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Call]:
    """Start a server with our users; return what asks it something as one of them.

    Without one the tests are skipped, or fail when CI is set.
    """
    server, client = shutil.which("redis-server"), shutil.which("redis-cli")
    if server is None or client is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("redis")
    socket = folder / "redis.sock"

    def ask(user: str, *command: str) -> str:
        login = () if user == "default" else ("--user", user, "--pass", user, "--no-auth-warning")
        return subprocess.run(
            [client, "-s", str(socket), *login, *command],
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()

    # No port: nothing but this test reaches it.
    settings = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    with subprocess.Popen([server, *settings], stdout=subprocess.DEVNULL) as running:
        try:
            _wait_for(socket)
            for name, string in {
                "writer": access(SHOP),
                "reader": access(READER),
                "sharded": access(SHOP, shards=2),
            }.items():
                assert ask("default", "ACL", "SETUSER", name, *string.split(), f">{name}") == "OK"
            # The last one, since it is the user that asks for all this.
            assert ask("default", "ACL", "SETUSER", "default", *NOBODY.split()) == "OK"
            yield ask
        finally:
            running.terminate()


def _wait_for(socket: Path) -> None:
    for _ in range(100):
        if socket.exists():
            return
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("writer", ("SET", "shop:a", "1")),
        ("writer", ("EVAL", SCRIPT, "1", "shop:a")),
        ("writer", ("PUBLISH", "shop:news", "1")),
        ("writer", ("CLIENT", "SETNAME", "x")),
        ("writer", ("SELECT", "3")),
        ("writer", ("INFO", "server")),
        ("writer", ("SCAN", "0")),
        ("writer", ("PING",)),
        ("reader", ("GET", "shop:a")),
        ("sharded", ("READONLY",)),
        ("sharded", ("CLUSTER", "SLOTS")),
    ],
)
def test_an_application_may(call: Call, user: str, command: tuple[str, ...]) -> None:
    """Its own keys and channels, and what every client library sends."""
    assert "NOPERM" not in call(user, *command)


@pytest.mark.parametrize(
    ("user", "command"),
    [
        ("writer", ("SET", "blog:a", "1")),
        ("writer", ("EVAL", SCRIPT, "1", "blog:a")),
        ("writer", ("COPY", "shop:a", "blog:a")),
        ("writer", ("PUBLISH", "news", "1")),
        ("writer", ("FLUSHALL",)),
        ("writer", ("FLUSHDB",)),
        ("writer", ("KEYS", "x")),
        ("writer", ("SWAPDB", "0", "1")),
        ("writer", ("CONFIG", "GET", "x")),
        ("writer", ("CLIENT", "KILL", "ID", "1")),
        ("writer", ("FUNCTION", "FLUSH")),
        ("writer", ("SCRIPT", "FLUSH")),
        ("writer", ("ACL", "LIST")),
        ("writer", ("CLUSTER", "SLOTS")),
        ("reader", ("SET", "shop:a", "1")),
        ("reader", ("GET", "blog:a")),
        ("reader", ("EVAL", SCRIPT, "1", "shop:a")),
    ],
)
def test_an_application_may_not(call: Call, user: str, command: tuple[str, ...]) -> None:
    """Others' keys and channels, whatever reaches all keys at once, and administration."""
    assert call(user, *command).startswith("NOPERM")


def test_nobody_comes_in_without_signing_in(call: Call) -> None:
    """The user ``default`` is off, although it would need no password."""
    assert call("default", "PING").startswith("NOAUTH")
