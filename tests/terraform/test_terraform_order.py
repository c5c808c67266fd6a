"""Work runs in dependency order, and its outcome becomes one exit code."""

from __future__ import annotations

import json
import signal
import threading

import pytest

from platform_lib.errors import DestroyRefusedError, OperationError, PlatformError
from platform_lib.terraform.events import (
    Event,
    Message,
    ProvidersChosen,
    ResourceProgress,
    parse_line,
)
from platform_lib.terraform.interruption import Interruption
from platform_lib.terraform.order import default_jobs, run_in_order
from platform_lib.terraform.plan import Change, Counts
from platform_lib.terraform.results import StackResult, Status, exit_code
from platform_lib.terraform.schedule import relevant_drift

BEFORE = {"b": frozenset({"a", "elsewhere"}), "c": frozenset({"a", "b"}), "x": frozenset[str]()}


class Work:
    """Notes what was started, and fails where it is told to."""

    def __init__(self, *failing: str) -> None:
        self.started: list[str] = []
        self.failing = failing

    def __call__(self, name: str) -> bool:
        """Do it."""
        self.started.append(name)
        return name not in self.failing


def test_dependencies_go_first() -> None:
    """Each follows what it depends on; what is not asked for does not count."""
    work = Work()

    left = run_in_order(["c", "b", "a"], BEFORE, work, jobs=3, interruption=Interruption())

    assert work.started == ["a", "b", "c"]
    assert left == ()


def test_independent_work_runs_side_by_side() -> None:
    """Two that do not depend on each other meet; more than `jobs` never do."""
    together = threading.Barrier(2, timeout=5)
    running: list[int] = []
    lock, count, most = threading.Lock(), [0], [0]

    def work(name: str) -> bool:
        with lock:
            count[0] += 1
            most[0] = max(most[0], count[0])
        together.wait()
        with lock:
            count[0] -= 1
        running.append(1)
        return True

    run_in_order(["1", "2", "3", "4"], {}, work, jobs=2, interruption=Interruption())

    assert len(running) == 4
    assert most[0] == 2


def test_a_failure_starts_nothing_new() -> None:
    """What runs is finished, everything else is left."""
    release = threading.Event()
    finished: list[str] = []

    def work(name: str) -> bool:
        if name == "a":
            release.wait(5)
            finished.append(name)
            return True
        release.set()
        return False

    left = run_in_order(["a", "bad", "x"], {}, work, jobs=2, interruption=Interruption())

    assert finished == ["a"]
    assert left == ("x",)


def test_going_on_leaves_only_what_depends() -> None:
    """Where stacks are only looked at, a failure stops only what comes after it."""
    work = Work("a")

    left = run_in_order(
        ["a", "b", "x"], BEFORE, work, jobs=1, interruption=Interruption(), go_on=True
    )

    assert work.started == ["a", "x"]
    assert left == ("b",)


def test_an_interruption_starts_nothing_new() -> None:
    """After a request nothing is started."""
    interruption = Interruption()

    def work(_name: str) -> bool:
        interruption.request("SIGTERM")
        return True

    left = run_in_order(["a", "b"], {}, work, jobs=1, interruption=interruption)

    assert left == ("b",)


def test_a_defect_is_an_interruption() -> None:
    """An exception in the work stops the rest and is raised."""
    interruption = Interruption()

    def work(_name: str) -> bool:
        raise KeyError

    with pytest.raises(KeyError):
        run_in_order(["a"], {}, work, jobs=1, interruption=interruption)

    assert interruption.reason == "KeyError"


def test_the_first_request_is_told_once() -> None:
    """Listeners hear every request, the owner only the first."""
    told: list[str] = []
    heard: list[int] = []
    interruption = Interruption(told.append)

    with interruption.listening(lambda: heard.append(1)):
        interruption.request("Ctrl-C")
        interruption.request("SIGTERM")
    interruption.request("SIGTERM")
    with interruption.listening(lambda: heard.append(2)):
        pass

    assert told == ["Ctrl-C"]
    assert heard == [1, 1, 2]
    assert interruption.reason == "Ctrl-C"


def test_signals_are_requests_and_then_as_before() -> None:
    """Inside the block a signal is a request, afterwards the handlers of before are back."""
    before = signal.getsignal(signal.SIGTERM)
    interruption = Interruption()

    with interruption.signals():
        signal.raise_signal(signal.SIGTERM)

    assert interruption.reason == "SIGTERM"
    assert signal.getsignal(signal.SIGTERM) is before


def test_another_thread_leaves_signals_alone() -> None:
    """Python allows handlers in the main thread only; elsewhere the block does nothing."""
    before = signal.getsignal(signal.SIGTERM)
    seen: list[object] = []

    def run() -> None:
        with Interruption().signals():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()

    assert seen == [before]


def test_drift_that_changes_nothing_is_not_drift() -> None:
    """What has gone counts, and what the next apply would change back; late attributes do not."""

    def change(address: str, *actions: str) -> Change:
        return Change(address, "aws_x", actions, {}, "", ())

    drift = [change("gone", "delete"), change("changed", "update"), change("late", "update")]
    planned = [change("gone", "create"), change("changed", "update"), change("late", "no-op")]

    assert [c.address for c in relevant_drift(drift, planned)] == ["gone", "changed"]


def test_jobs_are_half_the_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    """At least two, whatever the machine: applying is waiting."""
    found = []
    for cores in (8, 1, None):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found.append(default_jobs())

    assert found == [4, 2, 2]


REFUSED = DestroyRefusedError("DestroyRefused", "no")
FAILED = OperationError("TerraformFailed", "broken")
INPUT = PlatformError("UnknownStack", "what")


@pytest.mark.parametrize(
    ("statuses", "errors", "plain", "detailed"),
    [
        (["applied", "unchanged"], [], 0, 0),
        (["planned"], [], 0, 4),
        (["waits"], [], 0, 4),
        (["drifted"], [], 0, 4),
        (["pending"], [], 0, 4),
        (["planned"], [FAILED], 1, 1),
        ([], [FAILED, REFUSED], 3, 3),
        ([], [INPUT, FAILED], 2, 2),
        (["applied", "not-started"], [], 1, 1),
        (["declined"], [], 1, 1),
        ([], [], 0, 0),
    ],
)
def test_exit_codes(
    statuses: list[Status], errors: list[PlatformError], plain: int, detailed: int
) -> None:
    """A refusal goes before a failure, a failure before a difference."""
    results = [StackResult("s", status) for status in statuses]
    results += [StackResult("s", "failed", error=error) for error in errors]

    assert exit_code(results) == plain
    assert exit_code(results, detailed=True) == detailed


def test_a_result_is_json() -> None:
    """What happened is there for machines, without values of the plan."""
    result = StackResult(
        "net", "waits", Counts(add=2), waits_for={"keys": ("arn",)}, error=FAILED, seconds=1.26
    )

    assert json.loads(json.dumps(result.to_json())) == {
        "stack": "net",
        "status": "waits",
        "add": 2,
        "change": 0,
        "destroy": 0,
        "waits_for": {"keys": ["arn"]},
        "problems": ["broken [TerraformFailed]"],
        "seconds": 1.3,
    }


RESOURCE = '"resource":{"addr":"aws_vpc.a"}'


@pytest.mark.parametrize(
    ("line", "event"),
    [
        (
            f'{{"type":"planned_change","change":{{{RESOURCE},"action":"create"}}}}',
            ResourceProgress(stack="net", address="aws_vpc.a", phase="planned", action="create"),
        ),
        (
            f'{{"type":"apply_complete","hook":{{{RESOURCE},"action":"create","id_value":"vpc-1","elapsed_seconds":3}}}}',
            ResourceProgress(
                stack="net",
                address="aws_vpc.a",
                phase="done",
                action="create",
                seconds=3,
                id="vpc-1",
            ),
        ),
        (
            f'{{"type":"refresh_complete","hook":{{{RESOURCE}}}}}',
            ResourceProgress(stack="net", address="aws_vpc.a", phase="refreshed", action="refresh"),
        ),
        (
            '{"type":"diagnostic","diagnostic":{"severity":"error","summary":"No","detail":"why","address":"aws_vpc.a"}}',
            Message(stack="net", level="error", text="No", detail="why", address="aws_vpc.a"),
        ),
        (
            '{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"Hm"}}',
            Message(stack="net", level="warning", text="Hm"),
        ),
        (
            (
                '{"type":"diagnostic","diagnostic":{"severity":"warning","summary":"Deprecated Parameter","detail":"The'
                ' parameter \\"dynamodb_table\\" is deprecated. Use"}}'
            ),
            None,
        ),
        (f'{{"type":"apply_complete","hook":{{{RESOURCE},"action":"read"}}}}', None),
        ('{"type":"version"}', None),
        ("Successfully configured", None),
        ("[1]", None),
    ],
)
def test_the_stream_becomes_events(line: str, event: Event | None) -> None:
    """Progress and diagnostics are told, the rest and what is no JSON is not."""
    assert parse_line("net", line) == event


def test_an_event_is_json() -> None:
    """The event's name is beside its fields."""
    assert ProvidersChosen(message="m").to_json() == {"event": "ProvidersChosen", "message": "m"}
