"""What a rotated database credential is: where it leads, its two logins, and its JSON; pure.

What the credential is for is declared by the secret's tags and never read from its value. Whoever
may write the value could otherwise name another host there, and the function would hand the
master's password to it, or another application's role, and get a login for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

ENGINE: Final = "postgres"
LOGIN_SUFFIXES: Final = ("_a", "_b")
PASSWORD_LENGTH: Final = 40

EXCLUDED_CHARACTERS: Final = "!\"#$%&'()*+,/:;<=>?@[\\]^`{|}"
"""All punctuation but ``-._~``: the rest means something in URLs, shells, YAML or JSON, and each
application quotes in its own way. 40 characters of what is left are 240 bits."""

LONGEST_NAME: Final = 63
"""Bytes of a name that PostgreSQL keeps; it cuts the rest without an error.
https://www.postgresql.org/docs/16/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"""

_TAG: Final = "database:"
_RESERVED_ROLES: Final = frozenset({"none", "postgres", "public", "rds_superuser", "rdsadmin"})
_RESERVED_DATABASES: Final = frozenset({"postgres", "rdsadmin", "template0", "template1"})
_RESERVED_PREFIXES: Final = ("pg_", "rds")


class RotationError(Exception):
    """A rotation that cannot go on, with what to do about it; never with a secret."""


def problem_with_role(name: str) -> str | None:
    """Say why ``name`` cannot be a role of an application, or return None."""
    if name.lower() in _RESERVED_ROLES or name.lower().startswith(_RESERVED_PREFIXES):
        return f"{name!r} is a name of PostgreSQL or of RDS"
    return _problem_with_name(name)


def problem_with_database(name: str) -> str | None:
    """Say why ``name`` cannot be a database of an application, or return None."""
    if name.lower() in _RESERVED_DATABASES:
        return f"{name!r} is a database of PostgreSQL or of RDS"
    return _problem_with_name(name)


def _problem_with_name(name: str) -> str | None:
    length = len(name.encode())
    if not name or not name.isprintable():
        return f"{name!r} is empty or has a character that cannot be printed"
    if length > LONGEST_NAME:
        return f"{name!r} has {length} bytes, and PostgreSQL keeps {LONGEST_NAME}"
    return None


@dataclass(frozen=True, slots=True)
class Credential:
    """One application's credential for one database."""

    host: str
    """Address of the server, as its certificate has it."""

    port: int
    """Port of the server."""

    database: str
    """Name of the application's database."""

    owner: str
    """Role that owns the database and cannot log in."""

    master_arn: str
    """ARN of the secret with the master's user name and password."""

    ssl_mode: str
    """``sslmode`` of the connection URL."""

    ssl_root_certificate: str = ""
    """``sslrootcert`` of the connection URL; empty for none."""

    @property
    def logins(self) -> tuple[str, str]:
        """The two roles that log in, in turn."""
        first, second = (self.owner + suffix for suffix in LOGIN_SUFFIXES)
        return first, second

    def other_login(self, current: str) -> str:
        """Return the login that is not in use: the one whose password may change."""
        first, second = self.logins
        return second if current == first else first

    def problems(self) -> list[str]:
        """Return what is wrong with the names."""
        names = [problem_with_role(it) for it in (self.owner, *self.logins)]
        return [it for it in (*names, problem_with_database(self.database)) if it is not None]

    def tags(self) -> dict[str, str]:
        """Return the secret's tags that declare it."""
        values = {
            "host": self.host,
            "port": str(self.port),
            "name": self.database,
            "owner": self.owner,
            "master-secret": self.master_arn,
            "ssl-mode": self.ssl_mode,
            "ssl-root-certificate": self.ssl_root_certificate,
        }
        return {f"{_TAG}{name}": value for name, value in values.items() if value}

    @classmethod
    def from_tags(cls, tags: Iterable[Mapping[str, object]]) -> Credential:
        """Read what `tags` wrote, as ``DescribeSecret`` returns it.

        Raises:
            RotationError: A tag is missing, or a name is not allowed.
        """
        written = {str(tag["Key"]): str(tag["Value"]) for tag in tags}
        values = {
            name.removeprefix(_TAG): value
            for name, value in written.items()
            if name.startswith(_TAG)
        }
        try:
            credential = cls(
                host=values["host"],
                port=int(values["port"]),
                database=values["name"],
                owner=values["owner"],
                master_arn=values["master-secret"],
                ssl_mode=values["ssl-mode"],
                ssl_root_certificate=values.get("ssl-root-certificate", ""),
            )
        except KeyError as error:
            raise RotationError(f"the secret has no tag '{_TAG}{error.args[0]}'") from None
        except ValueError:
            raise RotationError(
                f"the secret's tag '{_TAG}port' is {values['port']!r}, which is no port"
            ) from None
        if problems := credential.problems():
            raise RotationError("; ".join(problems))
        return credential

    def value(self, username: str, password: str) -> dict[str, str | int]:
        """Return what the secret holds: the keys of AWS's own templates, the owner, and a URL.

        https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
        """
        return {
            "engine": ENGINE,
            "host": self.host,
            "port": self.port,
            "dbname": self.database,
            "username": username,
            "password": password,
            "masterarn": self.master_arn,
            "owner": self.owner,
            "url": self._url(username, password),
        }

    def _url(self, username: str, password: str) -> str:
        options = {"sslmode": self.ssl_mode}
        if self.ssl_root_certificate:
            options["sslrootcert"] = self.ssl_root_certificate
        user, secret, database = (quote(it, safe="") for it in (username, password, self.database))
        return (
            f"postgresql://{user}:{secret}@{self.host}:{self.port}/{database}"
            f"?{urlencode(options, quote_via=quote)}"
        )


def is_password(text: str) -> bool:
    """Tell whether ``text`` needs no quoting anywhere, as a generated password does not."""
    return re.fullmatch(r"[A-Za-z0-9._~-]+", text, re.ASCII) is not None
