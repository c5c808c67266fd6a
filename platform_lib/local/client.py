"""Ask a running emulator about itself, never through the user's proxy."""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException
from typing import Any

from platform_lib.errors import OperationError
from platform_lib.local.gaps import Gap

__all__ = ["gaps", "health", "inventory", "reset"]

_SECONDS = 30.0
# The health check waits for nobody else's request.
_HEALTH_SECONDS = 3.0


def health(port: int) -> dict[str, Any] | None:
    """Return who answers on the port, or None if it is nobody or somebody else."""
    try:
        answer = _ask(port, "GET", "health", seconds=_HEALTH_SECONDS)
    except (OSError, HTTPException, ValueError):
        return None
    return answer if isinstance(answer, dict) and "token" in answer else None


def inventory(port: int) -> list[dict[str, str]]:
    """Return what exists."""
    found: list[dict[str, str]] = _must(port, "GET", "inventory")
    return found


def gaps(port: int) -> list[Gap]:
    """Return what was answered 501."""
    return [Gap(**gap) for gap in _must(port, "GET", "gaps")]


def reset(port: int) -> None:
    """Empty the account."""
    _must(port, "POST", "reset")


def _must(port: int, method: str, name: str) -> Any:
    try:
        return _ask(port, method, name)
    except (OSError, HTTPException, ValueError) as error:
        raise OperationError(
            "EmulatorGone",
            f"the emulated AWS on port {port} does not answer ({error}); start it again",
        ) from error


def _ask(port: int, method: str, name: str, *, seconds: float = _SECONDS) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        connection.request(method, f"/_emulator/{name}")
        response = connection.getresponse()
        body = response.read()
        if response.status != 200:  # noqa: PLR2004
            raise HTTPException(f"status {response.status}")
        return json.loads(body)
    finally:
        connection.close()
