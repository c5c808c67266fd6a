"""KMS: keys that AWS manages.

Upstream gap: moto takes the key behind ``alias/aws/<service>``, which it makes when a service first
asks for it, for a key of the customer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.kms.models import KmsBackend

from platform_lib.local.extensions.support import replace

__all__ = ["install"]


def install() -> None:
    """Patch moto."""
    replace(KmsBackend)(_generate_default_keys)


def _generate_default_keys(original: Callable[..., Any]) -> Callable[..., Any]:
    """Say who manages the key."""

    def generate(self: Any, alias_name: str) -> Any:
        key_id = original(self, alias_name)
        if key_id is not None:
            self.keys[key_id].key_manager = "AWS"
        return key_id

    return generate
