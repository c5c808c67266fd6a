"""The policies that a distribution has of its own, each made once for all behaviours that give it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import cdktf_cdktf_provider_aws.cloudfront_cache_policy as aws_cache_policy
import cdktf_cdktf_provider_aws.cloudfront_origin_request_policy as aws_origin_request_policy
import cdktf_cdktf_provider_aws.cloudfront_response_headers_policy as aws_response_headers_policy
from cdktf import TerraformResourceLifecycle

from platform_lib.cloudfront.behaviours import BehaviourConfig
from platform_lib.cloudfront.managed import (
    ManagedCachePolicy,
    ManagedOriginRequestPolicy,
    ManagedResponseHeadersPolicy,
)
from platform_lib.cloudfront.origins import Origin
from platform_lib.cloudfront.policies import (
    CachePolicyConfig,
    CorsHeaders,
    OriginRequestPolicyConfig,
    ResponseHeadersPolicyConfig,
    Selection,
)
from platform_lib.core.construct import PlatformConstruct
from platform_lib.naming import Kind, pascal
from platform_lib.types import TokenStr

_Names = TypeVar("_Names")
_KINDS = {
    "none": "none",
    "all": "all",
    "only": "whitelist",
    "all-except": "allExcept",
}
_HEADER_KINDS = {**_KINDS, "all": "allViewer", "all-and": "allViewerAndWhitelistCloudFront"}
"""https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyHeadersConfig.html"""


class OwnPolicies:
    """The policies of one distribution, by kind and name.

    Args:
        distribution: The distribution that has them.
    """

    def __init__(self, distribution: PlatformConstruct) -> None:
        self._distribution = distribution
        self._made: dict[tuple[str, str], TokenStr] = {}

    def cache(self, behaviour: BehaviourConfig) -> TokenStr:
        """Return the id of the cache policy of a behaviour."""
        policy = behaviour.cache_policy
        if isinstance(policy, ManagedCachePolicy):
            return policy.value
        return self._once("Cache", policy.name, lambda it, name: self._cache(policy, it, name))

    def origin_request(self, behaviour: BehaviourConfig, origin: Origin) -> TokenStr | None:
        """Return the id of what a behaviour sends to its origin; None adds nothing to the key."""
        policy = behaviour.sends(origin)
        if policy is None or isinstance(policy, ManagedOriginRequestPolicy):
            return None if policy is None else policy.value
        return self._once(
            "OriginRequest", policy.name, lambda it, name: self._origin_request(policy, it, name)
        )

    def response_headers(self, behaviour: BehaviourConfig) -> TokenStr | None:
        """Return the id of the headers that viewers get; None adds none."""
        policy = behaviour.response_headers_policy
        if policy is None or isinstance(policy, ManagedResponseHeadersPolicy):
            return None if policy is None else policy.value
        return self._once(
            "ResponseHeaders",
            policy.name,
            lambda it, name: self._response_headers(policy, it, name),
        )

    def _once(self, kind: str, name: str, make: Callable[[str, str], TokenStr]) -> TokenStr:
        if (kind, name) not in self._made:
            own = self._distribution.physical_name(Kind.CLOUDFRONT_POLICY, name, _ROLES[kind])
            self._made[kind, name] = make(f"{kind}{pascal(name)}", own)
        return self._made[kind, name]

    def _cache(self, policy: CachePolicyConfig, id: str, name: str) -> TokenStr:
        aws = aws_cache_policy
        key = aws.CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOrigin
        headers = aws.CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfig
        header_names = (
            aws.CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginHeadersConfigHeaders
        )
        cookies = aws.CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfig
        cookie_names = (
            aws.CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginCookiesConfigCookies
        )
        strings = (
            aws.CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfig
        )
        string_names = aws.CloudfrontCachePolicyParametersInCacheKeyAndForwardedToOriginQueryStringsConfigQueryStrings
        return aws.CloudfrontCachePolicy(
            self._distribution,
            id,
            name=name,
            comment=f"Cache key of {self._distribution.stack.target.name}",
            min_ttl=policy.min_ttl_seconds,
            default_ttl=policy.default_ttl_seconds,
            max_ttl=policy.max_ttl_seconds,
            parameters_in_cache_key_and_forwarded_to_origin=key(
                enable_accept_encoding_brotli="br" in policy.compression,
                enable_accept_encoding_gzip="gzip" in policy.compression,
                headers_config=headers(
                    header_behavior=_KINDS[policy.headers.kind],
                    headers=_named(policy.headers, header_names),
                ),
                cookies_config=cookies(
                    cookie_behavior=_KINDS[policy.cookies.kind],
                    cookies=_named(policy.cookies, cookie_names),
                ),
                query_strings_config=strings(
                    query_string_behavior=_KINDS[policy.query_strings.kind],
                    query_strings=_named(policy.query_strings, string_names),
                ),
            ),
            lifecycle=_SUCCESSOR_FIRST,
        ).id

    def _origin_request(self, policy: OriginRequestPolicyConfig, id: str, name: str) -> TokenStr:
        aws = aws_origin_request_policy
        return aws.CloudfrontOriginRequestPolicy(
            self._distribution,
            id,
            name=name,
            comment=f"What origins of {self._distribution.stack.target.name} get",
            headers_config=aws.CloudfrontOriginRequestPolicyHeadersConfig(
                header_behavior=_HEADER_KINDS[policy.headers.kind],
                headers=_named(
                    policy.headers, aws.CloudfrontOriginRequestPolicyHeadersConfigHeaders
                ),
            ),
            cookies_config=aws.CloudfrontOriginRequestPolicyCookiesConfig(
                cookie_behavior=_KINDS[policy.cookies.kind],
                cookies=_named(
                    policy.cookies, aws.CloudfrontOriginRequestPolicyCookiesConfigCookies
                ),
            ),
            query_strings_config=aws.CloudfrontOriginRequestPolicyQueryStringsConfig(
                query_string_behavior=_KINDS[policy.query_strings.kind],
                query_strings=_named(
                    policy.query_strings,
                    aws.CloudfrontOriginRequestPolicyQueryStringsConfigQueryStrings,
                ),
            ),
            lifecycle=_SUCCESSOR_FIRST,
        ).id

    def _response_headers(
        self, policy: ResponseHeadersPolicyConfig, id: str, name: str
    ) -> TokenStr:
        aws = aws_response_headers_policy
        added = [
            aws.CloudfrontResponseHeadersPolicyCustomHeadersConfigItems(
                header=header, value=value, override=True
            )
            for header, value in sorted(policy.headers.items())
        ]
        removed = [
            aws.CloudfrontResponseHeadersPolicyRemoveHeadersConfigItems(header=header)
            for header in sorted(policy.remove)
        ]
        return aws.CloudfrontResponseHeadersPolicy(
            self._distribution,
            id,
            name=name,
            comment=f"What viewers of {self._distribution.stack.target.name} get",
            security_headers_config=_security_headers(policy),
            cors_config=None if policy.cors is None else _cors(policy.cors),
            custom_headers_config=aws.CloudfrontResponseHeadersPolicyCustomHeadersConfig(
                items=added
            )
            if added
            else None,
            remove_headers_config=aws.CloudfrontResponseHeadersPolicyRemoveHeadersConfig(
                items=removed
            )
            if removed
            else None,
            lifecycle=_SUCCESSOR_FIRST,
        ).id


_ROLES = {
    "Cache": "cache",
    "OriginRequest": "origin-request",
    "ResponseHeaders": "response-headers",
}
_SUCCESSOR_FIRST = TerraformResourceLifecycle(create_before_destroy=True)
"""CloudFront deletes no policy that a distribution uses, so the distribution has to change before."""


def _named(selection: Selection, kind: Callable[..., _Names]) -> _Names | None:
    """Return the names of a selection as the resource has them; where there are none, nothing."""
    return kind(items=sorted(selection.names)) if selection.names else None


def _security_headers(
    policy: ResponseHeadersPolicyConfig,
) -> aws_response_headers_policy.CloudfrontResponseHeadersPolicySecurityHeadersConfig:
    aws = aws_response_headers_policy
    csp = policy.content_security_policy
    return aws.CloudfrontResponseHeadersPolicySecurityHeadersConfig(
        content_type_options=aws.CloudfrontResponseHeadersPolicySecurityHeadersConfigContentTypeOptions(
            override=True
        ),
        strict_transport_security=aws.CloudfrontResponseHeadersPolicySecurityHeadersConfigStrictTransportSecurity(
            access_control_max_age_sec=policy.strict_transport_security_seconds,
            include_subdomains=policy.include_subdomains,
            preload=policy.preload,
            override=False,
        ),
        frame_options=aws.CloudfrontResponseHeadersPolicySecurityHeadersConfigFrameOptions(
            frame_option=policy.frame_options, override=False
        ),
        referrer_policy=aws.CloudfrontResponseHeadersPolicySecurityHeadersConfigReferrerPolicy(
            referrer_policy=policy.referrer_policy, override=False
        ),
        content_security_policy=None
        if csp is None
        else aws.CloudfrontResponseHeadersPolicySecurityHeadersConfigContentSecurityPolicy(
            content_security_policy=csp, override=False
        ),
    )


def _cors(
    cors: CorsHeaders,
) -> aws_response_headers_policy.CloudfrontResponseHeadersPolicyCorsConfig:
    aws = aws_response_headers_policy
    exposed = sorted(cors.exposed_headers)
    return aws.CloudfrontResponseHeadersPolicyCorsConfig(
        access_control_allow_origins=aws.CloudfrontResponseHeadersPolicyCorsConfigAccessControlAllowOrigins(
            items=sorted(cors.origins)
        ),
        access_control_allow_methods=aws.CloudfrontResponseHeadersPolicyCorsConfigAccessControlAllowMethods(
            items=sorted(cors.methods)
        ),
        access_control_allow_headers=aws.CloudfrontResponseHeadersPolicyCorsConfigAccessControlAllowHeaders(
            items=sorted(cors.request_headers)
        ),
        access_control_expose_headers=aws.CloudfrontResponseHeadersPolicyCorsConfigAccessControlExposeHeaders(
            items=exposed
        )
        if exposed
        else None,
        access_control_allow_credentials=cors.credentials,
        access_control_max_age_sec=cors.max_age_seconds,
        origin_override=False,
    )
