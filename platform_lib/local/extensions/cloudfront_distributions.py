"""CloudFront distributions: read back as they were given, and refused as AWS refuses them.

Upstream gap: moto drops functions, policies of ordered behaviours, VPC origins, origin access
controls, gRPC, TTLs and the order of what it keeps; it takes origins, policies, certificates and
web ACLs that do not exist, any version for the current one, keeps the version of what was changed,
and deletes a distribution that still serves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudfront import models
from moto.cloudfront.exceptions import NoSuchDistribution
from moto.cloudfront.models import CloudFrontBackend
from moto.core.utils import utcnow

from platform_lib.local.extensions import _cloudfront
from platform_lib.local.extensions._cloudfront_checks import check
from platform_lib.local.extensions._cloudfront_defaults import completed
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]


class _Config:
    """A configuration, kept as it was given."""

    def __init__(self, given: dict[str, Any]) -> None:
        vars(self).update(completed(given))

    @property
    def caller_reference(self) -> str:
        """What makes a second request with the same one a repetition; moto asks for it."""
        return str(vars(self)["CallerReference"])


def install() -> None:
    """Patch moto."""
    replace(models, "DistributionConfig")(lambda _: _Config)
    replace(CloudFrontBackend)(create_distribution_with_tags)
    replace(CloudFrontBackend)(update_distribution)
    replace(CloudFrontBackend)(delete_distribution)


def create_distribution_with_tags(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse what AWS refuses."""

    def create(self: Any, distribution_config: dict[str, Any], tags: Any) -> Any:
        check(self, completed(distribution_config), None)
        distribution, location, etag = original(self, distribution_config, tags)
        distribution.last_modified_time = utcnow()
        return distribution, location, etag

    return create


def update_distribution(original: Callable[..., Any]) -> Callable[..., Any]:
    """Change what the caller has read as it is now, as another version."""

    def update(self: Any, dist_config: dict[str, Any], _id: str, if_match: str) -> Any:
        distribution = self.distributions.get(_id)
        if distribution is None:
            raise NoSuchDistribution
        _cloudfront.check_version(if_match, distribution.etag)
        reference = distribution.distribution_config.caller_reference
        if dist_config.get("CallerReference") != reference:
            raise AwsError(
                "IllegalUpdate", "The update contains modifications that are not allowed."
            )
        check(self, completed(dist_config), _id)
        original(self, dist_config, _id, if_match)
        distribution.etag = _cloudfront.new_id()
        distribution.last_modified_time = utcnow()
        return distribution, distribution.location, distribution.etag

    return update


def delete_distribution(original: Callable[..., Any]) -> Callable[..., Any]:
    """Delete what no longer serves."""

    def delete(self: Any, distribution_id: str, if_match: str) -> None:
        distribution = self.distributions.get(distribution_id)
        if distribution is None:
            raise NoSuchDistribution
        _cloudfront.check_version(if_match, distribution.etag)
        if vars(distribution.distribution_config)["Enabled"]:
            raise AwsError(
                "DistributionNotDisabled",
                "The distribution you are trying to delete is not disabled.",
            )
        original(self, distribution_id, if_match)

    return delete
