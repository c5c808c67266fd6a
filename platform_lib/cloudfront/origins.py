"""Where CloudFront gets answers from; pure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from platform_lib.dns.config import DomainName
from platform_lib.model import Model
from platform_lib.types import Region, Slug, matching

Folder = Annotated[
    str,
    AfterValidator(
        matching(
            r"|(/[A-Za-z0-9_.~-]+)+",
            "a folder of a bucket; begin it with a slash and end it without one, as in '/release'",
        )
    ),
]
"""A folder of a bucket, for example ``/release``."""


class OriginConfig(Model):
    """What every origin has."""

    shield: Region | None = None
    """Region of a further cache that all others ask first, near the origin; without it each asks
    the origin itself.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/origin-shield.html"""

    connection_attempts: Annotated[int, Field(ge=1, le=3)] = 3
    """How often CloudFront tries to connect before the viewer gets 504."""

    connection_timeout_seconds: Annotated[int, Field(ge=1, le=10)] = 10
    """Seconds that it waits for each."""


class S3Origin(OriginConfig):
    """A bucket, read with signed requests; nobody else may read it."""

    kind: Literal["s3"] = "s3"
    """What tells it from other origins."""

    bucket: Slug
    """Name of the bucket in the environment."""

    path: Folder = ""
    """Folder of the bucket that is put in front of every path; empty for none."""


class LoadBalancerOrigin(OriginConfig):
    """What both kinds of load balancers have; CloudFront calls them with HTTPS only."""

    load_balancer: Slug
    """Name of the load balancer in the environment."""

    keeps_host: bool = True
    """Whether it gets the viewer's ``Host``; its certificate must then be good for every alias of
    the distribution. Without it the application sees ``domain`` and not what the viewer typed."""

    domain: DomainName | None = None
    """Name that CloudFront calls it by, which its certificate must be good for; only with
    ``keeps_host=False``, for otherwise the viewer's name is what counts.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-https-cloudfront-to-custom-origin.html"""

    response_timeout_seconds: Annotated[int, Field(ge=1, le=60)] = 30
    """Seconds without a byte of the answer after which the viewer gets 504; more than 60 need a
    raised quota.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesOrigin.html"""

    keep_alive_seconds: Annotated[int, Field(ge=1, le=60)] = 30
    """Seconds that an idle connection is kept; less than the load balancer keeps it."""

    @model_validator(mode="after")
    def _is_called_by_a_name(self) -> LoadBalancerOrigin:
        if self.keeps_host and self.domain is not None:
            raise ValueError(
                f"domain={self.domain!r} has no effect with keeps_host=True, where the viewer's name"
                " is what the certificate must be good for; leave it out, or write keeps_host=False"
            )
        if not self.keeps_host and self.domain is None:
            raise ValueError(
                "keeps_host=False needs domain, the name that CloudFront calls the load balancer by;"
                " write one that its certificate is good for"
            )
        return self


class AlbOrigin(LoadBalancerOrigin):
    """An external load balancer, locked for everybody but CloudFront.

    It lets in CloudFront's addresses only, and of those only requests that carry a secret header.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/restrict-access-to-load-balancer.html
    """

    kind: Literal["alb"] = "alb"
    """What tells it from other origins."""


class VpcOrigin(LoadBalancerOrigin):
    """An internal load balancer, which CloudFront reaches inside the VPC.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-vpc-origins.html
    """

    kind: Literal["vpc"] = "vpc"
    """What tells it from other origins."""


Origin = Annotated[S3Origin | AlbOrigin | VpcOrigin, Field(discriminator="kind")]
"""Where answers come from."""
