"""A VPC that was made before is taken over without being touched."""

from __future__ import annotations

import json

import boto3
import pytest

from platform_lib.terraform.import_ids import import_id
from platform_lib.terraform.plan import Counts
from platform_lib.terraform.stack import read_stacks
from platform_lib.terraform.state import State
from tests.applied.conftest import Repository

# The worker that has the small environment; afterwards it stands as before.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("small")]

_STACK = "small-network"


def _ids_by_path(repository: Repository) -> dict[str, str]:
    """Return the id under which each resource of the network is imported, by construct path."""
    document = read_stacks(repository.folder / "cdktf.out")[_STACK].document
    state = State.parse(repository.terraform(_STACK, "state", "pull"))
    ids = {instance.address: instance.id for instance in state.instances}
    found = {}
    for instance in state.instances:
        path = document.resource(instance.address)["//"]["metadata"]["path"]
        # The default route table is found by its VPC.
        # https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/default_route_table#import
        found[path.removeprefix(f"{_STACK}/")] = (
            str(instance.attributes["vpc_id"])
            if instance.type == "aws_default_route_table"
            else import_id(instance.address, instance.id, document, ids) or ""
        )
    return found


def _lose_state(repository: Repository) -> None:
    """Remove the network's state, so that nobody knows what made what exists."""
    environ = repository.environ
    session = boto3.Session(
        aws_access_key_id=environ["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environ["AWS_SECRET_ACCESS_KEY"],
        region_name="us-east-1",
    )
    bucket, key = "acme-workloads-terraform-state", f"small/{_STACK}.tfstate"
    session.client("s3", endpoint_url=repository.aws.endpoint).delete_object(Bucket=bucket, Key=key)
    session.client("dynamodb", endpoint_url=repository.aws.endpoint).delete_item(
        TableName="terraform-state-lock", Key={"LockID": {"S": f"{bucket}/{key}-md5"}}
    )


def test_a_vpc_made_before_is_adopted_with_an_empty_plan(applied: Repository) -> None:
    """Every part is imported by its id; nothing is added, changed or destroyed."""
    repository = applied
    adopted = _ids_by_path(repository)
    _lose_state(repository)
    repository.edit(
        "environments/small.py",
        'name="small",',
        f'name="small",\n        adopt={{"network": {json.dumps(adopted)}}},',
    )
    repository.run("synth", "small")

    plan = repository.changes(_STACK)

    assert plan.counts == Counts(imported=len(adopted))
    assert len(plan.changes) == len(adopted) > 40

    before = repository.count()
    repository.run("apply", "small", "network")
    repository.settled("small-network")
    assert repository.count() == before
