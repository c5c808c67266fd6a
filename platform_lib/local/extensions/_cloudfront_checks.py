"""What CloudFront refuses in the configuration of a distribution."""

from __future__ import annotations

import re
from typing import Any

from moto.acm.models import acm_backends
from moto.cloudfront.exceptions import DomainNameNotAnS3Bucket, OriginDoesNotExist
from moto.wafv2.models import wafv2_backends

from platform_lib.local.extensions import _cloudfront
from platform_lib.local.extensions.cloudfront_functions import live_arns
from platform_lib.local.extensions.cloudfront_policies import KINDS, is_known
from platform_lib.local.extensions.cloudfront_vpc_origins import vpc_origins
from platform_lib.local.extensions.support import AwsError

__all__ = ["check"]

_MOST_BEHAVIOURS = 75
_MOST_ORIGINS = 100
_MOST_ALIASES = 100
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"""

_PATTERN = re.compile(r"[A-Za-z0-9_.$/~\"'@:+*?&-]{1,255}")
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html"""

_METHODS = (
    {"GET", "HEAD"},
    {"GET", "HEAD", "OPTIONS"},
    {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"},
)
"""https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_AllowedMethods.html"""

_S3_HOST = re.compile(r"[a-z0-9.-]+\.s3([.-][a-z0-9-]+)?\.amazonaws\.com(\.cn)?")
_US_EAST_1 = "us-east-1"


def check(backend: Any, config: dict[str, Any], own: str | None) -> None:
    """Refuse a configuration that CloudFront would not take.

    Args:
        backend: Moto's.
        config: What is asked for, complete.
        own: Identifier of the distribution that is changed, if there is one by now.
    """
    for checks in (_check_origins, _check_behaviours, _check_certificate, _check_web_acl):
        checks(backend, config)
    _check_aliases(backend, config, own)


def _items(listed: dict[str, Any]) -> list[Any]:
    return listed.get("Items") or []


def _check_origins(backend: Any, config: dict[str, Any]) -> None:
    origins = _items(config["Origins"])
    if len(origins) > _MOST_ORIGINS:
        raise AwsError("TooManyOrigins", "Your request contains too many origins.")
    names = [it["Id"] for it in origins]
    if len(names) != len(set(names)):
        raise _cloudfront.invalid("The parameter Origin Id contains duplicates.")
    for origin in origins:
        _check_origin(backend, origin)


def _check_origin(backend: Any, origin: dict[str, Any]) -> None:
    kinds = [
        it for it in ("S3OriginConfig", "CustomOriginConfig", "VpcOriginConfig") if it in origin
    ]
    if len(kinds) != 1:
        raise AwsError("InvalidOrigin", f"The origin {origin['Id']} needs one kind, not {kinds}.")
    is_s3 = _S3_HOST.fullmatch(origin["DomainName"]) is not None
    if kinds == ["S3OriginConfig"] and not is_s3:
        raise DomainNameNotAnS3Bucket
    path = origin["OriginPath"]
    if path and (not path.startswith("/") or path.endswith("/")):
        raise _cloudfront.invalid("The parameter OriginPath is invalid.")
    control = origin["OriginAccessControlId"]
    if control and control not in backend.origin_access_controls:
        raise AwsError("InvalidOriginAccessControl", "The origin access control is not valid.")
    if control and not is_s3:
        raise AwsError(
            "InvalidDomainNameForOriginAccessControl",
            "An origin access control is associated with an origin whose domain name is not"
            " supported.",
        )
    if kinds == ["VpcOriginConfig"]:
        found = vpc_origins(backend).get(origin["VpcOriginConfig"]["VpcOriginId"])
        if found is None:
            raise AwsError("EntityNotFound", "The VPC origin was not found.")
        if found.status != "Deployed":
            raise _cloudfront.invalid("The VPC origin is not deployed.")


def _check_behaviours(backend: Any, config: dict[str, Any]) -> None:
    ordered = _items(config["CacheBehaviors"])
    if len(ordered) > _MOST_BEHAVIOURS:
        raise AwsError("TooManyCacheBehaviors", "Your request contains too many cache behaviors.")
    patterns = [it["PathPattern"].removeprefix("/") for it in ordered]
    if len(patterns) != len(set(patterns)):
        raise _cloudfront.invalid("The parameter PathPattern contains duplicates.")
    for behaviour in ordered:
        if _PATTERN.fullmatch(behaviour["PathPattern"]) is None:
            raise _cloudfront.invalid(
                f"The parameter PathPattern {behaviour['PathPattern']!r} is invalid."
            )
    there = {it["Id"] for listed in ("Origins", "OriginGroups") for it in _items(config[listed])}
    for behaviour in (config["DefaultCacheBehavior"], *ordered):
        if behaviour["TargetOriginId"] not in there:
            raise OriginDoesNotExist
        _check_behaviour(backend, behaviour)


def _check_behaviour(backend: Any, behaviour: dict[str, Any]) -> None:
    if set(behaviour["AllowedMethods"]["Items"]) not in _METHODS:
        raise _cloudfront.invalid("The parameter AllowedMethods is invalid.")
    if set(behaviour["AllowedMethods"]["CachedMethods"]["Items"]) not in _METHODS[:2]:
        raise _cloudfront.invalid("The parameter CachedMethods is invalid.")
    if ("ForwardedValues" in behaviour) == bool(behaviour.get("CachePolicyId")):
        raise _cloudfront.invalid(
            "A cache behavior has either a cache policy or ForwardedValues, and not both."
        )
    for kind in KINDS:
        identifier = behaviour.get(kind.argument)
        if identifier and not is_known(backend, kind, identifier):
            raise AwsError(
                f"NoSuch{kind.name}", f"The {kind.argument} {identifier} does not exist."
            )
    _check_functions(backend, behaviour)


def _check_functions(backend: Any, behaviour: dict[str, Any]) -> None:
    associations = _items(behaviour["FunctionAssociations"])
    events = [it["EventType"] for it in associations]
    if len(events) != len(set(events)) or not {*events} <= {"viewer-request", "viewer-response"}:
        raise AwsError("InvalidFunctionAssociation", f"Function event types {events} are invalid.")
    for association in associations:
        if association["FunctionARN"] not in live_arns(backend):
            raise AwsError(
                "InvalidFunctionAssociation",
                f"The function {association['FunctionARN']} does not exist or is not published.",
            )


def _check_certificate(backend: Any, config: dict[str, Any]) -> None:
    """Check that the certificate is there, issued, in us-east-1, and good for every alias.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    """
    aliases = _items(config["Aliases"])
    arn = config["ViewerCertificate"].get("ACMCertificateArn")
    if arn is None:
        if aliases:
            raise _refused_certificate(
                "To add an alternate domain name (CNAME) to a CloudFront distribution, you must"
                " attach a trusted certificate that validates your authorization to use the domain"
                " name."
            )
        return
    known = acm_backends[backend.account_id][_US_EAST_1]._certificates  # noqa: SLF001
    found = known.get(arn)
    if found is None or found.status != "ISSUED":
        raise _refused_certificate(
            "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid,"
            " or doesn't include a valid certificate chain."
        )
    names = {found.common_name, *found.sans}
    uncovered = [it for it in aliases if not any(_covers(name, it) for name in names)]
    if uncovered:
        raise _refused_certificate(
            "The certificate that is attached to your distribution doesn't cover the alternate"
            f" domain name (CNAME) that you're trying to add: {', '.join(uncovered)}."
        )


def _refused_certificate(message: str) -> AwsError:
    return AwsError("InvalidViewerCertificate", message)


def _covers(name: str, host: str) -> bool:
    return name == host or (name.startswith("*.") and host.partition(".")[2] == name[2:])


def _check_web_acl(backend: Any, config: dict[str, Any]) -> None:
    arn = config["WebACLId"]
    if not arn:
        return
    there = {
        acl.arn
        for region in ("global", _US_EAST_1)
        for acl in wafv2_backends[backend.account_id][region].wacls.values()
    }
    if arn not in there or ":global/webacl/" not in arn:
        raise AwsError("InvalidWebACLId", "Web ACL is not accessible by the requester.")


def _check_aliases(backend: Any, config: dict[str, Any], own: str | None) -> None:
    aliases = _items(config["Aliases"])
    if len(aliases) > _MOST_ALIASES:
        raise AwsError("TooManyDistributionCNAMEs", "Your request contains too many CNAMEs.")
    taken = {
        alias
        for it in backend.distributions.values()
        if it.distribution_id != own
        for alias in _items(vars(it.distribution_config)["Aliases"])
    }
    if {*aliases} & taken:
        raise AwsError(
            "CNAMEAlreadyExists",
            "One or more of the CNAMEs you provided are already associated with a different"
            " resource.",
        )
