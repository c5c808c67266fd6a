"""CloudFront VPC origins: load balancers and instances that only CloudFront reaches.

Upstream gap: moto does not have them. What they cost in time is left out: AWS takes up to fifteen
minutes to deploy one, here it is deployed when it is read the next time.
"""

from __future__ import annotations

from typing import Any

from moto.cloudfront.responses import CloudFrontResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.elbv2.models import elbv2_backends

from platform_lib.local.extensions import _cloudfront
from platform_lib.local.extensions.support import AwsError, Resource, add, settings

__all__ = ["install", "vpc_origins"]

_ARN_PARTS = 6


class VpcOrigin(Resource):
    """One VPC origin."""

    def __init__(self, account: str, config: dict[str, Any]) -> None:
        self.id = f"vo_{_cloudfront.new_id(22)}"
        self.account_id = account
        self.arn = f"arn:aws:cloudfront::{account}:vpcorigin/{self.id}"
        self.created_time = utcnow()
        self.change(config)

    def change(self, config: dict[str, Any]) -> None:
        """Take another configuration, as another version that has to be deployed."""
        self.config = config
        self.etag = _cloudfront.new_id()
        self.status = "Deploying"
        self.last_modified_time = utcnow()

    def answer(self) -> ActionResult:
        """Return it as the API does."""
        shown = {
            "Id": self.id,
            "Arn": self.arn,
            "AccountId": self.account_id,
            "Status": self.status,
            "CreatedTime": self.created_time,
            "LastModifiedTime": self.last_modified_time,
            "VpcOriginEndpointConfig": self.config,
        }
        return ActionResult({"VpcOrigin": shown, "ETag": self.etag})


def install() -> None:
    """Patch moto."""
    _cloudfront.route("vpc-origin", "vpc-origin/(?P<id>[^/]+)")
    for member in (create_vpc_origin, get_vpc_origin, update_vpc_origin, delete_vpc_origin):
        add(CloudFrontResponse)(member)


def vpc_origins(backend: Any) -> dict[str, VpcOrigin]:
    """Return the VPC origins of the account."""
    found: dict[str, VpcOrigin] = settings(backend, "vpc_origins")
    return found


def _find(response: Any) -> VpcOrigin:
    found = vpc_origins(response.backend).get(response._get_param("Id"))  # noqa: SLF001
    if found is None:
        raise AwsError("EntityNotFound", "The VPC origin was not found.")
    return found


def _users(response: Any, origin: VpcOrigin) -> bool:
    used = {
        (it.get("VpcOriginConfig") or {}).get("VpcOriginId")
        for it in _cloudfront.origins(response.backend)
    }
    return origin.id in used


def _exists(arn: str, account: str) -> bool:
    """Tell whether an ARN is that of a load balancer or an instance that is there."""
    parts = arn.split(":", _ARN_PARTS - 1)
    if len(parts) != _ARN_PARTS:
        return False
    _, _, service, region, _, resource = parts
    if service == "elasticloadbalancing":
        return arn in elbv2_backends[account][region].load_balancers
    if service == "ec2" and resource.startswith("instance/"):
        found = ec2_backends[account][region].get_instance_by_id(resource.partition("/")[2])
        return found is not None
    return False


def _checked(response: Any, own: VpcOrigin | None) -> dict[str, Any]:
    config: dict[str, Any] = response._get_param("VpcOriginEndpointConfig")  # noqa: SLF001
    others = [it for it in vpc_origins(response.backend).values() if it is not own]
    if any(it.config["Name"] == config["Name"] for it in others):
        raise AwsError("EntityAlreadyExists", "A VPC origin with the name already exists.")
    if not _exists(config["Arn"], response.current_account):
        raise _cloudfront.invalid(f"The VPC origin endpoint {config['Arn']} does not exist.")
    return config


def create_vpc_origin(self: Any) -> ActionResult:
    """Create one for a load balancer or an instance that exists."""
    origin = VpcOrigin(self.current_account, _checked(self, None))
    vpc_origins(self.backend)[origin.id] = origin
    tags = self._get_param("Tags.Items", []) or []
    self.backend.tagger.tag_resource(origin.arn, tags)
    return origin.answer()


def get_vpc_origin(self: Any) -> ActionResult:
    """Return one, deployed by now."""
    origin = _find(self)
    origin.status = "Deployed"
    return origin.answer()


def update_vpc_origin(self: Any) -> ActionResult:
    """Change one that no distribution uses."""
    origin = _find(self)
    _cloudfront.check_version(self._get_param("IfMatch"), origin.etag)
    if _users(self, origin):
        raise AwsError("CannotUpdateEntityWhileInUse", "The VPC origin is in use.")
    origin.change(_checked(self, origin))
    return origin.answer()


def delete_vpc_origin(self: Any) -> ActionResult:
    """Delete one that no distribution uses."""
    origin = _find(self)
    _cloudfront.check_version(self._get_param("IfMatch"), origin.etag)
    if _users(self, origin):
        raise AwsError("CannotDeleteEntityWhileInUse", "The VPC origin is in use.")
    return vpc_origins(self.backend).pop(origin.id).answer()
