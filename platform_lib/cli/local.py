"""`platformctl local up / status / down` and `env`: an emulated AWS that stays."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from platform_lib.cli.console import Output
from platform_lib.cli.session import WORK
from platform_lib.environment import Account
from platform_lib.errors import OperationError
from platform_lib.local import daemon
from platform_lib.local.daemon import Running
from platform_lib.project import Project


def state_dir(project: Project, account: Account) -> Path:
    """Return the folder in which the emulator of an account is recorded."""
    return project.root / WORK / "local" / account.name


def running(project: Project) -> dict[str, Running]:
    """Return the emulators that run, by account name."""
    found = {a.name: daemon.status(state_dir(project, a)) for a in project.accounts}
    return {name: emulator for name, emulator in found.items() if emulator is not None}


def up(project: Project, name: str, output: Output, *, port: int | None) -> int:
    """Start the emulator of a target's account, or find it running."""
    account, (target,) = project.account_of(name), project.select([name])
    emulator = daemon.up(
        state_dir(project, account), account_id=account.id, region=target.region, port=port
    )

    def show() -> None:
        output.line(f"account {account.name} ({account.id}) is emulated at {emulator.endpoint}")
        output.line(f'next: eval "$(platformctl env {name})", then platformctl bootstrap {name}')

    output.result(_document(account.name, emulator), show)
    return 0


def status(project: Project, output: Output) -> int:
    """List the emulators that run."""
    found = running(project)

    def show() -> None:
        for name, emulator in found.items():
            output.line(
                f"account {name} ({emulator.account_id}) at {emulator.endpoint},"
                f" {len(emulator.inventory())} things, since {emulator.started_at}"
            )
            for gap in emulator.unimplemented():
                output.line(f"  answered 501: {gap}")
        if not found:
            output.line("no emulated AWS runs; platformctl local up ENV starts one")

    output.result({"running": [_document(name, it) for name, it in found.items()]}, show)
    return 0


def down(project: Project, output: Output) -> int:
    """End the emulators that run."""
    ended = [
        account.name for account in project.accounts if daemon.down(state_dir(project, account))
    ]

    def show() -> None:
        for name in ended:
            output.line(f"the emulated account {name} has ended")
        if not ended:
            output.line("no emulated AWS was running")

    output.result({"ended": ended}, show)
    return 0


def env(project: Project, name: str, output: Output) -> int:
    """Print what a shell has to set for plain ``terraform`` to use the emulator."""
    from platform_lib.terraform.program import find_program
    from platform_lib.terraform.session import TerraformSession

    account = project.account_of(name)
    emulator = daemon.status(state_dir(project, account))
    if emulator is None:
        raise OperationError(
            "EmulatorGone",
            f"the account {account.name!r} of {name} is not emulated; start it with:"
            f" platformctl local up {name}",
        )
    terraform = TerraformSession(
        find_program(os.environ), environ=os.environ, work=project.root / WORK
    )
    chosen = terraform.source().environment(os.environ, project.root / WORK)
    variables = {
        **emulator.environment(),
        **{
            variable: chosen.get(variable, "")
            for variable in ("TF_CLI_CONFIG_FILE", "TF_PLUGIN_CACHE_DIR")
            if chosen.get(variable) != os.environ.get(variable)
        },
    }

    def show() -> None:
        for variable, value in variables.items():
            assignment = f"export {variable}={shlex.quote(value)}"
            output.line(assignment if value else f"unset {variable}")

    output.result({"variables": variables}, show)
    return 0


def _document(name: str, emulator: Running) -> dict[str, object]:
    return {
        "account": name,
        "account_id": emulator.account_id,
        "endpoint": emulator.endpoint,
        "pid": emulator.pid,
        "started_at": emulator.started_at,
    }
