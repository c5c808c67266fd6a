"""What a person writes about an application's credential in PostgreSQL; pure."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.secretsmanager.rotation.credential import (
    LOGIN_SUFFIXES,
    problem_with_database,
    problem_with_role,
)
from platform_lib.types import matching

_is_plain = matching(
    r"[a-z][a-z0-9_]*",
    "a name here; use lower-case letters, digits and underscores, starting with a letter",
)


def _is_owner(value: str) -> str:
    for name in (value, *(value + suffix for suffix in LOGIN_SUFFIXES)):
        problem = problem_with_role(name)
        if problem is not None:
            raise ValueError(f"{problem}; take another name for the owner")
    return value


def _is_database(value: str) -> str:
    problem = problem_with_database(value)
    if problem is not None:
        raise ValueError(f"{problem}; take another name for the database")
    return value


class PostgresCredentialConfig(Model):
    """A database of an application, the role that owns it, and the two logins that take turns."""

    owner: Annotated[str, AfterValidator(_is_plain), AfterValidator(_is_owner)]
    """Role that owns the database and everything in it. It cannot log in; the logins are called
    like it, with ``_a`` and ``_b``."""

    database: Annotated[str, AfterValidator(_is_plain), AfterValidator(_is_database)] | None = None
    """Name of the database; ``None`` for one that is called like the owner."""

    rotation_days: Annotated[int, Field(ge=1, le=1000)] = 30
    """Days between two rotations, 1 to 1000. What an application has read works for twice as long.
    https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotationRulesType.html"""

    ssl_mode: Literal["verify-full", "require"] = "verify-full"
    """``sslmode`` of the URL. ``verify-full`` needs the authorities of RDS in the application's
    image; ``require`` encrypts and believes any server.
    https://www.postgresql.org/docs/16/libpq-ssl.html"""

    ssl_root_certificate: str | None = None
    """``sslrootcert`` of the URL: where the application's image has the authorities of RDS. Without
    it libpq looks in the home folder, for ``.postgresql/root.crt``."""

    @model_validator(mode="after")
    def _verifies_with_something(self) -> Self:
        if self.ssl_root_certificate is not None and self.ssl_mode == "require":
            raise ValueError(
                f"ssl_root_certificate={self.ssl_root_certificate!r} says nothing with"
                " ssl_mode='require'; use ssl_mode='verify-full', or leave it out"
            )
        return self

    @property
    def database_name(self) -> str:
        """Name of the database."""
        return self.database or self.owner
