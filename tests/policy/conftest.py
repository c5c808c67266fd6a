"""Checkov where it can be installed, and the list of what it is overruled in."""

from __future__ import annotations

import os

import pytest

from tests.policy.scanner import CheckovMissingError, install
from tests.policy.waivers import pytest_terminal_summary

__all__ = ["checkov", "pytest_terminal_summary"]


@pytest.fixture(scope="session")
def checkov() -> None:
    """Install checkov; skip where that is impossible, and fail there in CI."""
    try:
        install()
    except CheckovMissingError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
