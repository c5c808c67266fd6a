"""Every command explains itself, and answers machines as well as people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from platform_lib.cli.main import app, edge_app, local_app
from tests.cli.conftest import Shop

COMMANDS = [
    (str(it.name or it.callback.__name__),) for it in app.registered_commands if it.callback
] + [
    (group, str(it.name))
    for group, commands in (("local", local_app), ("edge", edge_app))
    for it in commands.registered_commands
]
NEED_A_NAME = [
    ("bootstrap",),
    ("plan",),
    ("apply",),
    ("destroy",),
    ("drift",),
    ("env",),
    ("demo",),
    ("local", "up"),
]


def test_all_commands_of_the_design_are_there() -> None:
    """The lists below are taken from the program, so the program is held to the design first."""
    assert {" ".join(it) for it in COMMANDS} == {
        *("check", "synth", "bootstrap", "plan", "apply", "destroy", "drift", "doctor", "demo"),
        *("env", "local up", "local status", "local down", "edge explain"),
    }


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_a_sentence_and_an_example(command: tuple[str, ...]) -> None:
    """A person who forgot how it goes needs no other page."""
    shown = CliRunner().invoke(app, [*command, "--help"])

    assert shown.exit_code == 0
    assert "Example: " in shown.output
    assert f"platformctl {' '.join(command)}" in shown.output.partition("Example: ")[2]
    assert "--json" in shown.output
    assert "\x1b" not in shown.output


@pytest.mark.parametrize("group", [(), ("local",), ("edge",)], ids=["platformctl", "local", "edge"])
def test_without_a_command_the_commands_are_listed(group: tuple[str, ...]) -> None:
    """Typing the name alone is a question."""
    shown = CliRunner().invoke(app, [*group])

    listed = [command[-1] for command in COMMANDS if command[:-1] == group]
    assert [name for name in listed if f"  {name} " not in shown.output] == []


@pytest.mark.parametrize("command", NEED_A_NAME, ids=" ".join)
def test_an_unknown_environment_is_named_with_those_that_exist(
    shop: Shop, command: tuple[str, ...]
) -> None:
    """Every command that takes a name refuses a misspelt one before it does anything."""
    before = shop.files()

    done = shop.run(*command, "shop-dve")

    assert done.code == 2
    assert done.problems == [
        (
            "no environment or account is called 'shop-dve'; did you mean 'shop-dev'?"
            " there are: workloads, shop-dev [UnknownEnvironment]"
        )
    ]
    assert done.out == ""
    assert shop.files() == before


@pytest.mark.parametrize("command", NEED_A_NAME, ids=" ".join)
def test_a_refusal_is_json_too(
    shop: Shop, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``--json`` a machine finds problems in one document on standard output."""
    monkeypatch.chdir(shop.root)

    done = CliRunner().invoke(app, [*command, "nope", "--json"])

    assert done.exit_code == 2
    assert json.loads(done.stdout) == {
        "problems": [
            {
                "where": "",
                "message": "no environment or account is called 'nope'; there are: workloads, shop-dev",
                "code": "UnknownEnvironment",
            }
        ]
    }
    assert done.stderr == ""


@pytest.mark.parametrize("command", [("check", "a", "b"), ("synth", "a", "b")], ids=" ".join)
def test_every_unknown_name_is_told_at_once(shop: Shop, command: tuple[str, ...]) -> None:
    """Nobody corrects one, to be told of the next."""
    done = shop.run(*command)

    assert done.code == 2
    assert [line.partition(";")[0] for line in done.problems] == [
        "no environment or account is called 'a'",
        "no environment or account is called 'b'",
    ]


def test_json_of_commands_without_a_name(shop: Shop) -> None:
    """What succeeds is one document as well."""
    status = shop.run_fresh("local", "status", "--json")
    down = shop.run_fresh("local", "down", "--json")

    assert (status.code, status.json) == (0, {"running": []})
    assert (down.code, down.json) == (0, {"ended": []})
    assert status.err + down.err == ""


@pytest.mark.parametrize("there", ["environments/__init__.py", "cdktf.json"])
def test_outside_a_project_it_says_where_to_go(shop: Shop, tmp_path: Path, there: str) -> None:
    """The folder is named, and what the right one looks like: half of it is not enough."""
    outside = tmp_path / "elsewhere"
    (outside / there).parent.mkdir(parents=True)
    (outside / there).touch()

    done = shop.run_in(outside, "check")

    assert done.code == 2
    assert done.problems == [
        (
            f"{outside} is not inside a project; go to the folder that has cdktf.json and environments/"
            " [NoProject]"
        )
    ]


def test_a_folder_inside_the_project_will_do(shop: Shop) -> None:
    """As with git, one can be anywhere in it."""
    assert shop.run_in(shop.root / "environments", "check").code == 0


def test_the_traceback_is_there_for_who_asks(shop: Shop) -> None:
    """`PLATFORM_DEBUG=1` shows where in the library something was refused."""
    assert "Traceback" in shop.run("check", "nope", PLATFORM_DEBUG="1").err
    assert "Traceback" not in shop.run("check", "nope").text
