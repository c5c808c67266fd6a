"""DHCP options keep the tags of their creation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_OPTIONS = [{"Key": "domain-name", "Values": ["dev.internal"]}]


def test_tags_of_creation_read_back(client: Callable[[str], Any]) -> None:
    """Default tags are no difference in the next plan."""
    ec2 = client("ec2")
    tags = [{"Key": "Environment", "Value": "dev"}]

    made = ec2.create_dhcp_options(
        DhcpConfigurations=_OPTIONS,
        TagSpecifications=[{"ResourceType": "dhcp-options", "Tags": tags}],
    )["DhcpOptions"]

    found = ec2.describe_dhcp_options(DhcpOptionsIds=[made["DhcpOptionsId"]])["DhcpOptions"][0]
    assert made["Tags"] == tags
    assert found["Tags"] == tags


def test_refuses_tags_of_another_type(
    client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """A tag specification names the type of what is made."""
    code = refused(
        client("ec2").create_dhcp_options,
        DhcpConfigurations=_OPTIONS,
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}],
    )

    assert code == "InvalidParameter"
