"""What CloudFront adds to the configuration of a distribution that leaves something out."""

from __future__ import annotations

from typing import Any

__all__ = ["completed"]

_EMPTY = {"Quantity": 0}
_NOBODY = {"Enabled": False, "Quantity": 0}
_READS = ["HEAD", "GET"]


def completed(given: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration as CloudFront reads it back, in the order in which it was given.

    https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DistributionConfig.html
    """
    config = {
        "Aliases": _EMPTY,
        "DefaultRootObject": "",
        "OriginGroups": _EMPTY,
        "CacheBehaviors": _EMPTY,
        "CustomErrorResponses": _EMPTY,
        "Logging": {"Enabled": False, "IncludeCookies": False, "Bucket": "", "Prefix": ""},
        "PriceClass": "PriceClass_All",
        "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
        "Restrictions": {"GeoRestriction": {"RestrictionType": "none", "Quantity": 0}},
        "WebACLId": "",
        "HttpVersion": "http2",
        "IsIPV6Enabled": True,
        "ContinuousDeploymentPolicyId": "",
        "Staging": False,
        **_present(given),
    }
    config["Origins"] = _each(config["Origins"], _origin)
    config["CacheBehaviors"] = _each(config["CacheBehaviors"], _behaviour)
    config["DefaultCacheBehavior"] = _behaviour(config["DefaultCacheBehavior"])
    config["ViewerCertificate"] = _certificate(config["ViewerCertificate"])
    return config


def _present(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _each(listed: dict[str, Any], complete: Any) -> dict[str, Any]:
    items = [complete(it) for it in listed.get("Items") or ()]
    return {"Quantity": len(items), "Items": items} if items else {"Quantity": 0}


def _origin(given: dict[str, Any]) -> dict[str, Any]:
    origin = {
        "OriginPath": "",
        "CustomHeaders": _EMPTY,
        "ConnectionAttempts": 3,
        "ConnectionTimeout": 10,
        "OriginShield": {"Enabled": False},
        "OriginAccessControlId": "",
        **_present(given),
    }
    for kind in ("CustomOriginConfig", "VpcOriginConfig"):
        if kind in origin:
            waits = {"OriginReadTimeout": 30, "OriginKeepaliveTimeout": 5}
            origin[kind] = waits | _present(origin[kind])
    return origin


def _behaviour(given: dict[str, Any]) -> dict[str, Any]:
    behaviour = {
        "TrustedSigners": _NOBODY,
        "TrustedKeyGroups": _NOBODY,
        "SmoothStreaming": False,
        "Compress": False,
        "LambdaFunctionAssociations": _EMPTY,
        "FunctionAssociations": _EMPTY,
        "FieldLevelEncryptionId": "",
        "GrpcConfig": {"Enabled": False},
        **_present(given),
    }
    methods = {"Items": _READS, **(behaviour.get("AllowedMethods") or {})}
    cached = methods.get("CachedMethods") or {"Items": _READS}
    behaviour["AllowedMethods"] = {
        "Quantity": len(methods["Items"]),
        "Items": methods["Items"],
        "CachedMethods": {"Quantity": len(cached["Items"]), "Items": cached["Items"]},
    }
    return behaviour


def _certificate(given: dict[str, Any]) -> dict[str, Any]:
    arn = given.get("ACMCertificateArn")
    if arn:
        # The two older names of the same, which CloudFront still answers with.
        old = {"Certificate": arn, "CertificateSource": "acm"}
        return {"CloudFrontDefaultCertificate": False, **_present(given), **old}
    return {
        "CloudFrontDefaultCertificate": True,
        "SSLSupportMethod": "vip",
        "MinimumProtocolVersion": "TLSv1",
        "CertificateSource": "cloudfront",
    }
