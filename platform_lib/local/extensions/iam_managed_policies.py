"""IAM: AWS's own policies, read once.

Upstream gap: moto reads all 1,582 of them, six megabytes of JSON, again for every account that is new
or emptied. It makes an account whenever one is first asked for anything, so that tests which empty
the emulator spent more than half of its time there.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from moto.iam.models import IAMBackend

from platform_lib.local.extensions.support import replace

__all__ = ["install"]


def install() -> None:
    """Patch moto."""
    replace(IAMBackend)(_init_aws_policies)


def _init_aws_policies(original: Callable[..., Any]) -> Callable[..., Any]:
    """Give each account copies: a policy counts what it is attached to."""
    read: dict[tuple[str, str], list[Any]] = {}

    def init(self: Any) -> list[Any]:
        key = self.account_id, self.region_name
        if key not in read:
            read[key] = original(self)
        return [_copy(policy) for policy in read[key]]

    return init


def _copy(policy: Any) -> Any:
    made = copy(policy)
    made.versions, made.tags = copy(policy.versions), copy(policy.tags)
    return made
