"""Checkov where it can be installed, and the list of what it is overruled in."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import astuple

import pytest

from tests.policy.scanner import CheckovMissingError, Finding, Report, install
from tests.policy.waivers import pytest_terminal_summary

__all__ = ["Once", "pytest_terminal_summary"]

Once = Callable[[str, Callable[[], Report]], Report]


@pytest.fixture(scope="session")
def checkov() -> None:
    """Install checkov; skip where that is impossible, and fail there in CI."""
    try:
        install()
    except CheckovMissingError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Return a function that makes a report in one worker and reads it in the others.

    Marks cannot do that: pytest-xdist 3.8 ignores its groups with pytest 9.2.
    https://github.com/pytest-dev/pytest-xdist/issues/1386
    """
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent

    def shared(name: str, make: Callable[[], Report]) -> Report:
        path = folder / f"checkov-{name}.json"
        with path.with_suffix(".lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if not path.is_file():
                report = make()
                path.write_text(
                    json.dumps([list(report.passed), list(map(astuple, report.findings))])
                )
        passed, findings = json.loads(path.read_text())
        return Report(frozenset(map(tuple, passed)), tuple(Finding(*it) for it in findings))

    return shared
