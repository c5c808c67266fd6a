"""Stacks are planned, applied, destroyed and compared by the real Terraform."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from platform_lib.errors import DestroyRefusedError, OperationError, PlatformError
from platform_lib.terraform.events import Message, ResourceProgress, StackFinished, StackStarted
from platform_lib.terraform.results import StackResult, exit_code
from platform_lib.terraform.runner import Planned, Runner
from platform_lib.terraform.schedule import Rules
from platform_lib.terraform.stack import Stack
from platform_lib.terraform.state import State
from platform_lib.terraform.stateful import STATEFUL_TYPES

if TYPE_CHECKING:
    from tests.terraform.conftest import App, Lab

pytestmark = pytest.mark.terraform

READ = "${data.terraform_remote_state.net.outputs"


def statuses(results: list[StackResult]) -> dict[str, str]:
    """Return what came of each stack."""
    return {result.stack: result.status for result in results}


def problems(results: list[StackResult]) -> list[str]:
    """Return every problem as it is printed."""
    return [str(problem) for result in results for problem in result.problems]


def two_stacks(app: App, *, value: str = "v1", also: bool = False) -> None:
    """Write a stack with an output and one that reads it."""
    outputs = {"id": "${terraform_data.vpc.id}", "value": value} | ({"also": "x"} if also else {})
    app.add("net", {"vpc": {"input": value}}, outputs=outputs)
    reads = [f"{READ}.id}}", f"{READ}.value}}"] + ([f"{READ}.also}}"] if also else [])
    app.add("data", {"db": {"input": reads}}, reads=["net"])


def protected(app: App, **changes: Any) -> None:
    """Write a stack with one resource that must not be destroyed."""
    lifecycle = {"lifecycle": {"prevent_destroy": True}}
    app.add("net", {"vpc": {"input": "v1", **lifecycle, **changes}})


def test_stacks_are_applied_in_order(lab: Lab) -> None:
    """The upstream goes first, the downstream gets its values, and a second run has nothing to do."""
    two_stacks(lab.app)

    first = lab.schedule().apply(["data", "net"])
    second = lab.schedule().apply(["data", "net"])

    assert statuses(first) == {"net": "applied", "data": "applied"}
    assert statuses(second) == {"net": "unchanged", "data": "unchanged"}
    assert [event.stack for event in lab.events if isinstance(event, StackFinished)][:2] == [
        "net",
        "data",
    ]
    assert StackStarted(stack="net", step="apply", changes=1) in lab.events
    done = [e for e in lab.events if isinstance(e, ResourceProgress) and e.phase == "done"]
    assert [event.address for event in done] == ["terraform_data.vpc", "terraform_data.db"]
    runner = lab.schedule().runner("net")
    assert runner.state().outputs["value"] == "v1"
    assert not list(runner.stack.own.glob("plan*"))
    assert not (runner.stack.own / "apply.jsonl").exists()


def test_what_was_just_applied_is_read_once(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state that is read after an apply is the one that the stacks downstream are given."""
    read: list[str] = []
    state = Runner.state

    def noted(runner: Runner) -> State:
        read.append(runner.stack.name)
        return state(runner)

    monkeypatch.setattr(Runner, "state", noted)
    two_stacks(lab.app)

    results = lab.schedule().apply(["net", "data"])

    assert statuses(results) == {"net": "applied", "data": "applied"}
    assert read == ["net", "data"]


def test_init_runs_only_when_something_changed(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second run starts no init; another lock file starts one."""
    two_stacks(lab.app)
    lab.schedule().apply(["net"])
    commands: list[str] = []
    schedule = lab.schedule()
    runner = schedule.runner("net")
    run = runner._commands.run

    def noted(*arguments: str, **options: Any) -> Any:
        commands.append(arguments[0])
        return run(*arguments, **options)

    monkeypatch.setattr(runner._commands, "run", noted)

    schedule.plan(["net"])
    (runner.stack.directory / ".terraform.lock.hcl").write_text("# renewed\n")
    runner._commands._initialised = False
    runner.init()

    # A plan without changes is not read back: that would start the provider once more.
    assert commands == ["plan", "init"]


def test_a_folder_that_somebody_changed_is_set_up_again(lab: Lab) -> None:
    """When Terraform asks for an init, it gets one, and the command is repeated."""
    two_stacks(lab.app)
    lab.schedule().apply(["net"])
    backend = lab.app.stacks["net"].directory / ".terraform" / "terraform.tfstate"
    backend.write_text('{"version": 3, "terraform_version": "1.11.4"}')

    results = lab.schedule().plan(["net"])

    assert statuses(results) == {"net": "unchanged"}


def test_settled_means_that_terraform_says_so(lab: Lab) -> None:
    """A stack is settled after its apply and not before."""
    two_stacks(lab.app)

    (before,) = lab.schedule().check_settled(["net"])
    lab.schedule().apply(["net"])
    (after,) = lab.schedule().check_settled(["net"])

    assert [str(problem) for problem in before.problems] == [
        "net: the plan after the apply is not empty [NotSettled]"
    ]
    assert (after.status, after.message) == ("unchanged", "exit 0, no changes")


def test_another_plan_is_not_applied_in_its_place(lab: Lab) -> None:
    """What was approved is applied or nothing: a plan that another run has made since is not."""
    two_stacks(lab.app)
    runner = lab.schedule().runner("net")
    planned = runner.plan()
    two_stacks(lab.app, value="v2")
    lab.schedule().runner("net").plan()

    with pytest.raises(OperationError) as refused:
        runner.apply(planned)

    assert str(refused.value) == (
        "net: another run has planned this stack in the meantime; plan again [PlanStale]"
    )
    assert not lab.app.state_path("net").exists()


def test_a_plan_lists_what_waits(lab: Lab) -> None:
    """Before anything is applied the downstream waits; after a new output it waits for that one."""
    two_stacks(lab.app)
    before = lab.schedule().plan(["net", "data"])
    lab.schedule().apply(["net", "data"])
    two_stacks(lab.app, also=True)

    after = lab.schedule().plan(["net", "data"])

    assert statuses(before) == {"net": "planned", "data": "waits"}
    assert before[1].message == "waits for net: 2 new values"
    assert after[1].message == "waits for net: 1 new value"
    assert after[1].waits_for == {"net": ("also",)}
    assert str(after[0].counts) == "0 to add, 0 to change, 0 to destroy"
    assert exit_code(after, detailed=True) == 4


def test_applying_too_early_is_refused(lab: Lab) -> None:
    """A stack whose upstream is neither applied nor asked for says what to apply first."""
    two_stacks(lab.app)

    results = lab.schedule().apply(["data"])

    assert problems(results) == [
        "data: waits for net: 2 new values; apply that first [UpstreamNotApplied]"
    ]


def test_a_saved_plan_is_applied(lab: Lab) -> None:
    """A plan of an earlier run is used as long as everything that it was made from is unchanged."""
    two_stacks(lab.app)
    asked: list[tuple[str, bool]] = []

    def approve(stack: Stack, planned: Planned) -> bool:
        asked.append((stack.name, planned.saved))
        return True

    lab.schedule().plan(["net"])
    plan = lab.app.stacks["net"].own / "plan.tfplan"
    mode = plan.parent.stat().st_mode
    lab.schedule().apply(["net", "data"], approve=approve)

    assert asked == [("net", True), ("data", False)]
    assert mode & 0o077 == 0
    assert not plan.exists()


@pytest.mark.parametrize("changed", ["json", "asset", "upstream", "plan", "state"])
def test_a_stale_plan_is_made_again(lab: Lab, changed: str) -> None:
    """Other JSON, another asset, another upstream value, another plan file or state: planned again."""
    two_stacks(lab.app)
    lab.schedule().apply(["net"])
    lab.schedule().plan(["data"])
    data = lab.app.stacks["data"]
    if changed == "json":
        lab.app.add("data", {"db": {"input": [f"{READ}.id}}", "other"]}}, reads=["net"])
    elif changed == "asset":
        (data.directory / "assets").mkdir()
        (data.directory / "assets" / "code.zip").write_text("1")
    elif changed == "upstream":
        lab.app.add(
            "net",
            {"vpc": {"input": "v1"}},
            outputs={"id": "${terraform_data.vpc.id}", "value": "v2"},
        )
        lab.schedule().apply(["net"])
    elif changed == "plan":
        (data.own / "plan.tfplan").write_bytes(b"damaged")
    else:
        state = lab.app.state_path("data")
        state.parent.mkdir(exist_ok=True)
        state.write_text(
            json.dumps(
                {"version": 4, "serial": 7, "lineage": "other", "outputs": {}, "resources": []}
            )
        )
    asked: list[bool] = []

    def approve(_stack: Stack, planned: Planned) -> bool:
        asked.append(planned.saved)
        return True

    results = lab.schedule().apply(["data"], approve=approve)

    assert statuses(results) == {"data": "applied"}
    # Only Terraform itself can tell that the state has moved on, after the plan was approved.
    assert asked == ([True, False] if changed == "state" else [False])


def test_what_is_not_approved_stops_the_run(lab: Lab) -> None:
    """Nothing is applied, and nothing after it is started."""
    two_stacks(lab.app)

    results = lab.schedule().apply(["net", "data"], approve=lambda _stack, _planned: False)

    assert statuses(results) == {"net": "declined", "data": "not-started"}
    assert not lab.app.state_path("net").exists()


def failing(app: App) -> None:
    """Write a stack that fails, one beside it that is slower, and one after each."""
    app.add("bad", {"x": {"input": "x", "provisioner": {"local-exec": {"command": "exit 1"}}}})
    app.add("slow", {"x": {"input": "x", "provisioner": {"local-exec": {"command": "sleep 1"}}}})
    app.add("after-bad", {"x": {"input": "x"}}, dependencies=["bad"])
    app.add("after-slow", {"x": {"input": "x"}}, dependencies=["slow"])


def test_a_failure_lets_the_running_finish(lab: Lab) -> None:
    """The stack beside the failed one is applied, nothing new is started, and the run can be resumed."""
    failing(lab.app)

    results = lab.schedule().apply(list(lab.app.stacks))
    lab.app.add("bad", {"x": {"input": "x"}})
    resumed = lab.schedule().apply(list(lab.app.stacks), from_stack="bad")

    assert statuses(results) == {
        "bad": "failed",
        "slow": "applied",
        "after-bad": "not-started",
        "after-slow": "not-started",
    }
    assert "local-exec provisioner error" in problems(results)[0]
    assert exit_code(results) == 1
    assert statuses(resumed) == {
        "bad": "applied",
        "slow": "unchanged",
        "after-bad": "applied",
        "after-slow": "applied",
    }


def test_resuming_leaves_out_what_came_before(lab: Lab) -> None:
    """`from_stack` leaves out its upstream; an unknown one is refused."""
    two_stacks(lab.app)
    lab.schedule().apply(["net"])

    results = lab.schedule().apply(["net", "data"], from_stack="data")

    assert statuses(results) == {"data": "applied"}
    with pytest.raises(PlatformError, match=r"there is no stack 'dta'"):
        lab.schedule().apply(["net"], from_stack="dta")


def test_one_bad_plan_does_not_hide_the_others(lab: Lab) -> None:
    """Plans are independent: each stack gets its own result."""
    lab.app.add("bad", {"x": {"inptu": "x"}})
    lab.app.add("good", {"x": {"input": "x"}})

    results = lab.schedule().plan(["bad", "good"])

    assert statuses(results) == {"bad": "failed", "good": "planned"}
    assert "Extraneous" in problems(results)[0] or "inptu" in problems(results)[0]


def test_deleting_the_code_of_something_stateful_is_refused(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Terraform would delete it without a word; plan and apply both exit 3 and keep it."""
    monkeypatch.setitem(STATEFUL_TYPES, "terraform_data", "its value is lost")
    lab.app.add("net", {"vpc": {"input": "v1"}, "other": {"input": "o"}})
    lab.schedule().apply(["net"])
    lab.app.add("net", {"other": {"input": "o"}})

    planned = lab.schedule().plan(["net"])
    applied = lab.schedule().apply(["net"])
    allowed = lab.schedule(
        rules=Rules(allow_destroy=True, named=frozenset({"terraform_data.vpc"}))
    ).apply(["net"])

    assert statuses(planned) == statuses(applied) == {"net": "refused"}
    assert exit_code(planned) == exit_code(applied) == 3
    assert problems(applied) == [
        (
            "net/terraform_data.vpc: would be deleted because it is no longer in the code: its value is lost; keep it as"
            " it is, or, to lose it, allow destroying in the environment and give --allow-destroy terraform_data.vpc"
            " [DestroyRefused]"
        )
    ]
    assert not (lab.app.stacks["net"].own / "plan.tfplan").exists()
    assert statuses(allowed) == {"net": "applied"}


def test_a_forced_replacement_is_refused(lab: Lab) -> None:
    """With `prevent_destroy` Terraform refuses itself, and that has the guard's exit code."""
    protected(lab.app, triggers_replace="one")
    lab.schedule().apply(["net"])
    protected(lab.app, triggers_replace="two")

    results = lab.schedule().plan(["net"])

    assert exit_code(results) == 3
    assert problems(results) == [
        (
            "net/terraform_data.vpc: would be replaced because triggers_replace changes: prevent_destroy"
            " is set; keep it as it is, or, to lose it, allow destroying in the environment and give"
            " --allow-destroy terraform_data.vpc [DestroyRefused]"
        )
    ]


def test_a_move_and_letting_go_pass(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """`moved` plans 0/0/0, and `removed` without destroying forgets; neither is refused."""
    monkeypatch.setitem(STATEFUL_TYPES, "terraform_data", "its value is lost")
    lab.app.add("net", {"old": {"input": "v"}, "gone": {"input": "g"}})
    lab.schedule().apply(["net"])
    before = {i.id for i in lab.schedule().runner("net").state().instances}
    moved = [{"from": "terraform_data.old", "to": "terraform_data.new"}]
    removed = [{"from": "terraform_data.gone", "lifecycle": {"destroy": False}}]
    lab.app.add("net", {"new": {"input": "v"}}, extra={"moved": moved, "removed": removed})

    results = lab.schedule().apply(["net"])

    assert statuses(results) == {"net": "applied"}
    assert str(results[0].counts) == ("0 to add, 0 to change, 0 to destroy, 1 to move, 1 to forget")
    after = {i.address: i.id for i in lab.schedule().runner("net").state().instances}
    assert after.keys() == {"terraform_data.new"}
    assert set(after.values()) < before


def test_deleting_what_downstream_uses_is_refused(lab: Lab) -> None:
    """The id is found in the downstream state, and an output that its JSON reads is kept too."""
    two_stacks(lab.app)
    lab.schedule().apply(["net", "data"])
    lab.app.add("net", {"other": {"input": "o"}}, outputs={"value": "v1"})

    results = lab.schedule().plan(["net"])

    assert exit_code(results) == 3
    assert problems(results) == [
        (
            "net: output 'id' would be removed, but data still reads it; take it out of data first, or keep it"
            " [StillUsed]"
        ),
        (
            "net/terraform_data.vpc: would be deleted because it is no longer in the code, but data still uses it in"
            " terraform_data.db; first apply data without it, then net [StillUsed]"
        ),
    ]


def test_destroying_goes_backwards(lab: Lab) -> None:
    """Downstream first; without leave nothing begins; a second time there is nothing to destroy."""
    two_stacks(lab.app)
    lab.schedule().apply(["net", "data"])
    lab.events.clear()
    rules = Rules(allow_destroy=True)

    with pytest.raises(DestroyRefusedError) as refused:
        lab.schedule().destroy(["net", "data"])
    destroyed = lab.schedule(rules=rules).destroy(["net", "data"])
    again = lab.schedule(rules=rules).destroy(["net", "data"])

    assert str(refused.value) == (
        "the environment does not allow destroying; set allow_destroy there, apply that, and destroy then"
        " [DestroyRefused]"
    )
    assert list(statuses(destroyed).items()) == [("data", "destroyed"), ("net", "destroyed")]
    assert statuses(again) == {"data": "unchanged", "net": "unchanged"}


def test_destroying_what_others_use_is_refused(lab: Lab) -> None:
    """A stack that is not destroyed too keeps what it uses."""
    two_stacks(lab.app)
    lab.schedule().apply(["net", "data"])

    results = lab.schedule(rules=Rules(allow_destroy=True)).destroy(["net"])

    assert statuses(results) == {"net": "refused"}
    assert "first apply data without it, then net [StillUsed]" in problems(results)[0]


def test_drift_is_told_from_failure(lab: Lab) -> None:
    """No drift, code that is not applied, a stack that was never applied, and a broken one."""
    lab.app.add("same", {"x": {"input": "x"}})
    lab.app.add("newer", {"x": {"input": "x"}})
    lab.app.add("never", {"x": {"input": "x"}})
    lab.app.add("broken", {"x": {"input": "x"}})
    lab.schedule().apply(["same", "newer", "broken"])
    lab.app.add("newer", {"x": {"input": "y"}})
    lab.app.add("broken", {"x": {"inptu": "x"}})

    results = lab.schedule().drift(list(lab.app.stacks))

    assert statuses(results) == {
        "same": "unchanged",
        "newer": "pending",
        "never": "waits",
        "broken": "failed",
    }
    assert exit_code(results, detailed=True) == 1
    assert exit_code([r for r in results if r.stack == "same"], detailed=True) == 0
    assert not list(lab.app.outdir.rglob("drift.tfplan"))


def wait_for(lab: Lab, condition: Callable[[], bool]) -> None:
    """Wait until something has happened."""
    deadline = time.monotonic() + 45
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def test_a_second_apply_is_refused_by_the_lock(lab: Lab) -> None:
    """The holder is named, the exit code is 1, and the first apply loses nothing."""
    lab.app.add(
        "slow", {"x": {"input": "x", "provisioner": {"local-exec": {"command": "sleep 2"}}}}
    )
    first: list[StackResult] = []
    thread = threading.Thread(target=lambda: first.extend(lab.schedule().apply(["slow"])))
    thread.start()
    wait_for(lab, lambda: any(getattr(event, "phase", "") == "started" for event in lab.events))

    second = lab.schedule().plan(["slow"])
    thread.join()

    assert exit_code(second) == 1
    assert problems(second)[0].startswith("slow: the state is locked by ")
    assert "(apply) for " in problems(second)[0]
    assert f"terraform -chdir={lab.app.outdir}/stacks/slow force-unlock " in problems(second)[0]
    assert statuses(first) == {"slow": "applied"}
    assert len(lab.schedule().runner("slow").state().instances) == 1


def test_a_run_in_the_same_folder_is_waited_for(lab: Lab) -> None:
    """A record that another supervisor still writes is neither judged nor removed."""
    two_stacks(lab.app)
    lab.schedule().apply(["net"])
    record = lab.app.stacks["net"].own / "apply.jsonl"
    with record.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)

        results = lab.schedule().plan(["net"])

    assert problems(results) == [
        "net: another run in this folder applies the stack; wait until it has ended [StateLocked]"
    ]
    assert record.is_file()


def test_a_failed_apply_names_what_it_left_tainted(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something stateful whose creation was not finished is healed by a command, not by replacing."""
    monkeypatch.setitem(STATEFUL_TYPES, "terraform_data", "its value is lost")
    lab.app.add("net", {"db": {"input": "x", "provisioner": {"local-exec": {"command": "exit 3"}}}})
    directory = lab.app.stacks["net"].directory

    failed = lab.schedule().apply(["net"])
    lab.app.add("net", {"db": {"input": "x"}})
    refused = lab.schedule().apply(["net"])

    assert exit_code(failed) == 1
    untaint = f"terraform -chdir={directory} untaint terraform_data.db"
    assert problems(failed)[1] == (
        "net/terraform_data.db: was left tainted by an unfinished apply, so the next one would replace it; look"
        f" whether it is in order and keep it: {untaint} [Tainted]"
    )
    assert (
        f"would be replaced because it is tainted: its value is lost; keep it: {untaint};"
        in (problems(refused)[0])
    )
    subprocess.run(shlex.split(untaint), check=True, env=lab.environ, capture_output=True)
    assert statuses(lab.schedule().apply(["net"])) == {"net": "unchanged"}


def test_destroying_what_prevent_destroy_keeps_is_refused(lab: Lab) -> None:
    """An environment that now allows destroying, and has not applied that yet, says so with exit 3."""
    protected(lab.app)
    lab.schedule().apply(["net"])

    results = lab.schedule(rules=Rules(allow_destroy=True)).destroy(["net"])

    assert exit_code(results) == 3
    assert problems(results) == [
        (
            "net/terraform_data.vpc: the plan would destroy it and prevent_destroy forbids that; keep it,"
            " use rename() when it only moved, or take the protection away in a change of its own"
            " [DestroyRefused]"
        )
    ]


def test_a_defect_of_ours_does_not_hide_the_others(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unexpected exception is that stack's failure only."""
    lab.app.add("bad", {"x": {"input": "x"}})
    lab.app.add("good", {"x": {"input": "x"}})
    schedule = lab.schedule()

    def fail() -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(schedule.runner("bad"), "init", fail)

    results = schedule.plan(["bad", "good"])

    assert statuses(results) == {"bad": "failed", "good": "planned"}
    assert problems(results) == ["bad: RuntimeError: boom [Internal]"]


def child_named(name: str, directory: Path) -> int | None:
    """Return the process of a program that runs in a folder."""
    for entry in Path("/proc").iterdir():
        try:
            same = (entry / "cwd").resolve() == directory.resolve()
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if same and Path(command[0].decode()).name == name:
            return int(entry.name)
    return None


def test_what_a_killed_terraform_made_is_listed(lab: Lab) -> None:
    """After `kill -9` of Terraform the next runs refuse and list the commands, until told otherwise."""
    slow = {"local-exec": {"command": "sleep 30"}}
    lab.app.add(
        "net",
        {
            "made": {"input": "m"},
            "begun": {"input": "b", "depends_on": ["terraform_data.made"], "provisioner": slow},
        },
    )
    directory = lab.app.stacks["net"].directory
    first: list[StackResult] = []
    thread = threading.Thread(target=lambda: first.extend(lab.schedule().apply(["net"])))
    thread.start()
    wait_for(
        lab,
        lambda: any(
            "begun" in getattr(e, "address", "") and e.phase == "started"
            for e in lab.events
            if isinstance(e, ResourceProgress)
        ),
    )
    pid = child_named("terraform", directory)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    thread.join()
    # Terraform saves a local state at once; a remote one would still be without both.
    lab.app.state_path("net").unlink(missing_ok=True)
    made = next(e.id for e in lab.events if isinstance(e, ResourceProgress) and e.phase == "done")

    refused = lab.schedule().plan(["net"])
    ignored = lab.schedule(rules=Rules(ignore_unsaved=True)).plan(["net"])

    assert problems(first) == ["net: terraform apply ended with signal 9 [TerraformFailed]"]
    assert child_named("sleep", directory) is None
    assert problems(refused) == [
        (
            f"net/terraform_data.made: was made ({made}) by an apply that was killed before it saved the state; take it"
            f" in: terraform -chdir={directory} import terraform_data.made {made} [Unsaved]"
        ),
        (
            "net/terraform_data.begun: was being made when the apply was stopped; look whether it exists, import it or"
            " delete it, then go on with --ignore-unsaved [Unsaved]"
        ),
    ]
    assert exit_code(refused) == 1
    assert statuses(ignored) == {"net": "planned"}


def test_an_interrupted_creation_is_kept(lab: Lab) -> None:
    """What is tainted only because nobody waited for it is untainted, and not made twice."""
    lab.app.add("net", {"db": {"input": "x"}})
    lab.schedule().apply(["net"])
    before = lab.schedule().runner("net").state().instances[0].id
    directory, own = lab.app.stacks["net"].directory, lab.app.stacks["net"].own
    taint = ["terraform", "taint", "terraform_data.db"]
    subprocess.run(taint, cwd=directory, check=True, env=lab.environ, capture_output=True)
    hook = {"resource": {"addr": "terraform_data.db"}, "action": "create"}
    diagnostic = {
        "severity": "error",
        "summary": "waiting: context canceled",
        "address": "terraform_data.db",
    }
    lines = [
        {"type": "apply_errored", "hook": hook},
        {"type": "diagnostic", "diagnostic": diagnostic},
        {"type": "ended", "exit_code": 1},
    ]
    (own / "apply.jsonl").write_text("\n".join(map(json.dumps, lines)))

    results = lab.schedule().apply(["net"])

    assert statuses(results) == {"net": "unchanged"}
    assert lab.schedule().runner("net").state().instances[0].id == before
    told = [event for event in lab.events if isinstance(event, Message)]
    assert [(event.address, event.text) for event in told] == [
        ("terraform_data.db", "made by the interrupted apply; kept, and compared with the code")
    ]


def test_imported_resources_end_the_refusal(lab: Lab) -> None:
    """Once everything is in the state the record goes and the run goes on."""
    lab.app.add("net", {"made": {"input": "m"}})
    lab.schedule().apply(["net"])
    state = lab.schedule().runner("net").state()
    hook = {
        "resource": {"addr": "terraform_data.made"},
        "action": "create",
        "id_key": "id",
        "id_value": state.instances[0].id,
    }
    record = lab.app.stacks["net"].own / "apply.jsonl"
    record.write_text(json.dumps({"type": "apply_complete", "hook": hook}))

    results = lab.schedule().plan(["net"])

    assert statuses(results) == {"net": "unchanged"}
    assert not record.exists()
