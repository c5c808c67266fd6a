"""`platformctl`: the commands, their options and their help.

Each command imports what it does when it runs: `check` must not start Node, and a help text must
not wait for boto3.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from platform_lib.cli.console import Output
from platform_lib.project import Project, find_root, load

app = typer.Typer(
    help="AWS platforms in typed Python, applied by Terraform.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
local_app = typer.Typer(help="The emulated AWS on this machine.", no_args_is_help=True)
app.add_typer(local_app, name="local")
edge_app = typer.Typer(help="What stands between viewers and services.", no_args_is_help=True)
app.add_typer(edge_app, name="edge")

Names = Annotated[
    list[str] | None,
    typer.Argument(metavar="ENV", help="Environments or accounts; all if none."),
]
Name = Annotated[str, typer.Argument(metavar="ENV", help="Environment or account.")]
Stacks = Annotated[
    list[str] | None,
    typer.Argument(metavar="STACK", help="Stacks, as 'network'; all if none."),
]
Json = Annotated[bool, typer.Option("--json", help="Write one JSON document for machines.")]
Jobs = Annotated[
    int | None,
    typer.Option(
        min=1, help="Stacks at once; half the cores, at least 2, if not given (0.8 GB each)."
    ),
]
Allowed = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-destroy",
        metavar="ADDRESS",
        help="Stateful resource that may be destroyed, if the environment allows destroying.",
    ),
]
IgnoreUnsaved = Annotated[
    bool,
    typer.Option(
        "--ignore-unsaved", help="Go on without what a killed apply made and never saved."
    ),
]
AsOf = Annotated[
    str | None, typer.Option(metavar="DATE", help="Judge dates as of this day, YYYY-MM-DD.")
]

_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def run() -> None:
    """Run `platformctl`; the entry point of the package."""
    # A short process that keeps nearly all that it makes: collecting garbage as often as Python does
    # by itself takes a tenth of a synth.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    app()


def _project() -> Project:
    return load(find_root(Path.cwd()))


def _exit(command: Callable[[Output], int], *, as_json: bool) -> None:
    output = Output(as_json=as_json)
    sys.exit(output.guarded(lambda: command(output)))


@app.command(epilog="Example: platformctl check checkout-prod")
def check(
    names: Names = None,
    as_json: Json = False,
    show_addresses: Annotated[
        bool, typer.Option("--addresses", help="Print the address map with the free space.")
    ] = False,
    as_of: AsOf = None,
) -> None:
    """Check configuration, guardrails, waivers and the CIDR plan; starts no Node."""
    from platform_lib.cli.check import check as command

    _exit(
        lambda output: command(
            _project(), names or [], output, show_addresses=show_addresses, as_of=as_of
        ),
        as_json=as_json,
    )


@app.command(epilog="Example: platformctl synth checkout-dev")
def synth(names: Names = None, as_json: Json = False) -> None:
    """Write the Terraform JSON of every stack to cdktf.out."""
    from platform_lib.cli.synth import synth as command

    _exit(lambda output: command(_project(), names or [], output), as_json=as_json)


@app.command(epilog="Example: platformctl bootstrap checkout-dev")
def bootstrap(
    name: Name,
    check_only: Annotated[
        bool, typer.Option("--check", help="Only tell what is missing or different.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the state bucket and the lock table of an environment's account; safe to repeat."""
    from platform_lib.cli.bootstrap import bootstrap as command

    _exit(lambda output: command(_project(), name, output, check_only=check_only), as_json=as_json)


@app.command(epilog="Example: platformctl plan checkout-dev network")
def plan(
    name: Name,
    stacks: Stacks = None,
    as_json: Json = False,
    jobs: Jobs = None,
    allow_destroy: Allowed = None,
    ignore_unsaved: IgnoreUnsaved = False,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit 4 if there are changes.")
    ] = False,
) -> None:
    """Plan each stack; refuse a plan that destroys anything stateful."""
    from platform_lib.cli.lifecycle import plan as command

    _exit(
        lambda output: command(
            _project(),
            name,
            stacks or [],
            output,
            jobs=jobs,
            named=allow_destroy or [],
            ignore_unsaved=ignore_unsaved,
            detailed=detailed_exitcode,
        ),
        as_json=as_json,
    )


@app.command(epilog="Example: platformctl apply checkout-dev")
def apply(
    name: Name,
    stacks: Stacks = None,
    as_json: Json = False,
    jobs: Jobs = None,
    allow_destroy: Allowed = None,
    ignore_unsaved: IgnoreUnsaved = False,
    from_stack: Annotated[
        str | None,
        typer.Option("--from", metavar="STACK", help="Resume: leave out what comes before."),
    ] = None,
) -> None:
    """Apply stacks in dependency order, each planned when its turn comes."""
    from platform_lib.cli.lifecycle import apply as command

    _exit(
        lambda output: command(
            _project(),
            name,
            stacks or [],
            output,
            jobs=jobs,
            named=allow_destroy or [],
            ignore_unsaved=ignore_unsaved,
            from_stack=from_stack,
        ),
        as_json=as_json,
    )


@app.command(epilog="Example: platformctl destroy checkout-dev --yes-destroy checkout-dev")
def destroy(
    name: Name,
    as_json: Json = False,
    jobs: Jobs = None,
    yes_destroy: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment's name, instead of being asked for it."),
    ] = None,
    ignore_unsaved: IgnoreUnsaved = False,
) -> None:
    """Destroy an environment, downstream stacks first, if it allows destroying."""
    from platform_lib.cli.lifecycle import destroy as command

    _exit(
        lambda output: command(
            _project(),
            name,
            output,
            jobs=jobs,
            confirmed=yes_destroy,
            ignore_unsaved=ignore_unsaved,
        ),
        as_json=as_json,
    )


@app.command(epilog="Example: platformctl drift checkout-prod")
def drift(name: Name, stacks: Stacks = None, as_json: Json = False, jobs: Jobs = None) -> None:
    """Tell whether anything was changed outside Terraform: exit 4, and 1 for a failure."""
    from platform_lib.cli.lifecycle import drift as command

    _exit(
        lambda output: command(_project(), name, stacks or [], output, jobs=jobs), as_json=as_json
    )


@app.command(epilog="Example: platformctl doctor")
def doctor(as_json: Json = False) -> None:
    """Tell what this machine lacks, and how to get it."""
    from platform_lib.cli.doctor import doctor as command

    _exit(command, as_json=as_json)


@app.command(epilog='Example: eval "$(platformctl env checkout-dev)"')
def env(name: Name, as_json: Json = False) -> None:
    """Print the exports with which plain terraform uses the emulated AWS of an environment."""
    from platform_lib.cli.local import env as command

    _exit(lambda output: command(_project(), name, output), as_json=as_json)


@app.command(epilog="Example: platformctl demo checkout-dev")
def demo(
    name: Annotated[str, typer.Argument(metavar="ENV", help="Environment to apply.")] = (
        "checkout-dev"
    ),
    as_json: Json = False,
) -> None:
    """Apply an environment to an emulated AWS, from nothing, without an account."""
    from platform_lib.cli.demo import demo as command

    _exit(lambda output: command(_project(), name, output), as_json=as_json)


@local_app.command("up", epilog="Example: platformctl local up checkout-dev")
def local_up(
    name: Name,
    port: Annotated[
        int | None, typer.Option(help="Port on 127.0.0.1; a free one if not given.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Start the emulated AWS as an environment's account, and leave it running."""
    from platform_lib.cli.local import up as command

    _exit(lambda output: command(_project(), name, output, port=port), as_json=as_json)


@local_app.command("status", epilog="Example: platformctl local status")
def local_status(as_json: Json = False) -> None:
    """Tell which emulated accounts run, and where."""
    from platform_lib.cli.local import status as command

    _exit(lambda output: command(_project(), output), as_json=as_json)


@local_app.command("down", epilog="Example: platformctl local down")
def local_down(as_json: Json = False) -> None:
    """End every emulated account of this project; what was applied to them is gone."""
    from platform_lib.cli.local import down as command

    _exit(lambda output: command(_project(), output), as_json=as_json)


@edge_app.command(
    "explain",
    epilog="Example: platformctl edge explain checkout-dev"
    " https://api.dev.workloads.acme.example/graphql/ --method POST",
)
def edge_explain(
    name: Name,
    url: Annotated[str, typer.Argument(metavar="URL", help="What a viewer asks for.")],
    method: Annotated[str, typer.Option(help="Method of the request.")] = "GET",
    headers: Annotated[
        list[str] | None, typer.Option("--header", "-H", metavar="NAME:VALUE", help="A header.")
    ] = None,
    cookies: Annotated[
        list[str] | None, typer.Option("--cookie", metavar="NAME=VALUE", help="A cookie.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell what becomes of a request: behaviour, origin, cache key, what is forwarded, how long it is kept."""
    from platform_lib.cli.edge import explain as command

    _exit(
        lambda output: command(
            _project(), name, (method, url), output, headers=headers or [], cookies=cookies or []
        ),
        as_json=as_json,
    )
