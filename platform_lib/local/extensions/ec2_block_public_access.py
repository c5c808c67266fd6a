"""VPC Block Public Access: the mode of a region, and the VPCs and subnets exempt from it.

Upstream gap: moto has none of ModifyVpcBlockPublicAccessOptions,
DescribeVpcBlockPublicAccessOptions and {Create,Describe,Modify,Delete}VpcBlockPublicAccessExclusion.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2 import utils
from moto.ec2.models.core import TaggedEC2Resource
from moto.ec2.responses import EC2Response
from moto.ec2.utils import generic_filter

from platform_lib.local.extensions.support import AwsError, add, replace, settings

__all__ = ["install"]

_NAME = "vpc_block_public_access"
_MODES = ("off", "block-bidirectional", "block-ingress")
_EXCLUSION_MODES = ("allow-bidirectional", "allow-egress")
_PREFIX = "vpcbpa-exclude"
_TAG_TYPE = "vpc-block-public-access-exclusion"


def install() -> None:
    """Patch moto."""
    add(EC2Response)(describe_vpc_block_public_access_options)
    add(EC2Response)(modify_vpc_block_public_access_options)
    add(EC2Response)(create_vpc_block_public_access_exclusion)
    add(EC2Response)(describe_vpc_block_public_access_exclusions)
    add(EC2Response)(modify_vpc_block_public_access_exclusion)
    add(EC2Response)(delete_vpc_block_public_access_exclusion)
    # CreateTags checks the form of every id; this one has two words before the digits.
    utils.EC2_RESOURCE_TO_PREFIX[_TAG_TYPE] = _PREFIX
    replace(utils)(get_prefix)


def get_prefix(original: Callable[[str], str]) -> Callable[[str], str]:
    """Recognise the id of an exclusion."""
    return lambda identifier: _PREFIX if identifier.startswith(_PREFIX) else original(identifier)


class Exclusion(TaggedEC2Resource):
    """One VPC or subnet that the mode does not bind."""

    def __init__(self, backend: Any, arn: str, mode: str) -> None:
        self.ec2_backend = backend
        self.id = f"{_PREFIX}-{secrets.token_hex(8)}0"
        self.exclusion_id = self.id
        self.resource_arn = arn
        self.internet_gateway_exclusion_mode = mode
        self.creation_timestamp = _now()
        self.last_update_timestamp = self.creation_timestamp
        self.deletion_timestamp: datetime | None = None
        self.state = "create-complete"

    @property
    def tags(self) -> list[dict[str, str]]:
        """Tags as the API writes them."""
        return [{"Key": tag["key"], "Value": tag["value"]} for tag in self.get_tags()]

    def get_filter_value(self, filter_name: str, method_name: str | None = None) -> Any:
        """Answer the documented filters by attribute."""
        return super().get_filter_value(
            filter_name, method_name or "DescribeVpcBlockPublicAccessExclusions"
        )


def _now() -> datetime:
    return datetime.now(UTC)


def _options(response: Any) -> dict[str, Any]:
    state = settings(response.ec2_backend, _NAME)
    return {
        "AwsAccountId": response.current_account,
        "AwsRegion": response.region,
        "State": state.get("state", "default-state"),
        "InternetGatewayBlockMode": state.get("mode", "off"),
        "LastUpdateTimestamp": state.get("changed"),
        "ManagedBy": "account",
        "ExclusionsAllowed": "allowed",
    }


def _one_of(value: str | None, allowed: tuple[str, ...], parameter: str) -> str:
    if value not in allowed:
        raise AwsError(
            "InvalidParameterValue",
            f"Value ({value}) for parameter {parameter} is invalid."
            f" Allowed values: {', '.join(allowed)}.",
        )
    return value


def describe_vpc_block_public_access_options(self: Any) -> ActionResult:
    """Return the mode of the region."""
    return ActionResult({"VpcBlockPublicAccessOptions": _options(self)})


def modify_vpc_block_public_access_options(self: Any) -> ActionResult:
    """Set the mode of the region."""
    mode = self._get_param("InternetGatewayBlockMode")
    settings(self.ec2_backend, _NAME).update(
        mode=_one_of(mode, _MODES, "internetGatewayBlockMode"),
        state="update-complete",
        changed=_now(),
    )
    return ActionResult({"VpcBlockPublicAccessOptions": _options(self)})


def _exclusions(response: Any) -> dict[str, Exclusion]:
    found: dict[str, Exclusion] = settings(response.ec2_backend, _NAME).setdefault("exclusions", {})
    return found


def _living(response: Any) -> Exclusion:
    identifier = response._get_param("ExclusionId")  # noqa: SLF001 - moto's own way to read it
    exclusion = _exclusions(response).get(identifier)
    if exclusion is None or exclusion.state == "delete-complete":
        raise AwsError(
            "InvalidVpcBlockPublicAccessExclusionId.NotFound",
            f"The exclusion ID '{identifier}' does not exist",
        )
    return exclusion


def _target(response: Any) -> str:
    vpc, subnet = response._get_param("VpcId"), response._get_param("SubnetId")  # noqa: SLF001
    if bool(vpc) == bool(subnet):
        raise AwsError("InvalidParameterCombination", "Specify exactly one of VpcId and SubnetId.")
    backend = response.ec2_backend
    name = f"vpc/{backend.get_vpc(vpc).id}" if vpc else f"subnet/{backend.get_subnet(subnet).id}"
    return f"arn:aws:ec2:{response.region}:{response.current_account}:{name}"


def create_vpc_block_public_access_exclusion(self: Any) -> ActionResult:
    """Exempt one VPC or subnet."""
    mode = _one_of(
        self._get_param("InternetGatewayExclusionMode"),
        _EXCLUSION_MODES,
        "internetGatewayExclusionMode",
    )
    arn = _target(self)
    known = _exclusions(self)
    if any(one.resource_arn == arn and one.state != "delete-complete" for one in known.values()):
        raise AwsError(
            "VpcBlockPublicAccessExclusionAlreadyExists",
            f"An exclusion already exists for the resource {arn}.",
        )
    tags = self._parse_tag_specification(_TAG_TYPE).get(_TAG_TYPE, {})
    exclusion = Exclusion(self.ec2_backend, arn, mode)
    exclusion.add_tags(tags)
    known[exclusion.id] = exclusion
    return ActionResult({"VpcBlockPublicAccessExclusion": exclusion})


def describe_vpc_block_public_access_exclusions(self: Any) -> ActionResult:
    """List the exclusions, those just deleted included, as AWS does for a while."""
    known = _exclusions(self)
    wanted = self._get_param("ExclusionIds", [])
    for identifier in wanted:
        if identifier not in known:
            raise AwsError(
                "InvalidVpcBlockPublicAccessExclusionId.NotFound",
                f"The exclusion ID '{identifier}' does not exist",
            )
    found = [one for one in known.values() if not wanted or one.id in wanted]
    filtered = generic_filter(self._filters_from_querystring(), found)
    return ActionResult({"VpcBlockPublicAccessExclusions": filtered})


def modify_vpc_block_public_access_exclusion(self: Any) -> ActionResult:
    """Change the mode of an exclusion."""
    exclusion = _living(self)
    exclusion.internet_gateway_exclusion_mode = _one_of(
        self._get_param("InternetGatewayExclusionMode"),
        _EXCLUSION_MODES,
        "internetGatewayExclusionMode",
    )
    exclusion.state = "update-complete"
    exclusion.last_update_timestamp = _now()
    return ActionResult({"VpcBlockPublicAccessExclusion": exclusion})


def delete_vpc_block_public_access_exclusion(self: Any) -> ActionResult:
    """End an exclusion."""
    exclusion = _living(self)
    exclusion.state = "delete-complete"
    exclusion.deletion_timestamp = _now()
    return ActionResult({"VpcBlockPublicAccessExclusion": exclusion})
