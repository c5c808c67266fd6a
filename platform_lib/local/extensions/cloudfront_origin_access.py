"""CloudFront origin access controls: versions, unique names, and what is used.

Upstream gap: moto takes a name twice, keeps the version of what was changed, takes any version for
the current one, and deletes a control that a distribution uses or that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.cloudfront.models import CloudFrontBackend
from moto.cloudfront.responses import CloudFrontResponse

from platform_lib.local.extensions import _cloudfront
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_LONGEST_NAME = 64
_TYPES = ("s3", "mediastore", "mediapackagev2", "lambda")
_BEHAVIOURS = ("never", "always", "no-override")
"""https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginAccessControlConfig.html"""


def install() -> None:
    """Patch moto."""
    replace(CloudFrontBackend)(create_origin_access_control)
    replace(CloudFrontBackend)(update_origin_access_control)
    replace(CloudFrontResponse, "update_origin_access_control")(_with_version)
    replace(CloudFrontResponse, "delete_origin_access_control")(_with_version)
    replace(CloudFrontBackend)(delete_origin_access_control)


def _check(backend: Any, config: dict[str, str], own: str | None) -> None:
    if not 1 <= len(config["Name"]) <= _LONGEST_NAME:
        raise _cloudfront.invalid(f"The parameter Name must have 1 to {_LONGEST_NAME} characters.")
    if config["OriginAccessControlOriginType"] not in _TYPES:
        raise _cloudfront.invalid("The parameter OriginAccessControlOriginType is invalid.")
    if config["SigningProtocol"] != "sigv4" or config["SigningBehavior"] not in _BEHAVIOURS:
        raise _cloudfront.invalid("The parameter SigningProtocol or SigningBehavior is invalid.")
    taken = {it.name for it in backend.origin_access_controls.values() if it.id != own}
    if config["Name"] in taken:
        raise AwsError(
            "OriginAccessControlAlreadyExists",
            f"An origin access control with the name {config['Name']} already exists.",
        )


def create_origin_access_control(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a name that is taken."""

    def create(self: Any, config_dict: dict[str, str]) -> Any:
        _check(self, config_dict, None)
        return original(self, config_dict)

    return create


def update_origin_access_control(original: Callable[..., Any]) -> Callable[..., Any]:
    """Make another version."""

    def update(self: Any, control_id: str, config: dict[str, str]) -> Any:
        self.get_origin_access_control(control_id)
        _check(self, config, control_id)
        control = original(self, control_id, config)
        control.etag = _cloudfront.new_id()
        return control

    return update


def delete_origin_access_control(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse to delete what a distribution uses."""

    def delete(self: Any, control_id: str) -> None:
        self.get_origin_access_control(control_id)
        used = {it.get("OriginAccessControlId") for it in _cloudfront.origins(self)}
        if control_id in used:
            raise AwsError(
                "OriginAccessControlInUse",
                "Cannot delete the origin access control because it's in use by one or more"
                " distributions.",
            )
        original(self, control_id)

    return delete


def _with_version(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a change of what the caller has not read as it is now."""

    def change(self: Any) -> Any:
        control = self.backend.get_origin_access_control(self._get_param("Id"))
        _cloudfront.check_version(self._get_param("IfMatch"), control.etag)
        return original(self)

    return change
