"""Aurora Serverless v2: capacity limits, down to nothing.

Upstream gap: moto takes any limits, knows no pause, lets serverless instances into clusters without
limits, and answers the empty scaling configuration of serverless v1 for every cluster.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.rds.models import DBCluster, DBInstanceClustered, RDSBackend

from platform_lib.local.extensions.support import AwsError, replace

__all__ = ["install"]

_AURORA = "aurora-postgresql"
_MOST_ACU = 256.0
_PAUSE_SECONDS = range(300, 86_401)
_PAUSES_FROM: Mapping[int, int] = {13: 15, 14: 12, 15: 7, 16: 3}
"""The first minor version of each major one that scales to 0
(https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html)."""


def install() -> None:
    """Patch moto."""
    replace(DBCluster, "scaling_configuration_info")(_only_of_serverless_v1)
    replace(DBInstanceClustered, "__init__")(_check_member)
    replace(RDSBackend)(create_db_cluster)
    replace(RDSBackend)(modify_db_cluster)


def _refuse(message: str) -> AwsError:
    return AwsError("InvalidParameterCombination", message)


def _original_dict(value: Any) -> dict[str, Any]:
    return dict(value.original_dict()) if hasattr(value, "original_dict") else dict(value)


def _only_of_serverless_v1(original: property) -> property:
    """Leave out what a provisioned cluster does not have."""

    def info(self: Any) -> Any:
        assert original.fget is not None  # noqa: S101 - moto's property
        return original.fget(self) if self.scaling_configuration else None

    return property(info)


def _limits(asked: Any) -> dict[str, Any]:
    """Return the limits of Serverless v2 with the pause that 0 brings with it."""
    found = _original_dict(asked)
    if found.get("MinCapacity") == 0:
        found.setdefault("SecondsUntilAutoPause", _PAUSE_SECONDS[0])
    else:
        found.pop("SecondsUntilAutoPause", None)
    return found


def _check_scaling(asked: Any, version: str) -> None:
    limits = _original_dict(asked)
    least, most = limits.get("MinCapacity"), limits.get("MaxCapacity")
    if least is None or most is None:
        raise _refuse("Serverless v2 needs both a minimum and a maximum capacity.")
    for value in (float(least), float(most)):
        if not 0 <= value <= _MOST_ACU or value * 2 != int(value * 2):
            raise AwsError(
                "InvalidParameterValue",
                f"Serverless v2 capacity {value} isn't valid. Capacity must be between 0 and"
                f" {_MOST_ACU:.0f} in steps of 0.5.",
            )
    if float(most) < max(1.0, float(least)):
        raise AwsError(
            "InvalidParameterValue",
            "Serverless v2 maximum capacity must be at least 1 and at least the minimum capacity.",
        )
    pause = limits.get("SecondsUntilAutoPause")
    if pause is not None and (least != 0 or int(pause) not in _PAUSE_SECONDS):
        raise _refuse(
            "SecondsUntilAutoPause must be between 300 and 86400, with a minimum capacity of 0."
        )
    major, minor = (int(part) for part in version.split(".")[:2])
    if least == 0 and minor < _PAUSES_FROM.get(major, 0):
        raise _refuse(
            f"A Serverless v2 minimum capacity of 0 isn't supported by {_AURORA} {version}."
        )


def _check_member(original: Callable[..., Any]) -> Callable[..., Any]:
    """Want limits before the first serverless instance."""

    def init(self: Any, db_cluster_identifier: str, **request: Any) -> None:
        cluster = request["backend"].clusters.get(db_cluster_identifier)
        serverless = request["db_instance_class"] == "db.serverless"
        if serverless and cluster and not cluster.serverless_v2_scaling_configuration:
            raise _refuse(
                "Set the Serverless v2 scaling configuration on the parent DB cluster before"
                " creating a Serverless v2 DB instance."
            )
        original(self, db_cluster_identifier, **request)

    return init


def _settle(request: Any, version: str) -> None:
    """Check the limits in a request, and put those that Aurora makes of them in their place."""
    asked = request.get("serverless_v2_scaling_configuration")
    if asked:
        _check_scaling(asked, version)
        request["serverless_v2_scaling_configuration"] = _limits(asked)


def create_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check the limits of a new cluster."""

    def create(self: Any, request: Any) -> Any:
        if request["engine"] == _AURORA:
            _settle(request, str(request["engine_version"]))
        return original(self, request)

    return create


def modify_db_cluster(original: Callable[..., Any]) -> Callable[..., Any]:
    """Check new limits."""

    def modify(self: Any, request: Any) -> Any:
        cluster = self.describe_db_clusters(request["db_cluster_identifier"])[0]
        if cluster.engine == _AURORA:
            _settle(request, request.get("engine_version") or cluster.engine_version)
        return original(self, request)

    return modify
