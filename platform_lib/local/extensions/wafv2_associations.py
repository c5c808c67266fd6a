"""WAFv2: one web ACL for a load balancer.

Upstream gap: moto attaches any number of web ACLs to one resource, also to a load balancer that does
not exist, and counts one that is gone as attached for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.elbv2.models import elbv2_backends
from moto.wafv2.models import WAFV2Backend

from platform_lib.local.extensions._wafv2 import missing
from platform_lib.local.extensions.support import replace

__all__ = ["install"]


def install() -> None:
    """Patch moto."""
    replace(WAFV2Backend)(associate_web_acl)
    replace(WAFV2Backend)(get_web_acl)


def associate_web_acl(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take the place of the web ACL that the resource had."""

    def associate(self: Any, web_acl_arn: str, resource_arn: str) -> None:
        if web_acl_arn not in self.wacls:
            raise missing(web_acl_arn)
        if not _exists(self, resource_arn):
            raise missing(resource_arn)
        for acl in self.wacls.values():
            acl.associated_resources = [it for it in acl.associated_resources if it != resource_arn]
        original(self, web_acl_arn, resource_arn)

    return associate


def get_web_acl(original: Callable[..., Any]) -> Callable[..., Any]:
    """Forget load balancers that were deleted."""

    def get(self: Any, arn: str | None, name: str | None, identifier: str | None) -> Any:
        acl = original(self, arn, name, identifier)
        acl.associated_resources = [it for it in acl.associated_resources if _exists(self, it)]
        return acl

    return get


def _exists(backend: Any, resource_arn: str) -> bool:
    """Tell whether a load balancer exists; of other kinds of resources nobody asks."""
    if ":elasticloadbalancing:" not in resource_arn:
        return True
    balancers = elbv2_backends[backend.account_id][resource_arn.split(":")[3]].load_balancers
    return resource_arn in balancers
