"""The function's zip, unpacked and imported as Lambda does it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from importlib import metadata
from io import BytesIO
from pathlib import Path

import boto3
import pytest

from platform_lib.errors import PlatformError
from platform_lib.secretsmanager.rotation_function import rotation_code

OF_THE_RUNTIME = ("boto3", "botocore", "jmespath", "s3transfer", "urllib3")
"""What boto3 consists of; python-dateutil and six, which it needs too, come with the zip."""

IMPORT = """
import sys
task, runtime = sys.argv[1:]
sys.path[:0] = [task, runtime]
import importlib
module, _, name = "rotation.handler.handle".rpartition(".")
handle = getattr(importlib.import_module(module), name)
try:
    handle({"SecretId": "s", "ClientRequestToken": "t", "Step": "createSecret"}, None)
except Exception as error:
    print(type(error).__name__)
print(sys.modules["pg8000"].__version__)
own = [it for it in sys.path if it not in (task, runtime)]
known = (task, runtime, *own)
strange = [n for n, m in sys.modules.items() if not (getattr(m, "__file__", None) or task).startswith(known)]
print(strange, "platform_lib" in sys.modules)
"""


@pytest.fixture
def task(tmp_path: Path) -> Path:
    """Return the folder that Lambda unpacks the zip to."""
    folder = tmp_path / "task"
    zipfile.ZipFile(BytesIO(rotation_code().archive())).extractall(folder)
    return folder


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """Return a folder with boto3 and nothing else of this environment."""
    folder = tmp_path / "runtime"
    folder.mkdir()
    installed = Path(boto3.__file__).parents[1]
    for name in OF_THE_RUNTIME:
        (folder / name).symlink_to(installed / name)
    return folder


def test_lambda_can_import_it(task: Path, runtime: Path) -> None:
    """With the zip, boto3 and Python's own library, and no package of this environment."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", IMPORT, task, runtime],
        capture_output=True,
        text=True,
        check=False,
        env={"DATABASE_CA_FILE": "/ca.pem"},
    )

    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "NoRegionError",  # boto3's: the handler runs as far as its first call of AWS
        metadata.version("pg8000"),
        "[] False",
    ]


def test_it_fits(task: Path) -> None:
    """Far below the 50 MB that can be handed to Lambda, and the 250 MB that it unpacks."""
    archive = rotation_code().archive()

    assert 0.5e6 < len(archive) < 3e6
    assert sum(it.stat().st_size for it in task.rglob("*") if it.is_file()) < 3e6


def test_it_has_the_driver_and_its_licences(task: Path) -> None:
    """Each distribution goes in with its text."""
    licences = {it.parents[0 if it.parent.suffix else 1].name for it in task.rglob("*LICENSE*")}

    assert {it.split("-")[0] for it in licences} == {
        "asn1crypto",
        "pg8000",
        "python_dateutil",
        "scramp",
        "six",
    }


def test_it_has_the_authorities_that_are_given(tmp_path: Path) -> None:
    """A file of the project's own, byte by byte."""
    given = tmp_path / "authorities.pem"
    given.write_text("-----BEGIN CERTIFICATE-----\n")

    archive = zipfile.ZipFile(BytesIO(rotation_code(given).archive()))

    assert archive.read("database-ca.pem") == given.read_bytes()
    assert "database-ca.pem" not in zipfile.ZipFile(BytesIO(rotation_code().archive())).namelist()


def test_an_upgrade_of_the_driver_cannot_forget_a_requirement(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A release that needs one more distribution is refused when the stack is synthesised."""
    real = metadata.distribution

    class Newer:
        requires = ("new-helper>=1",)

    monkeypatch.setattr(
        metadata, "distribution", lambda name: Newer() if name == "pg8000" else real(name)
    )

    with pytest.raises(PlatformError, match="pg8000 needs new-helper, which does not go into"):
        rotation_code().archive()
