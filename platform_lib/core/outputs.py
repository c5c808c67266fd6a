"""Outputs for people and other repositories."""

from __future__ import annotations

from cdktf import TerraformOutput

from platform_lib.core.stack import PlatformStack


def publish(stack: PlatformStack, name: str, value: object, *, description: str) -> None:
    """Publish ``value`` as the Terraform output ``name``.

    Stacks of this repository receive each other as objects and need no outputs; what is published
    is a promise to people and to other repositories.
    """
    TerraformOutput(stack, name, value=value, description=description, static_id=True)
