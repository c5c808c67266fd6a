"""Protection of what holds state."""

from __future__ import annotations

from cdktf import TerraformResource

from platform_lib.core.construct import PlatformConstruct


def protect(construct: PlatformConstruct, resource: TerraformResource) -> None:
    """Make Terraform refuse to destroy ``resource``, unless its target allows destroying.

    Terraform does not see a block that was deleted from the code; that is what the plan guard of
    `platformctl` is for.

    Args:
        construct: The construct that defines the resource.
        resource: What holds state.
    """
    if construct.stack.protected:
        resource.add_override("lifecycle.prevent_destroy", True)
