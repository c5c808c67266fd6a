"""The bench measures what it says; no test here looks at a time."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from bench import check_command, overhead, pairs, services, startup
from bench.bare import strip_metadata
from bench.growth import halves
from bench.processes import ROOT, Sample, Usage, alternate, environment, run, sample
from bench.programs import Effort, constructs, resources
from bench.report import Bar, Report, Row, Section, show


def _sample(seconds: float) -> Sample:
    return Sample(wall=seconds, cpu=seconds, memory=None, runs=1, best=seconds)


def _once(programs: Mapping[str, Callable[[bool], Usage]], _rounds: int) -> dict[str, Sample]:
    """Run every program once, where only what it writes is looked at and not how long it takes."""
    return {name: sample([program(False)], None) for name, program in programs.items()}


def test_a_missed_bar_is_printed_as_missed(capsys: pytest.CaptureFixture[str]) -> None:
    """A bar above its limit says missed, one at its limit says held, and the run fails."""
    bars = (Bar("slow", 1.51, 1.5, "made up"), Bar("exact", 1.5, 1.5, "made up"))
    report = Report((Section("Some", (Row("it", _sample(1.0), 7),)),), bars)

    show(report, as_json=False)

    printed = capsys.readouterr().out
    assert re.search(r"slow +1\.510 +1\.5 +missed +made up", printed)
    assert re.search(r"exact +1\.500 +1\.5 +held +made up", printed)
    assert report.exit_code == 1
    assert Report((), bars[1:]).exit_code == 0


def test_the_json_says_what_the_table_says(capsys: pytest.CaptureFixture[str]) -> None:
    """A machine reads rows, bars and verdicts from one document."""
    report = Report(
        (Section("Some", (Row("it", _sample(1.0), 7),), ("a note",)),), (Bar("slow", 2, 1, "made"),)
    )

    show(report, as_json=True)

    document = json.loads(capsys.readouterr().out)
    assert document["bars"] == [
        {"name": "slow", "measured": 2, "limit": 1, "basis": "made", "held": False}
    ]
    assert document["sections"][0]["rows"][0]["resources"] == 7
    assert document["sections"][0]["rows"][0]["sample"]["wall"] == 1.0
    assert "cores" in document["machine"]


def test_programs_take_turns() -> None:
    """Each round runs every program once, after one watched run of each that is not counted."""
    order: list[tuple[str, bool]] = []

    def program(name: str) -> Callable[[bool], Usage]:
        def noted(watch: bool) -> Usage:  # noqa: FBT001 - as `alternate` calls it
            order.append((name, watch))
            return Usage(float(len(order)), 1.0, 9.0 if watch else None)

        return noted

    found = alternate({"a": program("a"), "b": program("b")}, rounds=3)

    assert order == [("a", True), ("b", True), *[("a", False), ("b", False)] * 3]
    assert found["a"] == Sample(wall=5.0, cpu=1.0, memory=9.0, runs=3, best=3.0)


def test_a_run_counts_its_children(tmp_path: Path) -> None:
    """The processor time and the memory of a child that a program waited for are its own."""
    child = "a = bytearray(60 << 20); import time; t = time.process_time()\n"
    child += "while time.process_time() < t + 0.3: pass"
    parent = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1]])"

    usage = run((sys.executable, "-c", parent, child), env=environment(), cwd=tmp_path, watch=True)

    assert usage.cpu >= 0.3
    assert usage.wall > 0
    assert usage.memory is None or usage.memory > 60


def test_a_program_that_fails_is_no_measurement(tmp_path: Path) -> None:
    """The error says what failed and what it wrote."""
    with pytest.raises(RuntimeError, match=r"ended with 3:\nno such thing"):
        run(
            (sys.executable, "-c", "import sys; print('no such thing'); sys.exit(3)"),
            env=environment(),
            cwd=tmp_path,
        )


def test_settings_of_the_person_do_not_reach_what_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An exported switch of the bindings, of Node or of coverage would change the numbers."""
    for name in ("PLATFORM_EAGER_BINDINGS", "NODE_OPTIONS", "JSII_NODE", "COVERAGE_RUN"):
        monkeypatch.setenv(name, "1")

    kept = environment(JSII_NODE="chosen")

    assert "PLATFORM_EAGER_BINDINGS" not in kept
    assert "NODE_OPTIONS" not in kept
    assert "COVERAGE_RUN" not in kept
    assert kept["JSII_NODE"] == "chosen"


def test_medians_are_of_runs_that_happened() -> None:
    """Of an even number of runs the lower of the middle two counts, never a mean."""
    found = sample([Usage(wall, wall, None) for wall in (4.0, 1.0, 9.0, 2.0)], None)

    assert found.wall == 2.0
    assert found.best == 1.0


def test_quadratic_cost_would_be_seen() -> None:
    """Linear cost has equal halves; quadratic cost misses the bar of growth widely."""
    linear = [(n * 30, _sample(1 + n * 0.05)) for n in (5, 10, 20, 40, 80)]
    quadratic = [(n * 30, _sample(1 + n * n * 0.001)) for n in (5, 10, 20, 40, 80)]

    lower, upper = halves(linear)
    lower_of_quadratic, upper_of_quadratic = halves(quadratic)

    assert upper / lower == pytest.approx(1)
    assert upper_of_quadratic / lower_of_quadratic > 2.5


def test_the_bars_of_the_start_compare_with_the_eager_import() -> None:
    """The ratio is ours by eager; without an eager run there is no bar to show."""
    rows = {startup.EAGER: _sample(20.0), startup.HINTS: _sample(1.0)}

    (bar,) = startup._bar("one", rows, 0.06)

    assert bar.measured == pytest.approx(0.05)
    assert bar.held
    assert startup._bar("one", {startup.HINTS: _sample(1.0)}, 0.06) == []


def test_neighbours_are_compared() -> None:
    """A machine that slows down in the middle of the run does not move the ratio."""
    assert overhead.ratio_of_pairs([3.0, 30.0, 3.3], [2.0, 20.0, 2.2]) == pytest.approx(1.5)


def test_the_bare_rebuild_writes_our_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both sides of the overhead write the same 61 resources; times and calls are reported."""
    monkeypatch.setattr(overhead, "alternate", _once)
    effort = Effort(rounds=1, long_rounds=1, pairs=2, sizes=(1, 2, 3), eager_runs=0)

    section, bar = overhead.measure(effort, tmp_path / "new")

    ours, bare = (
        json.loads((tmp_path / "new" / side / "stacks" / pairs.STACK / "cdk.tf.json").read_text())
        for side in ("ours", "bare")
    )
    assert strip_metadata(bare) == strip_metadata(ours)
    assert [row.resources for row in section.rows] == [61, 61]
    source = (tmp_path / "new" / "bare_stack.py").read_text()
    assert "platform_lib" not in source
    assert "aws_vpc_vpc_8378eb38_id = " in source
    assert bar.measured > 0
    (calls,) = re.findall(r"calls to Node: (\d+) against (\d+)", "\n".join(section.notes))
    assert min(int(calls[0]), int(calls[1])) >= 61


def test_other_json_is_not_compared() -> None:
    """A time for other JSON would prove nothing."""
    overhead.refuse_difference({"a": 1, "//": 1}, {"a": 1, "//": 2})

    with pytest.raises(RuntimeError, match="other JSON"):
        overhead.refuse_difference({"a": [1]}, {"a": [2]})


def test_every_measure_can_be_left_out(tmp_path: Path) -> None:
    """What is measured without a measure of the bindings writes the same bytes as with it."""
    written = []
    for at, options in enumerate(
        ((), ("--without", "hints"), ("--without", "hints", "--without", "preload"))
    ):
        outdir = tmp_path / str(at)
        constructs(outdir, *options, shape="small")(False)
        written.append((outdir / "stacks" / pairs.STACK / "cdk.tf.json").read_bytes())

    assert len(set(written)) == 1
    assert resources(tmp_path / "0") == 31


def test_services_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each service adds the same resources, and its processor time is compared by halves."""
    monkeypatch.setattr(services, "alternate", _once)
    effort = Effort(rounds=1, long_rounds=1, services=(1, 2, 3), eager_runs=0)

    section, bar = services.measure(effort, tmp_path)

    first, second, third = (row.resources or 0 for row in section.rows)
    assert third - second == second - first > 0
    assert f"one more service costs {second - first}.0 resources" in section.notes[0]
    assert bar.name == "a service of the upper half : of the lower"


def test_the_trap_for_node_sees_synth_and_not_check(tmp_path: Path) -> None:
    """`platformctl check` starts no Node; `synth`, which does, shows that the trap would tell."""
    assert check_command.node_starts(tmp_path / "synth", "synth") == 1
    assert check_command.node_starts(tmp_path / "check", "check") == 0


def test_the_makefile_runs_the_programs() -> None:
    """`make bench` and `make bench-peers` name files that exist."""
    makefile = (ROOT / "Makefile").read_text()

    for program in ("bench/bars.py", "bench/peers.py"):
        assert f"$(BIN)/python {program}" in makefile
        assert (ROOT / program).is_file()
