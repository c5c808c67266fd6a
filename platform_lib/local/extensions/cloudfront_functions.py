"""CloudFront functions: their two stages, changes, and what AWS refuses.

Upstream gap: moto has neither UpdateFunction nor PublishFunction, answers for the live stage of a
function that was never published, takes any version for the current one, and deletes a function
that a distribution uses.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any

from moto.cloudfront.exceptions import NoSuchFunctionExists
from moto.cloudfront.models import CloudFrontBackend
from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from platform_lib.local.extensions import _cloudfront
from platform_lib.local.extensions.support import AwsError, add, replace, settings

__all__ = ["install", "live_arns"]

_MOST_BYTES = 10_240
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"""

_RUNTIMES = ("cloudfront-js-1.0", "cloudfront-js-2.0")
_LIVE = "LIVE"


def install() -> None:
    """Patch moto."""
    _cloudfront.route("function/(?P<function_name>[^/]+)/publish")
    replace(CloudFrontBackend)(create_function)
    replace(CloudFrontBackend)(delete_function)
    replace(CloudFrontResponse)(describe_function)
    replace(CloudFrontResponse)(get_function)
    add(CloudFrontResponse)(update_function)
    add(CloudFrontResponse)(publish_function)


def live_arns(backend: Any) -> set[str]:
    """Return the ARNs of the functions that a distribution can use."""
    return {it.arn for it in _live(backend).values()}


def _live(backend: Any) -> dict[str, Any]:
    found: dict[str, Any] = settings(backend, "live_functions")
    return found


def _check(config: dict[str, Any], code: bytes) -> None:
    if config.get("Runtime") not in _RUNTIMES:
        raise _cloudfront.invalid("The parameter Runtime is invalid.")
    if len(code) > _MOST_BYTES:
        raise AwsError(
            "FunctionSizeLimitExceeded", "The function exceeded the maximum allowed size."
        )


def _users(backend: Any, arn: str) -> bool:
    return any(
        association["FunctionARN"] == arn
        for behaviour in _cloudfront.behaviours(backend)
        for association in behaviour["FunctionAssociations"].get("Items") or ()
    )


def _staged(response: Any) -> Any:
    """Return the function as it is in the stage that is asked for."""
    name = response._get_param("Name")  # noqa: SLF001 - moto's own way to read it
    function = response.backend.describe_function(name)
    if response._get_param("Stage") == _LIVE:  # noqa: SLF001
        function = _live(response.backend).get(name)
        if function is None:
            raise NoSuchFunctionExists(name)
    if name in _live(response.backend):
        used = _users(response.backend, function.arn)
        function.status = "ASSOCIATED" if used else "UNASSOCIATED"
    return function


def create_function(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse code that is too long and runtimes that do not exist."""

    def create(self: Any, name: str, function_config: Any, function_code: bytes, tags: Any) -> Any:
        _check(function_config, function_code)
        return original(self, name, function_config, function_code, tags)

    return create


def describe_function(original: Callable[..., Any]) -> Callable[..., Any]:
    """Answer for the stage that is asked for."""
    del original

    def describe(self: Any) -> ActionResult:
        function = _staged(self)
        return ActionResult({"FunctionSummary": function.function_summary, "ETag": function.etag})

    return describe


def get_function(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the code of the stage that is asked for."""
    del original

    def get(self: Any) -> ActionResult:
        function = _staged(self)
        answer = {"FunctionCode": function.code, "ETag": function.etag}
        return ActionResult(answer | {"ContentType": "application/octet-stream"})

    return get


def update_function(self: Any) -> ActionResult:
    """Change the development stage, as another version."""
    function = self.backend.describe_function(self._get_param("Name"))
    _cloudfront.check_version(self._get_param("IfMatch"), function.etag)
    config, code = self._get_param("FunctionConfig"), self._get_param("FunctionCode")
    _check(config, code)
    function.config, function.code = config, code
    function.etag = _cloudfront.new_id()
    function.last_modified_time = utcnow()
    return ActionResult({"FunctionSummary": function.function_summary, "ETag": function.etag})


def publish_function(self: Any) -> ActionResult:
    """Copy the development stage to the live one, which distributions use."""
    function = self.backend.describe_function(self._get_param("Name"))
    _cloudfront.check_version(self._get_param("IfMatch"), function.etag)
    live = copy(function)
    live.stage, live.etag = _LIVE, _cloudfront.new_id()
    _live(self.backend)[function.name] = live
    return ActionResult({"FunctionSummary": live.function_summary})


def delete_function(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete a function that is used, or that the caller has not read as it is now."""

    def delete(self: Any, name: str, if_match: Any) -> None:
        function = self.describe_function(name)
        _cloudfront.check_version(if_match, function.etag)
        if _users(self, function.arn):
            raise AwsError(
                "FunctionInUse",
                "Cannot delete the function because it's attached to one or more cache behaviors.",
            )
        _live(self).pop(name, None)
        original(self, name, if_match)

    return delete
