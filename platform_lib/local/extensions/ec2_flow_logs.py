"""Flow logs: S3 destinations with a prefix, destination options, log groups given by ARN.

Upstream gap: moto takes everything after ``arn:aws:s3:::`` for the bucket's name, drops
DestinationOptions, and reports a failed delivery when a log group is named by its ARN.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.models.flow_logs import FlowLogsBackend
from moto.ec2.responses import EC2Response
from moto.logs.models import logs_backends
from moto.s3.exceptions import MissingBucket
from moto.s3.models import s3_backends

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_ALREADY = "Error. There is an existing Flow Log with the same configuration and log destination."


def install() -> None:
    """Patch moto."""
    replace(FlowLogsBackend, "create_flow_logs")(_create_in_backend)
    replace(EC2Response, "create_flow_logs")(_create_in_response)


def _create_in_backend(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(self: Any, **given: Any) -> tuple[list[Any], list[Any]]:
        destination = given["log_destination"]
        kind = given["log_destination_type"] or "cloud-watch-logs"
        if kind == "s3" and destination:
            _, found, path = destination.partition(":::")
            if not found:
                raise AwsError(
                    "InvalidParameter", f"LogDestination: {destination} is not a valid S3 ARN."
                )
            bucket, _, prefix = path.partition("/")
            if prefix.startswith("AWSLogs"):
                raise AwsError(
                    "InvalidParameter",
                    "LogDestination cannot use AWSLogs as a subfolder name."
                    " This is a reserved term.",
                )
            if not _bucket_exists(self, bucket):
                errors = [
                    (resource, "400", f"LogDestination: {bucket} does not exist.")
                    for resource in given["resource_ids"]
                ]
                return [], errors
            _refuse_twin(self, given["resource_ids"], destination)
            flow_logs, errors = original(self, **(given | {"log_destination": _bare(destination)}))
            for flow_log in flow_logs:
                flow_log.log_destination = destination
            return flow_logs, errors
        flow_logs, errors = original(self, **given)
        if kind == "cloud-watch-logs" and destination:
            for flow_log in flow_logs:
                _find_log_group(self, flow_log, destination)
        return flow_logs, errors

    return create


def _bare(destination: str) -> str:
    return destination.partition("/")[0]


def _bucket_exists(backend: Any, bucket: str) -> bool:
    try:
        s3_backends[backend.account_id][backend.partition].get_bucket(bucket)
    except MissingBucket:
        return False
    return True


def _refuse_twin(backend: Any, resources: list[str], destination: str) -> None:
    """Compare whole destinations; moto would compare this one's bucket with those in full."""
    for flow_log in backend.flow_logs.values():
        if flow_log.resource_id in resources and flow_log.log_destination == destination:
            raise AwsError("FlowLogAlreadyExists", _ALREADY)


def _find_log_group(backend: Any, flow_log: Any, arn: str) -> None:
    flow_log.log_group_name = arn.split(":log-group:", 1)[-1].removesuffix(":*")
    groups = logs_backends[backend.account_id][backend.region_name].groups
    if flow_log.log_group_name in groups:
        flow_log.deliver_logs_status = "SUCCESS"
        flow_log.deliver_logs_error_message = None


def _create_in_response(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(self: Any) -> Any:
        options = self._get_param("DestinationOptions")
        if options and self._get_param("LogDestinationType") != "s3":
            raise AwsError(
                "InvalidParameter",
                "DestinationOptions can only be specified when LogDestinationType is s3.",
            )
        answer = original(self)
        for identifier in answer.result["FlowLogIds"]:
            self.ec2_backend.flow_logs[identifier].destination_options = options and {
                "FileFormat": options.get("FileFormat", "plain-text"),
                "HiveCompatiblePartitions": options.get("HiveCompatiblePartitions", False),
                "PerHourPartition": options.get("PerHourPartition", False),
            }
        return answer

    return create
