"""Progress is lines in a log, bars on a terminal, and silence for machines."""

from __future__ import annotations

import sys

import pytest

from platform_lib.cli.console import Output
from platform_lib.cli.progress import Reporter
from platform_lib.terraform.events import (
    Event,
    Message,
    ProvidersChosen,
    ResourceProgress,
    StackFinished,
    StackStarted,
)

STACK = "shop-dev-network"


def _applied(count: int) -> list[Event]:
    return [
        StackStarted(stack=STACK, step="apply", changes=count),
        *(
            ResourceProgress(stack=STACK, address=f"aws_subnet.S{number}", phase="done")
            for number in range(count)
        ),
        StackFinished(stack=STACK, status="applied", seconds=3.4, message=f"{count} added"),
    ]


def _show(events: list[Event], *, as_json: bool = False) -> None:
    with Reporter(Output(as_json=as_json)) as report:
        for event in events:
            report(event)


def test_a_log_gets_a_line_for_every_tenth_resource(capsys: pytest.CaptureFixture[str]) -> None:
    """One sees that it goes on, and how far it is, without a line for each."""
    _show(_applied(23))

    assert capsys.readouterr().err.splitlines() == [
        "shop-dev-network: applying 23 resources",
        "shop-dev-network: 10 of 23",
        "shop-dev-network: 20 of 23",
        "shop-dev-network: 23 of 23",
        "shop-dev-network: applied in 3 s (23 added)",
    ]


def test_standard_output_is_left_to_the_result(capsys: pytest.CaptureFixture[str]) -> None:
    """What is piped on holds no progress."""
    _show(_applied(3))

    assert capsys.readouterr().out == ""


def test_a_machine_sees_no_progress(capsys: pytest.CaptureFixture[str]) -> None:
    """With ``--json`` nothing is written but the document."""
    _show(_applied(3), as_json=True)

    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


def test_a_failure_is_counted_and_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    """The reason stands below the table; here it would be the first of two."""
    _show(
        [
            StackStarted(stack=STACK, step="apply", changes=1),
            ResourceProgress(stack=STACK, address="aws_subnet.S", phase="failed"),
            StackFinished(stack=STACK, status="failed", seconds=1.0, message="the reason"),
        ]
    )

    assert capsys.readouterr().err.splitlines() == [
        "shop-dev-network: applying 1 resources",
        "shop-dev-network: 1 of 1",
        "shop-dev-network: failed in 1 s",
    ]


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            Message(stack=STACK, level="warning", text="a value is deprecated"),
            f"{STACK}: warning: a value is deprecated",
        ),
        (ProvidersChosen(message="plugins come from a mirror"), "plugins come from a mirror"),
        (
            Message(stack=STACK, level="info", text="aws_vpc.A has been imported"),
            f"{STACK}: aws_vpc.A has been imported",
        ),
    ],
)
def test_messages_are_passed_on(
    capsys: pytest.CaptureFixture[str], event: Event, line: str
) -> None:
    """What Terraform warns of is seen, and what recovery did."""
    _show([event])

    assert capsys.readouterr().err.strip() == line


def test_a_terminal_gets_bars_that_leave_nothing_behind(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bar for each stack while it runs, and one line for each when it is done."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    output = Output()

    with Reporter(output) as report:
        for event in _applied(12)[:-1]:
            report(event)
        running = report._bars.tasks if report._bars is not None else []
        shown = [(it.fields["stack"], it.completed, it.total) for it in running]
        report(_applied(12)[-1])
        left = report._bars.tasks if report._bars is not None else None

    assert shown == [(STACK, 12, 12)]
    assert left == []
    assert "10 of 12" not in capsys.readouterr().err
