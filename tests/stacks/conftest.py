"""An app with one account and one environment, and its stacks as data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from platform_lib.app import build_app
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Account, Environment
from platform_lib.testing.template import Template

Build = Callable[..., dict[str, PlatformStack]]


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Return a function that constructs the stacks of environments and their accounts."""

    def stacks(
        *environments: Environment, accounts: tuple[Account, ...] = ()
    ) -> dict[str, PlatformStack]:
        found = accounts or tuple({it.account.name: it.account for it in environments}.values())
        app = build_app(found, environments, outdir=tmp_path / "cdktf.out")
        return {stack.id: stack for stack in app.stacks}

    return stacks


@pytest.fixture
def stacks(build: Build, environment: Environment) -> dict[str, PlatformStack]:
    """Return the stacks of `environment` and its account."""
    return build(environment)


@pytest.fixture
def foundation(stacks: dict[str, PlatformStack]) -> Template:
    """Return the account's foundation."""
    return Template(stacks["workloads-foundation"])


@pytest.fixture
def keys(stacks: dict[str, PlatformStack]) -> Template:
    """Return the environment's keys."""
    return Template(stacks["shop-prod-keys"])


@pytest.fixture
def network(stacks: dict[str, PlatformStack]) -> Template:
    """Return the environment's network."""
    return Template(stacks["shop-prod-network"])


@pytest.fixture
def alerts(stacks: dict[str, PlatformStack]) -> Template:
    """Return the environment's alert topics."""
    return Template(stacks["shop-prod-alerts"])
