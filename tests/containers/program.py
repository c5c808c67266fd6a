"""What runs in the container of these tests: it uses its variables as an application does.

It is started with exactly the variables that ECS would give it. What it is told besides, as
JSON in its only argument, is what its image and its network would know: which address the names
in the URLs lead to, and where the authorities of the servers' certificates are.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from functools import partial
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import django_cache_url  # type: ignore[import-untyped]
import redis
from django.core.cache.backends.redis import RedisCache  # type: ignore[import-untyped]

_TABLE = "CREATE TABLE seen_by_the_container (id int); DROP TABLE seen_by_the_container;"
_WHO = (
    "SELECT json_build_object('user', current_user, 'login', session_user, 'database',"
    " current_database())"
)


def main(told: dict[str, str]) -> dict[str, Any]:
    """Use every server that the variables name; return what was found."""
    with patch("socket.getaddrinfo", partial(_resolve, socket.getaddrinfo, told["address"])):
        return {
            "variables": sorted(os.environ),
            "database": _use_database(os.environ["DATABASE_URL"], told),
            "cache": _use_cache(os.environ["CACHE_URL"], told),
            "broker": _read_broker(os.environ["CELERY_BROKER_URL"]),
        }


def _resolve(real: Any, address: str, _host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
    """Lead every name to one address, as the VPC's resolver leads those of its servers to theirs."""
    return real(address, port, *args, **kwargs)


def _use_database(url: str, told: dict[str, str]) -> dict[str, Any]:
    """Let libpq read the URL; the later of two equal parameters counts."""
    with_network = f"{url}&hostaddr={told['address']}&sslrootcert={told['database_authorities']}"
    printed = subprocess.run(
        [told["psql"], "-X", "-q", "-A", "-t", "-c", _TABLE, "-c", _WHO, with_network],
        capture_output=True,
        text=True,
        check=False,
    )
    if printed.returncode:
        return {"error": printed.stderr}
    found: dict[str, Any] = json.loads(printed.stdout)
    return found


def _use_cache(url: str, told: dict[str, str]) -> dict[str, Any]:
    """Write and read a key, and try one of another application, with the settings of Saleor."""
    settings = django_cache_url.parse(url)
    location = settings.pop("LOCATION")
    settings["OPTIONS"] = {"ssl_ca_certs": told["cache_authorities"], "socket_timeout": 15}
    try:
        cache = RedisCache(location, settings)
        cache.set("seen", "yes")
        others = RedisCache(location, {**settings, "KEY_PREFIX": "others"})
        return {"read": cache.get("seen"), "others": _refusal(others)}
    except redis.RedisError as error:
        return {"error": f"{type(error).__name__}: {error}"}


def _refusal(cache: RedisCache) -> str | None:
    try:
        cache.set("seen", "no")
    except redis.exceptions.NoPermissionError as error:
        return str(error)
    return None


def _read_broker(url: str) -> dict[str, Any]:
    """Take the URL apart; no broker is there to talk to."""
    parts = urlsplit(url)
    return {
        "scheme": parts.scheme,
        "user": parts.username,
        "password": unquote(parts.password or ""),
        "host": parts.hostname,
        "port": parts.port,
    }


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))  # noqa: T201 - this is its answer
