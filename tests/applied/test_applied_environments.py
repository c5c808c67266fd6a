"""The environments of this repository, applied by real Terraform to an emulated AWS."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.applied.conftest import Repository

pytestmark = pytest.mark.terraform

LEFT_BY_DESIGN = {
    ("s3", "bucket"),  # the state
    ("dynamodb", "table"),  # the lock
    ("kms", "key"),  # pending deletion for thirty days
}


@pytest.mark.parametrize("name", ["checkout-dev", "infra-stage"])
def test_is_applied_settled_and_destroyed(
    make_repository: Callable[[], Repository], name: str
) -> None:
    """Apply succeeds, a second plan is empty in every stack, and destroy leaves only the state."""
    repository = make_repository()
    repository.run("bootstrap", name)
    repository.run("apply", "workloads")
    account_only = repository.count()

    repository.run("apply", name)
    repository.run("plan", name, "--detailed-exitcode")
    for stack in ("keys", "network"):
        repository.terraform(f"{name}-{stack}", "plan", "-detailed-exitcode", "-input=false")
    assert repository.run("drift", name).count("unchanged") >= 2
    repository.run("destroy", name, "--yes-destroy", name)

    left = repository.count() - account_only
    assert set(left) <= LEFT_BY_DESIGN, left
    assert repository.aws.unimplemented() == []
