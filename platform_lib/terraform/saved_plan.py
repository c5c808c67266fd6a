"""Decide whether a saved plan still says what would happen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platform_lib.terraform.stack import Stack

__all__ = ["PlanRecord", "file_digest"]

_NOT_INPUT = (".terraform", ".platform", "terraform.tfstate", "errored.tfstate", "crash.log")
"""Beginnings of the names in a stack's folder that a plan does not depend on."""


@dataclass(frozen=True, slots=True)
class PlanRecord:
    """Hashes of everything a plan was made from, kept beside it."""

    files: Mapping[str, str]
    """Each file of the stack's folder, `cdk.tf.json`, assets and the provider lock."""

    upstream: Mapping[str, Mapping[str, str]]
    """Each output of another stack that was read."""

    plan: str
    """The plan file itself."""

    content: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """What the plan does, as its stream said."""

    @classmethod
    def of(
        cls,
        stack: Stack,
        plan: Path,
        upstream: Mapping[str, Mapping[str, Any]],
        content: Mapping[str, Any] | None = None,
    ) -> PlanRecord:
        """Hash what the plan at `plan` was made from, or would be made from now.

        Args:
            stack: The stack.
            plan: Its plan file.
            upstream: For each upstream stack the values of the outputs that the stack reads.
            content: What the plan does.
        """
        files = {
            str(path.relative_to(stack.directory)): _hash(path.read_bytes())
            for path in sorted(stack.directory.rglob("*"))
            if path.is_file() and _is_input(path.relative_to(stack.directory))
        }
        values = {
            name: {
                output: _hash(json.dumps(value, sort_keys=True).encode())
                for output, value in found.items()
            }
            for name, found in upstream.items()
        }
        return cls(files, values, file_digest(plan), content or {})

    @classmethod
    def read(cls, path: Path) -> PlanRecord | None:
        """Read the record beside a plan; None when there is none or it is damaged."""
        try:
            content = json.loads(path.read_text())
            return cls(content["files"], content["upstream"], content["plan"], content["does"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, path: Path) -> None:
        """Write the record beside its plan."""
        content = {
            "files": self.files,
            "upstream": self.upstream,
            "plan": self.plan,
            "does": self.content,
        }
        path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return _hash(path.read_bytes())


def _is_input(path: Path) -> bool:
    first = path.parts[0]
    return first == ".terraform.lock.hcl" or not first.startswith(_NOT_INPUT)


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
