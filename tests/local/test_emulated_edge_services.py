"""The real Terraform makes, reads back and destroys what stands in front of services.

One run of several minutes is recorded by a fixture; each test asks the record for one fact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from platform_lib.local.gaps import Gap
from platform_lib.local.items import Item
from platform_lib.local.server import LocalAws
from tests import emulator
from tests.local.conftest import ACCOUNT, REGION
from tests.local.edge_services import DOMAIN, write

# One worker, so that the run of several minutes happens once.
pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("emulated-edge-services")]

_LOGS = ("access_logs", "connection_logs")


@dataclass(frozen=True)
class History:
    """What there was between apply and destroy, and afterwards."""

    second_plan: int
    certificates: dict[str, dict[str, Any]]
    shown: list[tuple[str, bool]]
    attributes: dict[str, str]
    identity: dict[str, Any]
    policy: str
    scanning: dict[str, Any]
    left: list[Item]
    gaps: list[Gap]


@pytest.fixture(scope="module")
def history(
    workspace: Callable[[str, LocalAws], Any],
    connect: Callable[[str, str], Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[History]:
    """Apply, look, plan again, destroy."""
    folder = tmp_path_factory.mktemp("synthesised") / "edge"
    write(folder, account_id=ACCOUNT, region=REGION)
    with emulator.start(account_id=ACCOUNT, region=REGION) as aws:
        edge = workspace(str(folder), aws)
        edge.apply()
        seen = _look(lambda service: connect(aws.endpoint, service))
        second_plan = edge.differences()
        edge.destroy()
        yield History(
            second_plan=second_plan, left=aws.inventory(), gaps=aws.unimplemented(), **seen
        )


def _look(client: Callable[[str], Any]) -> dict[str, Any]:
    acm, balancers, images = client("acm"), client("elbv2"), client("ecr")
    certificates = [
        acm.describe_certificate(CertificateArn=it["CertificateArn"])["Certificate"]
        for it in acm.list_certificates()["CertificateSummaryList"]
    ]
    names = {it["CertificateArn"]: it["DomainName"] for it in certificates}
    (balancer,) = balancers.describe_load_balancers()["LoadBalancers"]
    arn = balancer["LoadBalancerArn"]
    listeners = balancers.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    https = next(it["ListenerArn"] for it in listeners if it["Protocol"] == "HTTPS")
    shown = balancers.describe_listener_certificates(ListenerArn=https)["Certificates"]
    attributes = balancers.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    policy = images.get_lifecycle_policy(repositoryName="shop-stage/checkout/api")
    return {
        "certificates": {it["DomainName"]: it for it in certificates},
        "shown": [(names[it["CertificateArn"]], it["IsDefault"]) for it in shown],
        "attributes": {it["Key"]: it["Value"] for it in attributes},
        "identity": client("sesv2").get_email_identity(EmailIdentity=DOMAIN),
        "policy": policy["lifecyclePolicyText"],
        "scanning": images.get_registry_scanning_configuration()["scanningConfiguration"],
    }


def test_the_second_plan_is_empty(history: History) -> None:
    """Everything that was made reads back as it was asked for."""
    assert history.second_plan == 0


def test_certificates_were_proven(history: History) -> None:
    """By the records of one zone for a domain and its wildcard, in a zone that is delegated to."""
    found = {
        name: (it["Status"], it["KeyAlgorithm"], it["SubjectAlternativeNames"])
        for name, it in history.certificates.items()
    }

    assert found == {
        f"api.{DOMAIN}": ("ISSUED", "RSA_2048", [f"api.{DOMAIN}", f"*.api.{DOMAIN}"]),
        "shop.example.com": ("ISSUED", "EC_prime256v1", ["shop.example.com"]),
    }


def test_the_load_balancer_shows_both_certificates(history: History) -> None:
    """The one that was added is not the default one."""
    assert history.shown == [(f"api.{DOMAIN}", True), ("shop.example.com", False)]


def test_the_load_balancer_writes_logs(history: History) -> None:
    """It could write to the bucket when the logs were turned on."""
    kept = {name: history.attributes[f"{name}.s3.prefix"] for name in _LOGS}

    assert {history.attributes[f"{name}.s3.enabled"] for name in _LOGS} == {"true"}
    assert kept == {
        "access_logs": "shop-dev-public/access",
        "connection_logs": "shop-dev-public/connections",
    }


def test_the_domain_was_verified(history: History) -> None:
    """By its DKIM records; bounces come to its own MAIL FROM domain."""
    identity = history.identity

    assert identity["VerifiedForSendingStatus"] is True
    assert identity["DkimAttributes"]["Status"] == "SUCCESS"
    assert identity["MailFromAttributes"] == {
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
        "MailFromDomain": f"bounce.{DOMAIN}",
        "MailFromDomainStatus": "SUCCESS",
    }


def test_lifecycle_policies_are_in_ecrs_form(history: History) -> None:
    """Another order of fields than ours, which the provider knows to be the same."""
    start = '{"rules":[{"rulePriority":1,"selection":{"tagStatus":"untagged","countType":'

    assert history.policy.startswith(start)


def test_images_are_scanned(history: History) -> None:
    """All of them, again and again."""
    assert history.scanning["scanType"] == "ENHANCED"
    assert [it["scanFrequency"] for it in history.scanning["rules"]] == ["CONTINUOUS_SCAN"]


def test_destroy_leaves_a_key_that_waits(history: History) -> None:
    """And nothing else: no delegation set, no certificate, no target group."""
    left = Counter((item.service, item.kind, item.state) for item in history.left)

    assert left == {("kms", "Key", "PendingDeletion"): 1}


def test_nothing_was_missing(history: History) -> None:
    """No action was answered 501."""
    assert history.gaps == []
