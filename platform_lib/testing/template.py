"""Template: a synthesised stack as plain data that tests can ask."""

from __future__ import annotations

import json
from typing import Any

from platform_lib.core.stack import PlatformStack

Block = dict[str, Any]


class Template:
    """The Terraform JSON of one stack.

    Args:
        stack: The stack, or its JSON as it was read from ``cdk.tf.json``.
    """

    def __init__(self, stack: PlatformStack | Block) -> None:
        if isinstance(stack, PlatformStack):
            stack.settle_identities()
            # A first pass adds what other stacks' values need: remote-state reads and outputs.
            stack.prepare_stack()
            self.json: Block = stack.to_terraform()
        else:
            self.json = stack

    def all(self, type: str) -> dict[str, Block]:
        """Return all resources of a type, by address name."""
        resources: dict[str, Block] = self.json.get("resource", {}).get(type, {})
        return {name: _without_metadata(block) for name, block in resources.items()}

    def only(self, type: str, *, path: str | None = None) -> Block:
        """Return the one resource of a type, or the one whose construct path ends with ``path``.

        Raises:
            AssertionError: There is none or more than one; the message lists what is there.
        """
        found = [
            _without_metadata(block)
            for block in self.json.get("resource", {}).get(type, {}).values()
            if path is None or _path(block).endswith(path)
        ]
        if len(found) == 1:
            return found[0]
        asked = type if path is None else f"{type} at {path}"
        raise AssertionError(f"{len(found)} resources are {asked}; there are: {self.paths()}")

    def paths(self) -> dict[str, list[str]]:
        """Return the construct paths of all resources, by type."""
        return {
            kind: sorted(_path(block) for block in blocks.values())
            for kind, blocks in sorted(self.json.get("resource", {}).items())
        }

    def count(self, type: str) -> int:
        """Return how many resources of a type there are."""
        return len(self.json.get("resource", {}).get(type, {}))

    def output(self, name: str) -> Any:
        """Return the value of a published output.

        Raises:
            AssertionError: There is no such output; the message lists those that are there.
        """
        outputs = self.json.get("output", {})
        if name not in outputs:
            raise AssertionError(f"no output {name!r}; there are: {sorted(outputs)}")
        return outputs[name]["value"]


def policy(block: Block, field: str = "policy") -> Block:
    """Return a policy document that is written in a resource as JSON."""
    document: Block = json.loads(block[field])
    return document


def _path(block: Block) -> str:
    path: str = block["//"]["metadata"]["path"]
    return path


def _without_metadata(block: Block) -> Block:
    return {key: value for key, value in block.items() if key != "//"}
