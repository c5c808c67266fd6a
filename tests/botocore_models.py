"""What botocore knows of AWS, read once for all sessions of a test run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import botocore.session
import pytest


@pytest.fixture(autouse=True, scope="session")
def botocore_models() -> Iterator[None]:
    """Let all sessions have one loader, which keeps what it has read and which nobody changes.

    Every mocked AWS makes a session of its own, and each reads the endpoints of all services
    again: a megabyte of JSON, which takes a tenth of a second of processor time.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield
