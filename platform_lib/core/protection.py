"""Protection of what holds state."""

from __future__ import annotations

from typing import cast

from cdktf import TerraformResource, TerraformStack

from platform_lib.core.stack import PlatformStack


def protect(resource: TerraformResource) -> None:
    """Make Terraform refuse to destroy ``resource``, unless its target allows destroying.

    Terraform does not see a block that was deleted from the code; that is what the plan guard of
    `platformctl` is for.
    """
    stack = cast(PlatformStack, TerraformStack.of(resource))
    if stack.protected:
        resource.add_override("lifecycle.prevent_destroy", True)
