"""The zip of a function: the same bytes from the same sources, on every machine.

Two clones, two days or two versions of Python give one archive, so that a function is deployed
again only when its code has changed. Entries are sorted, dated 1 January 1980 and readable for
everybody. They are not compressed: the bytes that zlib writes differ between its versions and
forks, and Lambda takes 50 MB.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.parser import Parser
from importlib import metadata
from io import BytesIO
from pathlib import Path, PurePosixPath

from platform_lib.errors import PlatformError

_OLDEST_TIME = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_MODE = stat.S_IFREG | 0o644
_LEGAL = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_CODE = "*.py"


@dataclass(frozen=True, slots=True)
class Code:
    """What a function consists of."""

    handler: str
    """Module and function that Lambda calls, for example ``rotation.handler.handle``."""

    packages: tuple[Path, ...]
    """Folders of Python packages; each stands in the zip under its own name, sources only."""

    distributions: tuple[str, ...] = ()
    """Installed distributions in pure Python that go in with them, their requirements included.
    Lambda has boto3."""

    files: tuple[tuple[str, bytes], ...] = ()
    """More files, by path in the zip."""

    def archive(self) -> bytes:
        """Return the zip.

        Raises:
            PlatformError: ``DistributionMissing``, ``DistributionIncomplete`` or
                ``DistributionNotPure``; ``NotInOneZip`` if two files have one path.
        """
        _check_complete(self.distributions)
        entries: dict[str, bytes] = {}
        for path, content in self._entries():
            if path in entries:
                raise PlatformError(
                    "NotInOneZip", f"two files of the function are called {path!r}; rename one"
                )
            entries[path] = content
        buffer = BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
            for path, content in sorted(entries.items()):
                entry = zipfile.ZipInfo(path, _OLDEST_TIME)
                entry.create_system = _UNIX
                entry.external_attr = _MODE << 16
                archive.writestr(entry, content)
        return buffer.getvalue()

    def _entries(self) -> Iterator[tuple[str, bytes]]:
        for folder in self.packages:
            yield from _sources(folder)
        for name in self.distributions:
            yield from _installed(name)
        yield from self.files


def _sources(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob(_CODE):
        relative = PurePosixPath(folder.name, *path.relative_to(folder).parts)
        # A clone on Windows may have other line ends.
        yield str(relative), path.read_bytes().replace(b"\r\n", b"\n")


def _installed(name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files that an installer copied, and none that it made itself."""
    distribution = _distribution(name)
    wheel = Parser().parsestr(distribution.read_text("WHEEL") or "")
    if wheel["Root-Is-Purelib"] != "true" or distribution.files is None:
        raise PlatformError(
            "DistributionNotPure",
            f"{name} is not installed from a wheel of pure Python, so its files would be this"
            " machine's; take another distribution, or install it from its wheel",
        )
    for path in distribution.files:
        if _belongs(path):
            yield str(path), path.locate().read_bytes()  # type: ignore[attr-defined] # a real path


def _belongs(path: PurePosixPath) -> bool:
    if ".." in path.parts or "__pycache__" in path.parts or path.suffix == ".pyc":
        return False
    if not path.parts[0].endswith(".dist-info"):
        return True
    # Packages ask for their own version, and their licences go where they go. The rest of the
    # folder says how and by what it was installed.
    return path.name == "METADATA" or _LEGAL.match(path.name) is not None


def _check_complete(names: Iterable[str]) -> None:
    given = {_normal(name) for name in names}
    for name in names:
        for requirement in _distribution(name).requires or ():
            wanted, _, marker = requirement.partition(";")
            match = _NAME.match(wanted.strip())
            if match and not marker and _normal(match[0]) not in given:
                raise PlatformError(
                    "DistributionIncomplete",
                    f"{name} needs {match[0]}, which does not go into the zip; add it to"
                    " distributions",
                )


def _distribution(name: str) -> metadata.Distribution:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise PlatformError(
            "DistributionMissing",
            f"{name} goes into the zip of a function and is not installed; install it",
        ) from None


def _normal(name: str) -> str:
    """Return a distribution's name as the index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()
