"""A PostgreSQL server of a test: its own data, a free port on loopback, TLS by a CA made for it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pg8000.exceptions import Error
from pg8000.native import Connection

INSTALLED = Path("/usr/lib/postgresql")
MORE = "POSTGRESQL_BINARIES"
"""Variable with more folders of a server's programs, separated as in ``PATH``."""

MASTER = "dbadmin"
MASTER_PASSWORD = "master-of-the-server"
_SUPERUSER = "operator"
_START_SECONDS = 60
_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of its own in it
_MEMORY_NEEDED = 4 << 30
"""Bytes for the databases of all tests, and for what the server logs of its writes."""
_HBA = "hostssl all all 127.0.0.0/8 scram-sha-256\n"
_SETTINGS = {
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "ssl": "on",
    "ssl_cert_file": "server.crt",
    "ssl_key_file": "server.key",
    # What is tested is who may do what; no test pulls the plug.
    "fsync": "off",
    "log_statement": "all",
}


def binaries() -> list[Path]:
    """Return the folders of all servers on this machine, oldest version first."""
    more = [Path(it) for it in os.environ.get(MORE, "").split(os.pathsep) if it]
    found = sorted(INSTALLED.glob("*/bin"), key=lambda it: int(it.parent.name))
    return [it for it in (*found, *more) if (it / "initdb").is_file()]


@dataclass(frozen=True)
class Server:
    """A running server."""

    port: int
    """Port on loopback."""

    ca_file: Path
    """The authority that made its certificate."""

    log_file: Path
    """What it logs, every statement included."""

    programs: Path
    """Folder with ``psql``."""

    address: str = "127.0.0.1"
    """Where it listens."""

    host: str = "localhost"
    """A name in its certificate that leads to it."""

    @contextmanager
    def login(self, username: str, password: str, database: str = "postgres") -> Iterator[Any]:
        """Log in over verified TLS."""
        connection = Connection(
            username,
            host=self.host,
            port=self.port,
            database=database,
            password=password,
            ssl_context=ssl.create_default_context(cafile=self.ca_file),
            timeout=15,
        )
        try:
            yield connection
        finally:
            connection.close()

    def master(self, database: str = "postgres") -> AbstractContextManager[Any]:
        """Log in as the master, who has CREATEROLE and CREATEDB and is no superuser."""
        return self.login(MASTER, MASTER_PASSWORD, database)

    def operator(self, database: str = "postgres") -> AbstractContextManager[Any]:
        """Log in as a superuser, whom RDS keeps to itself."""
        return self.login(_SUPERUSER, MASTER_PASSWORD, database)


@contextmanager
def running(
    programs: Path, *, address: str | None = None, port: int | None = None, name: str = "localhost"
) -> Iterator[Server]:
    """Start a server whose master is no superuser, as that of RDS is none; end it afterwards.

    Args:
        programs: Folder with ``postgres``.
        address: Address on loopback, which the certificate has too; by default that of
            ``localhost``, which it does not have.
        port: Its port; by default a free one.
        name: Name in its certificate.
    """
    # Not below pytest's folder, which only the user who runs the tests can enter.
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=_in_memory()))
    try:
        server = Server(
            port or _free_port(),
            folder / "ca.crt",
            folder / "server.log",
            programs,
            address or "127.0.0.1",
            address or "localhost",
        )
        make_certificates(folder, name, address)
        _initialise(folder, server)
        with server.log_file.open("wb") as log:
            process = subprocess.Popen(
                [
                    *(programs / "postgres", "-D", folder / "data", "-p", str(server.port)),
                    *("-h", server.address),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                **_user(),
            )
        try:
            _wait(process, server)
            yield server
        finally:
            # A fast shutdown: connections are closed, and nothing is left running.
            process.send_signal(signal.SIGINT)
            process.wait(timeout=_START_SECONDS)
    finally:
        shutil.rmtree(folder)


def _in_memory() -> Path | None:
    """Return a folder in memory, if there is one with room; containers often have a small one.

    Each test makes a database of a thousand pages, which costs a disk's file system eight times
    the processor time.
    """
    free = shutil.disk_usage(_MEMORY).free if _MEMORY.is_dir() else 0
    return _MEMORY if free >= _MEMORY_NEEDED else None


def _user() -> dict[str, Any]:
    """Return who runs it: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}
    raise AssertionError("there is no user to run PostgreSQL as")


def _initialise(folder: Path, server: Server) -> None:
    password = folder / "password"
    password.write_text(MASTER_PASSWORD)
    _own(folder)
    subprocess.run(
        [
            server.programs / "initdb",
            f"--pgdata={folder / 'data'}",
            f"--username={_SUPERUSER}",
            f"--pwfile={password}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ],
        check=True,
        capture_output=True,
        cwd=folder,
        **_user(),
    )
    data = folder / "data"
    for name in ("server.crt", "server.key"):
        shutil.move(folder / name, data / name)
    (data / "pg_hba.conf").write_text(_HBA)
    with (data / "postgresql.conf").open("a") as settings:
        settings.writelines(f"{name} = '{value}'\n" for name, value in _SETTINGS.items())


def _own(folder: Path) -> None:
    user = _user()
    if user:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user["user"], user["group"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], server: Server) -> None:
    until = time.monotonic() + _START_SECONDS
    while True:
        try:
            with server.login(_SUPERUSER, MASTER_PASSWORD) as superuser:
                superuser.run(
                    f"CREATE ROLE {MASTER} LOGIN CREATEROLE CREATEDB PASSWORD '{MASTER_PASSWORD}'"
                )
        except (Error, OSError):
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(server.log_file.read_text()) from None
            time.sleep(0.1)
        else:
            return


def make_certificates(folder: Path, name: str, address: str | None = None) -> None:
    """Make an authority and a certificate for one name, strict enough for Python 3.13."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = _certificate("Test CA", "Test CA", authority_key.public_key(), authority_key, ())
    addresses = [] if address is None else [x509.IPAddress(ip_address(address))]
    names = x509.SubjectAlternativeName([x509.DNSName(name), *addresses])
    certificate = _certificate(
        "server", "Test CA", key.public_key(), authority_key, (names,), authority=False
    )
    (folder / "ca.crt").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    (folder / "server.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    private = folder / "server.key"
    private.touch(mode=0o600)
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def _certificate(
    subject: str,
    issuer: str,
    public: ec.EllipticCurvePublicKey,
    signer: ec.EllipticCurvePrivateKey,
    extensions: tuple[x509.ExtensionType, ...],
    *,
    authority: bool = True,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(_usage(authority=authority), critical=True)
    )
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(signer, hashes.SHA256())


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
