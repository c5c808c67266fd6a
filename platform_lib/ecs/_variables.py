"""Environment variables of containers: their names, and that no value is a secret; pure."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator

from platform_lib.types import matching

_SECRET_NAME = re.compile(
    r"PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|(API|ACCESS|PRIVATE|SIGNING)_?KEY",
    re.IGNORECASE,
)
_ONLY_ABOUT_ONE = re.compile(
    r"_(ARN|NAME|ID|FILE|PATH|URL|HOST|TTL|SECONDS|MINUTES|HOURS|DAYS|AGE|LENGTH|ENABLED)$",
    re.IGNORECASE,
)
_SECRET_VALUES = (
    (re.compile(r"://[^/\s:@]*:[^/\s@]+@"), "a URL with a password"),
    (re.compile(r"(?<![A-Z0-9])A(KI|SI)A[A-Z2-7]{16}(?![A-Z0-9])"), "an AWS access key"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"), "a private key"),
)

VariableName = Annotated[
    str,
    AfterValidator(
        matching(
            r"[A-Za-z_][A-Za-z0-9_]*",
            "a name of an environment variable; use letters, digits and underscores",
        )
    ),
]
"""Name of an environment variable."""


def secret_problem(name: str, value: str) -> str | None:
    """Return why a variable looks like a secret, and what to do; None if it does not.

    What stands in the environment is readable for everybody who may look at the task definition,
    and stays in its old revisions. The value is not repeated.
    """
    if _SECRET_NAME.search(name) and not _ONLY_ABOUT_ONE.search(name):
        what = "is called like a secret"
    else:
        found = [kind for pattern, kind in _SECRET_VALUES if pattern.search(value)]
        if not found:
            return None
        what = f"holds {found[0]}"
    return (
        f"variable {name!r} {what}, and environment variables are readable in the task definition;"
        " keep the value in Secrets Manager and name the variable in secrets"
    )
