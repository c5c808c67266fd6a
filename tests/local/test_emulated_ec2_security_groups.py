"""Security group rules: descriptions of every kind of rule, and changes in place."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def ec2(client: Callable[[str], Any]) -> Any:
    """Return the EC2 client."""
    return client("ec2")


@pytest.fixture
def group(ec2: Any, vpc: str) -> str:
    """Return a security group."""
    name = secrets.token_hex(4)
    return str(ec2.create_security_group(GroupName=name, Description="x", VpcId=vpc)["GroupId"])


def _allow(ec2: Any, group: str, **permission: Any) -> Any:
    given = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **permission}
    made = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[given])
    return made["SecurityGroupRules"][0]


def _read(ec2: Any, rule: Any) -> Any:
    identifier = rule["SecurityGroupRuleId"]
    found = ec2.describe_security_group_rules(SecurityGroupRuleIds=[identifier])
    return found["SecurityGroupRules"][0]


def _change(ec2: Any, group: str, rule: Any, **wanted: Any) -> None:
    ec2.modify_security_group_rules(
        GroupId=group,
        SecurityGroupRules=[
            {"SecurityGroupRuleId": rule["SecurityGroupRuleId"], "SecurityGroupRule": wanted}
        ],
    )


def _sources(ec2: Any, group: str) -> dict[str, dict[str, Any]]:
    lists = ec2.describe_prefix_lists()["PrefixLists"]
    return {
        "ipv4": {"IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "why"}]},
        "ipv6": {"Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32", "Description": "why"}]},
        "group": {"UserIdGroupPairs": [{"GroupId": group, "Description": "why"}]},
        "list": {
            "PrefixListIds": [{"PrefixListId": lists[0]["PrefixListId"], "Description": "why"}]
        },
    }


@pytest.mark.parametrize("source", ["ipv4", "ipv6", "group", "list"])
def test_descriptions_read_back(ec2: Any, group: str, source: str) -> None:
    """Whatever the source of a rule, its description is kept."""
    made = _allow(ec2, group, **_sources(ec2, group)[source])

    assert _read(ec2, made)["Description"] == "why"


@pytest.mark.parametrize("source", ["ipv4", "group"])
def test_a_description_is_no_identity(
    ec2: Any, group: str, source: str, refused: Callable[..., str]
) -> None:
    """The same rule with another description is the same rule."""
    permission = _sources(ec2, group)[source]
    _allow(ec2, group, **permission)
    for entries in permission.values():
        entries[0]["Description"] = "another"

    code = refused(
        ec2.authorize_security_group_ingress,
        GroupId=group,
        IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **permission}],
    )

    assert code == "InvalidPermission.Duplicate"


def test_a_group_rule_changes_in_place(ec2: Any, group: str) -> None:
    """Ports, description and the referenced group change, the id stays."""
    made = _allow(ec2, group, **_sources(ec2, group)["group"])

    _change(
        ec2,
        group,
        made,
        IpProtocol="tcp",
        FromPort=80,
        ToPort=81,
        ReferencedGroupId=group,
        Description="changed",
    )

    found = _read(ec2, made)
    assert (found["FromPort"], found["ToPort"]) == (80, 81)
    assert found["Description"] == "changed"
    assert found["ReferencedGroupInfo"]["GroupId"] == group


@pytest.mark.parametrize(
    ("source", "field", "value"),
    [("ipv4", "CidrIpv4", "10.1.0.0/16"), ("ipv6", "CidrIpv6", "2001:db8:1::/48")],
)
def test_a_block_changes_in_place(
    ec2: Any, group: str, source: str, field: str, value: str
) -> None:
    """A rule on a CIDR block takes another block of the same family."""
    made = _allow(ec2, group, **_sources(ec2, group)[source])

    _change(ec2, group, made, IpProtocol="tcp", FromPort=443, ToPort=443, **{field: value})

    assert _read(ec2, made)[field] == value


def test_a_prefix_list_changes_in_place(ec2: Any, group: str) -> None:
    """A rule on a prefix list takes another list."""
    made = _allow(ec2, group, **_sources(ec2, group)["list"])
    other = ec2.describe_prefix_lists()["PrefixLists"][1]["PrefixListId"]

    _change(ec2, group, made, IpProtocol="tcp", FromPort=1, ToPort=2, PrefixListId=other)

    assert _read(ec2, made)["PrefixListId"] == other


def test_a_rule_for_everything_has_no_ports(ec2: Any, group: str) -> None:
    """All protocols need no ports, also when a rule becomes one for them."""
    made = _allow(ec2, group, **_sources(ec2, group)["ipv4"])

    _change(ec2, group, made, IpProtocol="-1", CidrIpv4="10.0.0.0/8")

    found = _read(ec2, made)
    assert found["IpProtocol"] == "-1"
    assert found.get("FromPort", -1) == -1


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({"IpProtocol": "tcp", "CidrIpv4": "10.0.0.0/8"}, "InvalidParameterValue"),
        ({"IpProtocol": "-1", "CidrIpv6": "::/0"}, "InvalidParameterValue"),
        ({"CidrIpv4": "10.0.0.0/8"}, "InvalidParameterValue"),
        ({"IpProtocol": "-1"}, "MissingParameter"),
        (
            {"IpProtocol": "-1", "CidrIpv4": "10.0.0.0/8", "CidrIpv6": "::/0"},
            "InvalidParameterCombination",
        ),
    ],
)
def test_refuses_changes_that_aws_refuses(
    ec2: Any, group: str, refused: Callable[..., str], wanted: Any, expected: str
) -> None:
    """No ports, another kind of source, no protocol, no source, two sources."""
    made = _allow(ec2, group, **_sources(ec2, group)["ipv4"])

    assert refused(lambda: _change(ec2, group, made, **wanted)) == expected


def test_refuses_unknown_rules_and_groups(
    ec2: Any, group: str, refused: Callable[..., str]
) -> None:
    """Each has its own error."""
    rule = {"SecurityGroupRuleId": "sgr-00000000"}
    wanted = {"IpProtocol": "-1", "CidrIpv4": "10.0.0.0/8"}

    unknown_rule = refused(lambda: _change(ec2, group, rule, **wanted))
    unknown_group = refused(lambda: _change(ec2, "sg-00000000", rule, **wanted))

    assert unknown_rule == "InvalidSecurityGroupRuleId.NotFound"
    assert unknown_group == "InvalidGroup.NotFound"
