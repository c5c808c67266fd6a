"""Rotation on a real PostgreSQL server, by the very handler that Lambda runs."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import botocore
import pytest
from pg8000.exceptions import DatabaseError

from platform_lib.secretsmanager.rotation import handler, postgres
from platform_lib.secretsmanager.rotation.credential import Credential, RotationError
from tests.rotation.secret import STEPS, Secret
from tests.rotation.server import MASTER, Server

# One server for all of them, instead of one for each of pytest's workers.
pytestmark = pytest.mark.xdist_group("postgres")

WORKS = "SELECT session_user, current_user, current_database()"


def works(server: Server, value: dict[str, Any]) -> bool:
    """Tell whether an application can work with what it read."""
    try:
        with server.login(value["username"], value["password"], value["dbname"]) as connection:
            found = connection.run(WORKS)
    except DatabaseError:
        return False
    return bool(found == [[value["username"], value["owner"], value["dbname"]]])


def statements(server: Server) -> str:
    """Return everything that the server was asked so far."""
    return server.log_file.read_text()


class TestFirst:
    """The first rotation: a declared secret becomes a login."""

    def test_makes_owner_database_and_login(self, server: Server, secret: Secret) -> None:
        """What was declared works, without anybody's hands."""
        assert not works(server, secret.value())

        secret.rotate()

        assert works(server, secret.value())

    def test_needs_no_superuser(self, server: Server, secret: Secret) -> None:
        """The master can make roles and databases and nothing else, as on RDS."""
        secret.rotate()

        with server.master() as master:
            found = master.run(
                "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles"
                " WHERE rolname = current_user"
            )
        assert found == [[False, True, True]]

    def test_owner_cannot_log_in(self, server: Server, secret: Secret) -> None:
        """Only the two logins have passwords."""
        secret.rotate()

        with server.master() as master:
            found = master.run(
                "SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles"
                " WHERE rolname = :name",
                name=secret.value()["owner"],
            )
        assert found == [[False, False, False, False]]

    def test_keeps_what_a_person_made_before(
        self, server: Server, credential: Credential, secret: Secret
    ) -> None:
        """A role and a database of an application that is older than its secret are taken over."""
        with server.master() as master:
            master.run(f"CREATE ROLE {credential.owner} LOGIN")
            master.run(f"GRANT {credential.owner} TO CURRENT_USER")
            master.run(f"CREATE DATABASE {credential.database} OWNER {credential.owner}")
        with server.operator(credential.database) as operator:
            operator.run(f"SET ROLE {credential.owner}")
            operator.run("CREATE TABLE kept (id int)")

        secret.rotate()

        value = secret.value()
        with server.login(value["username"], value["password"], value["dbname"]) as login:
            login.run("ALTER TABLE kept ADD COLUMN more int")

    def test_takes_the_database_that_came_with_the_instance(
        self, server: Server, credential: Credential, secret: Secret
    ) -> None:
        """RDS makes one for the master; the application that declares it gets it."""
        with server.master() as master:
            master.run(f"CREATE DATABASE {credential.database}")

        secret.rotate()

        assert works(server, secret.value())

    def test_url_is_one_that_psql_takes(self, server: Server, secret: Secret) -> None:
        """The URL alone is enough for libpq, which verifies the server by it."""
        secret.rotate()

        done = subprocess.run(
            [server.programs / "psql", secret.value()["url"], "-Atc", "SELECT current_user"],
            capture_output=True,
            text=True,
            check=False,
        )

        assert (done.stdout.strip(), done.stderr) == (secret.value()["owner"], "")


class TestNext:
    """The rotations after it."""

    def test_the_logins_take_turns(self, secret: Secret) -> None:
        """And never change a password that was in use until then."""
        values = []
        for _ in range(3):
            secret.rotate()
            values.append(secret.value())

        owner = values[0]["owner"]
        assert [it["username"] for it in values] == [f"{owner}_a", f"{owner}_b", f"{owner}_a"]
        assert len({it["password"] for it in values}) == 3

    def test_what_applications_hold_works_until_the_rotation_after_the_next(
        self, server: Server, secret: Secret
    ) -> None:
        """One that read the secret once has a whole period to read it again."""
        secret.rotate()
        held = secret.value()

        secret.rotate()
        after_one = works(server, held)
        secret.rotate()
        after_two = works(server, held)

        assert (after_one, after_two) == (True, False)

    def test_a_login_that_is_connected_stays_connected(
        self, server: Server, secret: Secret
    ) -> None:
        """No session is ended."""
        secret.rotate()
        value = secret.value()
        with server.login(value["username"], value["password"], value["dbname"]) as session:
            secret.rotate()
            secret.rotate()

            assert session.run("SELECT current_user") == [[value["owner"]]]

    def test_one_login_changes_what_the_other_has_made(
        self, server: Server, secret: Secret
    ) -> None:
        """Everything belongs to the owner, whoever made it."""
        secret.rotate()
        first = secret.value()
        with server.login(first["username"], first["password"], first["dbname"]) as login:
            login.run("CREATE TABLE orders (id int)")
        secret.rotate()
        second = secret.value()

        with server.login(second["username"], second["password"], second["dbname"]) as login:
            login.run("ALTER TABLE orders ADD COLUMN total int")
            login.run("DROP TABLE orders")

    def test_follows_the_declaration_to_another_server(
        self, server: Server, credential: Credential, secret: Secret
    ) -> None:
        """After a restore the tags name the new address; the next rotation makes the login there."""
        secret.rotate()
        moved = replace(credential, database=f"{credential.database}_restored")
        tags = [{"Key": key, "Value": value} for key, value in moved.tags().items()]
        secret.client.tag_resource(SecretId=secret.arn, Tags=tags)

        secret.rotate()

        assert secret.value()["dbname"] == moved.database
        assert works(server, secret.value())


class TestFailure:
    """Rotations that stop in the middle."""

    @pytest.mark.parametrize("done", range(len(STEPS)))
    def test_old_password_works_after_each_step(
        self, server: Server, secret: Secret, done: int
    ) -> None:
        """Until the last step applications read the old one, and afterwards it works too."""
        secret.rotate()
        before = secret.value()

        token = secret.stage()
        secret.run(token, *STEPS[:done])

        assert secret.value() == before
        assert works(server, before)

    @pytest.mark.parametrize("done", range(len(STEPS) + 1))
    def test_starting_again_finishes_it(self, server: Server, secret: Secret, done: int) -> None:
        """Secrets Manager begins with the first step again, with the same version."""
        secret.rotate()
        before = secret.value()
        token = secret.stage()
        secret.run(token, *STEPS[:done])

        secret.run(token, *STEPS)

        assert secret.value() != before
        assert works(server, secret.value())
        assert works(server, before)

    @pytest.mark.parametrize("rotations", [0, 1, 2])
    def test_any_statement_may_be_the_last(
        self,
        server: Server,
        secret: Secret,
        monkeypatch: pytest.MonkeyPatch,
        rotations: int,
    ) -> None:
        """The connection breaks at each in turn; both passwords that applications hold work on."""
        held = []
        for _ in range(rotations):
            secret.rotate()
            held.append(secret.value())
        token = secret.stage()
        secret.run(token, "createSecret")
        broken = 0
        connect = postgres.connect

        for last in range(100):
            monkeypatch.setattr(postgres, "connect", _breaking(connect, last))
            try:
                secret.run(token, "setSecret")
            except _BrokenError:
                broken += 1
                assert all(works(server, it) for it in held)
            else:
                break
        monkeypatch.setattr(postgres, "connect", connect)
        secret.run(token, "testSecret", "finishSecret")

        assert broken > 10
        assert works(server, secret.value())

    def test_a_wrong_master_password_changes_nothing(
        self, server: Server, secret: Secret, master_arn: str
    ) -> None:
        """RDS may be changing it at this moment; the rotation is tried again later."""
        secret.rotate()
        before = secret.value()
        stale = json.dumps({"username": MASTER, "password": "stale"})
        secret.client.put_secret_value(SecretId=master_arn, SecretString=stale)

        with pytest.raises(DatabaseError, match="password authentication failed"):
            secret.rotate()

        assert secret.value() == before
        assert works(server, before)

    def test_a_login_that_does_not_work_is_not_handed_out(self, secret: Secret) -> None:
        """What the test step cannot log in with never becomes current."""
        secret.rotate()
        before = secret.value()

        with pytest.raises(DatabaseError):
            secret.rotate(("createSecret", "testSecret", "finishSecret"))

        assert secret.value() == before

    def test_a_login_that_does_not_act_as_the_owner_is_not_handed_out(
        self, server: Server, secret: Secret
    ) -> None:
        """What it made would be its own, and the other login could not change it."""
        token = secret.stage()
        secret.run(token, "createSecret", "setSecret")
        made = secret.value("AWSPENDING")
        with server.operator() as operator:
            operator.run(f"ALTER ROLE {made['username']} RESET role")

        with pytest.raises(RotationError) as refused:
            secret.run(token, "testSecret")

        assert str(refused.value) == (
            f"the new login acts as '{made['username']}' in '{made['dbname']}';"
            f" expected '{made['owner']}' in '{made['dbname']}', allowed to create"
        )


class TestRepeats:
    """Every step may be called again."""

    def test_each_step_twice(self, server: Server, secret: Secret) -> None:
        """The result is that of calling it once."""
        secret.rotate()
        token = secret.stage()

        secret.run(token, *(step for step in STEPS for _ in range(2)))

        assert works(server, secret.value())
        assert secret.stages()[token] == ["AWSPENDING", "AWSCURRENT"]

    def test_a_repeat_keeps_the_password(self, server: Server, secret: Secret) -> None:
        """What setSecret wrote to the server is still what the version holds."""
        token = secret.stage()
        secret.run(token, "createSecret")
        made = secret.value("AWSPENDING")

        secret.run(token, "setSecret", "createSecret")

        assert secret.value("AWSPENDING") == made
        assert works(server, made)

    def test_after_the_end_nothing_is_done(self, server: Server, secret: Secret) -> None:
        """A late repeat does not touch the server."""
        token = secret.rotate()
        before = len(statements(server))

        secret.run(token, *STEPS)

        assert len(statements(server)) == before


class TestIsolation:
    """Applications on one server."""

    @pytest.fixture
    def other(self, credential: Credential) -> Secret:
        """Return the secret of a second application on the same server."""
        name = f"{credential.owner}other"
        return Secret.declare(replace(credential, owner=name, database=name), name=name)

    def test_one_cannot_enter_the_others_database(
        self, server: Server, secret: Secret, other: Secret
    ) -> None:
        """Neither connect to it, nor become its owner, nor grant itself to it."""
        secret.rotate()
        other.rotate()
        mine, theirs = secret.value(), other.value()

        with (
            pytest.raises(DatabaseError, match="permission denied for database"),
            server.login(mine["username"], mine["password"], theirs["dbname"]),
        ):
            pass
        with server.login(mine["username"], mine["password"], mine["dbname"]) as login:
            for attempt in (
                f"SET ROLE {theirs['owner']}",
                f"GRANT {theirs['owner']} TO {mine['username']}",
                f"ALTER ROLE {theirs['username']} PASSWORD 'stolen'",
                f"DROP DATABASE {theirs['dbname']}",
                "CREATE DATABASE mine",
                "CREATE ROLE mine",
                f"SET ROLE {MASTER}",
            ):
                with pytest.raises(DatabaseError, match=r"permission denied|must "):
                    login.run(attempt)

    def test_nobody_else_can_connect(self, server: Server, secret: Secret) -> None:
        """A login without a database of its own has no way into this one."""
        secret.rotate()
        owner = secret.value()["owner"]
        with server.master() as master:
            master.run(f"CREATE ROLE {owner}stranger LOGIN PASSWORD 'stranger'")

        with (
            pytest.raises(DatabaseError, match="permission denied for database"),
            server.login(f"{owner}stranger", "stranger", secret.value()["dbname"]),
        ):
            pass

    def test_one_rotation_leaves_the_other_alone(
        self, server: Server, secret: Secret, other: Secret
    ) -> None:
        """Both passwords of the other application work as before."""
        other.rotate()
        other.rotate()
        theirs = [other.value(), other.value("AWSPREVIOUS")]

        secret.rotate()

        assert [works(server, it) for it in theirs] == [True, True]

    def test_anothers_database_is_not_taken(self, credential: Credential, secret: Secret) -> None:
        """Two applications that declare one database: the second is refused, and told why."""
        secret.rotate()
        thief = replace(credential, owner=f"{credential.owner}thief")

        with pytest.raises(RotationError) as refused:
            Secret.declare(thief, name=thief.owner).rotate()

        assert str(refused.value) == (
            f"database '{credential.database}' belongs to role '{credential.owner}'; declare that"
            f" role as owner, or give the database to '{thief.owner}'"
        )

    @pytest.mark.usefixtures("trusted")
    def test_the_master_is_nobodys_owner(self, credential: Credential) -> None:
        """A login of an application never becomes a member of the master."""
        declared = replace(credential, owner=MASTER)

        with pytest.raises(RotationError, match="'dbadmin' is the master"):
            Secret.declare(declared, name="greedy").rotate()

    @pytest.mark.usefixtures("trusted")
    @pytest.mark.parametrize("privilege", ["CREATEROLE", "CREATEDB", "BYPASSRLS", "SUPERUSER"])
    def test_an_administrator_is_nobodys_owner(
        self, server: Server, credential: Credential, privilege: str
    ) -> None:
        """Nor of any other role that may do more than own a database."""
        declared = replace(credential, owner=f"{credential.owner}{privilege.lower()}")
        with server.operator() as operator:
            operator.run(f"CREATE ROLE {declared.owner} {privilege}")

        with pytest.raises(RotationError, match="has privileges of an administrator"):
            Secret.declare(declared, name=declared.owner).rotate()


HOSTILE = (
    'with"quote',
    "with'quote",
    "back\\slash'; DROP DATABASE postgres; --",
    '"; ALTER ROLE dbadmin SUPERUSER; --',
    "a:b %s $1 :name",
    "Ünïcode Größe",
    "select",
    "100%/path?x=1&y=@host",
)


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_only_names(server: Server, credential: Credential, name: str) -> None:
    """Whatever a role or database is called, it is called so and nothing else happens."""
    unlike = f"{credential.owner[-4:]}{name}"
    secret = Secret.declare(
        replace(credential, owner=unlike, database=f"{unlike}!"), name=credential.owner
    )

    for _ in range(2):
        secret.rotate()

    value = secret.value()
    assert works(server, value)
    shown = [server.programs / "psql", value["url"], "-Atc", "SELECT current_database()"]
    assert subprocess.run(shown, capture_output=True, text=True, check=True).stdout == (
        f"{unlike}!\n"
    )
    with server.master() as master:
        found = master.run("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        assert found == [[False]]


@pytest.mark.usefixtures("trusted")
def test_backslashes_are_characters_everywhere(server: Server, credential: Credential) -> None:
    """Also where a role or database is set to read them as PostgreSQL did before 9.1."""
    name = f"{credential.owner}\\'"
    secret = Secret.declare(replace(credential, owner=name, database=name), name=credential.owner)
    with server.operator() as operator:
        operator.run(f"ALTER ROLE {MASTER} SET standard_conforming_strings = off")
        try:
            secret.rotate()
        finally:
            operator.run(f"ALTER ROLE {MASTER} RESET standard_conforming_strings")

    assert works(server, secret.value())


def test_the_server_never_sees_the_password(server: Server, secret: Secret) -> None:
    """Neither in a statement nor in its log, which goes to CloudWatch."""
    secret.rotate()
    secret.rotate()

    logged = statements(server)

    assert "LOGIN PASSWORD 'SCRAM-SHA-256$4096:" in logged
    assert secret.value()["password"] not in logged
    assert secret.value("AWSPREVIOUS")["password"] not in logged


class TestTls:
    """The server has to be the one that is meant."""

    @pytest.mark.usefixtures("trusted")
    def test_another_name_is_refused(self, credential: Credential) -> None:
        """The certificate is for ``localhost``; the address is another name of the same server."""
        declared = replace(credential, host="127.0.0.1")

        with pytest.raises(OSError, match="certificate verify failed: IP address mismatch"):
            Secret.declare(declared, name="elsewhere").rotate()

    def test_another_authority_is_refused(
        self, secret: Secret, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Authorities of the web do not vouch for a database."""
        of_the_web = Path(botocore.__file__).with_name("cacert.pem")
        monkeypatch.setenv(handler.CA_FILE, str(of_the_web))

        with pytest.raises(OSError, match="certificate verify failed"):
            secret.rotate()


class _BrokenError(Exception):
    """The connection is gone."""


def _breaking(connect: Any, last: int) -> Any:
    """Return a `connect` whose connection ends before the statement number ``last``."""

    @contextmanager
    def connect_and_break(*arguments: Any, **named: Any) -> Iterator[Any]:
        with connect(*arguments, **named) as connection:
            yield _Breaking(connection, last)

    return connect_and_break


class _Breaking:
    def __init__(self, connection: Any, left: int) -> None:
        self._connection = connection
        self._left = left

    def run(self, *arguments: Any, **named: Any) -> Any:
        if not self._left:
            raise _BrokenError
        self._left -= 1
        return self._connection.run(*arguments, **named)
