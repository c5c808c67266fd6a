"""What a person writes about a distribution; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from platform_lib.acm.config import CertificateConfig, covers
from platform_lib.cloudfront import _checks
from platform_lib.cloudfront.behaviours import BehaviourConfig
from platform_lib.cloudfront.origins import Origin
from platform_lib.dns.config import HostName
from platform_lib.model import Model
from platform_lib.types import Slug, matching

_MOST_ALIASES = 100
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html"""

_MOST_FUNCTION_BYTES = 10_240
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-function-restrictions.html"""

ErrorCode = Literal[400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504]
"""Codes that CloudFront has error pages for.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/creating-custom-error-pages.html"""

CountryCode = Annotated[
    str,
    AfterValidator(matching(r"[A-Z]{2}", "the code of a country; write it as in 'DE'")),
]
"""A country in two letters, as ISO 3166 has them."""


PagePath = Annotated[
    str, AfterValidator(matching(r"/\S+", "the path of a page; begin it with a slash"))
]
"""Path of a page of the distribution."""


class FunctionConfig(Model):
    """A CloudFront function: a little JavaScript that sees every request or answer."""

    description: Annotated[str, Field(min_length=1, max_length=128)]
    """What it does, in a few words."""

    code: str
    """JavaScript for the runtime ``cloudfront-js-2.0`` with a function ``handler``, 10 KB at most."""

    @model_validator(mode="after")
    def _is_a_function(self) -> FunctionConfig:
        size = len(self.code.encode())
        if size > _MOST_FUNCTION_BYTES:
            raise ValueError(
                f"code has {size} bytes and a function may have {_MOST_FUNCTION_BYTES}; make it"
                " smaller"
            )
        if re.search(r"\bhandler\b", self.code) is None:
            raise ValueError(
                "code has no function 'handler', which CloudFront calls; begin with 'function"
                " handler(event) {'"
            )
        return self


class ErrorPage(Model):
    """What viewers get instead of an origin's error, and for how long that is kept."""

    code: ErrorCode
    """Code that the origin answers with."""

    cache_seconds: Annotated[int, Field(ge=0)] = 10
    """Seconds that the error is kept before the origin is asked again."""

    path: PagePath | None = None
    """Path of a page of the distribution; without it viewers get the error as it is."""

    response_code: Literal[200] | ErrorCode | None = None
    """Code that viewers get with the page."""

    @model_validator(mode="after")
    def _answers_with_a_page(self) -> ErrorPage:
        if (self.path is None) != (self.response_code is None):
            raise ValueError(
                f"path={self.path!r} and response_code={self.response_code!r} belong together; write"
                " both, or none to let viewers see the error"
            )
        return self


class Countries(Model):
    """Countries whose viewers are let in, or are not."""

    kind: Literal["allow", "deny"]
    """Whether only those that are named are let in, or all but those."""

    codes: Annotated[tuple[CountryCode, ...], Field(min_length=1)]
    """Countries in two letters."""


class DistributionAlarms(Model):
    """When a distribution is not well."""

    server_errors_percent: Annotated[float, Field(gt=0, le=100)] = 1.0
    """Share of answers with a 5xx code in five minutes, three times in a row."""


class DistributionConfig(Model):
    """One distribution: which requests go where, and what is kept of the answers."""

    description: Annotated[str, Field(min_length=1, max_length=128)]
    """What it is for, in a few words; the console shows it."""

    aliases: Annotated[tuple[HostName, ...], Field(min_length=1, max_length=_MOST_ALIASES)]
    """Host names that viewers type. CloudFront's own name comes with an old version of TLS, so
    there is at least one."""

    certificate: CertificateConfig | None = None
    """Names of its certificate, which is made in us-east-1; without it the aliases."""

    origins: Mapping[Slug, Origin]
    """Where answers come from, by name."""

    behaviours: tuple[BehaviourConfig, ...] = ()
    """What happens to the requests for some paths; the first one that matches decides."""

    default: BehaviourConfig
    """What happens to all other requests. Of all choices here it is the most dangerous one to get
    wrong, so there is none that is made for you."""

    functions: Mapping[Slug, FunctionConfig] = {}
    """CloudFront functions by name."""

    error_pages: tuple[ErrorPage, ...] = ()
    """What viewers get instead of errors."""

    countries: Countries | None = None
    """Whose viewers are let in; without it everybody's."""

    minimum_tls: Literal["TLSv1.2_2021"] = "TLSv1.2_2021"
    """Oldest version of TLS and set of ciphers.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html"""

    http3: bool = True
    """Whether viewers may speak HTTP/3 besides HTTP/2."""

    ipv6: bool = True
    """Whether it has IPv6 addresses too."""

    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_All"
    """Where it has edge locations: North America and Europe; those and Asia, Africa and the Middle
    East; everywhere.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/PriceClass.html"""

    waits_for_deployment: bool = True
    """Whether Terraform waits until every edge location has a change, which takes some minutes."""

    alarms: DistributionAlarms = DistributionAlarms()
    """When it is not well."""

    @property
    def all_behaviours(self) -> tuple[BehaviourConfig, ...]:
        """All behaviours in the order in which they are tried, the default one last."""
        return (*self.behaviours, self.default)

    @property
    def certificate_config(self) -> CertificateConfig:
        """Its certificate, as written or for the aliases."""
        if self.certificate is not None:
            return self.certificate
        first, *others = self.aliases
        return CertificateConfig(domain=first, alternatives=tuple(others))

    @model_validator(mode="after")
    def _has_names_that_its_certificate_covers(self) -> DistributionConfig:
        twice = sorted({it for it in self.aliases if self.aliases.count(it) > 1})
        if twice:
            raise ValueError(f"aliases has {', '.join(twice)} twice; write each once")
        names = self.certificate_config.names
        outside = [it for it in self.aliases if not any(covers(name, it) for name in names)]
        if outside:
            raise ValueError(
                f"aliases has {', '.join(outside)}, which the certificate for {', '.join(names)} is"
                " not good for; add it to the certificate's alternatives, or leave out certificate"
            )
        return self

    @model_validator(mode="after")
    def _has_one_page_for_each_error(self) -> DistributionConfig:
        codes = [it.code for it in self.error_pages]
        twice = sorted({str(code) for code in codes if codes.count(code) > 1})
        if twice:
            raise ValueError(f"error_pages has {', '.join(twice)} twice; write each code once")
        return self

    @model_validator(mode="after")
    def _answers_each_request_as_meant(self) -> DistributionConfig:
        problems = [
            *_checks.references(self.behaviours, self.default, self.origins, self.functions),
            *_checks.order(self.behaviours, self.default),
            *_checks.policies(self.all_behaviours),
        ]
        if not problems:
            problems = [
                *_checks.pairs(self.all_behaviours, self.origins),
                *_checks.dangers(self.all_behaviours, self.origins, self.aliases),
            ]
        if problems:
            raise ValueError("\n".join(problems))
        return self
