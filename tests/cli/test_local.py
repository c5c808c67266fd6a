"""`platformctl local` and `env`: an emulated account that stays, for plain Terraform too."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_lib.terraform.program import find_program
from tests import provider
from tests.cli.conftest import ACCOUNTS, Shop

LOCK = Path(__file__).resolve().parents[2] / ".terraform.lock.hcl"


@pytest.fixture
def emulated(shop: Shop) -> Iterator[Shop]:
    """Return a project with its state in a bucket and its account emulated; end it afterwards."""
    text = ACCOUNTS.replace("LocalState()", 'S3State(bucket="acme-shop-terraform-state")')
    shop.write("environments/accounts.py", text.replace("LocalState", "S3State"))
    shop.write(".terraform.lock.hcl", LOCK.read_text())
    # A process of its own, with pipes: what stays must not keep them open.
    up = shop.run_fresh("local", "up", "shop-dev", "--json")
    assert up.code == 0, up.text
    yield shop
    shop.run("local", "down")


def test_a_port_that_is_taken(shop: Shop) -> None:
    """Nothing is started beside the program that has it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = shop.run("local", "up", "shop-dev", "--port", str(port))

    assert done.code == 1
    assert done.problems == [
        (
            f"port {port} on 127.0.0.1 cannot be used (address already in use); end the program that"
            " has it, or choose another port or none [PortBusy]"
        )
    ]
    assert shop.run("local", "status", "--json").json == {"running": []}


def test_it_is_started_found_and_ended(emulated: Shop) -> None:
    """One emulator for an account, found again from any folder of the project, and ended by name."""
    again = emulated.run("local", "up", "shop-dev", "--json").json
    (found,) = emulated.run_in(emulated.root / "environments", "local", "status", "--json").json[
        "running"
    ]
    text = emulated.run("local", "status").out
    ended = emulated.run("local", "down").out

    assert found == again
    assert (found["account"], found["account_id"]) == ("workloads", "111111111111")
    assert text == (
        f"account workloads (111111111111) at {found['endpoint']}, 0 things,"
        f" since {found['started_at']}\n"
    )
    assert ended == "the emulated account workloads has ended\n"
    assert not _lives(found["pid"])
    assert emulated.run("local", "down").out == "no emulated AWS was running\n"
    assert emulated.run("local", "status").out == (
        "no emulated AWS runs; platformctl local up ENV starts one\n"
    )


def test_what_was_started_is_what_doctor_finds(emulated: Shop) -> None:
    """The emulator is named with its address."""
    (found,) = emulated.run("local", "status", "--json").json["running"]

    checks = emulated.run("doctor", "--json").json["checks"]

    assert [it["detail"] for it in checks if it["name"] == "emulated AWS"] == [
        f"workloads at {found['endpoint']}"
    ]


@pytest.mark.terraform
def test_plain_terraform_works_after_the_exports(emulated: Shop) -> None:
    """Bootstrap, exports, then Terraform alone: init and plan, with the state in the bucket."""
    emulated.run("synth", "shop-dev")
    variables = _exported(emulated.run("env", "shop-dev").out)
    bootstrap = emulated.run("bootstrap", "shop-dev", "--json", **variables)
    environ = {**emulated.environ, **variables}
    folder = emulated.root / "cdktf.out" / "stacks" / "workloads-foundation"

    init = _terraform(folder, environ, "init", "-input=false", "-no-color")
    plan = _terraform(folder, environ, "plan", "-input=false", "-no-color", "-detailed-exitcode")

    assert bootstrap.code == 0, bootstrap.text
    assert bootstrap.json["account"] == "workloads"
    assert (init.returncode, init.stderr) == (0, "")
    assert plan.returncode == 2, plan.stderr
    assert "Plan: 7 to add, 0 to change, 0 to destroy." in plan.stdout


@pytest.mark.terraform
def test_commands_work_on_it_and_answer_in_json(
    emulated: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Each writes one document, and says by its exit code whether there is anything to do."""
    _hash_little(emulated, tmp_path_factory)
    variables = _exported(emulated.run("env", "shop-dev").out)
    before = emulated.run("bootstrap", "shop-dev", "--check", "--json", **variables)
    emulated.run("bootstrap", "shop-dev", **variables)

    after = emulated.run("bootstrap", "shop-dev", "--check", "--json", **variables)
    plan = emulated.run("plan", "workloads", "--detailed-exitcode", "--json", **variables)
    waits = emulated.run("plan", "shop-dev", "keys", "--json", **variables)
    apply = emulated.run_fresh("apply", "workloads", "--json", **variables)
    drift = emulated.run_fresh("drift", "workloads", "--json", **variables)

    assert before.code == 1
    assert before.json["problems"] != []
    assert (after.code, after.json["problems"]) == (0, [])
    assert (plan.code, plan.json["stacks"][0]["add"]) == (4, 7)
    assert [it["status"] for it in waits.json["stacks"]] == ["waits"]
    assert (apply.code, apply.json["stacks"][0]["status"]) == (0, "applied")
    assert (drift.code, drift.json["stacks"][0]["problems"]) == (0, [])


@pytest.mark.terraform
def test_the_demo_answers_in_one_document(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A machine reads what was applied and that a second plan was empty."""
    shop.write(".terraform.lock.hcl", LOCK.read_text())
    _hash_little(shop, tmp_path_factory)

    done = shop.run_fresh("demo", "workloads", "--json")

    bootstrap, applied, settled = done.json["steps"]
    assert done.code == 0, done.text
    assert bootstrap["account"] == "workloads"
    assert [it["status"] for it in applied["stacks"]] == ["applied"]
    assert settled == {"settled": ["workloads-foundation"], "outputs": {}}
    assert done.json["target"] == "workloads"


def _hash_little(shop: Shop, factory: pytest.TempPathFactory) -> None:
    """Let Terraform take the provider from the mirror that spares it the hashing."""
    mirror = provider.mirror(find_program(os.environ), factory)
    provider.admit(mirror, shop.root / ".terraform.lock.hcl")
    shop.environ["PLATFORM_PLUGIN_DIR"] = str(mirror)


def _exported(text: str) -> dict[str, str]:
    """Return the variables that a shell exports; those that it unsets are set nowhere here."""
    return {
        name: shlex.split(value)[0]
        for name, _, value in (
            line.removeprefix("export ").partition("=")
            for line in text.splitlines()
            if line.startswith("export ")
        )
    }


def _terraform(
    folder: Path, environ: dict[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    program = find_program(os.environ)
    return subprocess.run(
        [str(program.path), *arguments],
        cwd=folder,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
    )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.is_file() or stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_exports_are_read_by_a_shell(emulated: Shop) -> None:
    """What ``eval`` sees are assignments and nothing else, and JSON has the same."""
    text = emulated.run("env", "shop-dev").out
    variables = emulated.run("env", "shop-dev", "--json").json["variables"]

    shown = subprocess.run(
        ["/bin/sh", "-c", f"{text}\nexec env"], check=True, capture_output=True, text=True, env={}
    ).stdout.splitlines()

    assert {name: value for name, value in variables.items() if value} == {
        name: value
        for name, _, value in (line.partition("=") for line in shown)
        if name in variables
    }
    assert variables["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")
