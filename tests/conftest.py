"""What every test shares: no network beyond this machine, no AWS settings of the person at the keyboard."""

from __future__ import annotations

import gc
import os
import re
import socket
from collections.abc import Generator, Iterator, Sequence
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import settings
from xdist import is_xdist_worker

from tests import emulator
from tests.policy.waivers import pytest_terminal_summary
from tests.scheduling import MINUTES_LONG, LongestFirst

__all__ = ["pytest_terminal_summary"]

# Terraform and the AWS provider spend a quarter of their time on collecting garbage while they start:
# a plan of one resource takes 2.4 s of processor time with Go's default of 100, and 1.7 s so.
os.environ.setdefault("GOGC", "800")

# Nothing of what collecting imports and makes is garbage.
gc.disable()

# A deadline in seconds on the clock fails at random where six workers share two cores.
settings.register_profile("shared", deadline=None)
settings.load_profile("shared")

_LOOPBACK = re.compile(r"127(\.\d+){3}|::1|localhost")
_UNMEASURED = ("applied", "bench", "docs", "environments", "policy", "project")
"""Folders whose tests look at what is written, applied or said, and run few lines as the only ones."""
_real_connect = socket.socket.connect


def _connect(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX and _LOOPBACK.fullmatch(address[0]) is None:
        raise AssertionError(f"a test wants to reach {address[0]}; tests stay on this machine")
    _real_connect(self, address)


@pytest.fixture(autouse=True, scope="session")
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _connect)
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_aws_settings() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(("AWS_", "PLATFORM_"))]:
            if name not in ("PLATFORM_TERRAFORM", "PLATFORM_PLUGIN_DIR"):
                patch.delenv(name)
        yield


def pytest_collection_finish() -> None:
    """Keep collected tests, which stay until the end, from being looked through for garbage."""
    gc.freeze()
    gc.enable()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Measure no coverage where tests are dealt out and none runs."""
    measuring = Coverage.current()
    deals_out = session.config.getoption("numprocesses", None) and not is_xdist_worker(session)
    if measuring is not None and deals_out:
        measuring.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure no coverage where it would double the processor time and find no other lines.

    These tests start whole programs, and the real provider asks an emulated AWS thousands of times.
    What that runs of the library is measured by the tests of each part.
    """
    measuring = Coverage.current()
    if measuring is None or not _is_unmeasured(item):
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        for name in emulator.UNMEASURED:
            patch.delenv(name, raising=False)
        measuring.stop()
        try:
            return (yield)
        finally:
            measuring.start()


def _is_unmeasured(item: pytest.Item) -> bool:
    folder = item.path.parent.name
    if folder != "local":
        return folder in _UNMEASURED or item.path.stem.endswith("_changes")
    # The emulator that the worker's other tests share is measured, whoever starts it.
    shared = isinstance(item, pytest.Function) and "shared_aws" in item.fixturenames
    return item.get_closest_marker("terraform") is not None and not shared


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep the tests of a module's fixture on one worker: each worker would make its own.

    https://pytest-xdist.readthedocs.io/en/stable/how-to.html#making-session-scoped-fixtures-execute-only-once
    """
    if not isinstance(item, pytest.Function) or item.get_closest_marker("xdist_group"):
        return
    used = (found for name in item.fixturenames for found in _definitions(item, name))
    if any(found.scope == "module" for found in used):
        item.add_marker(pytest.mark.xdist_group(item.path.stem))


def _definitions(item: pytest.Function, name: str) -> Sequence[pytest.FixtureDef[Any]]:
    return item._fixtureinfo.name2fixturedefs.get(name, ())


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst:
    """Deal tests out in our own way, whatever `--dist` says."""
    return LongestFirst(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with what takes longest, so that no worker is left alone with it at the end."""

    def turn(item: pytest.Item) -> int:
        name, last = item.path.stem, len(MINUTES_LONG)
        if item.get_closest_marker("terraform") is None:
            return last + 1 + (item.path.parent.name != "local")
        return MINUTES_LONG.index(name) if name in MINUTES_LONG else last

    items.sort(key=turn)
