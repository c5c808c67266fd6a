"""Read a state as `terraform state pull` prints it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Instance", "State"]


@dataclass(frozen=True, slots=True)
class Instance:
    """One managed resource of a state."""

    address: str
    """Its address, with the key of `count` or `for_each`."""

    type: str
    """Its resource type."""

    attributes: Mapping[str, Any]
    """What the provider said about it."""

    tainted: bool = False
    """Whether Terraform will replace it because its creation was not finished."""

    @property
    def id(self) -> str:
        """The provider's id; empty where it has none."""
        return str(self.attributes.get("id") or "")


@dataclass(frozen=True, slots=True)
class State:
    """A parsed state, empty where nothing was ever applied."""

    content: Mapping[str, Any]
    """The JSON of state format 4; empty when there is no state."""

    @classmethod
    def parse(cls, text: str) -> State:
        """Read what `state pull` printed, which is nothing at all where there is no state yet."""
        return cls(json.loads(text) if text.strip() else {})

    @property
    def outputs(self) -> dict[str, Any]:
        """Values of the outputs; sensitive ones too."""
        return {
            name: block.get("value") for name, block in (self.content.get("outputs") or {}).items()
        }

    @property
    def sensitive_outputs(self) -> frozenset[str]:
        """Names of the outputs whose value must not be shown."""
        outputs = self.content.get("outputs") or {}
        return frozenset(name for name, block in outputs.items() if block.get("sensitive"))

    @property
    def instances(self) -> tuple[Instance, ...]:
        """Managed resources; data sources and deposed objects left out."""
        return tuple(self._instances())

    @property
    def all_ids(self) -> frozenset[str]:
        """Ids of everything managed, deposed objects included."""
        return frozenset(
            str((instance.get("attributes") or {}).get("id"))
            for resource in self.content.get("resources") or ()
            if resource.get("mode") == "managed"
            for instance in resource.get("instances") or ()
        )

    @property
    def applied(self) -> bool:
        """Whether the state holds anything."""
        return bool(self.content.get("outputs")) or any(
            resource.get("mode") == "managed" and resource.get("instances")
            for resource in self.content.get("resources") or ()
        )

    def _instances(self) -> Iterator[Instance]:
        for resource in self.content.get("resources") or ():
            if resource.get("mode") != "managed":
                continue
            module = f"{resource['module']}." if resource.get("module") else ""
            base = f"{module}{resource['type']}.{resource['name']}"
            for instance in resource.get("instances") or ():
                if "deposed" in instance:
                    continue
                key = instance.get("index_key")
                suffix = "" if key is None else f"[{json.dumps(key)}]"
                yield Instance(
                    f"{base}{suffix}",
                    resource["type"],
                    instance.get("attributes") or {},
                    tainted=instance.get("status") == "tainted",
                )
