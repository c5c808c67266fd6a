"""Managed prefix lists: changes of entries.

Upstream gap: moto's ModifyManagedPrefixList starts from any version that the caller names instead
of refusing an old one, keeps an entry whose description changed beside the new one, forgets the
name when only entries change, drops MaxEntries, and crashes on a list that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]


def install() -> None:
    """Patch moto."""
    replace(EC2Response)(modify_managed_prefix_list)
    replace(EC2Response)(delete_managed_prefix_list)


def _list(response: Any) -> Any:
    identifier = response._get_param("PrefixListId")  # noqa: SLF001 - moto's own way to read it
    found = response.ec2_backend.managed_prefix_lists.get(identifier)
    if found is None or found.state == "delete-complete":
        raise AwsError(
            "InvalidPrefixListID.NotFound", f"The prefix list ID '{identifier}' does not exist."
        )
    if found.owner_id == "AWS":
        raise AwsError("InvalidOperation", f"The prefix list {identifier} is managed by AWS.")
    return found


def _changed(found: Any, added: list[Any], removed: list[Any]) -> list[dict[str, str]]:
    entries: dict[str, dict[str, str]] = {
        entry["Cidr"]: entry for entry in found.entries.get(found.version) or []
    }
    added_blocks = {entry["Cidr"] for entry in added}
    for entry in removed:
        if entry["Cidr"] in added_blocks:
            raise AwsError(
                "InvalidParameterValue",
                f"The CIDR {entry['Cidr']} cannot be both added and removed.",
            )
        if entries.pop(entry["Cidr"], None) is None:
            raise AwsError(
                "InvalidParameterValue", f"The CIDR {entry['Cidr']} does not exist in the list."
            )
    entries.update({entry["Cidr"]: entry for entry in added})
    return list(entries.values())


def modify_managed_prefix_list(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make the next version of a list from its current one."""
    del original

    def modify(self: Any) -> ActionResult:
        found = _list(self)
        added, removed = self._get_param("AddEntries", []), self._get_param("RemoveEntries", [])
        current = self._get_param("CurrentVersion")
        maximum = self._get_param("MaxEntries")
        if (added or removed) and maximum is not None:
            raise AwsError(
                "InvalidParameterCombination", "Entries and MaxEntries cannot change together."
            )
        if (added or removed) and current != found.version:
            raise AwsError(
                "PrefixListVersionMismatch",
                f"The prefix list has the version {found.version}, not {current}.",
            )
        entries = _changed(found, added, removed)
        limit = int(found.max_entries if maximum is None else maximum)
        if len(entries) > limit:
            raise AwsError(
                "PrefixListMaxEntriesExceeded",
                f"You've reached the maximum number of entries ({limit}) for the prefix list.",
            )
        found.max_entries = limit
        if added or removed:
            found.version += 1
            found.entries[found.version] = entries
        found.prefix_list_name = self._get_param("PrefixListName") or found.prefix_list_name
        found.state = "modify-complete"
        return ActionResult({"PrefixList": found})

    return modify


def delete_managed_prefix_list(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a list that does not exist, which moto crashes on."""

    def delete(self: Any) -> Any:
        _list(self)
        return original(self)

    return delete
