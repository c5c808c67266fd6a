"""ElastiCache: tags of parameter groups and user groups.

Upstream gap: moto's ListTagsForResource takes the ARN of a parameter group or a user group for an
invalid one, and AddTagsToResource and RemoveTagsFromResource do not return the tags.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.models import ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse

from platform_lib.local.extensions.support import replace

__all__ = ["install"]

_GROUP = re.compile(r"arn:aws:elasticache:[^:]+:[0-9]{12}:(parametergroup|usergroup):.+")


def install() -> None:
    """Patch moto."""
    replace(ElastiCacheBackend)(list_tags_for_resource)
    replace(ElastiCacheResponse, "add_tags_to_resource")(_returning_tags)
    replace(ElastiCacheResponse, "remove_tags_from_resource")(_returning_tags)


def list_tags_for_resource(original: Callable[..., Any]) -> Callable[..., Any]:
    """Answer for groups too."""

    def answer(self: Any, arn: str) -> Any:
        if _GROUP.fullmatch(arn):
            return self.tagging_service.list_tags_for_resource(arn)
        return original(self, arn)

    return answer


def _returning_tags(original: Callable[..., Any]) -> Callable[..., Any]:
    def change(self: Any) -> ActionResult:
        original(self)
        found = self.elasticache_backend.list_tags_for_resource(self._get_param("ResourceName"))
        return ActionResult({"TagList": found["Tags"]})

    return change
