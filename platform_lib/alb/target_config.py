"""What a person writes about target groups; pure."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from platform_lib.model import Model
from platform_lib.types import matching

_SHORTEST_SLOW_START = 30
_HTTP_CODES = range(200, 500)
_GRPC_CODES = range(100)
_GRPC_METHOD = re.compile(r"/[\w.]+/\w+", re.ASCII)
_MATCHER = re.compile(r"(\d+)(-(\d+))?(,\d+(-\d+)?)*", re.ASCII)

HealthPath = Annotated[
    str,
    AfterValidator(
        matching(
            r"/[!-~]{0,1023}",
            "a health check path; start it with a slash, as in '/health/'",
        )
    ),
]
"""A path that answers whether a target is well; 1024 characters at most.
https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html"""


class TargetHealthCheck(Model):
    """How a load balancer finds out which targets are well.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """

    path: HealthPath = "/health"
    """Path that is asked, with its slash at the end if it has one: a redirect is no success."""

    interval_seconds: Annotated[int, Field(ge=5, le=300)] = 15
    """Seconds from one question to the next."""

    timeout_seconds: Annotated[int, Field(ge=2, le=120)] = 5
    """Seconds without an answer that count as a failure; less than the interval."""

    healthy_threshold: Annotated[int, Field(ge=2, le=10)] = 2
    """Successes in a row that make a target well."""

    unhealthy_threshold: Annotated[int, Field(ge=2, le=10)] = 3
    """Failures in a row that make a target unwell."""

    matcher: str | None = None
    """Codes that are a success, as in ``200``, ``200,204`` or ``200-299``. Without it 200, and for
    gRPC 0."""

    @model_validator(mode="after")
    def _ends_before_the_next(self) -> TargetHealthCheck:
        if self.timeout_seconds >= self.interval_seconds:
            raise ValueError(
                f"timeout_seconds={self.timeout_seconds} does not end before the next check after"
                f" interval_seconds={self.interval_seconds}; make it smaller"
            )
        return self


class TargetGroupAlarms(Model):
    """When what is behind a target group is not well."""

    errors: Annotated[int, Field(ge=0)] = 10
    """Answers with a 5xx code of the targets in a minute, three minutes in a row."""

    unhealthy_hosts: Annotated[int, Field(ge=0)] = 0
    """Targets that are not well, two minutes in a row."""

    response_seconds: Annotated[float, Field(gt=0)] = 2.0
    """Seconds in which 99 of 100 requests are answered, three minutes in a row."""


class TargetGroupSettings(Model):
    """How a load balancer calls its targets, whatever their port."""

    protocol: Literal["HTTP", "HTTPS"] = "HTTP"
    """How targets are called; with HTTPS any certificate of theirs is taken.
    **Changing this replaces the group**, the new one first."""

    protocol_version: Literal["HTTP1", "HTTP2", "GRPC"] = "HTTP1"
    """What targets speak. **Changing this replaces the group**, the new one first."""

    health_check: TargetHealthCheck = TargetHealthCheck()
    """How it is found out which targets are well."""

    deregistration_delay_seconds: Annotated[int, Field(ge=0, le=3600)] = 60
    """Seconds that a target which is taken out may finish requests: the longest that one takes.
    A deployment waits for it with each task."""

    slow_start_seconds: Annotated[int, Field(ge=0, le=900)] = 0
    """Seconds in which a new target's share of requests grows, 30 to 900; zero gives it all at once."""

    sticky_seconds: Annotated[int, Field(ge=1, le=604800)] | None = None
    """Seconds that a client is sent to the same target by a cookie; without it to any."""

    alarms: TargetGroupAlarms = TargetGroupAlarms()
    """When what is behind it is not well."""

    @property
    def matcher(self) -> str:
        """The codes that are a success."""
        return self.health_check.matcher or ("0" if self.protocol_version == "GRPC" else "200")

    @model_validator(mode="after")
    def _is_one_that_elb_takes(self) -> TargetGroupSettings:
        if 0 < self.slow_start_seconds < _SHORTEST_SLOW_START:
            raise ValueError(
                f"slow_start_seconds={self.slow_start_seconds} is not offered; choose 0, or"
                f" {_SHORTEST_SLOW_START} to 900"
            )
        grpc = self.protocol_version == "GRPC"
        path = self.health_check.path
        if grpc and _GRPC_METHOD.fullmatch(path) is None:
            raise ValueError(
                f"health_check.path {path!r} is no gRPC method; write it as in"
                " '/grpc.health.v1.Health/Check'"
            )
        codes = _GRPC_CODES if grpc else _HTTP_CODES
        if not _is_matcher(self.matcher, codes):
            raise ValueError(
                f"health_check.matcher {self.matcher!r} is not a list of codes; write numbers from"
                f" {codes[0]} to {codes[-1]}, as in '{codes[0]}' or '{codes[0]}-{codes[99]}'"
            )
        return self


class TargetGroupConfig(TargetGroupSettings):
    """What a load balancer sends requests to, by address."""

    port: Annotated[int, Field(ge=1, le=65535)]
    """Port of the targets. **Changing this replaces the group**, the new one first."""


def _is_matcher(text: str, codes: range) -> bool:
    if _MATCHER.fullmatch(text) is None:
        return False
    spans = [[int(end) for end in part.split("-")] for part in text.split(",")]
    return all(it in codes for span in spans for it in span) and all(s == sorted(s) for s in spans)
