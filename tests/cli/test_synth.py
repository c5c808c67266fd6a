"""`platformctl synth` and ``main.py``: what they write, and what they say of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_lib.cli.console import Output
from tests.cli.conftest import DEV, Done, Shop, make_shop
from tests.warm import Warm

MAIN = Path(__file__).resolve().parents[2] / "main.py"
STACKS = ["shop-dev-alerts", "shop-dev-keys", "shop-dev-network", "workloads-foundation"]


def _written(shop: Shop) -> list[str]:
    folder = shop.root / "cdktf.out" / "stacks"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@dataclass(frozen=True)
class Written:
    """A project after a synth, for tests that only look."""

    shop: Shop
    done: Done


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """Return a project without a provider lock, all of which was written by a process of its own."""
    shop = make_shop(tmp_path_factory.mktemp("everything") / "shop")
    return Written(shop, shop.run_fresh("synth"))


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory, warm: Warm) -> Written:
    """Return a project with a lock, of whose two environments one was written."""
    shop = make_shop(tmp_path_factory.mktemp("named") / "shop", warm)
    other = DEV.replace("shop-dev", "shop-other").replace("10.10", "10.30")
    shop.write("environments/other.py", other)
    shop.write(".terraform.lock.hcl", "# the lock\n")
    return Written(shop, shop.run("synth", "shop-dev", "--json"))


def test_it_lists_stacks_resources_and_time(everything: Written) -> None:
    """One line per stack in the order of applying, and a sum."""
    done = everything.done

    lines = done.out.splitlines()
    assert done.code == 0
    assert [line.split() for line in lines[:-1]] == [
        ["stack", "resources"],
        ["workloads-foundation", "7"],
        ["shop-dev-keys", "6"],
        ["shop-dev-network", "39"],
        ["shop-dev-alerts", "4"],
    ]
    assert lines[-1].startswith("4 stacks, 56 resources, ")
    assert lines[-1].endswith(f"-> {everything.shop.root / 'cdktf.out'}")
    assert "\x1b" not in done.text


def test_json_says_the_same(named: Written) -> None:
    """One document with a name and a count for each stack."""
    document = named.done.json

    assert document["seconds"] > 0
    assert document == {
        "outdir": str(named.shop.root / "cdktf.out"),
        "stacks": [
            {"name": "workloads-foundation", "resources": 7},
            {"name": "shop-dev-keys", "resources": 6},
            {"name": "shop-dev-network", "resources": 39},
            {"name": "shop-dev-alerts", "resources": 4},
        ],
        "seconds": document["seconds"],
    }


def test_only_what_was_named_is_written_with_its_account(named: Written) -> None:
    """The foundation comes along, because the environment's stacks wait for it."""
    assert _written(named.shop) == STACKS


def test_a_project_without_a_provider_lock_can_be_synthesised(everything: Written) -> None:
    """Whoever starts a project has no lock yet."""
    assert everything.done.code == 0
    assert (everything.shop.root / "cdktf.out" / "manifest.json").is_file()


def test_the_committed_lock_is_copied_into_every_stack(named: Written) -> None:
    """Plain `terraform init` in a stack's folder finds it."""
    folder = named.shop.root / "cdktf.out" / "stacks"

    locks = [folder / name / ".terraform.lock.hcl" for name in STACKS]
    assert [path.read_text() for path in locks] == ["# the lock\n"] * len(STACKS)


def test_the_output_folder_can_be_chosen(shop: Shop) -> None:
    """CDKTF's own command line says by `CDKTF_OUTDIR` where it wants the stacks."""
    shop.run("synth", CDKTF_OUTDIR="elsewhere")

    assert (shop.root / "elsewhere" / "manifest.json").is_file()
    assert _written(shop) == []


def test_a_stack_that_left_the_code_leaves_the_folder(shop: Shop) -> None:
    """After a full synth; one that names an environment leaves the others alone."""
    shop.write("environments/other.py", DEV.replace("shop-dev", "old").replace("10.10", "10.30"))
    shop.run("synth")
    (shop.root / "environments" / "other.py").unlink()

    shop.run("synth", "shop-dev")
    partial = _written(shop)
    shop.run("synth")

    assert partial == sorted([*STACKS, "old-alerts", "old-keys", "old-network"])
    assert _written(shop) == STACKS


@pytest.mark.parametrize(
    ("chosen", "stacks"),
    [("", STACKS), ("workloads", ["workloads-foundation"]), ("shop-dev,workloads", STACKS)],
)
def test_main_writes_what_the_variable_names(shop: Shop, chosen: str, stacks: list[str]) -> None:
    """`cdktf synth` has no arguments for us, so `PLATFORM_ENV` narrows."""
    shop.write("main.py", MAIN.read_text())

    done = subprocess.run(
        [sys.executable, "main.py"],
        cwd=shop.root,
        env={**shop.environ, "PLATFORM_ENV": chosen},
        check=False,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert _written(shop) == stacks


def test_main_refuses_like_the_command(shop: Shop) -> None:
    """Exit 2 and the sentence, without a traceback and without a file."""
    shop.write("main.py", MAIN.read_text())

    done = subprocess.run(
        [sys.executable, "main.py"],
        cwd=shop.root,
        env={**shop.environ, "PLATFORM_ENV": "nope"},
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 2
    assert done.stderr == (
        "no environment or account is called 'nope'; there are: workloads, shop-dev"
        " [UnknownEnvironment]\n"
    )
    assert not (shop.root / "cdktf.out").exists()


def test_a_table_in_a_file_is_not_folded(capsys: pytest.CaptureFixture[str]) -> None:
    """In the log of a CI run a stack's name can be searched for, whatever its length."""
    name = "checkout-stage-platform-config"
    reason = "waits for checkout-stage-platform: 12 new values, one of which has a long name"

    Output().table(("stack", "status", ""), [(name, "waits", reason)])

    heading, row = capsys.readouterr().out.splitlines()
    assert heading.split() == ["stack", "status"]
    assert row.split("  ")[0] == name
    assert row.rstrip().endswith(reason)


def test_markup_in_a_message_stays_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    """An address such as ``module.a["x"]`` is no colour."""
    Output().line('aws_subnet.this["[red]a[/red]"]')

    assert capsys.readouterr().out == 'aws_subnet.this["[red]a[/red]"]\n'


def test_a_document_can_be_read_whatever_its_length(capsys: pytest.CaptureFixture[str]) -> None:
    """JSON is neither folded nor coloured."""
    Output(as_json=True).result({"text": "long " * 100}, lambda: None)

    assert json.loads(capsys.readouterr().out) == {"text": "long " * 100}
