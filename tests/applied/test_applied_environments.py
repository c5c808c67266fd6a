"""The environments of this repository, applied by real Terraform to an emulated AWS."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.applied.conftest import Repository
from tests.policy.scanner import scan_plan
from tests.policy.waivers import refused

pytestmark = pytest.mark.terraform


def _settled_and_clean(repository: Repository, *stacks: str) -> None:
    """Plan again with plain `terraform`, which must exit 0, and let checkov judge the plans."""
    plans = []
    for stack in stacks:
        plan = repository.plan(stack, "-detailed-exitcode")
        plans.append(repository.folder / f"{stack}.plan.json")
        plans[-1].write_text(json.dumps(plan))

    report = scan_plan(*plans)

    assert report.passed
    assert refused(report) == []


@pytest.mark.parametrize("name", ["checkout-dev", "infra-stage"])
def test_is_applied_settled_and_destroyed(
    make_repository: Callable[[], Repository], name: str
) -> None:
    """Apply succeeds, a second plan is empty in every stack, and destroy leaves only the state."""
    repository = make_repository()
    if name == "infra-stage":
        # The provider waits a minute for each zone of an endpoint, when it makes and when it
        # destroys one: six minutes here. test_applied_growth applies endpoints.
        repository.edit("environments/infra/stage.py", '("ecr", "secrets")', "()")
    repository.run("bootstrap", name)
    repository.run("apply", "workloads")
    before = set(repository.aws.inventory())

    repository.run("apply", name)
    _settled_and_clean(repository, f"{name}-keys", f"{name}-network")
    if name == "checkout-dev":
        # Two plans more, which say the same: one environment is enough to see the command at work.
        assert repository.run("drift", name).count("unchanged") >= 2
    repository.run("destroy", name, "--yes-destroy", name)

    left = set(repository.aws.inventory()) - before
    assert {(item.service, item.kind, item.state) for item in left} == {
        # A deleted key can be taken back for thirty days.
        ("kms", "Key", "PendingDeletion")
    }
    assert repository.aws.unimplemented() == []
