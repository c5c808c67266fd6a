"""Outputs for people and other repositories."""

from __future__ import annotations

from typing import cast

from cdktf import TerraformOutput, TerraformResource

from platform_lib.core._identity import address
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack


def publish(stack: PlatformStack, name: str, value: object, *, description: str) -> None:
    """Publish ``value`` as the Terraform output ``name``.

    Stacks of this repository receive each other as objects and need no outputs; what is published
    is a promise to people and to other repositories.
    """
    TerraformOutput(stack, name, value=value, description=description, static_id=True)


def offer(construct: PlatformConstruct, *attributes: str) -> None:
    """Keep attributes of a construct's main resource readable for other stacks, whoever reads them.

    CDKTF gives a stack an output for what others read, where it sees them read it. An account is
    also synthesised alone, or with one of its environments; applied like that, it would take away
    what the other environments read.
    """
    resource = cast("TerraformResource", construct.node.find_child("Resource"))
    for attribute in attributes:
        construct.stack.register_outgoing_cross_stack_reference(f"{address(resource)}.{attribute}")
