"""The app: every stack of every target, in dependency order."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from cdktf import App

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Account, Environment
from platform_lib.stacks.foundation import FoundationStack
from platform_lib.stacks.keys import KeysStack
from platform_lib.stacks.network import NetworkStack


def build_app(
    accounts: Iterable[Account], environments: Iterable[Environment], *, outdir: Path
) -> App:
    """Construct the stacks of all accounts and environments.

    Args:
        accounts: Accounts; those of the environments must be among them.
        environments: Environments to construct.
        outdir: Folder that `App.synth` writes to.
    """
    app = App(outdir=str(outdir))
    foundations = {account.name: FoundationStack(app, account=account) for account in accounts}
    for environment in environments:
        keys = KeysStack(
            app, environment=environment, foundation=foundations[environment.account.name]
        )
        NetworkStack(app, environment=environment, key=keys.logs)
    for stack in stacks_of(app):
        stack.settle_identities()
    return app


def stacks_of(app: App) -> list[PlatformStack]:
    """Return the stacks of an app in the order in which they were constructed."""
    return [stack for stack in app.node.children if isinstance(stack, PlatformStack)]
