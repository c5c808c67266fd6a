"""An emulated AWS for tests in which the real Terraform does the asking."""

from __future__ import annotations

import pytest

from platform_lib.local.server import LocalAws

__all__ = ["UNMEASURED", "start"]

UNMEASURED = ("COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
"""Variables by which coverage measures what a test starts."""


def start(*, account_id: str, region: str) -> LocalAws:
    """Start an emulated AWS that coverage does not measure; a `with` block or its owner stops it.

    Measuring doubles the processor time of every answer (moto's code is traced, too), and a real
    provider asks thousands of times. The tests that ask the extensions through boto3 are measured.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in UNMEASURED:
            patch.delenv(name, raising=False)
        return LocalAws(account_id=account_id, region=region).start()
