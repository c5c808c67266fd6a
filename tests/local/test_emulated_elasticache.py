"""ElastiCache subnet groups are changed in place and deleted, and protected while in use."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def elasticache(client: Callable[[str], Any]) -> Any:
    """Return the ElastiCache client."""
    return client("elasticache")


@pytest.fixture
def group(elasticache: Any, subnets: list[str]) -> str:
    """Return a group of the first two subnets, with a tag."""
    name = f"group-{secrets.token_hex(4)}"
    elasticache.create_cache_subnet_group(
        CacheSubnetGroupName=name,
        CacheSubnetGroupDescription="caches",
        SubnetIds=subnets[:2],
        Tags=[{"Key": "a", "Value": "b"}],
    )
    return name


def _read(elasticache: Any, name: str) -> Any:
    found = elasticache.describe_cache_subnet_groups(CacheSubnetGroupName=name)
    return found["CacheSubnetGroups"][0]


def _members(found: Any) -> list[str]:
    return [subnet["SubnetIdentifier"] for subnet in found["Subnets"]]


def test_a_subnet_is_added(elasticache: Any, group: str, subnets: list[str]) -> None:
    """Description and tags stay."""
    answer = elasticache.modify_cache_subnet_group(CacheSubnetGroupName=group, SubnetIds=subnets)

    found = _read(elasticache, group)
    tags = elasticache.list_tags_for_resource(ResourceName=found["ARN"])["TagList"]
    assert sorted(_members(answer["CacheSubnetGroup"])) == sorted(subnets)
    assert sorted(_members(found)) == sorted(subnets)
    assert found["CacheSubnetGroupDescription"] == "caches"
    assert tags == [{"Key": "a", "Value": "b"}]


def test_the_description_changes_alone(elasticache: Any, group: str, subnets: list[str]) -> None:
    """The subnets stay."""
    elasticache.modify_cache_subnet_group(
        CacheSubnetGroupName=group, CacheSubnetGroupDescription="changed"
    )

    found = _read(elasticache, group)
    assert found["CacheSubnetGroupDescription"] == "changed"
    assert sorted(_members(found)) == sorted(subnets[:2])


def test_delete_ends_the_group(elasticache: Any, group: str, refused: Callable[..., str]) -> None:
    """Afterwards it is not found."""
    elasticache.delete_cache_subnet_group(CacheSubnetGroupName=group)

    code = refused(elasticache.describe_cache_subnet_groups, CacheSubnetGroupName=group)

    assert code == "CacheSubnetGroupNotFoundFault"


@pytest.mark.parametrize("action", ["modify_cache_subnet_group", "delete_cache_subnet_group"])
def test_refuses_an_unknown_group(
    elasticache: Any, refused: Callable[..., str], action: str
) -> None:
    """Both say that it is not found."""
    code = refused(getattr(elasticache, action), CacheSubnetGroupName="none")

    assert code == "CacheSubnetGroupNotFoundFault"


def test_refuses_subnets_that_do_not_exist(
    elasticache: Any, group: str, refused: Callable[..., str]
) -> None:
    """On change and on creation."""
    unknown = ["subnet-00000000"]

    changed = refused(
        elasticache.modify_cache_subnet_group, CacheSubnetGroupName=group, SubnetIds=unknown
    )
    created = refused(
        elasticache.create_cache_subnet_group,
        CacheSubnetGroupName="another",
        CacheSubnetGroupDescription="x",
        SubnetIds=unknown,
    )

    assert (changed, created) == ("InvalidSubnet", "InvalidSubnet")


def test_refuses_to_delete_a_group_in_use(
    elasticache: Any, group: str, refused: Callable[..., str]
) -> None:
    """A cache keeps its group."""
    elasticache.create_cache_cluster(
        CacheClusterId=f"cache-{secrets.token_hex(4)}",
        CacheNodeType="cache.t4g.micro",
        Engine="redis",
        NumCacheNodes=1,
        CacheSubnetGroupName=group,
    )

    code = refused(elasticache.delete_cache_subnet_group, CacheSubnetGroupName=group)

    assert code == "CacheSubnetGroupInUse"
