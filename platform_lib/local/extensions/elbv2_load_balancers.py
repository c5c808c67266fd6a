"""Application Load Balancers: subnets they can stand in, attributes with their defaults, protection.

Upstream gap: moto makes a second load balancer of a name, takes any subnets, answers with a few
attributes and not with AWS's values, writes logs to any bucket, and deletes what is protected.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from moto.elbv2.models import ELBv2Backend
from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from platform_lib.local.extensions._elbv2_links import use
from platform_lib.local.extensions.s3_bucket_policy import condition_holds
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_ATTRIBUTES = {
    "access_logs.s3.bucket": "",
    "access_logs.s3.enabled": "false",
    "access_logs.s3.prefix": "",
    "client_keep_alive.seconds": "3600",
    "connection_logs.s3.bucket": "",
    "connection_logs.s3.enabled": "false",
    "connection_logs.s3.prefix": "",
    "deletion_protection.enabled": "false",
    "idle_timeout.timeout_seconds": "60",
    "ipv6.deny_all_igw_traffic": "false",
    "load_balancing.cross_zone.enabled": "true",
    "routing.http.desync_mitigation_mode": "defensive",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.preserve_host_header.enabled": "false",
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": "false",
    "routing.http.xff_client_port.enabled": "false",
    "routing.http.xff_header_processing.mode": "append",
    "routing.http2.enabled": "true",
    "waf.fail_open.enabled": "false",
    "zonal_shift.config.enabled": "false",
}
"""Of an Application Load Balancer that nobody has changed.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html"""

_NUMBERS = {"client_keep_alive.seconds": (60, 604_800), "idle_timeout.timeout_seconds": (1, 4_000)}
_WORDS = {
    "routing.http.desync_mitigation_mode": ("monitor", "defensive", "strictest"),
    "routing.http.xff_header_processing.mode": ("append", "preserve", "remove"),
}
_LOGS = ("access_logs.s3", "connection_logs.s3")
_WRITER = "logdelivery.elasticloadbalancing.amazonaws.com"


def install() -> None:
    """Patch moto."""
    for method in (
        create_load_balancer,
        delete_load_balancer,
        modify_load_balancer_attributes,
        set_ip_address_type,
        set_security_groups,
        set_subnets,
    ):
        replace(ELBv2Backend)(method)


def create_load_balancer(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check where it stands, and give it what AWS gives."""

    def create(
        self: Any,
        name: str,
        security_groups: list[str],
        subnet_ids: list[str],
        subnet_mappings: list[dict[str, str]] | None = None,
        scheme: str | None = None,
        loadbalancer_type: str | None = None,
        ip_address_type: str = "ipv4",
        **more: Any,
    ) -> Any:
        kind, shown = loadbalancer_type or "application", scheme or "internet-facing"
        if any(it.name == name for it in self.load_balancers.values()):
            raise AwsError(
                "DuplicateLoadBalancerName",
                "A load balancer with the specified name already exists.",
            )
        arguments = (subnet_ids, subnet_mappings, shown, kind, ip_address_type)
        if kind != "application":
            return original(self, name, security_groups, *arguments, **more)
        subnets = _subnets(self, [*subnet_ids, *(it["SubnetId"] for it in subnet_mappings or ())])
        _check_subnets(self, subnets, scheme=shown, dual_stack=ip_address_type == "dualstack")
        groups = security_groups or [_default_group(self, subnets[0].vpc_id)]
        _check_groups(self, groups, subnets[0].vpc_id)
        balancer = original(self, name, groups, *arguments, **more)
        number = int(balancer.arn.rpartition("/")[2], 16) % 10**10
        before = "internal-" if shown == "internal" else ""
        balancer.dns_name = f"{before}{name}-{number}.{self.region_name}.elb.amazonaws.com"
        balancer.attrs = dict(_ATTRIBUTES)
        return balancer

    return create


def delete_load_balancer(original: Callable[..., Any]) -> Callable[..., Any]:
    """Keep what is protected, and free the target groups."""

    def delete(self: Any, arn: str) -> None:
        balancer = self.load_balancers.get(arn)
        if balancer is not None and balancer.attrs.get("deletion_protection.enabled") == "true":
            raise AwsError(
                "OperationNotPermitted",
                f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
            )
        original(self, arn)
        use(self)

    return delete


def modify_load_balancer_attributes(original: Callable[..., Any]) -> Callable[..., Any]:
    """Take attributes that exist, with values that they can have."""

    def modify(self: Any, arn: str, attrs: dict[str, Any]) -> Any:
        balancer = self.load_balancers.get(arn)
        if balancer is not None and balancer.type == "application":
            for key, value in attrs.items():
                _check_attribute(key, value)
            for logs in _LOGS:
                _check_logs(self, {**balancer.attrs, **attrs}, logs)
        return original(self, arn, attrs)

    return modify


def set_ip_address_type(original: Callable[..., Any]) -> Callable[..., Any]:
    """Want subnets with IPv6 for it."""

    def change(self: Any, arn: str, ip_type: str) -> None:
        balancer = self.load_balancers.get(arn)
        if balancer is not None and ip_type == "dualstack":
            _check_ipv6(balancer.subnets)
        original(self, arn, ip_type)

    return change


def set_security_groups(original: Callable[..., Any]) -> Callable[..., Any]:
    """Want groups of the same VPC."""

    def change(self: Any, arn: str, sec_groups: list[str]) -> None:
        balancer = self.load_balancers.get(arn)
        if balancer is not None:
            _check_groups(self, sec_groups, balancer.vpc_id)
        original(self, arn, sec_groups)

    return change


def set_subnets(original: Callable[..., Any]) -> Callable[..., Any]:
    """Want subnets that it could have been made in."""

    def change(self: Any, arn: str, subnets: list[str], subnet_mappings: list[Any]) -> Any:
        balancer = self.load_balancers.get(arn)
        if balancer is not None and balancer.type == "application":
            ids = [*subnets, *(it["SubnetId"] for it in subnet_mappings)]
            _check_subnets(
                self,
                _subnets(self, ids),
                scheme=balancer.scheme,
                dual_stack=balancer.ip_address_type == "dualstack",
            )
        return original(self, arn, subnets, subnet_mappings)

    return change


def _subnets(backend: Any, ids: Iterable[str]) -> list[Any]:
    known = {it.id: it for zone in backend.ec2_backend.subnets.values() for it in zone.values()}
    missing = sorted(set(ids) - set(known))
    if missing:
        raise AwsError("SubnetNotFound", f"The subnet ID '{missing[0]}' does not exist")
    return [known[it] for it in ids]


def _check_subnets(backend: Any, subnets: list[Any], *, scheme: str, dual_stack: bool) -> None:
    zones = [it.availability_zone for it in subnets]
    if len(set(zones)) < len(zones):
        raise AwsError(
            "InvalidConfigurationRequest",
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
        )
    if len(zones) < 2:  # noqa: PLR2004 - what the message says
        raise AwsError(
            "ValidationError",
            "At least two subnets in two different Availability Zones must be specified",
        )
    vpc_id = subnets[0].vpc_id
    if any(it.vpc_id != vpc_id for it in subnets):
        raise AwsError("InvalidSubnet", "All subnets must belong to the same VPC")
    gateways = backend.ec2_backend.internet_gateways.values()
    if scheme == "internet-facing" and not any(
        it.vpc is not None and it.vpc.id == vpc_id for it in gateways
    ):
        raise AwsError("InvalidSubnet", f"VPC {vpc_id} has no internet gateway")
    if dual_stack:
        _check_ipv6(subnets)


def _check_ipv6(subnets: Iterable[Any]) -> None:
    for subnet in subnets:
        states = [
            it.get("ipv6CidrBlockState", {}).get("State", "associated")
            for it in subnet.ipv6_cidr_block_associations.values()
        ]
        if "associated" not in states:
            raise AwsError(
                "InvalidSubnet", "You must specify subnets with an associated IPv6 CIDR block."
            )


def _default_group(backend: Any, vpc_id: str) -> str:
    groups = backend.ec2_backend.groups[vpc_id].values()
    return next(str(it.id) for it in groups if it.is_default)


def _check_groups(backend: Any, groups: Iterable[str], vpc_id: str) -> None:
    missing = sorted(set(groups) - {it.id for it in backend.ec2_backend.groups[vpc_id].values()})
    if missing:
        raise AwsError(
            "InvalidConfigurationRequest",
            f"One or more security groups are invalid: {', '.join(missing)}",
        )


def _check_attribute(key: str, value: str) -> None:
    if key not in _ATTRIBUTES:
        raise AwsError(
            "InvalidConfigurationRequest", f"Load balancer attribute key '{key}' is not recognized"
        )
    lowest, highest = _NUMBERS.get(key, (0, 0))
    flags = ("true", "false") if _ATTRIBUTES[key] in ("true", "false") else None
    words = _WORDS.get(key, flags)
    if (highest and not (value.isdigit() and lowest <= int(value) <= highest)) or (
        words and value not in words
    ):
        raise AwsError(
            "InvalidConfigurationRequest",
            f"The value of '{key}' must be {words or f'between {lowest} and {highest}'}, not"
            f" '{value}'",
        )
    if key == "load_balancing.cross_zone.enabled" and value != "true":
        raise AwsError(
            "InvalidConfigurationRequest",
            "Cross-zone load balancing cannot be turned off for an Application Load Balancer",
        )


def _check_logs(backend: Any, attributes: Mapping[str, str], logs: str) -> None:
    """Try to write, as AWS does when logs are turned on.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html

    Raises:
        AwsError: ``InvalidConfigurationRequest``.
    """
    if attributes[f"{logs}.enabled"] != "true":
        return
    name, prefix = attributes[f"{logs}.bucket"], attributes[f"{logs}.prefix"]
    if "AWSLogs" in prefix or prefix.startswith("/") or prefix.endswith("/"):
        raise AwsError("InvalidConfigurationRequest", f"The prefix '{prefix}' is not valid")
    try:
        bucket = s3_backends[backend.account_id][backend.partition].get_bucket(name)
    except MissingBucket:
        raise AwsError("InvalidConfigurationRequest", f"S3Bucket does not exist: {name}") from None
    path = f"{prefix}/" if prefix else ""
    target = f"arn:{backend.partition}:s3:::{name}/{path}AWSLogs/{backend.account_id}/file"
    if not _may_write(backend, bucket, target) or _has_other_key(bucket):
        raise AwsError(
            "InvalidConfigurationRequest",
            f"Access Denied for bucket: {name}. Please check S3bucket permission",
        )


def _may_write(backend: Any, bucket: Any, target: str) -> bool:
    """Judge the bucket's policy for the service that writes the logs.

    Regions from before August 2022 also take an AWS account of each Region; that is not known here.
    """
    if bucket.policy is None:
        return False
    where = f"{backend.region_name}:{backend.account_id}"
    context = {
        "aws:securetransport": "true",
        "aws:sourceaccount": backend.account_id,
        "aws:sourcearn": f"arn:{backend.partition}:elasticloadbalancing:{where}:loadbalancer/app/x/y",
    }
    found = json.loads(bucket.policy.decode())["Statement"]
    effects = {
        it["Effect"]
        for it in (found if isinstance(found, list) else [found])
        if _is_about(it, target) and condition_holds(it.get("Condition", {}), context)
    }
    return effects == {"Allow"}


def _is_about(statement: Mapping[str, Any], target: str) -> bool:
    principal = statement.get("Principal", {})
    names = {"*"} if principal == "*" else {*_listed(principal.get("Service", ()))}
    if not isinstance(principal, str):
        names |= {"*"} & {*_listed(principal.get("AWS", ()))}
    return (
        bool(names & {_WRITER, "*"})
        and any(fnmatchcase("s3:PutObject", it) for it in _listed(statement.get("Action", ())))
        and any(fnmatchcase(target, it) for it in _listed(statement.get("Resource", ())))
    )


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _has_other_key(bucket: Any) -> bool:
    """Tell whether objects are encrypted by KMS, which the logs' writer cannot."""
    rules = ((bucket.encryption or {}).get("Rule")) or []
    for rule in rules if isinstance(rules, list) else [rules]:
        by_default = rule.get("ApplyServerSideEncryptionByDefault") or {}
        if str(by_default.get("SSEAlgorithm", "AES256")).startswith("aws:kms"):
            return True
    return False
