"""What a rotation does on the PostgreSQL server.

The master of RDS is no superuser: it has CREATEROLE and CREATEDB. Up to PostgreSQL 15 CREATEROLE
lets it grant any role that is no superuser; since 16 only those that it has ADMIN OPTION on, which
are those that it made. A database can only be given to a role that its creator is a member of, so
the master makes itself a member of each owner, which both allow.
https://www.postgresql.org/docs/16/role-attributes.html
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pg8000.native import Connection, identifier, literal

from .credential import Credential, RotationError

MAINTENANCE_DATABASE = "postgres"
"""Database that is always there to connect to."""

_SECONDS = 15
_SCRAM_ITERATIONS = 4096


@contextmanager
def connect(
    credential: Credential, *, database: str, username: str, password: str, ca_file: str
) -> Iterator[Any]:
    """Log in over TLS, with the server's certificate and name verified.

    Args:
        credential: Says where the server is.
        database: Database to connect to.
        username: Role to log in as.
        password: Its password.
        ca_file: PEM file of the authorities that are trusted, and no others.
    """
    connection = Connection(
        username,
        host=credential.host,
        port=credential.port,
        database=database,
        password=password,
        ssl_context=ssl.create_default_context(cafile=ca_file),
        timeout=_SECONDS,
        application_name="secret-rotation",
    )
    try:
        # Off, a backslash would end what is quoted below; a role or database may set it so.
        connection.run("SET standard_conforming_strings = on")
        yield connection
    finally:
        connection.close()


def set_password(connection: Any, credential: Credential, login: str, password: str) -> None:
    """Give ``login`` the password, and make what the application needs where it is missing.

    Every statement may run again. The other login is not touched.

    Raises:
        RotationError: A role or the database is somebody else's.
    """
    (master,) = connection.run("SELECT current_user")[0]
    for role in (credential.owner, login):
        _check_role(connection, role, master)
    _ensure_owner(connection, credential.owner)
    _ensure_database(connection, credential, master)
    _ensure_login(connection, credential.owner, login, password)


def check_login(connection: Any, credential: Credential) -> None:
    """Check that whoever is logged in acts as the owner, in the owner's database.

    Raises:
        RotationError: It does not.
    """
    found = connection.run(
        "SELECT current_user, current_database(),"
        " has_database_privilege(current_database(), 'CREATE')"
    )[0]
    if found != [credential.owner, credential.database, True]:
        raise RotationError(
            f"the new login acts as {found[0]!r} in {found[1]!r};"
            f" expected {credential.owner!r} in {credential.database!r}, allowed to create"
        )


def _check_role(connection: Any, role: str, master: str) -> None:
    """Refuse to hand out what is more than an application's role."""
    if role == master:
        raise RotationError(f"{role!r} is the master; give the application a role of its own")
    privileged = connection.run(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls"
        " FROM pg_roles WHERE rolname = :role",
        role=role,
    )
    if privileged == [[True]]:
        raise RotationError(f"role {role!r} exists and has privileges of an administrator")


def _exists(connection: Any, role: str) -> bool:
    return bool(connection.run("SELECT 1 FROM pg_roles WHERE rolname = :role", role=role))


def _ensure_owner(connection: Any, owner: str) -> None:
    if not _exists(connection, owner):
        connection.run(f"CREATE ROLE {identifier(owner)} NOLOGIN")
    connection.run(f"GRANT {identifier(owner)} TO CURRENT_USER")


def _ensure_database(connection: Any, credential: Credential, master: str) -> None:
    database, owner = identifier(credential.database), identifier(credential.owner)
    found = connection.run(
        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = :name",
        name=credential.database,
    )
    if not found:
        # Not in a transaction: PostgreSQL does not allow it there.
        connection.run(f"CREATE DATABASE {database} OWNER {owner}")
    elif found == [[master]]:
        # The one that RDS makes with the instance.
        connection.run(f"ALTER DATABASE {database} OWNER TO {owner}")
    elif found != [[credential.owner]]:
        raise RotationError(
            f"database {credential.database!r} belongs to role {found[0][0]!r}; declare that role"
            f" as owner, or give the database to {credential.owner!r}"
        )
    # Any role of the server may connect to a new database, and make temporary tables there.
    # https://www.postgresql.org/docs/16/ddl-priv.html
    connection.run(f"REVOKE ALL ON DATABASE {database} FROM PUBLIC")


def _ensure_login(connection: Any, owner: str, login: str, password: str) -> None:
    name = identifier(login)
    if not _exists(connection, login):
        connection.run(f"CREATE ROLE {name} NOLOGIN")
    connection.run(f"GRANT {identifier(owner)} TO {name}")
    # Whatever it makes belongs to the owner, so that the other login can change and drop it.
    connection.run(f"ALTER ROLE {name} SET role = {literal(owner)}")
    # Last, so that until here the password that it had works. The statement has a verifier and not
    # the password: with log_statement = 'ddl' the server writes it to its log.
    verifier = literal(scram_verifier(password, os.urandom(16)))
    connection.run(f"ALTER ROLE {name} LOGIN PASSWORD {verifier}")


def scram_verifier(password: str, salt: bytes) -> str:
    """Return what PostgreSQL stores for a password of ASCII characters.

    https://www.postgresql.org/docs/16/catalog-pg-authid.html and RFC 5802, section 3
    """
    salted = hashlib.pbkdf2_hmac("sha256", password.encode("ascii"), salt, _SCRAM_ITERATIONS)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    server_key = hmac.digest(salted, b"Server Key", "sha256")
    text = [base64.b64encode(it).decode() for it in (salt, stored_key, server_key)]
    return f"SCRAM-SHA-256${_SCRAM_ITERATIONS}:{text[0]}${text[1]}:{text[2]}"
