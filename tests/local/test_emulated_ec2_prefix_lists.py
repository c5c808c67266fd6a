"""Managed prefix lists: versions, entries and names change as AWS changes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

_OFFICE = {"Cidr": "203.0.113.0/24", "Description": "office"}
_HOME = {"Cidr": "198.51.100.0/24", "Description": "home"}


@pytest.fixture
def ec2(client: Callable[[str], Any]) -> Any:
    """Return the EC2 client."""
    return client("ec2")


@pytest.fixture
def made(ec2: Any) -> str:
    """Return a list of one entry."""
    answer = ec2.create_managed_prefix_list(
        PrefixListName="people", AddressFamily="IPv4", MaxEntries=2, Entries=[_OFFICE]
    )
    return str(answer["PrefixList"]["PrefixListId"])


def _entries(ec2: Any, made: str) -> list[dict[str, str]]:
    found: list[dict[str, str]] = ec2.get_managed_prefix_list_entries(PrefixListId=made)["Entries"]
    return found


def test_entries_change_by_version(ec2: Any, made: str) -> None:
    """An entry taken and put back with another description is there once."""
    ec2.modify_managed_prefix_list(
        PrefixListId=made, CurrentVersion=1, RemoveEntries=[{"Cidr": _OFFICE["Cidr"]}]
    )
    changed = {**_OFFICE, "Description": "new office"}

    answer = ec2.modify_managed_prefix_list(
        PrefixListId=made, CurrentVersion=2, AddEntries=[changed, _HOME]
    )

    assert _entries(ec2, made) == [changed, _HOME]
    assert answer["PrefixList"]["Version"] == 3
    assert answer["PrefixList"]["PrefixListName"] == "people"


def test_name_and_size_change_without_a_version(ec2: Any, made: str) -> None:
    """They are no entries."""
    ec2.modify_managed_prefix_list(PrefixListId=made, PrefixListName="staff")
    answer = ec2.modify_managed_prefix_list(PrefixListId=made, MaxEntries=9)

    found = answer["PrefixList"]
    assert (found["PrefixListName"], found["MaxEntries"], found["Version"]) == ("staff", 9, 1)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"CurrentVersion": 7, "AddEntries": [_HOME]}, "PrefixListVersionMismatch"),
        (
            {"CurrentVersion": 1, "RemoveEntries": [{"Cidr": "192.0.2.0/24"}]},
            "InvalidParameterValue",
        ),
        (
            {
                "CurrentVersion": 1,
                "AddEntries": [_OFFICE],
                "RemoveEntries": [{"Cidr": _OFFICE["Cidr"]}],
            },
            "InvalidParameterValue",
        ),
        (
            {"CurrentVersion": 1, "AddEntries": [_HOME, {"Cidr": "192.0.2.0/24"}]},
            "PrefixListMaxEntriesExceeded",
        ),
        (
            {"CurrentVersion": 1, "AddEntries": [_HOME], "MaxEntries": 5},
            "InvalidParameterCombination",
        ),
    ],
)
def test_refuses_changes_that_aws_refuses(
    ec2: Any, made: str, refused: Callable[..., str], change: Any, expected: str
) -> None:
    """Old versions, unknown entries, both ways at once, too many, both kinds at once."""
    code = refused(ec2.modify_managed_prefix_list, PrefixListId=made, **change)

    assert code == expected
    assert _entries(ec2, made) == [_OFFICE]


@pytest.mark.parametrize("action", ["modify_managed_prefix_list", "delete_managed_prefix_list"])
def test_refuses_an_unknown_list(ec2: Any, refused: Callable[..., str], action: str) -> None:
    """Moto crashes here."""
    code = refused(getattr(ec2, action), PrefixListId="pl-00000000")

    assert code == "InvalidPrefixListID.NotFound"


def test_refuses_to_change_aws_own_lists(ec2: Any, refused: Callable[..., str]) -> None:
    """S3's addresses are not ours."""
    own = ec2.describe_prefix_lists()["PrefixLists"][0]["PrefixListId"]

    code = refused(ec2.modify_managed_prefix_list, PrefixListId=own, PrefixListName="mine")

    assert code == "InvalidOperation"


def test_delete_ends_a_list(ec2: Any, made: str, refused: Callable[..., str]) -> None:
    """What is gone cannot be changed."""
    ec2.delete_managed_prefix_list(PrefixListId=made)

    code = refused(ec2.modify_managed_prefix_list, PrefixListId=made, PrefixListName="x")

    assert code == "InvalidPrefixListID.NotFound"
