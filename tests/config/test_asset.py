"""Code.archive: one zip for one set of sources, wherever and whenever it is made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from importlib import metadata
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.errors import PlatformError
from platform_lib.functions.asset import Code

NAMES = st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=6, unique=True)


def _package(folder: Path, names: list[str], *, mtime: int = 0, umask: int = 0o022) -> Path:
    """Write a package whose modules say their names, in the given order."""
    before = os.umask(umask)
    try:
        package = folder / "package"
        (package / "inner").mkdir(parents=True)
        for name in names:
            for path in (package / f"{name}.py", package / "inner" / f"{name}.py"):
                path.write_text(f"NAME = {name!r}\n")
                os.utime(path, (mtime, mtime))
    finally:
        os.umask(before)
    return package


def _archive(package: Path, **more: object) -> bytes:
    return Code(handler="package.main", packages=(package,), **more).archive()  # type: ignore[arg-type]


def _opened(archive: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(BytesIO(archive))


@given(
    names=NAMES,
    shuffled=st.randoms(use_true_random=False),
    mtime=st.integers(0, 2**31),
    umask=st.sampled_from([0o000, 0o022, 0o077]),
)
def test_order_times_and_permissions_do_not_matter(
    names: list[str], shuffled: object, mtime: int, umask: int
) -> None:
    """Two clones of one commit give one archive."""
    again = list(names)
    shuffled.shuffle(again)  # type: ignore[attr-defined] # a random.Random

    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        first = _archive(_package(Path(one), names))
        second = _archive(_package(Path(other), again, mtime=mtime, umask=umask))

    assert first == second


def test_entries_are_fixed(tmp_path: Path) -> None:
    """Sorted, of one date, readable for everybody and not compressed."""
    archive = _opened(_archive(_package(tmp_path, ["b", "a"], umask=0o077)))

    assert archive.namelist() == [
        "package/a.py",
        "package/b.py",
        "package/inner/a.py",
        "package/inner/b.py",
    ]
    assert {it.date_time for it in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert {oct(it.external_attr >> 16) for it in archive.infolist()} == {"0o100644"}
    assert {it.create_system for it in archive.infolist()} == {3}
    assert {it.compress_type for it in archive.infolist()} == {zipfile.ZIP_STORED}


def test_the_bytes_are_written_down() -> None:
    """Another Python, zlib or machine that makes other ones shows here."""
    code = Code(handler="a.b", packages=(), files=(("b", b"two"), ("a/c", b"one")))

    assert code.archive().hex() == (
        "504b030414000000000000002100f1866c7a030000000300000003000000612f636f6e65"
        "504b030414000000000000002100668aca110300000003000000010000006274776f"
        "504b0102140314000000000000002100f1866c7a0300000003000000030000000000000000000000"
        "a48100000000612f63"
        "504b0102140314000000000000002100668aca110300000003000000010000000000000000000000"
        "a4812400000062"
        "504b0506000000000200020060000000460000000000"
    )


def test_windows_writes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python marks entries with the system that it runs on."""
    code = Code(handler="a.b", packages=(), files=(("a", b"one"),))
    here = code.archive()

    monkeypatch.setattr(sys, "platform", "win32")

    assert code.archive() == here


def test_a_change_is_seen(tmp_path: Path) -> None:
    """Any byte of any source gives another archive."""
    package = _package(tmp_path, ["a"])
    before = _archive(package)

    (package / "inner" / "a.py").write_text("NAME = 'b'\n")

    assert _archive(package) != before


def test_only_sources_go_in(tmp_path: Path) -> None:
    """What Python and editors leave behind stays here."""
    package = _package(tmp_path, ["a"])
    before = _archive(package)

    subprocess.run([sys.executable, "-m", "compileall", "-q", package], check=True)
    (package / "a.py~").write_text("old")
    (package / ".DS_Store").write_text("old")

    assert (package / "__pycache__").is_dir()
    assert _archive(package) == before


def test_line_ends_do_not_matter(tmp_path: Path) -> None:
    """Git may write others on Windows."""
    package = _package(tmp_path, ["a"])
    before = _archive(package)

    for path in package.rglob("*.py"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert _archive(package) == before


class TestDistributions:
    """Third-party code out of the installed environment."""

    def test_their_sources_licence_and_version_go_in(self, tmp_path: Path) -> None:
        """A package may ask for its own version; a licence goes where the code goes."""
        archive = _opened(_archive(_package(tmp_path, ["a"]), distributions=("six",)))

        version = metadata.version("six")
        assert set(archive.namelist()) - {"package/a.py", "package/inner/a.py"} == {
            "six.py",
            f"six-{version}.dist-info/LICENSE",
            f"six-{version}.dist-info/METADATA",
        }

    def test_what_installing_left_behind_stays_here(self, tmp_path: Path) -> None:
        """Compiled files and the installer's notes differ between machines."""
        names = ("asn1crypto", "pg8000", "python-dateutil", "scramp", "six")
        archive = _opened(_archive(_package(tmp_path, ["a"]), distributions=names))

        left = ("RECORD", "INSTALLER", "REQUESTED", "WHEEL", "direct_url.json", ".pyc")
        assert [it for it in archive.namelist() if it.endswith(left)] == []
        assert [it for it in archive.namelist() if "__pycache__" in it or ".." in it] == []

    def test_one_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        """It is in no requirement of this project, or not installed."""
        with pytest.raises(PlatformError) as refused:
            _archive(_package(tmp_path, ["a"]), distributions=("no-such-driver",))

        assert str(refused.value) == (
            "no-such-driver goes into the zip of a function and is not installed; install it"
            " [DistributionMissing]"
        )

    def test_requirements_go_in_too(self, tmp_path: Path) -> None:
        """An upgrade that brings one more is refused here and not found out in production."""
        with pytest.raises(PlatformError) as refused:
            _archive(_package(tmp_path, ["a"]), distributions=("pg8000", "python-dateutil", "six"))

        assert str(refused.value) == (
            "pg8000 needs scramp, which does not go into the zip; add it to distributions"
            " [DistributionIncomplete]"
        )

    def test_compiled_ones_are_refused(self, tmp_path: Path) -> None:
        """They would be those of the machine that synthesises."""
        with pytest.raises(PlatformError) as refused:
            _archive(
                _package(tmp_path, ["a"]), distributions=("pydantic-core", "typing-extensions")
            )

        assert str(refused.value) == (
            "pydantic-core is not installed from a wheel of pure Python, so its files would be this"
            " machine's; take another distribution, or install it from its wheel"
            " [DistributionNotPure]"
        )


def test_two_files_cannot_have_one_path(tmp_path: Path) -> None:
    """Which of them Lambda unpacks last is nobody's to guess."""
    other = tmp_path / "other" / "package"
    shutil.copytree(_package(tmp_path, ["a"]), other)

    with pytest.raises(PlatformError) as refused:
        Code(handler="a.b", packages=(tmp_path / "package", other)).archive()

    assert "are called 'package/" in str(refused.value)
    assert str(refused.value).endswith("; rename one [NotInOneZip]")
