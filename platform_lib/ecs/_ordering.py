"""Dependencies that are still to come when a resource is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import jsii
from cdktf import (
    IAnyProducer,
    IResolveContext,
    ITerraformDependable,
    Lazy,
    TerraformResource,
)
from constructs import Construct


def wait_for(
    resource: TerraformResource, dependencies: Callable[[], Iterable[ITerraformDependable]]
) -> None:
    """Let a resource wait for what there is when the stack is written.

    Who makes a service gives its role permissions and opens its paths afterwards; its first task
    has to find them all the same.
    """
    resource.add_override("depends_on", Lazy.any_value(_Addresses(dependencies)))


def resources_below(construct: Construct) -> list[ITerraformDependable]:
    """Return all resources at or below a construct."""
    return [it for it in construct.node.find_all() if isinstance(it, TerraformResource)]


@jsii.implements(IAnyProducer)
class _Addresses:
    def __init__(self, dependencies: Callable[[], Iterable[ITerraformDependable]]) -> None:
        self._dependencies = dependencies

    def produce(self, context: IResolveContext) -> list[str]:
        """Return the addresses, sorted."""
        # Terraform wants an address here and no expression.
        written = (str(context.resolve(it.fqn)) for it in self._dependencies())
        return sorted({it.removeprefix("${").removesuffix("}") for it in written})
