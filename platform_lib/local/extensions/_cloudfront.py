"""What the CloudFront extensions share: routes, versions of what is changed, and who uses what."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from moto.cloudfront.exceptions import InvalidIfMatchVersion
from moto.cloudfront.models import random_id
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudfront.urls import url_paths

from platform_lib.local.extensions.support import AwsError

__all__ = ["behaviours", "check_version", "invalid", "new_id", "origins", "route"]


def route(*paths: str) -> None:
    """Let moto's server ask its CloudFront for further paths of the API."""
    for path in paths:
        url_paths[f"{{0}}/2020-05-31/{path}$"] = CloudFrontResponse.dispatch


def new_id(length: int = 14) -> str:
    """Return an identifier, or the version of something, as CloudFront writes it."""
    return f"E{random_id(length=length - 1)}"


def invalid(message: str) -> AwsError:
    """Return the error for an argument that cannot be."""
    return AwsError("InvalidArgument", message)


def check_version(given: str | None, actual: str) -> None:
    """Refuse a change of something that the caller has not read as it is now."""
    if not given:
        raise InvalidIfMatchVersion
    if given != actual:
        raise AwsError(
            "PreconditionFailed", "The request failed because it didn't meet the preconditions."
        )


def behaviours(backend: Any) -> Iterator[dict[str, Any]]:
    """Yield every cache behaviour of every distribution."""
    for distribution in backend.distributions.values():
        config = vars(distribution.distribution_config)
        yield config["DefaultCacheBehavior"]
        yield from config["CacheBehaviors"].get("Items") or ()


def origins(backend: Any) -> Iterator[dict[str, Any]]:
    """Yield every origin of every distribution."""
    for distribution in backend.distributions.values():
        yield from vars(distribution.distribution_config)["Origins"]["Items"]
