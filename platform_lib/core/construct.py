"""The base of every construct: finds its stack, its target and its names through the tree."""

from __future__ import annotations

from typing import cast

from cdktf import TerraformStack
from constructs import Construct

from platform_lib.core._identity import path_in_stack
from platform_lib.core.stack import PlatformStack
from platform_lib.naming import Kind, kebab, pascal, physical_name


class PlatformConstruct(Construct):
    """A reusable part of a stack. Its main resource has the id ``Resource``."""

    def __init__(self, scope: Construct, id: str) -> None:
        super().__init__(scope, id)
        # Kept in Python: asking Node for stack and path made three quarters of all calls.
        if isinstance(scope, PlatformStack):
            stack, path = scope, id
        elif isinstance(scope, PlatformConstruct):
            stack, path = scope.stack, f"{scope.path}/{id}"
        else:
            stack, path = cast(PlatformStack, TerraformStack.of(self)), path_in_stack(self)
        self.stack: PlatformStack = stack
        """The stack it is in."""
        self.path: str = path
        """Its ids below the stack, joined by slashes."""

    @property
    def identity(self) -> str:
        """What ids of other constructs call it: its stack's name and its path, in PascalCase."""
        return pascal(f"{self.stack.name}/{self.stack.identity_path(self.path)}")

    def physical_name(self, kind: Kind, *roles: str, before: str = "") -> str:
        """Return ``<target>-<construct>-<roles>``, as long as AWS allows for ``kind``.

        The construct's part follows from its path; after `PlatformStack.rename` it follows from
        the old path, so that nothing physical is renamed.
        """
        own = kebab(self.stack.identity_path(self.path).split("/")[-1])
        name = physical_name(kind, self.stack.target.name, own, *roles, before=before)
        if kind is not Kind.TAG:
            self.stack.take_name(kind, name, self.path)
        return name

    def unique_name(self, kind: Kind, *roles: str) -> str:
        """Return a physical name that starts with the organization, for what is unique in all of AWS."""
        own = self.physical_name(kind, *roles)
        return physical_name(kind, self.stack.account.organization, own)
