"""The origins of a distribution, and what each of them needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import cdktf_cdktf_provider_aws.cloudfront_distribution as aws_distribution
import cdktf_cdktf_provider_aws.cloudfront_origin_access_control as aws_access_control
import cdktf_cdktf_provider_aws.cloudfront_vpc_origin as aws_vpc_origin
from cdktf import TerraformResourceLifecycle

from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alb.origin_lock import HEADER
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.origins import AlbOrigin, Origin, OriginConfig, S3Origin, VpcOrigin
from platform_lib.core.construct import PlatformConstruct
from platform_lib.errors import PlatformError
from platform_lib.naming import Kind, pascal
from platform_lib.s3.bucket import Bucket

_HTTP = 80
_HTTPS = 443
_TLS = "TLSv1.2"
"""The newest version that CloudFront can be told to speak with an origin.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html"""

_Found = TypeVar("_Found")
_SUCCESSOR_FIRST = TerraformResourceLifecycle(create_before_destroy=True)
"""CloudFront deletes nothing that a distribution uses, so the distribution has to change before."""


class Origins:
    """Where one distribution gets answers from.

    Args:
        distribution: The distribution.
        config: Its origins and aliases.
        buckets: Buckets by the names that origins call them.
        load_balancers: Load balancers by the names that origins call them.

    Raises:
        PlatformError: ``NoSuchOriginTarget`` if a bucket or a load balancer is not there,
            ``NotLocked`` if a load balancer can be reached without CloudFront, or is not internal
            where it has to be, ``HostWithoutCertificate`` if it cannot show a certificate for what
            it is called.
    """

    def __init__(
        self,
        distribution: PlatformConstruct,
        *,
        config: DistributionConfig,
        buckets: Mapping[str, Bucket],
        load_balancers: Mapping[str, LoadBalancer],
    ) -> None:
        self._distribution = distribution
        self._config = config
        self._buckets = buckets
        self._load_balancers = load_balancers

    @property
    def buckets(self) -> list[Bucket]:
        """The buckets that it reads, each once."""
        found = {
            origin.bucket: self._found("bucket", origin.bucket, self._buckets)
            for _, origin in self._sorted()
            if isinstance(origin, S3Origin)
        }
        return list(found.values())

    def define(self) -> list[aws_distribution.CloudfrontDistributionOrigin]:
        """Define what the origins need, and return them."""
        return [self._define(name, origin) for name, origin in self._sorted()]

    def _sorted(self) -> list[tuple[str, Origin]]:
        return sorted(self._config.origins.items())

    def _define(self, name: str, origin: Origin) -> aws_distribution.CloudfrontDistributionOrigin:
        match origin:
            case S3Origin():
                return self._bucket(name, origin)
            case AlbOrigin():
                return self._external(name, origin)
            case VpcOrigin():
                return self._internal(name, origin)

    def _bucket(self, name: str, origin: S3Origin) -> aws_distribution.CloudfrontDistributionOrigin:
        bucket = self._found("bucket", origin.bucket, self._buckets)
        control = aws_access_control.CloudfrontOriginAccessControl(
            self._distribution,
            f"AccessControl{pascal(name)}",
            name=self._distribution.physical_name(Kind.ORIGIN_ACCESS_CONTROL, name),
            description=f"Signs requests to the origin {name}",
            origin_access_control_origin_type="s3",
            # Whatever the viewer sends: a bucket that is public for nobody needs every signature.
            signing_behavior="always",
            signing_protocol="sigv4",
            lifecycle=_SUCCESSOR_FIRST,
        )
        return aws_distribution.CloudfrontDistributionOrigin(
            origin_id=name,
            domain_name=bucket.regional_domain_name,
            origin_path=origin.path or None,
            origin_access_control_id=control.id,
            **self._common(origin),
        )

    def _external(
        self, name: str, origin: AlbOrigin
    ) -> aws_distribution.CloudfrontDistributionOrigin:
        balancer = self._found("load balancer", origin.load_balancer, self._load_balancers)
        if balancer.lock is None:
            raise PlatformError(
                "NotLocked",
                f"the origin {name!r} is the load balancer {balancer.node.path!r}, which can be"
                " reached without CloudFront; give it internal=False and sources=('cloudfront',),"
                " or use a VpcOrigin for an internal one",
                where=self._distribution.node.path,
            )
        self._check_certificate(name, origin, balancer)
        return aws_distribution.CloudfrontDistributionOrigin(
            origin_id=name,
            domain_name=origin.domain or balancer.alias.dns_name,
            custom_origin_config=aws_distribution.CloudfrontDistributionOriginCustomOriginConfig(
                http_port=_HTTP,
                https_port=_HTTPS,
                origin_protocol_policy="https-only",
                origin_ssl_protocols=[_TLS],
                origin_read_timeout=origin.response_timeout_seconds,
                origin_keepalive_timeout=origin.keep_alive_seconds,
            ),
            custom_header=[
                aws_distribution.CloudfrontDistributionOriginCustomHeader(
                    name=HEADER, value=balancer.lock.sent(self._distribution.stack)
                )
            ],
            **self._common(origin),
        )

    def _internal(
        self, name: str, origin: VpcOrigin
    ) -> aws_distribution.CloudfrontDistributionOrigin:
        balancer = self._found("load balancer", origin.load_balancer, self._load_balancers)
        if not (balancer.internal and balancer.only_cloudfront):
            raise PlatformError(
                "NotLocked",
                f"the origin {name!r} is a VPC origin, and the load balancer"
                f" {balancer.node.path!r} is not internal and CloudFront's alone; give it"
                " internal=True and sources=('cloudfront',), or use an AlbOrigin for an external one",
                where=self._distribution.node.path,
            )
        self._check_certificate(name, origin, balancer)
        endpoint = aws_vpc_origin.CloudfrontVpcOrigin(
            self._distribution,
            f"VpcOrigin{pascal(name)}",
            vpc_origin_endpoint_config=[
                aws_vpc_origin.CloudfrontVpcOriginVpcOriginEndpointConfig(
                    name=self._distribution.physical_name(Kind.VPC_ORIGIN, name),
                    arn=balancer.arn,
                    http_port=_HTTP,
                    https_port=_HTTPS,
                    origin_protocol_policy="https-only",
                    origin_ssl_protocols=[
                        aws_vpc_origin.CloudfrontVpcOriginVpcOriginEndpointConfigOriginSslProtocols(
                            items=[_TLS], quantity=1
                        )
                    ],
                )
            ],
            tags={"Name": self._distribution.physical_name(Kind.TAG, name)},
            lifecycle=_SUCCESSOR_FIRST,
        )
        return aws_distribution.CloudfrontDistributionOrigin(
            origin_id=name,
            domain_name=origin.domain or balancer.alias.dns_name,
            vpc_origin_config=aws_distribution.CloudfrontDistributionOriginVpcOriginConfig(
                vpc_origin_id=endpoint.id,
                origin_read_timeout=origin.response_timeout_seconds,
                origin_keepalive_timeout=origin.keep_alive_seconds,
            ),
            **self._common(origin),
        )

    def _check_certificate(
        self, name: str, origin: AlbOrigin | VpcOrigin, balancer: LoadBalancer
    ) -> None:
        """Check what CloudFront checks at each connection, and answers 502 to.

        https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html
        """
        called = self._config.aliases if origin.domain is None else (origin.domain,)
        uncovered = [host for host in called if not balancer.covers(host)]
        if uncovered:
            raise PlatformError(
                "HostWithoutCertificate",
                f"the origin {name!r} is called by {', '.join(uncovered)}, and the load balancer"
                f" {balancer.node.path!r} has no certificate for it, so viewers would get 502; add"
                " one to it first, or write keeps_host=False and a domain that it has one for",
                where=self._distribution.node.path,
            )

    def _common(self, origin: OriginConfig) -> dict[str, Any]:
        shield = aws_distribution.CloudfrontDistributionOriginOriginShield
        return {
            "connection_attempts": origin.connection_attempts,
            "connection_timeout": origin.connection_timeout_seconds,
            "origin_shield": None
            if origin.shield is None
            else shield(enabled=True, origin_shield_region=origin.shield),
        }

    def _found(self, what: str, name: str, there: Mapping[str, _Found]) -> _Found:
        if name not in there:
            raise PlatformError(
                "NoSuchOriginTarget",
                f"an origin names the {what} {name!r}, which is not there; there are:"
                f" {', '.join(sorted(there)) or 'none'}",
                where=self._distribution.node.path,
            )
        return there[name]
