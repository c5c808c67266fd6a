"""How tests are dealt out to pytest's workers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from xdist.remote import Producer

from tests.scheduling import LongestFirst

LONG = [f"tests/applied/test_applied_environments.py::test_it[{it}]" for it in "abc"]
SHORT = [f"tests/core/test_{file}.py::test_{it}" for file in "xyz" for it in range(3)]
LOCAL = [f"tests/local/test_{it}.py::test_it" for it in range(20)]


class Worker:
    """Notes what it is told to run."""

    shutting_down = False

    def __init__(self, tests: list[str]) -> None:
        self.tests, self.queue, self.gateway = tests, list[str](), SimpleNamespace(id="gw")

    def send_runtest_some(self, indices: list[int]) -> None:
        """Take what is dealt out."""
        self.queue += [self.tests[it] for it in indices]

    def shutdown(self) -> None:
        """Take nothing more."""
        self.shutting_down = True


def deal(tests: list[str], *, workers: int) -> tuple[LongestFirst, list[Worker]]:
    """Return the scheduler and its workers after the first round."""
    spec = {"tx": [f"{workers}*popen"]}
    config: Any = SimpleNamespace(
        getvalue=spec.get, option=SimpleNamespace(loadscopereorder=False, **spec)
    )
    scheduling = LongestFirst(config, Producer("test", enabled=False))
    made: list[Any] = [Worker(tests) for _ in range(workers)]
    for worker in made:
        scheduling.add_node(worker)
        scheduling.add_node_collection(worker, tests)
    scheduling.schedule()
    return scheduling, made


def test_a_file_stays_on_one_worker() -> None:
    """Its fixtures are made once."""
    _, workers = deal(SHORT, workers=3)

    assert [worker.queue for worker in workers] == [SHORT[:3], SHORT[3:6], SHORT[6:]]


def test_something_short_follows_what_takes_minutes() -> None:
    """A worker starts a test when it knows the next one, which has to wait for the first."""
    _, (first, second, third) = deal([*LONG, *SHORT], workers=3)

    assert (first.queue, second.queue[0], third.queue) == (
        [LONG[0], *SHORT[3:6]],
        LONG[1],
        SHORT[6:],
    )
    assert set(second.queue[1:]) == set(SHORT[:3])


def test_the_next_long_one_waits_for_a_free_worker() -> None:
    """It comes as soon as another long one has ended."""
    scheduling, (first, *_) = deal([*LONG, *SHORT], workers=3)
    dealt: Any = first

    for done in list(first.queue):
        scheduling.mark_test_complete(dealt, first.tests.index(done))

    assert first.queue[4:] == [LONG[2]]


def test_one_worker_has_an_emulated_aws() -> None:
    """Its tests are one unit, whatever the number of files."""
    _, workers = deal(LOCAL, workers=4)

    assert sorted(bool(worker.queue) for worker in workers) == [False, False, False, True]
