"""The real Terraform makes, changes and destroys a distribution with a bucket and two load balancers.

One run of several minutes is recorded by a fixture; each test asks the record for one fact.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.server import LocalAws
from platform_lib.testing.secrets_in_state import ALLOWED, secrets_in
from tests import emulator
from tests.local.edge_distribution import STACKS, write

# One worker, so that the run of several minutes happens once.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("emulated-distribution")]

ACCOUNT = "210987654321"
REGION = "eu-central-1"


@dataclass(frozen=True)
class History:
    """What happened, step by step."""

    second_plans: dict[str, int]
    distribution: dict[str, Any]
    bucket_policy: list[dict[str, Any]]
    key_policies: list[list[dict[str, Any]]]
    secrets: set[str]
    plan_shows_the_header: bool
    changes: dict[str, list[str]]
    plan_after_changes: int
    functions_left: int
    key_policies_without_edge: list[list[dict[str, Any]]]
    home_changes_without_edge: dict[str, list[str]]
    left: list[Item]
    gaps: list[Gap]


@pytest.fixture(scope="module")
def history(
    tmp_path_factory: pytest.TempPathFactory,
    workspace: Callable[[str, LocalAws], Any],
    connect: Callable[[str, str], Any],
) -> Iterator[History]:
    """Apply three stacks, plan each again, take away what the distribution used, destroy."""
    folder = tmp_path_factory.mktemp("distribution")
    write(folder / "first", account_id=ACCOUNT, region=REGION)
    write(folder / "later", account_id=ACCOUNT, region=REGION, later=True)
    with emulator.start(account_id=ACCOUNT, region=REGION) as aws:
        stacks = {name: workspace(str(folder / "first" / name), aws) for name in STACKS}
        for stack in stacks.values():
            stack.apply()
        edge = stacks["edge"]
        second_plans = {name: stack.differences() for name, stack in stacks.items()}
        cloudfront = connect(aws.endpoint, "cloudfront")
        distribution = _distribution(cloudfront)
        policies = _bucket_policy(connect(aws.endpoint, "s3"))
        keys = _key_policies(connect(aws.endpoint, "kms"))
        state = json.loads(edge.run("state", "pull").stdout)
        schema = json.loads(edge.run("providers", "schema", "-json").stdout)
        (header,) = [
            it
            for origin in distribution["Origins"]["Items"]
            for it in origin["CustomHeaders"].get("Items", [])
        ]
        again = edge.run(
            "plan", "-input=false", "-replace=aws_cloudfront_distribution.Saleor_7F7EAED8"
        )
        shutil.copy(folder / "later" / "edge" / "cdk.tf.json", edge.directory)
        changes = edge.changes()
        edge.apply("planned")
        plan_after_changes = edge.differences()
        functions = cloudfront.list_functions()["FunctionList"]["Quantity"]
        edge.destroy()
        keys_without_edge = _key_policies(connect(aws.endpoint, "kms"))
        home_changes = stacks["home"].changes()
        for name in ("home", "alerts"):
            stacks[name].destroy()
        yield History(
            second_plans,
            distribution,
            policies,
            keys,
            secrets_in(state, schema),
            header["HeaderValue"] in again.stdout,
            changes,
            plan_after_changes,
            functions,
            keys_without_edge,
            home_changes,
            aws.inventory(),
            aws.unimplemented(),
        )


def _distribution(cloudfront: Any) -> dict[str, Any]:
    (summary,) = cloudfront.list_distributions()["DistributionList"]["Items"]
    found: dict[str, Any] = cloudfront.get_distribution_config(Id=summary["Id"])
    return {**found["DistributionConfig"], "ARN": summary["ARN"]}


def _bucket_policy(s3: Any) -> list[dict[str, Any]]:
    document = json.loads(s3.get_bucket_policy(Bucket="acme-shop-dev-static")["Policy"])
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


def _key_policies(kms: Any) -> list[list[dict[str, Any]]]:
    keys = [it["KeyId"] for it in kms.list_keys()["Keys"]]
    return [
        json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])["Statement"]
        for key in keys
        if kms.describe_key(KeyId=key)["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    ]


def _readers(statements: list[dict[str, Any]]) -> list[str]:
    return [
        it["Condition"]["StringEquals"]["aws:SourceArn"]
        for it in statements
        if it["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    ]


def test_second_plans_are_empty(history: History) -> None:
    """Also that of the stack whose bucket and key have their policies from another one."""
    assert history.second_plans == dict.fromkeys(STACKS, 0)


def test_the_bucket_and_its_key_name_the_distribution(history: History) -> None:
    """That one and no other."""
    arn = history.distribution["ARN"]

    assert _readers(history.bucket_policy) == [arn]
    assert [it for it in map(_readers, history.key_policies) if it] == [[arn]]


def test_each_origin_is_reached_in_its_way(history: History) -> None:
    """By signature, by secret header, and inside the VPC."""
    origins = {it["Id"]: it for it in history.distribution["Origins"]["Items"]}

    assert origins["static"]["OriginAccessControlId"]
    assert origins["static"]["DomainName"].endswith(".s3.eu-central-1.amazonaws.com")
    (header,) = origins["api"]["CustomHeaders"]["Items"]
    assert header["HeaderName"] == "X-Origin-Verify"
    assert len(header["HeaderValue"]) == 48
    assert origins["internal"]["VpcOriginConfig"]["VpcOriginId"].startswith("vo_")


def test_the_certificate_is_in_us_east_1(history: History) -> None:
    """The distribution itself was made by a provider of another Region."""
    certificate = history.distribution["ViewerCertificate"]["ACMCertificateArn"]

    assert certificate.startswith(f"arn:aws:acm:us-east-1:{ACCOUNT}:")


def test_the_state_holds_no_secret_but_the_header(history: History) -> None:
    """It is read back for the distribution, as the table of exceptions says."""
    assert history.secrets == {"data.aws_secretsmanager_secret_version secret_string"}
    assert history.secrets < set(ALLOWED)


def test_a_plan_does_not_show_the_header(history: History) -> None:
    """Not even one that makes the distribution anew."""
    assert history.plan_shows_the_header is False


def test_what_is_not_used_any_more_goes_after_the_change(history: History) -> None:
    """CloudFront refuses to delete what a distribution uses, so the order counts."""
    kinds = {address.split(".")[0]: actions for address, actions in history.changes.items()}

    assert kinds == {
        "aws_cloudfront_cache_policy": ["delete"],
        "aws_cloudfront_distribution": ["update"],
        "aws_cloudfront_function": ["delete"],
        "aws_cloudfront_origin_request_policy": ["delete"],
        "aws_cloudfront_response_headers_policy": ["delete"],
    }
    assert history.functions_left == 0
    assert history.plan_after_changes == 0


def test_without_the_distribution_others_keep_the_key(history: History) -> None:
    """KMS's default policy would take it from topics, alarms and logs."""
    sids = [
        {it.get("Sid") for it in statements} for statements in history.key_policies_without_edge
    ]

    assert {"SnsUses", "AlarmsUse", "CloudWatchLogsUses", "LogDeliveryUses"} < set.intersection(
        *sids
    )


def test_without_the_distribution_the_bucket_gets_its_own_policy_again(history: History) -> None:
    """Its stack makes what is not there any more, and nothing else changes."""
    assert {
        address.split(".")[0]: it for address, it in history.home_changes_without_edge.items()
    } == {"aws_s3_bucket_policy": ["create"]}


def test_destroy_leaves_only_keys(history: History) -> None:
    """Keys wait 30 days for their deletion."""
    assert {(it.kind, it.state) for it in history.left} == {("Key", "PendingDeletion")}


def test_nothing_was_missing(history: History) -> None:
    """Every call was answered."""
    assert history.gaps == []
