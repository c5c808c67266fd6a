"""Connections: a security group for each construct, and rules that the dependent owns."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import cdktf
import pytest

from platform_lib.core.connections import HTTPS, Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.testing.template import Block, Template

INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"


class _Network:
    """A VPC that is there."""

    vpc_id = "vpc-0123456789abcdef0"


class _Server(PlatformConstruct):
    """Something with a security group."""

    def __init__(
        self, scope: PlatformStack | PlatformConstruct, id: str, listens_on: Port | None = None
    ) -> None:
        super().__init__(scope, id)
        self.connections = Connections(
            self, vpc=_Network(), description=f"{id} of the test", listens_on=listens_on
        )


@pytest.fixture
def stack_named(environment: Environment, tmp_path: Path) -> Callable[[str], PlatformStack]:
    """Return a function that makes stacks of one app."""
    app = cdktf.Testing.app(outdir=str(tmp_path))
    return lambda name: PlatformStack(app, name, target=environment)


def _ends(rule: Block) -> tuple[str, str, int, int]:
    return (
        rule["security_group_id"],
        rule["referenced_security_group_id"],
        rule["from_port"],
        rule["to_port"],
    )


def _group(name: str) -> str:
    hashes = {"Api": "683A2EC0", "Orders": "C746D981"}
    return f"${{aws_security_group.{name}_Connections_{hashes[name]}.id}}"


def test_a_security_group_opens_nothing(stack: PlatformStack) -> None:
    """Deny by default: a group alone has no rule, in it or beside it."""
    _Server(stack, "Orders", Port(5432))

    template = Template(stack)

    assert template.only("aws_security_group") == {
        "name_prefix": "shop-prod-orders-",
        "description": "Orders of the test",
        "vpc_id": "vpc-0123456789abcdef0",
        "tags": {"Name": "shop-prod-orders"},
        "lifecycle": {"create_before_destroy": True},
    }
    assert (template.count(INGRESS), template.count(EGRESS)) == (0, 0)


def test_a_call_opens_both_ends(stack: PlatformStack) -> None:
    """The caller may leave and the callee lets it in, on the port that the callee listens on."""
    orders = _Server(stack, "Orders", Port(5432))
    api = _Server(stack, "Api", HTTPS)

    api.connections.allow_to(orders, description="reads orders")

    template = Template(stack)
    egress, ingress = template.only(EGRESS), template.only(INGRESS)
    assert _ends(egress) == (_group("Api"), _group("Orders"), 5432, 5432)
    assert _ends(ingress) == (_group("Orders"), _group("Api"), 5432, 5432)
    assert {egress["description"], ingress["description"]} == {"reads orders"}
    assert {egress["ip_protocol"], ingress["ip_protocol"]} == {"tcp"}


def test_the_callee_can_open_the_same_path(stack: PlatformStack) -> None:
    """Whoever comes later says it; the traffic flows the same way."""
    api = _Server(stack, "Api")
    orders = _Server(stack, "Orders", Port(5432))

    orders.connections.allow_from(api, description="API reads orders")

    template = Template(stack)
    assert _ends(template.only(EGRESS)) == (_group("Api"), _group("Orders"), 5432, 5432)
    assert _ends(template.only(INGRESS)) == (_group("Orders"), _group("Api"), 5432, 5432)


def test_the_same_path_is_opened_once(stack: PlatformStack) -> None:
    """Two reasons for one path make one rule, which keeps the first description."""
    orders = _Server(stack, "Orders", Port(5432))
    api = _Server(stack, "Api")
    api.connections.allow_to(orders, description="reads orders")

    api.connections.allow_to(orders, description="writes orders")

    template = Template(stack)
    assert template.only(EGRESS)["description"] == "reads orders"
    assert template.only(INGRESS)["description"] == "reads orders"


def test_a_range_of_ports_is_one_rule(stack: PlatformStack) -> None:
    """Its first and last port are the rule's."""
    games = _Server(stack, "Orders", Port(7000, protocol="udp", last=7010))
    api = _Server(stack, "Api")

    api.connections.allow_to(games, description="plays")

    rule = Template(stack).only(EGRESS)
    assert (rule["ip_protocol"], rule["from_port"], rule["to_port"]) == ("udp", 7000, 7010)


@pytest.mark.parametrize(
    ("cidr", "field", "other"),
    [
        (IPv4Network("192.168.0.0/16"), "cidr_ipv4", "cidr_ipv6"),
        (IPv6Network("2001:db8::/32"), "cidr_ipv6", "cidr_ipv4"),
    ],
)
def test_an_address_block_can_call(
    stack: PlatformStack, cidr: IPv4Network | IPv6Network, field: str, other: str
) -> None:
    """What is outside the platform has no security group, only addresses."""
    api = _Server(stack, "Api", HTTPS)
    api.connections.allow_from_cidr(cidr, description="the office")

    api.connections.allow_from_cidr(cidr, description="the office again")

    template = Template(stack)
    rule = template.only(INGRESS)
    assert rule[field] == str(cidr)
    assert other not in rule
    assert "referenced_security_group_id" not in rule
    assert (rule["from_port"], rule["to_port"], rule["description"]) == (443, 443, "the office")
    assert template.count(EGRESS) == 0


@pytest.mark.parametrize(
    ("cidr", "field"),
    [
        (IPv4Network("0.0.0.0/0"), "cidr_ipv4"),
        (IPv6Network("::/0"), "cidr_ipv6"),
    ],
)
def test_an_address_block_can_be_called(
    stack: PlatformStack, cidr: IPv4Network | IPv6Network, field: str
) -> None:
    """The port is that of whoever is called, so it has to be said."""
    api = _Server(stack, "Api")
    api.connections.allow_to_cidr(cidr, HTTPS, description="partners")

    api.connections.allow_to_cidr(cidr, HTTPS, description="partners again")

    template = Template(stack)
    rule = template.only(EGRESS)
    assert rule[field] == str(cidr)
    assert (rule["from_port"], rule["to_port"], rule["description"]) == (443, 443, "partners")
    assert template.count(INGRESS) == 0


def test_blocks_that_read_alike_have_rules_of_their_own(stack: PlatformStack) -> None:
    """10.1.0.0/16 and 10.10.0.0/16 stay apart, whatever is left out of an id."""
    api = _Server(stack, "Api", HTTPS)

    api.connections.allow_from_cidr(IPv4Network("10.1.0.0/16"), description="one")
    api.connections.allow_from_cidr(IPv4Network("10.10.0.0/16"), description="other")
    api.connections.allow_from_cidr(IPv4Network("101.0.0.0/16"), description="third")

    rules = Template(stack).all(INGRESS).values()
    assert {rule["cidr_ipv4"] for rule in rules} == {"10.1.0.0/16", "10.10.0.0/16", "101.0.0.0/16"}


@pytest.mark.parametrize(
    ("verb", "asked"),
    [("allow_to", "Api"), ("allow_from", "Worker"), ("allow_from_cidr", "Worker")],
)
def test_what_listens_on_nothing_cannot_be_called(
    stack: PlatformStack, verb: str, asked: str
) -> None:
    """The sentence names who asked, the callee and the fix."""
    silent = _Server(stack, "Worker").connections
    caller = _Server(stack, "Api", HTTPS)
    calls = {
        "allow_to": lambda: caller.connections.allow_to(silent.owner, description="x"),  # type: ignore[arg-type] # the owner has connections
        "allow_from": lambda: silent.allow_from(caller, description="x"),
        "allow_from_cidr": lambda: silent.allow_from_cidr(
            IPv4Network("10.0.0.0/8"), description="x"
        ),
    }

    with pytest.raises(PlatformError) as refused:
        calls[verb]()

    assert str(refused.value) == (
        f"shop-prod-test/{asked}/Connections: 'shop-prod-test/Worker' listens on no port, so"
        " nothing can call it; give its connections listens_on [ListensOnNothing]"
    )
    assert Template(stack).paths().get(INGRESS, []) == []


def test_the_later_stack_owns_both_ends(
    stack_named: Callable[[str], PlatformStack],
) -> None:
    """The earlier stack does not change, so neither stack ever waits for the other in a circle."""
    data, services = stack_named("data"), stack_named("services")
    orders = _Server(data, "Orders", Port(5432))
    api = _Server(services, "Api")

    api.connections.allow_to(orders, description="reads orders")

    later, earlier = Template(services), Template(data)
    assert (later.count(EGRESS), later.count(INGRESS)) == (1, 1)
    assert (earlier.count(EGRESS), earlier.count(INGRESS)) == (0, 0)
    assert [stack.node.id for stack in services.dependencies] == ["shop-prod-data"]
    assert data.dependencies == []


def test_the_later_stack_can_be_the_one_that_is_called(
    stack_named: Callable[[str], PlatformStack],
) -> None:
    """A service lets the load balancer of an earlier stack in: it owns that rule pair too."""
    ecs, services = stack_named("ecs"), stack_named("services")
    load_balancer = _Server(ecs, "LoadBalancer", HTTPS)
    api = _Server(services, "Api", Port(8000))

    api.connections.allow_from(load_balancer, description="forwards requests")

    later, earlier = Template(services), Template(ecs)
    assert later.only(INGRESS)["security_group_id"] == _group("Api")
    assert later.only(EGRESS)["referenced_security_group_id"] == _group("Api")
    assert earlier.count(EGRESS) == 0
    assert [stack.node.id for stack in services.dependencies] == ["shop-prod-ecs"]
    assert ecs.dependencies == []


def test_rules_are_named_after_the_others_stack_and_path(
    stack_named: Callable[[str], PlatformStack],
) -> None:
    """Two callees of the same name in two stacks have rules of their own."""
    data, cache, services = stack_named("data"), stack_named("cache"), stack_named("services")
    api = _Server(services, "Api")
    for stack in (data, cache):
        orders = _Server(stack, "Orders", Port(5432))
        api.connections.allow_to(orders, description=f"reads from {stack.name}")

    paths = Template(services).paths()

    assert paths[EGRESS] == [
        "shop-prod-services/Api/Connections/ToCacheOrdersPort5432Egress",
        "shop-prod-services/Api/Connections/ToDataOrdersPort5432Egress",
    ]
    assert paths[INGRESS] == [
        "shop-prod-services/Api/Connections/ToCacheOrdersPort5432Ingress",
        "shop-prod-services/Api/Connections/ToDataOrdersPort5432Ingress",
    ]


@pytest.mark.parametrize(
    ("port", "written"),
    [
        (Port(443), "443"),
        (Port(53, protocol="udp"), "udp53"),
        (Port(1024, last=65535), "1024to65535"),
        (Port(7000, protocol="udp", last=7010), "udp7000to7010"),
    ],
)
def test_ports_are_written_into_ids(port: Port, written: str) -> None:
    """An id tells protocol and range apart."""
    assert str(port) == written


@pytest.mark.parametrize(("port", "number"), [(None, 443), (Port(80), 80)])
def test_a_block_or_a_prefix_list_calls_the_port_it_listens_on_or_another(
    stack_named: Callable[[str], PlatformStack], port: Port | None, number: int
) -> None:
    """A load balancer listens on 443, and on 80 to redirect."""
    stack = stack_named("ecs")
    server = _Server(stack, "Web", HTTPS)

    block = IPv4Network("203.0.113.0/24")
    server.connections.allow_from_cidr(block, description="The office", port=port)
    server.connections.allow_from_prefix_list("pl-63a5400a", description="The edge", port=port)
    server.connections.allow_from_prefix_list("pl-63a5400a", description="The edge", port=port)

    rules = Template(stack).all(INGRESS).values()
    assert [(it["from_port"], it["to_port"]) for it in rules] == [(number, number)] * 2
    assert [it.get("cidr_ipv4") for it in rules] == ["203.0.113.0/24", None]
    assert [it.get("prefix_list_id") for it in rules] == [None, "pl-63a5400a"]
