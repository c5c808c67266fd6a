"""A plan is read from the stream of `terraform plan -json`, and from nothing else where that says enough."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from platform_lib.terraform.plan import Change, Counts, Plan
from platform_lib.terraform.runner import Runner

if TYPE_CHECKING:
    from tests.terraform.conftest import App, Lab


def stream(summary: dict[str, int], *changes: tuple[str, str], kind: str = "planned_change") -> str:
    """Return the lines that Terraform would print for these addresses and actions."""
    lines: list[dict[str, Any]] = [{"type": "version", "terraform": "1.11.4"}]
    for address, action in changes:
        resource = {
            "addr": address,
            "resource": address,
            "resource_type": address.removeprefix("data.").partition(".")[0],
        }
        lines.append({"type": kind, "change": {"resource": resource, "action": action}})
    lines.append({"type": "change_summary", "changes": summary})
    return "\n".join([*map(json.dumps, lines), "not JSON"])


def everything_at_once(app: App, *, later: bool) -> None:
    """Write a stack, and the same after each kind of change that a plan knows."""
    resources: dict[str, Any] = {
        "same": {"input": "1"},
        "updated": {"input": "2" if later else "1"},
        "replaced": {"triggers_replace": "2" if later else "1"},
        "new" if later else "old": {"input": "moved"},
    }
    resources |= {"adopted": {}, "many": {"count": 2}} if later else {"gone": {}, "left": {}}
    extra = {
        "moved": [{"from": "terraform_data.old", "to": "terraform_data.new"}],
        "removed": [{"from": "terraform_data.left", "lifecycle": {"destroy": False}}],
        "import": [{"to": "terraform_data.adopted", "id": "abc"}],
    }
    outputs = {"kept": "1", "new": "1"} if later else {"kept": "1", "gone": "1"}
    app.add("net", resources, outputs=outputs, extra=extra if later else {})


@pytest.mark.terraform
def test_the_stream_says_what_show_says(lab: Lab) -> None:
    """Address, type, actions, moves, imports, outputs: all but the values, and what forces them."""
    everything_at_once(lab.app, later=False)
    lab.schedule().apply(["net"])
    everything_at_once(lab.app, later=True)
    runner = lab.schedule().runner("net")

    planned = runner.plan()
    shown = runner.with_values(planned).plan

    def without_values(change: Change) -> Change:
        return replace(change, before={}, reason="", replace_paths=())

    expected = sorted(map(without_values, shown.changes), key=lambda change: change.address)
    acting = [it for it in expected if it.address != "terraform_data.same"]
    assert list(planned.plan.changes) == acting
    assert planned.plan.counts == shown.counts
    assert shown.counts == Counts(add=3, change=1, destroy=2, imported=1, moved=1, forgotten=1)
    assert planned.plan.removed_outputs == shown.removed_outputs == {"gone"}
    assert planned.plan.has_changes
    assert [c.replace_paths for c in shown.changes if c.address.endswith("replaced")] == [
        ("triggers_replace",)
    ]


@pytest.mark.terraform
def test_a_plan_that_destroys_nothing_is_not_read_again(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading it would start every provider once more: planned, applied later, changed, destroyed."""
    read: list[str] = []
    show = Runner._show

    def noted(runner: Runner, path: Any) -> Plan:
        read.append(runner.stack.name)
        return show(runner, path)

    monkeypatch.setattr(Runner, "_show", noted)
    lab.app.add("net", {"vpc": {"input": "1"}})
    lab.schedule().plan(["net"])
    lab.schedule().apply(["net"])
    lab.app.add("net", {"vpc": {"input": "2"}})
    lab.schedule().drift(["net"])
    lab.schedule().apply(["net"])
    assert read == []

    lab.app.add("net", {"other": {"input": "2"}})
    lab.schedule().plan(["net"])

    assert read == ["net"]


@pytest.mark.terraform
def test_a_stream_in_other_words_is_not_trusted(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the stream is not understood, the plan itself is read, and nothing slips by the guard."""
    lab.app.add("net", {"vpc": {}})
    lab.schedule().apply(["net"])
    lab.app.add("net", {"other": {}})
    monkeypatch.setattr(Plan, "of_stream", lambda _text: None)

    (result,) = lab.schedule().plan(["net"])

    assert result.plan is not None
    assert [(c.address, c.actions) for c in result.plan.changes] == [
        ("terraform_data.other", ("create",)),
        ("terraform_data.vpc", ("delete",)),
    ]


@pytest.mark.parametrize(
    ("summary", "understood"),
    [
        ({"add": 2, "change": 1, "import": 0, "remove": 2}, True),
        ({"add": 2, "change": 1, "import": 0, "remove": 3}, False),
        ({"add": 3, "change": 1, "import": 0, "remove": 2}, False),
        ({"add": 2, "change": 0, "import": 0, "remove": 2}, False),
        ({}, False),
    ],
)
def test_the_summary_has_to_agree(summary: dict[str, int], *, understood: bool) -> None:
    """Terraform counts itself; where it counts otherwise, a line was lost or says something new."""
    changes = (
        ("aws_vpc.a", "create"),
        ("aws_vpc.b", "update"),
        ("aws_vpc.c", "delete"),
        ("aws_vpc.d", "replace"),
        ("data.aws_vpc.e", "read"),
    )

    plan = Plan.of_stream(stream(summary, *changes))

    assert (plan is not None) is understood


def test_what_was_changed_outside_is_drift() -> None:
    """Drift is told from what the plan would do."""
    nothing = {"add": 0, "change": 0, "remove": 0}

    plan = Plan.of_stream(stream(nothing, ("aws_vpc.a", "delete"), kind="resource_drift"))

    assert plan is not None
    assert [(c.address, c.actions) for c in plan.drift] == [("aws_vpc.a", ("delete",))]
    assert (plan.changes, plan.destroys) == ((), False)
