"""What an interrupted apply may have made is looked for by the next run, and taken in."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from platform_lib.local.server import LocalAws
from platform_lib.local.variables import overlay, variables
from platform_lib.terraform import recovery
from platform_lib.terraform.results import StackResult
from tests import emulator, provider
from tests.terraform.slow_aws import SlowAws

if TYPE_CHECKING:
    from tests.terraform.conftest import Lab

pytestmark = pytest.mark.terraform

ROOT = Path(__file__).resolve().parents[2]
ACCOUNT = "111111111111"
TRUST = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}'
RESOURCES: dict[str, Any] = {
    "aws_iam_role": {"reader": {"name": "reader", "assume_role_policy": TRUST}},
    "aws_kms_key": {"data": {"description": "Data", "tags": {"Name": "shop-data"}}},
    "aws_vpc": {"main": {"cidr_block": "10.0.0.0/16", "tags": {"Name": "shop"}}},
}
CREATE = {"CreateKey": 1, "CreateRole": 1, "CreateVpc": 1}
MADE = {("ec2", "VPC"): 1, ("iam", "Role"): 1, ("kms", "Key"): 1}


@pytest.fixture(scope="module")
def shared_aws() -> Iterator[LocalAws]:
    """Return the one emulator of the module."""
    with emulator.start(account_id=ACCOUNT, region="us-east-1") as running:
        yield running


@pytest.fixture
def aws(shared_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> LocalAws:
    """Return an empty account, which shows at once what was made in it."""
    monkeypatch.setattr(recovery, "SETTLING_SECONDS", 0.0)
    shared_aws.reset()
    return shared_aws


@pytest.fixture
def shop(lab: Lab, provider_environ: dict[str, str]) -> Lab:
    """Return a stack of things that do not wait for one another."""
    write(lab, RESOURCES)
    lock = shutil.copy(ROOT / ".terraform.lock.hcl", lab.app.stacks["shop"].directory)
    provider.admit(Path(provider_environ["PLATFORM_PLUGIN_DIR"]), Path(lock))
    return replace(lab, environ=dict(provider_environ))


def write(lab: Lab, resources: Mapping[str, Any]) -> None:
    """Write the stack."""
    path = "../../../state/shop.tfstate"
    terraform = {
        "backend": {"local": {"path": path}},
        "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}},
    }
    provider = {
        "region": "us-east-1",
        "allowed_account_ids": [ACCOUNT],
        "default_tags": [{"tags": {"Stack": "shop"}}],
    }
    lab.app.add(
        "shop",
        {},
        extra={"terraform": terraform, "provider": {"aws": [provider]}, "resource": resources},
    )


def on(lab: Lab, endpoint: str) -> Lab:
    """Return the lab for a run of its own against an endpoint."""
    environ = overlay(lab.environ, variables(endpoint, "us-east-1"))
    return replace(lab.fresh(), environ=environ, events=[])


def interrupted(lab: Lab, slow: SlowAws) -> StackResult:
    """Apply, and interrupt when everything that is to wait for its answer waits."""
    run = on(lab, slow.endpoint)
    results: list[StackResult] = []
    thread = threading.Thread(target=lambda: results.extend(run.schedule().apply(["shop"])))
    thread.start()
    deadline = time.monotonic() + 90
    while not slow.holds_all and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert slow.holds_all, (slow.missing, results)
    run.interruption.request("Ctrl-C")
    thread.join()
    return results[0]


def made(aws: LocalAws) -> Counter[tuple[str, str]]:
    """Count what was made, without what every VPC has by itself."""
    wanted = set(MADE)
    items = Counter((item.service, item.kind) for item in aws.inventory())
    return Counter({kind: count for kind, count in items.items() if kind in wanted})


def texts(lab: Lab) -> list[str]:
    """Return what was said about what was taken in."""
    return sorted(
        text for event in lab.events if "imported" in (text := getattr(event, "text", ""))
    )


@pytest.mark.parametrize("arrive", [True, False])
def test_nothing_is_made_twice(shop: Lab, aws: LocalAws, arrive: bool) -> None:  # noqa: FBT001
    """Requests that were given up: what AWS carried out is taken in, what never arrived is made."""
    with SlowAws(aws.port, CREATE, arrive=arrive) as slow:
        first = interrupted(shop, slow)
    before = made(aws)
    second = on(shop, aws.endpoint)

    (applied,) = second.schedule().apply(["shop"])
    (planned,) = on(shop, aws.endpoint).schedule().plan(["shop"])

    assert first.status == "failed"
    assert before == (MADE if arrive else {})
    assert applied.error is None
    assert texts(second) == [
        f"{address} was made by the interrupted run and has been imported"
        for address in ("aws_iam_role.reader", "aws_kms_key.data", "aws_vpc.main")
        if arrive
    ]
    assert made(aws) == MADE
    assert planned.status == "unchanged"


def test_after_a_kill_the_import_command_is_complete(shop: Lab, aws: LocalAws) -> None:
    """What was begun and exists is listed with its id, and the command that is shown takes it in."""
    client = boto3.Session("emulated", "emulated", region_name="us-east-1").client(
        "ec2", endpoint_url=aws.endpoint
    )
    tags = [{"Key": "Name", "Value": "shop"}, {"Key": "Stack", "Value": "shop"}]
    vpc = client.create_vpc(
        CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]
    )["Vpc"]["VpcId"]
    client.close()
    stack = shop.app.stacks["shop"]
    stack.own.mkdir()
    begun = {
        "type": "apply_start",
        "hook": {"resource": {"addr": "aws_vpc.main"}, "action": "create"},
    }
    (stack.own / "apply.jsonl").write_text(json.dumps(begun))
    run = on(shop, aws.endpoint)

    (refused,) = run.schedule().plan(["shop"])
    runner = run.schedule().runner("shop")
    runner._commands.run_import("aws_vpc.main", vpc)
    runner.check_unsaved()

    assert [problem.message for problem in refused.problems] == [
        (
            "was being made when the apply was stopped, and exists; take it in:"
            f" terraform -chdir={stack.directory} import aws_vpc.main {vpc}"
        )
    ]
    assert made(aws) == {("ec2", "VPC"): 1}
