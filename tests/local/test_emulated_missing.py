"""What the emulator lacks ends the real Terraform at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.local.server import LocalAws

pytestmark = pytest.mark.terraform


def test_the_provider_asks_once(aws: LocalAws, workspace: Callable[[str, LocalAws], Any]) -> None:
    """501 is final for the provider, where it would repeat a 500 for ten minutes."""
    missing = workspace("missing", aws)

    finished = missing.run("apply", "-input=false", "-auto-approve", expect=1)

    gaps = [(gap.service, gap.count) for gap in aws.unimplemented()]
    assert gaps == [("detective", 1)]
    assert "the emulated AWS cannot answer detective:POST" in " ".join(finished.stderr.split())
