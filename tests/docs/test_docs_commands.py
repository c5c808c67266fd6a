"""What the page of the commands says about their JSON is what they write."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from docs import generate
from docs._pages import Page

PLATFORMCTL = str(Path(sys.executable).with_name("platformctl"))


def documented(command: str) -> list[str]:
    """Return what the table of JSON keys says about a command, as the words in code."""
    text = Page(generate.ROOT / "docs" / "cli.md").text
    (row,) = (line for line in text.splitlines() if line.startswith(f"| `{command}` | "))
    return row.split("|")[2].split("`")[1::2]


def answer(folder: Path, *words: str) -> Any:
    """Return the document that a command writes, in a synth folder of its own."""
    done = subprocess.run(
        [PLATFORMCTL, *words, "--json"],
        cwd=generate.ROOT,
        env={**os.environ, "CDKTF_OUTDIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_keys_of_check(tmp_path: Path) -> None:
    """`check --addresses` has the documented keys, in the documented order."""
    found = answer(tmp_path, "check", "--addresses")

    keys = [*found]
    assert documented("check") == [
        *keys[:3],
        *found["guardrails"],
        "--addresses",
        keys[3],
    ]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("synth", ("synth", "checkout-dev")),
        ("local status", ("local", "status")),
        (
            "edge explain",
            ("edge", "explain", "checkout-dev", "https://api.dev.workloads.acme.example/media/a"),
        ),
    ],
)
def test_keys_of_other_commands(tmp_path: Path, command: str, words: tuple[str, ...]) -> None:
    """The document has the documented keys and no other."""
    found = answer(tmp_path, *words)

    assert list(found) == documented(command)


def test_a_refusal_has_the_documented_shape(tmp_path: Path) -> None:
    """A refused command writes its problems as JSON too, and exits with 2."""
    done = subprocess.run(
        [PLATFORMCTL, "synth", "nowhere", "--json"],
        cwd=generate.ROOT,
        env={**os.environ, "CDKTF_OUTDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    (problem,) = json.loads(done.stdout)["problems"]
    assert done.returncode == 2
    assert list(problem) == ["where", "message", "code"]
    assert problem["code"] == "UnknownEnvironment"
