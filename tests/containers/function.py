"""Runs a step of a rotation as Lambda does, in a process whose names lead to one address.

Its argument is JSON: ``address``, and the ``event`` that Secrets Manager would send.
"""

from __future__ import annotations

import json
import socket
import sys
from functools import partial
from typing import Any
from unittest.mock import patch

from platform_lib.secretsmanager.rotation.handler import handle


def main(told: dict[str, Any]) -> None:
    """Do one step; names of this machine stay what they are."""
    with patch("socket.getaddrinfo", partial(_resolve, socket.getaddrinfo, told["address"])):
        handle(told["event"], None)


def _resolve(real: Any, address: str, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
    if str(host).endswith(".rds.amazonaws.com"):
        host = address
    return real(host, port, *args, **kwargs)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
