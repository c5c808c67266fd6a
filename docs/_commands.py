"""The reference of `platformctl`, read from the commands themselves."""

from __future__ import annotations

from typing import Any

import typer

from docs._tables import table
from platform_lib.cli.main import app


def commands() -> dict[str, Any]:
    """Return every command by what a person types after `platformctl`."""
    return dict(_below(typer.main.get_command(app), ""))


def command(*words: str) -> str:
    """Describe one command: what it does, its usage, its options, an example."""
    name = " ".join(words)
    found = commands()[name]
    arguments = [it for it in found.params if it.param_type_name == "argument"]
    options = [it for it in found.params if it.param_type_name == "option"]
    usage = " ".join(["platformctl", name, *map(_shown, arguments), "[OPTION]..."])
    rows = [(f"`{_shown(it)}`", " ".join((it.help or "").split())) for it in (*arguments, *options)]
    example = (found.epilog or "").removeprefix("Example: ")
    return "\n\n".join(
        [
            " ".join((found.help or "").split()),
            f"```text\n{usage}\n```",
            table(("argument or option", "meaning"), rows),
            f"Example:\n\n```sh\n{example}\n```",
        ]
    )


def _shown(parameter: Any) -> str:
    value = parameter.metavar or parameter.name.upper()
    if parameter.param_type_name == "argument":
        return str(value)
    flag = ", ".join(parameter.opts)
    return flag if parameter.is_flag else f"{flag} {value}"


def _below(group: Any, prefix: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for name, inner in getattr(group, "commands", {}).items():
        if hasattr(inner, "commands"):
            found += _below(inner, f"{prefix}{name} ")
        else:
            found.append((f"{prefix}{name}", inner))
    return found
