"""Vpc: addresses, subnets, route tables, what AWS makes by default, and subnet groups."""

from __future__ import annotations

from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Template

VPC_ID = "${aws_vpc.Vpc_8378EB38.id}"
EVERY_TIER = (Tier.PUBLIC, Tier.PRIVATE, Tier.INTRA, Tier.DATABASE)


def _vpc(stack: PlatformStack, **fields: Any) -> Vpc:
    key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    config = VpcConfig(cidr=IPv4Network("10.10.0.0/16"), **fields)
    return Vpc(stack, "Vpc", config=config, key=key)


def _names(template: Template, type: str) -> set[str]:
    return {block["tags"]["Name"] for block in template.all(type).values()}


def test_the_network_answers_by_name(stack: PlatformStack) -> None:
    """Hostnames and DNS are on, which private DNS of endpoints needs."""
    _vpc(stack)

    network = Template(stack).only("aws_vpc")

    assert network["cidr_block"] == "10.10.0.0/16"
    assert network["enable_dns_support"] is True
    assert network["enable_dns_hostnames"] is True
    assert network["assign_generated_ipv6_cidr_block"] is False
    assert network["tags"] == {"Name": "shop-prod-vpc"}


@pytest.mark.parametrize(
    ("allow_destroy", "lifecycle"), [(False, {"prevent_destroy": True}), (True, None)]
)
def test_the_network_is_protected_unless_destroying_is_allowed(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool, lifecycle: Any
) -> None:
    """Everything stands in the VPC, so Terraform refuses to destroy it."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    _vpc(stack)

    assert Template(stack).only("aws_vpc").get("lifecycle") == lifecycle


def test_each_tier_has_a_subnet_in_each_zone(stack: PlatformStack) -> None:
    """Blocks and zones follow the plan, and nothing gets a public address by itself."""
    _vpc(stack, tiers=EVERY_TIER, zones=("b", "a"))

    subnets = Template(stack).all("aws_subnet").values()

    placed = {
        (block["tags"]["Name"], block["availability_zone"], block["cidr_block"])
        for block in subnets
    }
    assert placed == {
        ("shop-prod-public-a", "us-east-1a", "10.10.128.0/22"),
        ("shop-prod-public-b", "us-east-1b", "10.10.132.0/22"),
        ("shop-prod-private-a", "us-east-1a", "10.10.0.0/20"),
        ("shop-prod-private-b", "us-east-1b", "10.10.16.0/20"),
        ("shop-prod-intra-a", "us-east-1a", "10.10.176.0/24"),
        ("shop-prod-intra-b", "us-east-1b", "10.10.177.0/24"),
        ("shop-prod-database-a", "us-east-1a", "10.10.160.0/23"),
        ("shop-prod-database-b", "us-east-1b", "10.10.162.0/23"),
    }
    assert {block["map_public_ip_on_launch"] for block in subnets} == {False}
    assert {block["vpc_id"] for block in subnets} == {VPC_ID}


def test_subnets_are_ipv4_only_by_default(stack: PlatformStack) -> None:
    """Without ``ipv6`` no subnet has an IPv6 block."""
    _vpc(stack)

    subnets = Template(stack).all("aws_subnet").values()

    assert all("ipv6_cidr_block" not in block for block in subnets)
    assert {block["assign_ipv6_address_on_creation"] for block in subnets} == {False}


def test_subnets_have_ipv6_blocks_when_asked(stack: PlatformStack) -> None:
    """Each subnet has its reserved /64; every tier but public hands out its addresses."""
    _vpc(stack, ipv6=True, zones=("a", "c"))

    template = Template(stack)

    given = {
        block["tags"]["Name"]: (block["ipv6_cidr_block"], block["assign_ipv6_address_on_creation"])
        for block in template.all("aws_subnet").values()
    }
    cidrsubnet = "${{cidrsubnet(aws_vpc.Vpc_8378EB38.ipv6_cidr_block, 8, {})}}"
    assert template.only("aws_vpc")["assign_generated_ipv6_cidr_block"] is True
    assert given == {
        "shop-prod-private-a": (cidrsubnet.format(0), True),
        "shop-prod-private-c": (cidrsubnet.format(2), True),
        "shop-prod-public-a": (cidrsubnet.format(8), False),
        "shop-prod-public-c": (cidrsubnet.format(10), False),
        "shop-prod-database-a": (cidrsubnet.format(16), True),
        "shop-prod-database-c": (cidrsubnet.format(18), True),
    }


def test_private_zones_have_route_tables_of_their_own(stack: PlatformStack) -> None:
    """The zones of every other tier share one table."""
    vpc = _vpc(stack, tiers=EVERY_TIER)

    template = Template(stack)

    assert _names(template, "aws_route_table") == {
        "shop-prod-public", "shop-prod-intra", "shop-prod-database",
        "shop-prod-private-a", "shop-prod-private-b", "shop-prod-private-c",
    }  # fmt: skip
    assert set(vpc.route_table_ids) == {
        "public", "intra", "database", "private-a", "private-b", "private-c",
    }  # fmt: skip


def test_each_subnet_uses_its_route_table(stack: PlatformStack) -> None:
    """Associations are resources of their own, one for each subnet."""
    _vpc(stack, tiers=EVERY_TIER, zones=("a", "b"))

    template = Template(stack)

    def name(type: str, reference: str) -> str:
        address = reference.removeprefix(f"${{{type}.").removesuffix(".id}")
        tag: str = template.all(type)[address]["tags"]["Name"]
        return tag.removeprefix("shop-prod-")

    pairs = {
        name("aws_subnet", block["subnet_id"]): name("aws_route_table", block["route_table_id"])
        for block in template.all("aws_route_table_association").values()
    }
    assert pairs == {
        "public-a": "public", "public-b": "public",
        "private-a": "private-a", "private-b": "private-b",
        "intra-a": "intra", "intra-b": "intra",
        "database-a": "database", "database-b": "database",
    }  # fmt: skip


def test_the_default_security_group_lets_nothing_through(stack: PlatformStack) -> None:
    """Empty lists make the provider remove every rule, also one that is added later."""
    _vpc(stack)

    group = Template(stack).only("aws_default_security_group")

    assert group == {
        "vpc_id": VPC_ID,
        "ingress": [],
        "egress": [],
        "tags": {"Name": "shop-prod-defaults-unused"},
    }


def test_the_default_route_table_leads_nowhere(stack: PlatformStack) -> None:
    """A subnet that is made by hand reaches only the VPC."""
    _vpc(stack)

    table = Template(stack).only("aws_default_route_table")

    assert table == {
        "default_route_table_id": "${aws_vpc.Vpc_8378EB38.default_route_table_id}",
        "route": [],
        "tags": {"Name": "shop-prod-defaults-unused"},
    }


@pytest.mark.parametrize(
    ("ipv6", "rules"),
    [
        (False, {(100, "0.0.0.0/0")}),
        (True, {(100, "0.0.0.0/0"), (101, "::/0")}),
    ],
)
def test_the_default_network_acl_is_adopted_as_aws_made_it(
    stack: PlatformStack, *, ipv6: bool, rules: set[tuple[int, str]]
) -> None:
    """The tiers without an ACL of their own use it, and AWS keeps the list of them."""
    _vpc(stack, ipv6=ipv6)

    acl = Template(stack).only("aws_default_network_acl")

    for direction in ("ingress", "egress"):
        assert {
            (rule["rule_no"], rule.get("cidr_block") or rule["ipv6_cidr_block"])
            for rule in acl[direction]
        } == rules
        assert {(rule["action"], rule["protocol"]) for rule in acl[direction]} == {("allow", "-1")}
    assert acl["default_network_acl_id"] == "${aws_vpc.Vpc_8378EB38.default_network_acl_id}"
    assert acl["lifecycle"] == {"ignore_changes": ["subnet_ids"]}
    assert acl["tags"] == {"Name": "shop-prod-defaults"}


def test_subnet_groups_span_the_database_subnets(stack: PlatformStack) -> None:
    """Both groups list the subnets in the order of the zone letters."""
    _vpc(stack, zones=("c", "a"))

    template = Template(stack)

    subnets = ["${aws_subnet.Vpc_Database_SubnetA_B146A316.id}",
               "${aws_subnet.Vpc_Database_SubnetC_AC0491DF.id}"]  # fmt: skip
    common = {"name": "shop-prod-vpc", "subnet_ids": subnets}
    assert template.only("aws_db_subnet_group") == common | {"description": "Databases of the VPC"}
    assert template.only("aws_elasticache_subnet_group") == common | {
        "description": "Caches of the VPC"
    }


def test_subnet_groups_can_span_another_tier(stack: PlatformStack) -> None:
    """A network without a database tier puts databases elsewhere."""
    _vpc(
        stack,
        zones=("a", "b"),
        tiers=(Tier.PUBLIC, Tier.PRIVATE),
        subnet_group_tier=Tier.PRIVATE,
    )

    assert Template(stack).only("aws_db_subnet_group")["subnet_ids"] == [
        "${aws_subnet.Vpc_Private_SubnetA_B32E948D.id}",
        "${aws_subnet.Vpc_Private_SubnetB_90D7C178.id}",
    ]


def test_gives_what_others_ask_for(stack: PlatformStack) -> None:
    """What it gives refers to its resources; zones come in the letters' order."""
    vpc = _vpc(stack, zones=("c", "a"), nat_zones=("a",))
    given = {
        "vpc_id": vpc.vpc_id,
        "subnet_ids": vpc.subnet_ids(Tier.DATABASE),
        "route_table_id": vpc.route_table_ids["private-c"],
        "nat_gateway_ids": vpc.nat_gateway_ids,
        "nat_public_ips": vpc.nat_public_ips,
        "db_subnet_group_name": vpc.db_subnet_group_name,
        "elasticache_subnet_group_name": vpc.elasticache_subnet_group_name,
    }
    for name, value in given.items():
        publish(stack, name, value, description=name)

    template = Template(stack)

    nat = "aws_nat_gateway.Vpc_Nat_GatewayA_097D2D4C"
    groups = "Vpc_SubnetGroups"
    assert {name: template.output(name) for name in given} == {
        "vpc_id": VPC_ID,
        "subnet_ids": {
            "a": "${aws_subnet.Vpc_Database_SubnetA_B146A316.id}",
            "c": "${aws_subnet.Vpc_Database_SubnetC_AC0491DF.id}",
        },
        "route_table_id": "${aws_route_table.Vpc_Private_RouteTableC_77FB895C.id}",
        "nat_gateway_ids": {"a": f"${{{nat}.id}}"},
        "nat_public_ips": {"a": f"${{{nat}.public_ip}}"},
        "db_subnet_group_name": f"${{aws_db_subnet_group.{groups}_Database_F26A40EC.name}}",
        "elasticache_subnet_group_name": (
            f"${{aws_elasticache_subnet_group.{groups}_Cache_C69F1130.name}}"
        ),
    }
    assert list(vpc.subnet_ids(Tier.PUBLIC)) == ["a", "c"]
    assert vpc.cidr == IPv4Network("10.10.0.0/16")


def test_a_tier_that_is_not_there_is_refused(stack: PlatformStack) -> None:
    """The sentence says which tiers there are."""
    vpc = _vpc(stack)

    with pytest.raises(PlatformError) as refused:
        vpc.subnet_ids(Tier.INTRA)

    assert str(refused.value) == (
        "shop-prod-test/Vpc: the VPC has no intra subnets; its tiers are public, private,"
        " database: use one of them, or add 'intra' to tiers [NoSuchTier]"
    )


def test_the_ids_that_are_given_are_copies(stack: PlatformStack) -> None:
    """A caller that changes its mapping does not change the network's."""
    vpc = _vpc(stack)

    vpc.subnet_ids(Tier.PUBLIC).clear()

    assert set(vpc.subnet_ids(Tier.PUBLIC)) == {"a", "b", "c"}


def _kubernetes_tags(template: Template, tier: str) -> dict[str, str]:
    subnets = [
        block["tags"]
        for block in template.all("aws_subnet").values()
        if block["tags"]["Name"].startswith(f"shop-prod-{tier}-")
    ]
    (tags,) = {tuple(sorted((subnet | {"Name": ""}).items())) for subnet in subnets}
    return {key: value for key, value in tags if key != "Name"}


@pytest.mark.parametrize("tier", EVERY_TIER)
def test_subnets_carry_no_kubernetes_tags_without_a_cluster(
    stack: PlatformStack, tier: Tier
) -> None:
    """A load balancer controller finds no subnets where there is no cluster."""
    _vpc(stack, tiers=EVERY_TIER)

    assert _kubernetes_tags(Template(stack), tier) == {}


@pytest.mark.parametrize(
    ("tier", "tags"),
    [
        (
            Tier.PUBLIC,
            {
                "kubernetes.io/role/elb": "1",
                "kubernetes.io/cluster/shop": "shared",
                "kubernetes.io/cluster/tools": "shared",
            },
        ),
        (
            Tier.PRIVATE,
            {
                "kubernetes.io/role/internal-elb": "1",
                "kubernetes.io/cluster/shop": "shared",
                "kubernetes.io/cluster/tools": "shared",
                "karpenter.sh/discovery": "shop",
            },
        ),
        (Tier.INTRA, {}),
        (Tier.DATABASE, {}),
    ],
)
def test_clusters_find_public_and_private_subnets(
    stack: PlatformStack, tier: Tier, tags: dict[str, str]
) -> None:
    """Public subnets take load balancers, private ones internal ones and Karpenter's nodes."""
    _vpc(stack, tiers=EVERY_TIER, kubernetes_clusters=("shop", "tools"))

    assert _kubernetes_tags(Template(stack), tier) == tags
