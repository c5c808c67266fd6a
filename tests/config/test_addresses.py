"""The address plan: what may overlap between environments, and what is free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_lib.addresses import PRIVATE_BLOCK, address_map, problems, render
from platform_lib.environment import Environment
from platform_lib.network.config import PeeringConfig, VpcConfig
from platform_lib.network.tiers import Tier

# The fixture is immutable, so that sharing it between the examples of a property does no harm.
shared_fixture = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)


@pytest.fixture
def make(environment: Environment) -> Make:
    """Return a way to make environments that differ by name and network."""
    return Make(environment)


class Make:
    """Makes environments."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment

    def __call__(
        self,
        name: str,
        cidr: str,
        *,
        peerings: Sequence[tuple[str, str]] = (),
        reserved: Mapping[str, str] | None = None,
        **vpc: object,
    ) -> Environment:
        """Return an environment with this VPC."""
        return self.environment.evolve(
            name=name,
            vpc=VpcConfig.model_validate(
                {
                    "cidr": IPv4Network(cidr),
                    "peerings": tuple(
                        PeeringConfig(name=label, cidr=IPv4Network(block))
                        for label, block in peerings
                    ),
                    "reserved": reserved or {},
                    **vpc,
                }
            ),
        )


def messages(*environments: Environment) -> list[str]:
    """Return what is wrong, without the lines inside the sentences."""
    return [problem.message for problem in problems(environments)]


def test_vpcs_of_two_environments_must_not_overlap(make: Make) -> None:
    """Both sides are named, each with its line, even across accounts."""
    one, other = make("shop-a", "10.1.0.0/16"), make("shop-b", "10.1.16.0/20")

    (problem,) = problems([one, other])

    assert problem.message == (
        f"VPC 10.1.16.0/20 of shop-b overlaps VPC 10.1.0.0/16 of shop-a"
        f" ({one.vpc.written_at('cidr')}); give one of them other addresses: 'platformctl check"
        " --addresses' lists free ones"
    )
    assert problem.where == other.vpc.written_at("cidr")
    assert problem.code == "AddressOverlap"


FINE: dict[str, tuple[tuple[str, str, dict[str, object]], ...]] = {
    "neighbours": (("a", "10.1.0.0/16", {}), ("b", "10.2.0.0/16", {})),
    "one network, called the same by both": (
        ("a", "10.1.0.0/16", {"peerings": [("office", "10.9.0.0/16")]}),
        ("b", "10.2.0.0/16", {"peerings": [("office", "10.9.0.0/16")]}),
    ),
    "one range, reserved by both": (
        ("a", "10.1.0.0/16", {"reserved": {"services": "172.20.0.0/16"}}),
        ("b", "10.2.0.0/16", {"reserved": {"services": "172.20.0.0/16"}}),
    ),
    "a network that one peers with and the other reserves": (
        ("a", "10.1.0.0/16", {"peerings": [("office", "10.9.0.0/16")]}),
        ("b", "10.2.0.0/16", {"reserved": {"office": "10.9.0.0/16"}}),
    ),
    "a peering with the other environment": (
        ("a", "10.1.0.0/16", {"peerings": [("b", "10.2.0.0/16")]}),
        ("b", "10.2.0.0/16", {"peerings": [("a", "10.1.0.0/16")]}),
    ),
    "a peering with a part of the other environment": (
        ("a", "10.1.0.0/16", {"peerings": [("b", "10.2.128.0/20")]}),
        ("b", "10.2.0.0/16", {}),
    ),
    "a reserved range inside its own VPC": (
        ("a", "10.1.0.0/16", {"reserved": {"later": "10.1.192.0/20"}}),
        ("b", "10.2.0.0/16", {"reserved": {"later": "10.2.192.0/20"}}),
    ),
}


@pytest.mark.parametrize("plan", FINE)
def test_accepts(make: Make, plan: str) -> None:
    """What overlaps on purpose is one thing with one name."""
    environments = [make(name, cidr, **rest) for name, cidr, rest in FINE[plan]]  # type: ignore[arg-type] # the values are made for it

    result = problems(environments)

    assert result == []


REFUSED: dict[str, tuple[tuple[tuple[str, str, dict[str, object]], ...], str]] = {
    "one network with two names": (
        (
            ("a", "10.1.0.0/16", {"peerings": [("office", "10.9.0.0/16")]}),
            ("b", "10.2.0.0/16", {"peerings": [("partner", "10.9.4.0/24")]}),
        ),
        (
            "peering 'partner' 10.9.4.0/24 of b overlaps peering 'office' 10.9.0.0/16 of a ({line});"
            " give one of them other addresses, or both one name and one block"
        ),
    ),
    "one name with two blocks": (
        (
            ("a", "10.1.0.0/16", {"peerings": [("office", "10.9.0.0/16")]}),
            ("b", "10.2.0.0/16", {"peerings": [("office", "10.9.4.0/24")]}),
        ),
        (
            "peering 'office' 10.9.4.0/24 of b overlaps peering 'office' 10.9.0.0/16 of a ({line});"
            " the same network has the same block everywhere"
        ),
    ),
    "a peering that takes a VPC without naming it": (
        (
            ("a", "10.1.0.0/16", {"peerings": [("office", "10.2.0.0/16")]}),
            ("b", "10.2.0.0/16", {}),
        ),
        (
            "VPC 10.2.0.0/16 of b overlaps peering 'office' 10.2.0.0/16 of a ({line}); call the peering"
            " 'b' if it is that VPC, or give one of them other addresses"
        ),
    ),
    "a VPC on a reserved range": (
        (
            ("a", "10.1.0.0/16", {"reserved": {"services": "172.20.0.0/16"}}),
            ("b", "172.20.0.0/16", {}),
        ),
        (
            "VPC 172.20.0.0/16 of b overlaps reserved 'services' 172.20.0.0/16 of a ({line}); give one"
            " of them other addresses: 'platformctl check --addresses' lists free ones"
        ),
    ),
    "a reserved range named like the environment whose VPC it takes": (
        (
            ("a", "10.1.0.0/16", {"reserved": {"b": "10.2.0.0/16"}}),
            ("b", "10.2.0.0/16", {}),
        ),
        (
            "VPC 10.2.0.0/16 of b overlaps reserved 'b' 10.2.0.0/16 of a ({line}); give one of them"
            " other addresses: 'platformctl check --addresses' lists free ones"
        ),
    ),
}


@pytest.mark.parametrize("plan", REFUSED)
def test_refuses(make: Make, plan: str) -> None:
    """Both sides and the way out are in one sentence."""
    written, sentence = REFUSED[plan]
    environments = [make(name, cidr, **rest) for name, cidr, rest in written]  # type: ignore[arg-type] # the values are made for it

    result = messages(*environments)

    first = environments[0].vpc
    where = first.peerings[0].written_at() if first.peerings else first.written_at()
    assert result == [sentence.format(line=where)]


@pytest.mark.parametrize("block", ["10.3.0.0/16", "10.2.0.0/15"])
def test_a_peering_called_like_an_environment_is_that_environment(make: Make, block: str) -> None:
    """A stale or too large block is found once, at the peering's line."""
    one = make("a", "10.1.0.0/16", peerings=[("b", block)])

    (problem,) = problems([one, make("b", "10.2.0.0/16")])

    assert problem.message == (
        f"peering 'b' {block} of a is called like the environment 'b', whose VPC is 10.2.0.0/16;"
        " give that block, a part of it, or another name"
    )
    assert (problem.code, problem.where) == ("PeeringMismatch", one.vpc.peerings[0].written_at())


def test_one_environment_is_its_models_business(make: Make) -> None:
    """A reserved part of the own VPC is not held against the VPC itself."""
    one = make("a", "10.1.0.0/16", reserved={"later": "10.1.192.0/20"})

    assert problems([one]) == []


BLOCKS = st.builds(
    lambda address, prefix: IPv4Network((address << 12, prefix), strict=False),
    st.integers(min_value=10 << 12, max_value=(10 << 12) + 63),
    st.integers(min_value=16, max_value=20),
)


@shared_fixture
@given(blocks=st.lists(BLOCKS, max_size=6))
def test_every_overlap_is_found_and_no_other(
    environment: Environment, blocks: list[IPv4Network]
) -> None:
    """The pairs are those that share an address, found by comparing ends."""
    environments = [Make(environment)(f"e{n}", str(block)) for n, block in enumerate(blocks)]
    expected = {
        (f"e{one}", f"e{other}")
        for (one, left), (other, right) in combinations(enumerate(blocks), 2)
        if left[0] <= right[-1] and right[0] <= left[-1]
    }

    found = [message.split(" (")[0].split() for message in messages(*environments)]

    assert {(words[-1], words[3]) for words in found} == expected
    assert len(found) == len(expected)


NETWORKS = st.fixed_dictionaries(
    {
        "cidr": BLOCKS.map(str),
        "zones": st.lists(st.sampled_from("abcdef"), min_size=2, unique=True).map(tuple),
        "tiers": st.just(tuple(Tier)),
    }
)


@shared_fixture
@given(network=NETWORKS, outside=st.booleans())
def test_what_is_used_and_what_is_free_make_up_the_vpc(
    environment: Environment, network: dict[str, Any], *, outside: bool
) -> None:
    """Nothing is counted twice, nothing is left out, and the rows are in order."""
    vpc = IPv4Network(network["cidr"])
    last = list(vpc.subnets(new_prefix=vpc.prefixlen + 3))[-1]
    reserved = {"tail": str(last)} | ({"services": "172.20.0.0/16"} if outside else {})
    made = Make(environment)("shop", **network, reserved=reserved)

    rows = address_map([made]).rows

    parts = [row.block for row in rows if row.use in {"subnet", "later", "reserved", "free"}]
    inside = [block for block in parts if block.subnet_of(vpc)]
    assert sum(block.num_addresses for block in inside) == vpc.num_addresses
    assert not any(one.overlaps(other) for one, other in combinations(inside, 2))
    assert inside == sorted(inside)
    assert len(parts) - len(inside) == outside


@shared_fixture
@given(blocks=st.lists(BLOCKS, max_size=6))
def test_what_no_environment_has_is_free(
    environment: Environment, blocks: list[IPv4Network]
) -> None:
    """Free blocks touch no VPC; with the VPCs they fill the private block."""
    made = [Make(environment)(f"e{n}", str(block)) for n, block in enumerate(blocks)]

    plan = address_map(made)

    distinct = {it for it in blocks if not any(it != o and it.subnet_of(o) for o in blocks)}
    assert not any(free.overlaps(block) for free in plan.free for block in blocks)
    assert sum(it.num_addresses for it in (*plan.free, *distinct)) == PRIVATE_BLOCK.num_addresses


def test_the_next_vpc_follows_the_last_one(make: Make) -> None:
    """Lower gaps are left alone as long as there is room behind, and peered networks are avoided."""
    plan = address_map(
        [
            make("a", "10.50.0.0/16", peerings=[("office", "10.52.0.0/16")]),
            make("b", "10.51.0.0/16"),
        ]
    )

    assert plan.next_vpc == IPv4Network("10.53.0.0/16")


def test_the_next_vpc_goes_into_a_gap_behind_nothing(make: Make) -> None:
    """At the end of the private block the first gap is proposed."""
    plan = address_map([make("a", "10.255.0.0/16")])

    assert plan.next_vpc == IPv4Network("10.0.0.0/16")


def test_the_next_vpc_of_an_empty_plan_is_the_first(make: Make) -> None:
    """Without environments everything is free; a VPC elsewhere changes nothing."""
    assert address_map([]).next_vpc == IPv4Network("10.0.0.0/16")
    assert address_map([make("a", "172.31.0.0/16")]).next_vpc == IPv4Network("10.0.0.0/16")


def test_a_full_private_block_has_no_next_vpc(make: Make) -> None:
    """Then the map says so."""
    plan = address_map([make("a", "172.16.0.0/16", reserved={"all": "10.0.0.0/8"})])

    assert (plan.free, plan.next_vpc) == ((), None)
    assert render(plan).endswith(
        "\nfree in 10.0.0.0/8:\n  nothing\n\nnext /16 for another VPC: none is free"
    )


MAP = """\
environment  use       block           addresses  what
shop-b       vpc       10.2.0.0/20         4,096
             subnet    10.2.0.0/22         1,024  private a
             subnet    10.2.4.0/23           512  private b
             later     10.2.6.0/23           512  private c
             subnet    10.2.8.0/26            64  public a
             subnet    10.2.8.64/26           64  public b
             free      10.2.8.128/25         128  kept for public c
             free      10.2.9.0/24           256
             subnet    10.2.10.0/27           32  database a
             subnet    10.2.10.32/27          32  database b
             free      10.2.10.64/26          64  kept for database c
             free      10.2.10.128/25        128
             free      10.2.11.0/24          256  kept for intra a b c
             free      10.2.12.0/23          512
             free      10.2.14.0/24          256
             reserved  10.2.15.0/24          256  tail
             peering   10.9.0.0/16        65,536  office
             reserved  172.20.0.0/16      65,536  services

free in 10.0.0.0/8:
  10.0.0.0 to 10.1.255.255
  10.2.16.0 to 10.8.255.255
  10.10.0.0 to 10.255.255.255

next /16 for another VPC: 10.3.0.0/16"""


def test_the_map_as_text(make: Make) -> None:
    """Columns are aligned, an environment is named once, and kept slots are visible."""
    second = make(
        "shop-b",
        "10.2.0.0/20",
        zones=("a", "b"),
        peerings=[("office", "10.9.0.0/16")],
        reserved={"tail": "10.2.15.0/24", "services": "172.20.0.0/16"},
        tiers=(Tier.PUBLIC, Tier.PRIVATE, Tier.DATABASE),
        cidrs={
            Tier.PRIVATE: {"a": "10.2.0.0/22", "b": "10.2.4.0/23", "c": "10.2.6.0/23"},
        },
    ).evolve(region="eu-west-1")

    text = render(address_map([second]))

    assert text == MAP


def test_environments_are_in_the_order_of_their_addresses(make: Make) -> None:
    """The map reads like the address space, not like the alphabet."""
    plan = address_map([make("a", "10.9.0.0/16"), make("b", "10.3.0.0/16")])

    assert [row.environment for row in plan.rows if row.use == "vpc"] == ["b", "a"]


def test_a_vpc_too_small_for_slots_keeps_none(make: Make) -> None:
    """Every block is given by hand there, so nothing is kept for later zones."""
    small = make(
        "a",
        "10.1.0.0/24",
        zones=("a", "b"),
        tiers=(Tier.DATABASE,),
        cidrs={Tier.DATABASE: {"a": "10.1.0.0/28", "b": "10.1.0.16/28"}},
        nat_zones=(),
        endpoints=(),
    )

    rows = address_map([small]).rows

    assert {row.label for row in rows if row.use == "free"} == {""}


def test_a_region_without_known_zones_keeps_slots_for_all_letters(make: Make) -> None:
    """A Region that is newer than the table is not short of zones."""
    newer = make("a", "10.1.0.0/16", zones=("a", "b")).evolve(region="xx-east-1")

    labels = {row.label for row in address_map([newer]).rows}

    assert "kept for private e f" in labels


def test_the_map_is_plain_data_for_machines(make: Make) -> None:
    """Blocks are text, as everywhere in JSON."""
    document = address_map([make("a", "10.255.0.0/16", zones=("a", "b"))]).as_dict()

    rows = document["rows"]
    assert isinstance(rows, list)
    assert rows[:2] == [
        {"environment": "a", "use": "vpc", "block": "10.255.0.0/16", "label": ""},
        {"environment": "a", "use": "subnet", "block": "10.255.0.0/20", "label": "private a"},
    ]
    assert (document["within"], document["next_vpc"]) == ("10.0.0.0/8", "10.0.0.0/16")
    assert document["free"] == [
        "10.0.0.0/9", "10.128.0.0/10", "10.192.0.0/11", "10.224.0.0/12", "10.240.0.0/13",
        "10.248.0.0/14", "10.252.0.0/15", "10.254.0.0/16",
    ]  # fmt: skip
    assert address_map([]).as_dict()["free"] == ["10.0.0.0/8"]
