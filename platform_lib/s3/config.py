"""What a person writes about a bucket; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.types import matching


class Purpose(StrEnum):
    """What a bucket is for. It decides who may write to it, what expires, and how it is encrypted."""

    MEDIA = "media"
    """What people upload; kept until somebody deletes it."""

    STATIC = "static"
    """What a release uploads: scripts, styles, pictures."""

    BACKUP = "backup"
    """Copies of what lives elsewhere: expired."""

    STATE = "state"
    """State of a tool such as Terraform; every version is kept long."""

    LOGS = "logs"
    """Logs that AWS's log delivery writes, such as those of VPCs, CloudFront and WAF: expired."""

    LOAD_BALANCER_LOGS = "load-balancer-logs"
    """Access logs of load balancers: expired. They cannot be written with a key of ours."""

    ACCESS_LOGS = "access-logs"
    """Access logs of other buckets: expired. They cannot be written with a key of ours."""

    @property
    def expires(self) -> bool:
        """Whether objects go by themselves after a time."""
        return self not in (Purpose.MEDIA, Purpose.STATIC, Purpose.STATE)


SERVED = (Purpose.MEDIA, Purpose.STATIC)
"""Purposes whose objects are for everybody, by way of a distribution."""


Origin = Annotated[
    str,
    AfterValidator(
        matching(
            r"\*|https?://(\*\.)?[a-z0-9.-]+(:\d+)?",
            "an origin; write it as in 'https://shop.example.com', without a path",
        )
    ),
]
"""An origin of a page, for example ``https://shop.example.com``; ``*`` is any."""


class CorsRule(Model):
    """Pages of other origins that may use the bucket from a browser."""

    origins: tuple[Origin, ...]
    """Origins of the pages; ``*`` stands for any and is for reading only."""

    methods: tuple[Literal["GET", "HEAD", "PUT", "POST", "DELETE"], ...] = ("GET", "HEAD")
    """What the pages may do."""

    max_age_seconds: Annotated[int, Field(ge=0, le=86400)] = 3600
    """Seconds that a browser remembers the answer."""

    @model_validator(mode="after")
    def _opens_what_it_should(self) -> CorsRule:
        for field in ("origins", "methods"):
            if not getattr(self, field):
                raise ValueError(f"{field} is empty, so the rule opens nothing; leave the rule out")
        writing = sorted(set(self.methods) - {"GET", "HEAD"})
        if "*" in self.origins and writing:
            raise ValueError(
                f"origins has '*' with methods {', '.join(writing)}; any page may only GET and HEAD,"
                " so name the origins that may do more"
            )
        return self


class BucketConfig(Model):
    """One bucket."""

    purpose: Purpose
    """What it is for."""

    retention_days: Annotated[int, Field(ge=1)] | None = None
    """Days after which an object expires; required for logs and backups, and not for what people
    and releases upload, which stays."""

    deleted_days: Annotated[int, Field(ge=1)] = 30
    """Days that a deleted, expired or overwritten object can still be had back."""

    cors: tuple[CorsRule, ...] = ()
    """Pages of other origins that may use it; only for media and static files."""

    @model_validator(mode="after")
    def _fits_its_purpose(self) -> BucketConfig:
        if self.purpose.expires and self.retention_days is None:
            raise ValueError(
                f"a bucket for {self.purpose} needs retention_days; write the days after which an"
                " object expires"
            )
        if not self.purpose.expires and self.retention_days is not None:
            raise ValueError(
                f"retention_days={self.retention_days} would delete what a bucket for"
                f" {self.purpose} is there to keep; leave it out"
            )
        if self.cors and self.purpose not in (Purpose.MEDIA, Purpose.STATIC):
            raise ValueError(
                f"a bucket for {self.purpose} is not used from a browser; leave cors out"
            )
        return self
