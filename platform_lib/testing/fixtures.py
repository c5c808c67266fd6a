"""Pytest plugin: a stack to build constructs in, and values to build them with.

Installed with the ``testing`` extra; pytest finds it by itself.
"""

from __future__ import annotations

import os
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from platform_lib.core.stack import PlatformStack
    from platform_lib.environment import Account, Environment
    from platform_lib.testing.project import SynthesisedProject


@pytest.fixture(scope="session")
def synthesised(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> SynthesisedProject:
    """Return every stack of the project that the tests belong to, synthesised once.

    Workers of pytest-xdist share what one of them has synthesised: read it, but do not change it.
    """
    from platform_lib.testing.project import synthesise_once

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    return synthesise_once(pytestconfig.rootpath, folder / "synthesised" / "cdktf.out")


@pytest.fixture
def account() -> Account:
    """Return an account with remote state and a DynamoDB lock."""
    from platform_lib.environment import Account, S3State, Tags

    return Account(
        name="workloads",
        id="111111111111",
        region="us-east-1",
        organization="acme",
        state=S3State(bucket="acme-terraform-state"),
        tags=Tags(owner="platform", cost_center="1000", repository="acme/platform"),
    )


@pytest.fixture
def environment(account: Account) -> Environment:
    """Return an environment with every default, as production has it."""
    from platform_lib.alerts.config import AlertsConfig
    from platform_lib.environment import Category, Environment
    from platform_lib.network.config import VpcConfig

    return Environment(
        name="shop-prod",
        account=account,
        category=Category.CUSTOMER,
        system="shop",
        region="us-east-1",
        vpc=VpcConfig(cidr=IPv4Network("10.10.0.0/16")),
        tags=account.tags,
        alerts=AlertsConfig(p1_emails=("on-call@example.com",)),
    )


@pytest.fixture
def stack(environment: Environment, tmp_path: Path) -> PlatformStack:
    """Return an empty stack of `environment`."""
    return stack_of(environment, tmp_path)


def stack_of(target: Account | Environment, outdir: Path, name: str = "test") -> PlatformStack:
    """Return an empty stack of ``target`` in an app of its own.

    Args:
        target: The account or environment.
        outdir: Folder for what CDKTF writes; without one it would make one per app.
        name: The stack's own name.
    """
    from cdktf import Testing

    from platform_lib.core.stack import PlatformStack

    return PlatformStack(Testing.app(outdir=str(outdir)), name, target=target)
