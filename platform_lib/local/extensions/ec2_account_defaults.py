"""What an account sets once per region: EBS key, sharing of snapshots and images, metadata.

Upstream gap: moto has EbsEncryptionByDefault only; it lacks {Get,Reset}EbsDefaultKmsKeyId,
{Enable,Disable,Get}SnapshotBlockPublicAccess*, {Enable,Disable,Get}ImageBlockPublicAccess* and
{Get,Modify}InstanceMetadataDefaults.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.responses import EC2Response
from moto.kms.models import kms_backends

from platform_lib.local.extensions.support import AwsError, add, replace, settings

__all__ = ["install"]

_NAME = "account_defaults"
_MANAGED_KEY = "alias/aws/ebs"
_METADATA: dict[str, tuple[str, ...]] = {
    "HttpTokens": ("optional", "required"),
    "HttpEndpoint": ("disabled", "enabled"),
    "InstanceMetadataTags": ("disabled", "enabled"),
    "HttpTokensEnforced": ("disabled", "enabled"),
}
_MAX_HOPS = 64


def install() -> None:
    """Patch moto."""
    for action in (
        get_ebs_default_kms_key_id,
        reset_ebs_default_kms_key_id,
        enable_snapshot_block_public_access,
        disable_snapshot_block_public_access,
        get_snapshot_block_public_access_state,
        enable_image_block_public_access,
        disable_image_block_public_access,
        get_image_block_public_access_state,
        get_instance_metadata_defaults,
        modify_instance_metadata_defaults,
    ):
        add(EC2Response)(action)
    replace(EC2Response)(modify_ebs_default_kms_key_id)


def _invalid(value: Any, parameter: str) -> AwsError:
    return AwsError(
        "InvalidParameterValue", f"Value ({value}) for parameter {parameter} is invalid."
    )


def _default_key(response: Any) -> str:
    managed = f"arn:aws:kms:{response.region}:{response.current_account}:{_MANAGED_KEY}"
    return str(response.ec2_backend.default_kms_key_id or managed)


def get_ebs_default_kms_key_id(self: Any) -> ActionResult:
    """Return the key of new volumes: AWS's own until another is set."""
    return ActionResult({"KmsKeyId": _default_key(self)})


def modify_ebs_default_kms_key_id(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse a key that does not exist or cannot encrypt."""

    def modify(self: Any) -> ActionResult:
        name = self._get_param("KmsKeyId")
        keys = kms_backends[self.current_account][self.region]
        key = keys.keys.get(keys.any_id_to_key_id(name)) if name else None
        if key is None or key.key_state != "Enabled":
            raise AwsError(
                "InvalidParameterValue", f"The KMS key '{name}' does not exist or is not enabled."
            )
        answer: ActionResult = original(self)
        return answer

    return modify


def reset_ebs_default_kms_key_id(self: Any) -> ActionResult:
    """Return to AWS's own key."""
    self.ec2_backend.default_kms_key_id = ""
    return ActionResult({"KmsKeyId": _default_key(self)})


def enable_snapshot_block_public_access(self: Any) -> ActionResult:
    """Forbid sharing snapshots with everybody."""
    state = self._get_param("State")
    if state not in {"block-all-sharing", "block-new-sharing"}:
        raise _invalid(state, "State")
    settings(self.ec2_backend, _NAME)["snapshots"] = state
    return ActionResult({"State": state})


def disable_snapshot_block_public_access(self: Any) -> ActionResult:
    """Allow it again."""
    settings(self.ec2_backend, _NAME)["snapshots"] = "unblocked"
    return ActionResult({"State": "unblocked"})


def get_snapshot_block_public_access_state(self: Any) -> ActionResult:
    """Return whether snapshots can be shared with everybody."""
    state = settings(self.ec2_backend, _NAME).get("snapshots", "unblocked")
    return ActionResult({"State": state, "ManagedBy": "account"})


def enable_image_block_public_access(self: Any) -> ActionResult:
    """Forbid making images public."""
    state = self._get_param("ImageBlockPublicAccessState")
    if state != "block-new-sharing":
        raise _invalid(state, "ImageBlockPublicAccessState")
    settings(self.ec2_backend, _NAME)["images"] = state
    return ActionResult({"ImageBlockPublicAccessState": state})


def disable_image_block_public_access(self: Any) -> ActionResult:
    """Allow it again."""
    settings(self.ec2_backend, _NAME)["images"] = "unblocked"
    return ActionResult({"ImageBlockPublicAccessState": "unblocked"})


def get_image_block_public_access_state(self: Any) -> ActionResult:
    """Return whether images can be made public; new accounts start with the block."""
    state = settings(self.ec2_backend, _NAME).get("images", "block-new-sharing")
    return ActionResult({"ImageBlockPublicAccessState": state, "ManagedBy": "account"})


def get_instance_metadata_defaults(self: Any) -> ActionResult:
    """Return the defaults that were set, and nothing for the others."""
    level = settings(self.ec2_backend, _NAME).get("metadata", {})
    return ActionResult({"AccountLevel": {**level, "ManagedBy": "account"}})


def modify_instance_metadata_defaults(self: Any) -> ActionResult:
    """Set defaults; ``no-preference`` (``-1`` for the hop limit) unsets one."""
    changes: dict[str, Any] = {}
    for name, allowed in _METADATA.items():
        value = self._get_param(name)
        if value is not None and value not in {*allowed, "no-preference"}:
            raise _invalid(value, name)
        changes[name] = value
    hops = self._get_param("HttpPutResponseHopLimit")
    if hops is not None and hops != -1 and not 1 <= int(hops) <= _MAX_HOPS:
        raise _invalid(hops, "HttpPutResponseHopLimit")
    changes["HttpPutResponseHopLimit"] = hops
    level = settings(self.ec2_backend, _NAME).setdefault("metadata", {})
    for name, value in changes.items():
        if value in {"no-preference", -1}:
            level.pop(name, None)
        elif value is not None:
            level[name] = value
    return ActionResult({"Return": True})
