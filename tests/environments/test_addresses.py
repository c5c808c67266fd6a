"""The address of every resource is recorded, because a change of address destroys it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from platform_lib.core._logical_ids import logical_id
from platform_lib.project import load
from platform_lib.testing.addresses import addresses_in, differences
from platform_lib.testing.project import SynthesisedProject
from tests.environments import golden

TARGETS = [target.name for target in load(golden.ROOT).targets]

AWS_WORDS = re.compile(
    r"S3|P[12]|Node\d{3}|Ipv[46]|Ec2|Route53|Dkim[123]|Port\d+|\d+(-\d+){3}_\d+|--_0"
    r"|(Edition|Generated|AsSent|Lock)\d+(?=/|$)"
)
"""What holds a digit and is no position: names of AWS, of its nodes and of the three keys of SES,
severities, ports, CIDR blocks and editions of a secret."""

CIDR = re.compile(r"\d+(-\d+){3}_\d+")
ZONE = re.compile(r"(?<=[a-z0-9])[A-F]$")


@pytest.mark.parametrize("target", TARGETS)
def test_addresses_are_as_recorded(synthesised: SynthesisedProject, target: str) -> None:
    """Nothing is destroyed, created or moved that the recorded list does not announce."""
    stacks = synthesised.of(target)

    found = differences(golden.recorded(target), addresses_in(stacks), stacks)

    assert found == [], "look at each, then record them with: make golden"


def test_the_recorded_files_are_those_of_today(synthesised: SynthesisedProject) -> None:
    """`make golden` would change nothing, and no file of a former environment is left."""
    files = {path.stem: path.read_text() for path in golden.FOLDER.glob("*.txt")}

    assert files == golden.texts(synthesised)


def test_names_are_those_that_the_library_expects(synthesised: SynthesisedProject) -> None:
    """`logical_id` says where a resource was before a rename, so it has to agree with CDKTF."""
    found = [it for name in TARGETS for it in addresses_in(synthesised.of(name))]

    wrong = [it for it in found if it.address.partition(".")[2] != logical_id(it.path.split("/"))]

    assert wrong == []
    assert len(found) > len(TARGETS)


def test_no_address_holds_a_position(synthesised: SynthesisedProject) -> None:
    """An id with a number would move to its neighbour when one is taken out of the middle."""
    found = [it for name in TARGETS for it in addresses_in(synthesised.of(name))]

    counted = [it for it in found if re.search(r"\d", AWS_WORDS.sub("", it.path))]

    assert counted == []


@pytest.mark.parametrize("argument", ["count", "for_each"])
def test_terraform_repeats_nothing(synthesised: SynthesisedProject, argument: str) -> None:
    """Python has the loops, so every resource has an address of its own."""
    blocks = [
        (stack.name, name)
        for stack in synthesised.stacks.values()
        for kind in stack.template.json.get("resource", {})
        for name, block in stack.template.all(kind).items()
        if argument in block
    ]

    assert blocks == []


ONLY_IN_PRODUCTION = {
    # Staging wakes nobody.
    "checkout": ("alerts Alerts/P1OnCall",),
    # Staging tries with one database what production has three of.
    "infra": ("data CustomerServiceDatabase/", "data SandboxDatabase/", "alerts Alerts/P1OnCall"),
}
"""Parts that production has more of, and why staging does without."""

FOLLOWS_FROM_A_SIZE = re.compile(
    r"data \w+Cache/Node\d{3}\w+/Resource|data \w+Database/CpuCredits/Resource"
)
"""Alarms of nodes and of burstable instances."""

GIVEN_UP = re.compile(
    r"network Vpc/Endpoints/.*|data PlatformDatabase/PlatformDatabaseMonitoring/.*"
    r"|data Rotation/.*/ToNetworkVpcEndpointsPort443\w+"
)
"""What development does without, besides a zone: interface endpoints and what leads there, and
enhanced monitoring."""


@pytest.mark.parametrize("system", ["checkout", "infra"])
def test_staging_has_what_production_has(synthesised: SynthesisedProject, system: str) -> None:
    """What customers use was tried before: the two differ by values, and by no construct."""
    prod, stage = (_parts(synthesised, f"{system}-{name}") for name in ("prod", "stage"))

    more = {it for it in prod - stage if not it.startswith(ONLY_IN_PRODUCTION[system])}

    assert {it for it in more if not FOLLOWS_FROM_A_SIZE.fullmatch(it)} == set()
    assert {it for it in stage - prod if not FOLLOWS_FROM_A_SIZE.fullmatch(it)} == set()


@pytest.mark.parametrize("system", ["checkout", "infra"])
def test_production_has_what_staging_does_without(
    synthesised: SynthesisedProject, system: str
) -> None:
    """The list of exceptions names nothing that is the same in both."""
    prod, stage = (_parts(synthesised, f"{system}-{name}") for name in ("prod", "stage"))

    for part in ONLY_IN_PRODUCTION[system]:
        assert any(it.startswith(part) for it in prod)
        assert not any(it.startswith(part) for it in stage)


def test_checkout_development_differs_in_zones_and_endpoints(
    synthesised: SynthesisedProject,
) -> None:
    """Development gives up a zone, gateways, interface endpoints and insight, and nothing else."""
    prod, dev = (set(_parts(synthesised, name)) for name in ("checkout-prod", "checkout-dev"))

    more = {it for it in prod - dev if not it.startswith(ONLY_IN_PRODUCTION["checkout"])}

    assert {
        it for it in more if not GIVEN_UP.fullmatch(it) and not FOLLOWS_FROM_A_SIZE.fullmatch(it)
    } == set()
    # Without an endpoint, the rotation calls Secrets Manager through the NAT gateway.
    assert {it for it in dev - prod if not FOLLOWS_FROM_A_SIZE.fullmatch(it)} == {
        "data Rotation/SecretRotation/Connections/ToPort443Egress"
    }


def _parts(synthesised: SynthesisedProject, target: str) -> Counter[str]:
    """Return the construct paths of a target, with its zones, blocks and domain left out."""
    (environment,) = synthesised.project.select([target])
    domain = getattr(environment, "domain", None) or "no domain"
    return Counter(
        f"{it.stack.removeprefix(f'{target}-')} {_without_values(it.path, domain)}"
        for it in addresses_in(synthesised.of(target))
    )


def _without_values(path: str, domain: str) -> str:
    steps = path.replace(domain.replace(".", "_"), "domain").split("/")
    return "/".join(ZONE.sub("", CIDR.sub("", step)) for step in steps)


def test_make_golden_records_what_is_compared(
    tmp_path: Path, synthesised: SynthesisedProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it writes is what is read back, and a former environment's file goes."""
    monkeypatch.setattr(golden, "FOLDER", tmp_path / "golden")
    monkeypatch.setattr(golden, "synthesise_all", lambda *_: synthesised)
    (tmp_path / "golden").mkdir()
    (tmp_path / "golden" / "former.txt").write_text("")

    golden.main()

    assert sorted(path.stem for path in golden.FOLDER.iterdir()) == sorted(TARGETS)
    assert golden.recorded("checkout-dev") == addresses_in(synthesised.of("checkout-dev"))
