"""Permissions given to a role, on the role's side.

The grantee's stack owns the policy, so that a stack never depends on the stacks that use it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from platform_lib.core.construct import PlatformConstruct
from platform_lib.iam.policy import Statement


class Grantee(Protocol):
    """Anything that permissions can be given to: a construct with a role."""

    def attach(self, id: str, statements: Iterable[Statement]) -> None:
        """Attach a policy of its own; ``id`` names the purpose."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What was given, so that tests and callers can read it."""

    statements: tuple[Statement, ...]
    """The permissions."""


class Grants:
    """The permissions that a construct can give; subclasses name them by intent.

    Args:
        owner: The construct that permissions are given on.
    """

    def __init__(self, owner: PlatformConstruct) -> None:
        self._owner = owner
        self._given: dict[tuple[int, str], Grant] = {}

    def _give(self, grantee: Grantee, verb: str, *statements: Statement) -> Grant:
        """Attach ``statements`` to the grantee once, under an id of this construct and verb."""
        given = (id(grantee), verb)
        if given not in self._given:
            grantee.attach(f"{self._owner.identity}{verb}", statements)
            self._given[given] = Grant(statements)
        return self._given[given]
