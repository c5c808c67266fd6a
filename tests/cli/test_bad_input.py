"""Wrong input is refused in one sentence, at the author's line, before anything is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import ACCOUNTS, DEV, PROD, Shop

ALLOWED = (
    "cidr, zones, tiers, cidrs, nat_zones, eip_allocation_ids, kept_eip_zones, ipv6,"
    " subnet_group_tier, endpoints, endpoint_policies, flow_logs, kubernetes_clusters, peerings,"
    " reserved"
)
MISSPELT = DEV.replace("nat_zones", "nat_zone")
OTHER_REGION = DEV.replace('zones=("a", "b")', 'zones=("a", "e")')

BAD = {
    "overlapping CIDRs": (
        {"environments/other.py": DEV.replace("shop-dev", "shop-other")},
        [
            (
                "environments/other.py:14: VPC 10.10.0.0/16 of shop-other overlaps VPC 10.10.0.0/16 of"
                " shop-dev (environments/dev.py:14); give one of them other addresses:"
                " 'platformctl check --addresses' lists free ones [AddressOverlap]"
            )
        ],
    ),
    "a CIDR that is too small": (
        {"environments/dev.py": DEV.replace("10.10.0.0/16", "10.10.0.0/24")},
        [
            (
                "environments/dev.py:14: VpcConfig: 10.10.0.0/24 is too small for the reserved slots of"
                " all tiers and zones; use /20 or larger, or give cidrs for every tier"
            )
        ],
    ),
    "a zone of another region": (
        {"environments/dev.py": OTHER_REGION},
        [
            (
                "environments/dev.py:14: vpc.zones names e, but eu-central-1 has the zones"
                " a, b, c; use those [ZoneNotInRegion]"
            )
        ],
    ),
    "a misspelt field": (
        {"environments/dev.py": MISSPELT},
        [
            (
                "environments/dev.py:17: VpcConfig: unknown field 'nat_zone'; did you mean 'nat_zones'?"
                f" allowed: {ALLOWED}"
            )
        ],
    ),
    "an account id with too few digits": (
        {"environments/accounts.py": ACCOUNTS.replace("111111111111", "1111")},
        [
            (
                "environments/accounts.py:6: Account: id: '1111' is not an AWS account id; write its 12"
                " digits as a string"
            )
        ],
    ),
    "several problems in several files": (
        {
            "environments/dev.py": MISSPELT,
            "environments/other.py": OTHER_REGION.replace("shop-dev", "shop-other"),
        },
        [
            (
                "environments/dev.py:17: VpcConfig: unknown field 'nat_zone'; did you mean 'nat_zones'?"
                f" allowed: {ALLOWED}"
            ),
            (
                "environments/other.py:14: vpc.zones names e, but eu-central-1 has the"
                " zones a, b, c; use those [ZoneNotInRegion]"
            ),
        ],
    ),
    "two environments with one name": (
        {"environments/other.py": DEV},
        [
            (
                "environments/other.py:7: the name 'shop-dev' is taken by environments/dev.py:7; stacks"
                " and state keys start with it, so give each account and environment its own"
                " [NameTaken]"
            )
        ],
    ),
    "an account that is not listed": (
        {"environments/accounts.py": ACCOUNTS.replace("(WORKLOADS,)", "()")},
        [
            (
                "environments/dev.py:7: environment 'shop-dev' is in account 'workloads', which"
                " ACCOUNTS does not list; listed: none [UnknownAccount]"
            )
        ],
    ),
    "what is no Python": (
        {"environments/dev.py": "ENVIRONMENT = ("},
        ["environments/dev.py:1: this is not valid Python: '(' was never closed"],
    ),
    "a customer environment below its guardrails": (
        {"environments/dev.py": PROD},
        [
            (
                "environments/dev.py:14: shop-prod: vpc.flow_logs: the VPC has no flow logs, so nobody"
                " can tell later who talked to whom; leave flow_logs out for the default, or write"
                " flow_logs=FlowLogsConfig() [flow-logs]"
            ),
            (
                "environments/accounts.py:4: shop-prod: account.state: account 'workloads' keeps its"
                " Terraform state in files on one machine, '.state', without a lock; write"
                " state=S3State(bucket=...) and run 'platformctl bootstrap' [remote-state]"
            ),
        ],
    ),
}


@pytest.mark.parametrize("command", ["check", "synth"])
@pytest.mark.parametrize("case", BAD)
def test_it_is_refused_in_a_sentence(shop: Shop, tmp_path: Path, case: str, command: str) -> None:
    """Exit 2, the sentences and nothing else; no Node has started and no file has changed."""
    files, sentences = BAD[case]
    for path, text in files.items():
        shop.write(path, text)
    before = shop.files()

    done = shop.run(command, JSII_NODE=str(_tripwire(tmp_path)))

    assert done.code == 2
    assert done.problems == sentences
    assert "Traceback" not in done.text
    assert not (tmp_path / "node-started").exists()
    assert shop.files() == before


def test_the_tripwire_works(shop: Shop, tmp_path: Path) -> None:
    """Where nothing is wrong, a synth does start what `JSII_NODE` names."""
    shop.run("synth", JSII_NODE=str(_tripwire(tmp_path)))

    assert (tmp_path / "node-started").exists()


def _tripwire(folder: Path) -> Path:
    """Return a Node that leaves a trace and ends."""
    program = folder / "node"
    program.write_text(f"#!/bin/sh\ntouch {folder / 'node-started'}\nexit 1\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize(
    "command", [("plan", "shop-dev"), ("apply", "shop-dev"), ("drift", "shop-dev")]
)
def test_commands_that_run_terraform_refuse_it_too(shop: Shop, command: tuple[str, ...]) -> None:
    """Nobody plans an environment while another one of the project may not be built."""
    shop.write("environments/other.py", DEV.replace("shop-dev", "shop-other"))
    before = shop.files()

    done = shop.run(*command)

    assert done.code == 2
    assert done.problems[-1].endswith("[AddressOverlap]")
    assert shop.files() == before


def test_an_unknown_stack_is_named_with_those_that_exist(shop: Shop) -> None:
    """A stack's own name is enough, and a misspelt one is recognised."""
    done = shop.run("plan", "shop-dev", "netwrk")

    assert done.code == 2
    assert done.problems[-1] == (
        "shop-dev has no stack 'netwrk'; did you mean 'shop-dev-network'? it has: shop-dev-keys,"
        " shop-dev-network, shop-dev-alerts [UnknownStack]"
    )


def test_a_refused_synth_leaves_the_last_one_as_it_was(shop: Shop) -> None:
    """What was written while everything was right can still be applied."""
    shop.run("synth")
    before = {path: text for path, text in shop.files().items() if path.startswith("cdktf.out")}
    shop.write("environments/dev.py", MISSPELT)

    done = shop.run("synth")

    after = {path: text for path, text in shop.files().items() if path.startswith("cdktf.out")}
    assert done.code == 2
    assert before != {}
    assert after == before
