"""The app: every stack of every target, in dependency order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from cdktf import App

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Account, Environment
from platform_lib.stacks.alerts import AlertsStack
from platform_lib.stacks.data import DataStack
from platform_lib.stacks.ecs import EcsStack
from platform_lib.stacks.edge import EdgeStack
from platform_lib.stacks.foundation import FoundationStack
from platform_lib.stacks.keys import KeysStack
from platform_lib.stacks.network import NetworkStack
from platform_lib.stacks.services import ServicesStack
from platform_lib.stacks.surroundings import Surroundings


class PlatformApp(App):
    """The root of the construct tree.

    Args:
        outdir: Folder that `App.synth` writes to.
    """

    def __init__(self, *, outdir: Path) -> None:
        super().__init__(outdir=str(outdir))
        self.stacks: list[PlatformStack] = []
        """The stacks, in dependency order."""


def build_app(
    accounts: Iterable[Account], environments: Iterable[Environment], *, outdir: Path
) -> PlatformApp:
    """Construct the stacks of all accounts and environments.

    Args:
        accounts: Accounts; those of the environments must be among them.
        environments: Environments to construct.
        outdir: Folder that `App.synth` writes to.
    """
    app = PlatformApp(outdir=outdir)
    foundations = {account.name: FoundationStack(app, account=account) for account in accounts}
    app.stacks += foundations.values()
    for environment in environments:
        app.stacks += _stacks_of(app, environment, foundations[environment.account.name])
    for stack in app.stacks:
        stack.settle_identities()
    return app


def _stacks_of(
    app: PlatformApp, environment: Environment, foundation: FoundationStack
) -> Iterator[PlatformStack]:
    """Construct the stacks of one environment, in dependency order; they follow from its parts."""
    keys = KeysStack(app, environment=environment, foundation=foundation)
    network = NetworkStack(app, environment=environment, key=keys.logs)
    # Without flow logs it would read nothing of theirs, and could be applied before its account.
    network.add_dependency(keys)
    alerts = AlertsStack(app, environment=environment, key=keys.data)
    yield from (keys, network, alerts)
    data: DataStack | None = None
    if environment.has_data:
        data = DataStack(
            app,
            environment=environment,
            vpc=network.vpc,
            key=keys.data,
            logs_key=keys.logs,
            alerts=alerts.alerts,
        )
        yield data
    ecs: EcsStack | None = None
    services: ServicesStack | None = None
    if environment.cluster is not None:
        ecs = EcsStack(
            app,
            environment=environment,
            cluster=environment.cluster,
            foundation=foundation,
            vpc=network.vpc,
            key=keys.data,
            logs_key=keys.logs,
            alerts=alerts.alerts,
        )
        yield ecs
        if environment.services:
            services = ServicesStack(
                app,
                environment=environment,
                foundation=foundation,
                surroundings=Surroundings(environment, ecs, data, keys.data, alerts.alerts),
                logs_key=keys.logs,
            )
            yield services
    zone = foundation.zone_of(environment.domain)
    if environment.distributions and zone is not None:
        edge = EdgeStack(
            app,
            environment=environment,
            zone=zone,
            ecs=ecs,
            data=data,
            logs_key=keys.logs,
            alerts=alerts.alerts,
        )
        if services is not None:
            # A host that gets a distribution first loses the record that led to the load balancer.
            edge.add_dependency(services)
        yield edge
