"""Renames, departures and adoptions of resources, written as Terraform blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from cdktf import TerraformResource, TerraformStack
from constructs import Construct, IConstruct

from platform_lib.core._logical_ids import logical_id
from platform_lib.errors import Location, PlatformError


def path_in_stack(construct: IConstruct) -> str:
    """Return the ids from the stack down to ``construct``, joined by slashes."""
    stack = TerraformStack.of(construct)
    path: str = construct.node.path
    return path.removeprefix(stack.node.path).lstrip("/")


def resources_below(construct: Construct) -> Iterator[TerraformResource]:
    """Yield every managed resource at or below ``construct``."""
    for node in construct.node.find_all():
        if isinstance(node, TerraformResource):
            yield node


def address(resource: TerraformResource) -> str:
    """Return the Terraform address of a resource, for example ``aws_vpc.Vpc_8378EB38``."""
    return f"{resource.terraform_resource_type}.{resource.friendly_unique_id}"


def moved_blocks(stack: TerraformStack, renames: Mapping[str, str]) -> list[dict[str, str]]:
    """Return a ``moved`` block for every resource below each new path.

    Raises:
        PlatformError: ``NothingToRename`` if there is no construct at a new path.
    """
    blocks = []
    for new, old in sorted(renames.items()):
        construct = _at(stack, new)
        if construct is None:
            raise PlatformError(
                "NothingToRename",
                f"rename({old!r}, {new!r}) finds no construct at {new!r}; construct it there",
                where=stack.node.path,
            )
        for resource in resources_below(construct):
            path = path_in_stack(resource)
            before = old + path.removeprefix(new)
            kind = resource.terraform_resource_type
            blocks.append(
                {"from": f"{kind}.{logical_id(before.split('/'))}", "to": address(resource)}
            )
    return blocks


def take_out(stack: TerraformStack, path: str) -> list[dict[str, object]]:
    """Remove the construct at ``path`` from the tree; return a ``removed`` block per resource.

    A path with a full stop is the address of a resource whose construct is gone already.

    Raises:
        PlatformError: ``NothingToForget`` if there is no construct at the path.
    """
    if "." in path:
        return [_removed(path)]
    construct = _at(stack, path)
    if construct is None:
        raise PlatformError(
            "NothingToForget",
            f"forget({path!r}) finds no construct there; keep it in the code until this is"
            " applied, or give the addresses of its resources",
            where=stack.node.path,
        )
    blocks = [_removed(address(resource)) for resource in resources_below(construct)]
    construct.node.scope.node.try_remove_child(construct.node.id)  # type: ignore[union-attr] # has a scope
    return blocks


def import_blocks(
    stack: TerraformStack, adopted: Mapping[str, str], where: Location | None
) -> list[dict[str, str]]:
    """Return an ``import`` block for every construct path in ``adopted``.

    Raises:
        PlatformError: ``NothingToAdopt`` if a path is not that of one resource.
    """
    if not adopted:
        return []
    known = {path_in_stack(resource): resource for resource in resources_below(stack)}
    blocks = []
    for path, existing_id in sorted(adopted.items()):
        if path not in known:
            near = get_close_matches(path, list(known), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise PlatformError(
                "NothingToAdopt",
                f"adopt names {path!r}, which is no resource of {stack.node.path}{hint}",
                where=where or stack.node.path,
            )
        blocks.append({"to": address(known[path]), "id": existing_id})
    return blocks


def _removed(address: str) -> dict[str, object]:
    return {"from": address, "lifecycle": {"destroy": False}}


def _at(stack: TerraformStack, path: str) -> Construct | None:
    node: IConstruct | None = stack
    for step in path.split("/"):
        node = node.node.try_find_child(step) if node is not None else None
    return node  # type: ignore[return-value] # every child in Python is a Construct
