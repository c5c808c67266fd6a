"""An outside scanner finds nothing in what the platform defines but what is waived with a reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from platform_lib.testing.project import SynthesisedProject
from tests.policy import scanner
from tests.policy.conftest import Once
from tests.policy.plans import besides_plan_of, plan_of
from tests.policy.planted import FAILS, FAILS_BESIDES, WEAK, WEAK_BESIDES
from tests.policy.scanner import Finding, Report, scan_plan, scan_plans, scan_stacks
from tests.policy.waivers import WAIVERS, Waived, refused, unused

pytestmark = pytest.mark.usefixtures("checkov")

ROTATION = Finding("CKV_AWS_7", "aws_kms_key.Key", "shop-keys", "Ensure rotation is enabled")


@pytest.fixture(scope="session")
def everything(
    checkov: None,
    once: Once,
    synthesised: SynthesisedProject,
    tmp_path_factory: pytest.TempPathFactory,
) -> Report:
    """Return what checkov says of every stack, and of the planted one, where plans tell nothing."""
    documents = {name: it.template.json for name, it in synthesised.stacks.items()}
    besides = {
        name: besides_plan_of(it) for name, it in {**documents, "weak": WEAK_BESIDES}.items()
    }
    work = tmp_path_factory.mktemp("checkov")
    return once("stacks", lambda: scan_stacks(besides, work))


@pytest.fixture(scope="session")
def scanned(everything: Report) -> Report:
    """Return what it says of the environments."""
    return everything.only(lambda stack: stack != "weak")


@pytest.fixture(scope="session")
def weak(everything: Report) -> Report:
    """Return what it says of the planted stack."""
    return everything.only(lambda stack: stack == "weak")


@pytest.fixture(scope="session")
def everything_planned(
    checkov: None,
    once: Once,
    synthesised: SynthesisedProject,
    tmp_path_factory: pytest.TempPathFactory,
) -> Report:
    """Return what checkov says of the plan of every stack, and of that of the planted one."""
    documents = {name: it.template.json for name, it in synthesised.stacks.items()}
    plans = {name: plan_of(it) for name, it in {**documents, "weak": {"resource": WEAK}}.items()}
    work = tmp_path_factory.mktemp("plans")
    return once("plans", lambda: scan_plans(plans, work))


@pytest.fixture(scope="session")
def planned(everything_planned: Report) -> Report:
    """Return what it says of the plans of the environments."""
    return everything_planned.only(lambda stack: stack != "weak")


@pytest.fixture(scope="session")
def weak_plan(everything_planned: Report) -> Report:
    """Return what it says of the planted stack's plan."""
    return everything_planned.only(lambda stack: stack == "weak")


def test_every_stack_passes_or_is_waived(scanned: Report) -> None:
    """What checkov finds, where no plan tells, is repaired or waived with a reason and a day."""
    assert refused(scanned) == []


def test_every_plan_passes_or_is_waived(planned: Report) -> None:
    """So does what it finds where policies and containers can be read, production's included."""
    assert refused(planned) == []


def test_every_waiver_is_needed(scanned: Report, planned: Report) -> None:
    """A waiver that covers nothing would hide the next finding."""
    assert unused(Report(frozenset(), scanned.findings + planned.findings)) == []


def test_checkov_has_read_every_stack(
    scanned: Report, planned: Report, synthesised: SynthesisedProject
) -> None:
    """Each stack passes checks: a scanner that cannot read a file finds nothing in it either."""
    for report in (scanned, planned):
        assert {stack for _, stack, _ in report.passed} == set(synthesised.stacks)
    assert {"CKV_AWS_41", "CKV_AWS_233"} <= {it for it, _, _ in scanned.passed}
    assert {"CKV_AWS_7", "CKV2_AWS_11", "CKV2_AWS_12"} <= {it for it, _, _ in planned.passed}
    assert ("CKV_AWS_336", "checkout-prod-services") in {it[:2] for it in planned.passed}


def test_a_weak_stack_fails_each_of_its_checks(weak: Report) -> None:
    """The scanner really looks: what is planted is found, by check and address."""
    assert {(it.check, it.address) for it in weak.findings} >= FAILS_BESIDES


def test_a_weak_plan_fails_each_of_its_checks(weak_plan: Report) -> None:
    """The plan of a stack is read too, and there also the policies that the JSON leaves open."""
    assert {(it.check, it.address) for it in weak_plan.findings} >= FAILS


def test_a_plan_names_what_is_known_only_after_an_apply() -> None:
    """Text stays text that can be parsed, and an argument says which resources it is from."""
    policy = '{"Resource": "${aws_kms_key.Key.arn}", "Path": "$${aws:username}/*"}'
    document = {
        "resource": {
            "aws_iam_policy": {
                "Use": {"//": {}, "path": "/", "policy": policy, "lifecycle": {}},
            }
        }
    }

    plan = plan_of(document)

    values = {
        "path": "/",
        "policy": '{"Resource": "aws_kms_key-Key-arn", "Path": "${aws:username}/*"}',
    }
    (planned,) = plan["planned_values"]["root_module"]["resources"]
    (change,) = plan["resource_changes"]
    (configured,) = plan["configuration"]["root_module"]["resources"]
    assert (planned["address"], planned["values"]) == ("aws_iam_policy.Use", values)
    assert change["change"] == {"actions": ["create"], "before": None, "after": values}
    assert configured["expressions"] == {
        "path": {"constant_value": "/"},
        "policy": {"references": ["aws_kms_key.Key"]},
    }


@pytest.mark.parametrize(
    ("waiver", "covered"),
    [
        (("CKV_AWS_7", "aws_kms_key.*"), True),
        (("CKV_AWS_7", "aws_kms_key.Key"), True),
        (("CKV_AWS_33", "aws_kms_key.*"), False),
        (("CKV_AWS_7", "aws_kms_alias.*"), False),
    ],
)
def test_a_waiver_covers_one_check_of_some_addresses(
    waiver: tuple[str, str], *, covered: bool
) -> None:
    """Another check of the same resource is still a finding, and so is the same check elsewhere."""
    report = Report(frozenset(), (ROTATION,))
    waivers = (Waived(*waiver, "because", date(2026, 11, 20)),)

    assert (refused(report, waivers) == []) is covered
    assert (unused(report, waivers) == []) is covered


@pytest.mark.parametrize(("stack", "covered"), [("", True), ("shop-keys", False)])
def test_a_waiver_may_be_for_plans_of_applied_stacks(stack: str, *, covered: bool) -> None:
    """They have no name. Where nothing is applied it covers nothing, and is not missed."""
    found = Report(frozenset(), (Finding("CKV_AWS_7", "aws_kms_key.Key", stack, "Rotation"),))
    waivers = (Waived("CKV_AWS_7", "aws_kms_key.*", "because", date(2026, 11, 20), ()),)

    assert (refused(found, waivers) == []) is covered
    assert unused(found, waivers) == []


def test_a_finding_names_check_stack_and_address() -> None:
    """A reader sees at once where to look."""
    assert refused(Report(frozenset(), (ROTATION,)), ()) == [
        "CKV_AWS_7 shop-keys aws_kms_key.Key: Ensure rotation is enabled"
    ]


def test_every_waiver_has_a_reason() -> None:
    """A person can judge each: check, address, a sentence and the day of the decision."""
    assert {str(it): len(it.reason.split()) > 3 for it in WAIVERS} == {
        str(it): True for it in WAIVERS
    }
    assert len({(it.check, it.address) for it in WAIVERS}) == len(WAIVERS)


def test_the_lock_names_no_place_and_every_hash() -> None:
    """The same checkov is installed everywhere, from wherever packages come there."""
    text = scanner.LOCK.read_text()

    assert "://" not in text
    assert "--index" not in text
    assert text.count("==") <= text.count("--hash=sha256:")


def test_what_checkov_cannot_parse_is_no_success(tmp_path: Path) -> None:
    """A broken file fails the scan instead of passing it with no finding."""
    path = tmp_path / "plan.json"
    path.write_text("{")

    with pytest.raises(AssertionError, match="checkov"):
        scan_plan(path)
