"""Distribution: a distribution of CloudFront, its certificate and names, and what only it may read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import cdktf_cdktf_provider_aws.cloudfront_distribution as aws_distribution
import cdktf_cdktf_provider_aws.cloudfront_function as aws_function
from cdktf import TerraformResourceLifecycle
from constructs import Construct

from platform_lib.acm.certificate import Certificate
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alerts.alerts import Alerts
from platform_lib.cloudfront._access_logs import deliver_access_logs
from platform_lib.cloudfront._origins import Origins
from platform_lib.cloudfront._own_policies import OwnPolicies
from platform_lib.cloudfront.alarms import watch_distribution
from platform_lib.cloudfront.behaviours import CACHED_METHODS, BehaviourConfig
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.core.stack import US_EAST_1
from platform_lib.dns.alias_record import AliasRecord, AliasTarget
from platform_lib.dns.config import AliasRecordConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.errors import PlatformError
from platform_lib.naming import Kind, pascal
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import Purpose
from platform_lib.types import TokenStr

_RUNTIME = "cloudfront-js-2.0"
_EVENTS = {"viewer_request": "viewer-request", "viewer_response": "viewer-response"}


class WebAcl(Protocol):
    """A web ACL of AWS WAF, as far as a distribution needs it."""

    @property
    def distribution_arn(self) -> TokenStr | None:
        """Its ARN; None while it stands by."""


class Distribution(PlatformConstruct):
    """Answers viewers from the edge, by HTTPS only, and asks origins that nobody else reaches.

    Defines:
        aws_cloudfront_distribution, aws_cloudfront_origin_access_control,
        aws_cloudfront_vpc_origin, aws_cloudfront_cache_policy,
        aws_cloudfront_origin_request_policy, aws_cloudfront_response_headers_policy,
        aws_cloudfront_function, aws_acm_certificate, aws_acm_certificate_validation,
        aws_route53_record, aws_cloudwatch_metric_alarm, aws_cloudwatch_log_delivery,
        aws_cloudwatch_log_delivery_source, aws_cloudwatch_log_delivery_destination; for buckets of
        another stack also aws_s3_bucket_policy, and for their keys aws_kms_key_policy

    Args:
        config: Behaviours, origins and names.
        zone: Zone that all its aliases are in.
        logs: Bucket for delivered logs; receives a record of each request.
        alerts: Hears of its alarms; in us-east-1, where the metrics of CloudFront are.
        buckets: Buckets by the names that origins call them. Each lets this distribution read it,
            and nobody else.
        load_balancers: Load balancers by the names that origins call them, each for CloudFront
            alone.
        web_acl: Looks at every request first.
        proven_by: A certificate for the same domains, whose records prove this one too.

    Raises:
        PlatformError: ``AlertsElsewhere`` if the topics are not in us-east-1, ``NotForTheseLogs`` if
            the bucket for logs is for something else, ``NoSuchOriginTarget``, ``NotLocked`` or
            ``HostWithoutCertificate`` if an origin is not there or cannot be one, ``OutsideZone`` if
            an alias is not in the zone.
    """

    def __init__(  # noqa: PLR0913 - what a distribution answers from, and where it tells of it
        self,
        scope: Construct,
        id: str,
        *,
        config: DistributionConfig,
        zone: HostedZone,
        logs: Bucket,
        alerts: Alerts,
        buckets: Mapping[str, Bucket] | None = None,
        load_balancers: Mapping[str, LoadBalancer] | None = None,
        web_acl: WebAcl | None = None,
        proven_by: Certificate | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._check(logs, alerts)
        self._origins = Origins(
            self, config=config, buckets=buckets or {}, load_balancers=load_balancers or {}
        )
        self._policies = OwnPolicies(self)
        self._functions = self._define_functions()
        self.certificate = Certificate(
            self,
            "Certificate",
            config=config.certificate_config,
            zone=zone,
            provider=self.stack.us_east_1_provider(),
            proven_by=proven_by,
        )
        """Its certificate, in us-east-1, where CloudFront looks for it."""
        distribution = self._define(None if web_acl is None else web_acl.distribution_arn)
        protect(self, distribution)

        self.distribution_id: TokenStr = distribution.id
        """Id of the distribution; what invalidations and metrics name it by."""
        self.arn: TokenStr = distribution.arn
        """ARN of the distribution; what policies name it by."""
        self.domain_name: TokenStr = distribution.domain_name
        """Name that CloudFront gave it."""
        self.alias = AliasTarget(
            dns_name=distribution.domain_name,
            zone_id=distribution.hosted_zone_id,
            ipv6=config.ipv6,
            evaluates_health=False,
        )
        """What an `AliasRecord` needs of it."""
        for bucket in self._origins.buckets:
            bucket.serve(self, distribution_arn=self.arn)
        for host in config.aliases:
            AliasRecord(
                self,
                f"Alias_{host.replace('.', '_').replace('*', 'Any')}",
                config=AliasRecordConfig(host=host),
                zone=zone,
                target=self.alias,
            )
        deliver_access_logs(self, distribution_arn=self.arn, logs=logs)
        watch_distribution(
            self, distribution_id=self.distribution_id, config=config.alarms, alerts=alerts
        )

    def _check(self, logs: Bucket, alerts: Alerts) -> None:
        if alerts.stack.target.region != US_EAST_1:
            raise PlatformError(
                "AlertsElsewhere",
                f"the metrics of CloudFront are in {US_EAST_1}, and {alerts.node.path!r} is in"
                f" {alerts.stack.target.region}, where their alarms cannot publish to it; give alerts"
                f" of {US_EAST_1}",
                where=self.node.path,
            )
        if logs.purpose is not Purpose.LOGS:
            raise PlatformError(
                "NotForTheseLogs",
                f"{logs.node.path!r} is a bucket for {logs.purpose.value}, so AWS's log delivery"
                f" cannot write to it; give one for {Purpose.LOGS.value}",
                where=self.node.path,
            )

    def _define_functions(self) -> dict[str, TokenStr]:
        return {
            name: aws_function.CloudfrontFunction(
                self,
                f"Function{pascal(name)}",
                name=self.physical_name(Kind.CLOUDFRONT_FUNCTION, name),
                comment=config.description,
                runtime=_RUNTIME,
                # Terraform would read ${ and %{ as its own.
                code=config.code.replace("${", "$${").replace("%{", "%%{"),
                publish=True,
                # CloudFront deletes no function that is used: the distribution changes before.
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            ).arn
            for name, config in sorted(self._config.functions.items())
        }

    def _define(self, web_acl_arn: TokenStr | None) -> aws_distribution.CloudfrontDistribution:
        config = self._config
        aws = aws_distribution
        return aws.CloudfrontDistribution(
            self,
            "Resource",
            comment=config.description,
            enabled=True,
            aliases=sorted(config.aliases),
            origin=self._origins.define(),
            ordered_cache_behavior=[
                aws.CloudfrontDistributionOrderedCacheBehavior(
                    path_pattern=it.path,
                    function_association=[
                        aws.CloudfrontDistributionOrderedCacheBehaviorFunctionAssociation(**given)
                        for given in self._function_of(it)
                    ],
                    **self._behaviour(it),
                )
                for it in config.behaviours
            ],
            default_cache_behavior=aws.CloudfrontDistributionDefaultCacheBehavior(
                function_association=[
                    aws.CloudfrontDistributionDefaultCacheBehaviorFunctionAssociation(**given)
                    for given in self._function_of(config.default)
                ],
                **self._behaviour(config.default),
            ),
            custom_error_response=[
                aws.CloudfrontDistributionCustomErrorResponse(
                    error_code=page.code,
                    error_caching_min_ttl=page.cache_seconds,
                    response_page_path=page.path,
                    response_code=page.response_code,
                )
                for page in config.error_pages
            ],
            restrictions=aws.CloudfrontDistributionRestrictions(geo_restriction=self._countries()),
            viewer_certificate=aws.CloudfrontDistributionViewerCertificate(
                acm_certificate_arn=self.certificate.arn,
                ssl_support_method="sni-only",
                minimum_protocol_version=config.minimum_tls,
            ),
            http_version="http2and3" if config.http3 else "http2",
            is_ipv6_enabled=config.ipv6,
            price_class=config.price_class,
            web_acl_id=web_acl_arn,
            wait_for_deployment=config.waits_for_deployment,
            tags={"Name": self.physical_name(Kind.TAG)},
        )

    def _behaviour(self, behaviour: BehaviourConfig) -> dict[str, Any]:
        """Return what ordered behaviours and the default one have in common."""
        origin = self._config.origins[behaviour.origin]
        return {
            "target_origin_id": behaviour.origin,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": list(behaviour.methods.names),
            "cached_methods": list(CACHED_METHODS),
            "compress": behaviour.compress,
            "cache_policy_id": self._policies.cache(behaviour),
            "origin_request_policy_id": self._policies.origin_request(behaviour, origin),
            "response_headers_policy_id": self._policies.response_headers(behaviour),
        }

    def _function_of(self, behaviour: BehaviourConfig) -> list[dict[str, str]]:
        named = {field: getattr(behaviour, field) for field in _EVENTS}
        return [
            {"event_type": _EVENTS[field], "function_arn": self._functions[name]}
            for field, name in named.items()
            if name is not None
        ]

    def _countries(self) -> aws_distribution.CloudfrontDistributionRestrictionsGeoRestriction:
        restriction = aws_distribution.CloudfrontDistributionRestrictionsGeoRestriction
        countries = self._config.countries
        if countries is None:
            return restriction(restriction_type="none", locations=[])
        kind = "whitelist" if countries.kind == "allow" else "blacklist"
        return restriction(restriction_type=kind, locations=sorted(countries.codes))
