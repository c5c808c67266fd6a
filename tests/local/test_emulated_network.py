"""The real Terraform changes a network in place, and adds a zone to it."""

from __future__ import annotations

import pytest

from tests.local.applied_settings import History

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("settings")]


def test_everything_changes_in_place(settings: History) -> None:
    """Tags, rules, entries, subnet groups and the ACL are updated, never replaced."""
    changes = settings.changes_in("network")
    updated = {address for address, actions in changes.items() if actions == ["update"]}

    assert {tuple(actions) for actions in changes.values()} == {("update",), ("create",)}
    assert updated > {
        "aws_db_subnet_group.main",
        "aws_ec2_managed_prefix_list.office",
        "aws_elasticache_subnet_group.main",
        "aws_network_acl.database",
        "aws_vpc_dhcp_options.main",
        "aws_vpc_security_group_egress_rule.app",
    }


def test_only_the_new_zone_is_made(settings: History) -> None:
    """Nothing of the other zones is made again."""
    changes = settings.changes_in("network")
    created = {address for address, actions in changes.items() if actions == ["create"]}

    assert created != set()
    assert {address for address in created if '["c"]' not in address} == set()
