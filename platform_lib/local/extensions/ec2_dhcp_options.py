"""DHCP options: tags given at creation.

Upstream gap: moto's CreateDhcpOptions drops TagSpecifications, so that default tags are a
difference in every later plan.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.responses import EC2Response

from platform_lib.local.extensions.support import replace

__all__ = ["install"]


def install() -> None:
    """Patch moto."""
    replace(EC2Response)(create_dhcp_options)


def create_dhcp_options(original: Callable[..., Any]) -> Callable[..., Any]:
    """Tag what moto has made; a wrong resource type is refused before."""

    def create(self: Any) -> Any:
        tags = self._parse_tag_specification("dhcp-options").get("dhcp-options", {})
        answer = original(self)
        answer.result["DhcpOptions"].add_tags(tags)
        return answer

    return create
