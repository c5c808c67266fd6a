"""Steps of `make test` run one after the other, but for those that run beside others."""

from __future__ import annotations

import sys
import time

import pytest

from tests.run import Run, Step


def _step(title: str, code: str, *, beside: bool = False) -> Step:
    return Step(title, (sys.executable, "-c", code), beside=beside)


_LONG = "import time; time.sleep(60)"


def test_a_step_beside_others_is_heard_at_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    """What it prints stands below its title, and not between the lines of another step."""
    run = Run()

    codes = [run.step(_step("types", "print('no issues')", beside=True))]
    codes += [run.step(_step("tests", "print('passed')")), run.finish()]

    printed = capfd.readouterr().out
    assert codes == [0, 0, 0]
    assert "== tests\npassed\n" in printed
    assert "== types\nno issues\n" in printed


def test_a_failure_beside_a_step_ends_it(capfd: pytest.CaptureFixture[str]) -> None:
    """Nobody waits for ten minutes of tests to learn that the types are wrong."""
    run = Run()
    run.step(_step("types", "print('wrong'); raise SystemExit(3)", beside=True))
    started = time.monotonic()

    code = run.step(_step("tests", _LONG))

    assert code == 3
    assert time.monotonic() - started < 30
    assert "types failed" in capfd.readouterr().out


def test_a_step_that_fails_is_named(capfd: pytest.CaptureFixture[str]) -> None:
    """Its exit code is the run's."""
    assert Run().step(_step("lint", "raise SystemExit(2)")) == 2
    assert "lint failed" in capfd.readouterr().out


def test_nothing_is_left_running() -> None:
    """Whatever runs beside a step that has failed ends with the run."""
    run = Run()
    run.step(_step("types", _LONG, beside=True))
    (running,) = run._beside

    run.stop()

    assert running.process.wait(timeout=30) != 0
    running.printed.close()
