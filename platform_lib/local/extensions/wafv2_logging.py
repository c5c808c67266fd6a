"""WAFv2: logs that can be written.

Upstream gap: moto logs what does not exist to what does not exist, under any name and in any Region.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from moto.logs.models import logs_backends
from moto.wafv2.models import GLOBAL_REGION, wafv2_backends
from moto.wafv2.responses import WAFV2Response

from platform_lib.local.extensions._wafv2 import invalid, missing
from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_PREFIX = "aws-waf-logs-"
_REDACTABLE = {"Method", "QueryString", "SingleHeader", "UriPath"}
_LOG_GROUP = ":log-group:"


def install() -> None:
    """Patch moto."""
    replace(WAFV2Response)(put_logging_configuration)


def put_logging_configuration(original: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse destinations that AWS WAF cannot write to."""

    def put(self: Any) -> Any:
        asked = json.loads(self.body)["LoggingConfiguration"]
        arn, account = asked["ResourceArn"], self.current_account
        region = arn.split(":")[3]
        kept_in = GLOBAL_REGION if ":global/" in arn else region
        if arn not in wafv2_backends[account][kept_in].wacls:
            raise missing(arn)
        if len(asked["LogDestinationConfigs"]) != 1:
            raise invalid("field: LOG_DESTINATION, parameter: exactly one is allowed")
        (destination,) = asked["LogDestinationConfigs"]
        name = destination.partition(_LOG_GROUP)[2] or destination.rpartition(":")[2]
        if not name.rpartition("/")[2].startswith(_PREFIX) and not name.startswith(_PREFIX):
            raise invalid(
                "The ARN isn't valid. A valid ARN begins with arn: and its name with"
                f" {_PREFIX}, field: LOG_DESTINATION, parameter: {destination}"
            )
        if _LOG_GROUP in destination:
            group = name.removesuffix(":*")
            where = destination.split(":")[3]
            if where != region or group not in logs_backends[account][region].groups:
                raise AwsError(
                    "WAFLogDestinationPermissionIssueException",
                    "Unable to deliver logs to the configured destination. You might need to grant"
                    f" log delivery permissions for the destination: {destination}",
                )
        for field in asked.get("RedactedFields") or ():
            if not set(field) <= _REDACTABLE:
                raise invalid(f"field: REDACTED_FIELDS, parameter: {', '.join(sorted(field))}")
        return original(self)

    return put
