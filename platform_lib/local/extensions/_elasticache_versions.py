"""Engine versions of ElastiCache, and what a request for one of them gives.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
"""

from __future__ import annotations

from collections.abc import Mapping

from platform_lib.local.extensions.support import AwsError

__all__ = ["at_least", "full_version"]

_VERSIONS: Mapping[str, Mapping[str, str]] = {
    "redis": {
        "6.0": "6.0.5",
        "6.2": "6.2.6",
        "6.x": "6.2.6",
        "7.0": "7.0.7",
        "7.1": "7.1.0",
    },
    "valkey": {"7.2": "7.2.6", "8.0": "8.0.1", "8.1": "8.1.0", "8.2": "8.2.0"},
}
"""What a version stands for, by what may be asked for; the last one is the default."""


def full_version(engine: str, asked: str | None) -> str:
    """Return the version that a node gets."""
    if engine not in _VERSIONS:
        raise AwsError(
            "InvalidParameterValue",
            f"Unknown parameter for Engine: {engine!r}, must be one of: {', '.join(_VERSIONS)}",
        )
    known = _VERSIONS[engine]
    if asked is None:
        return list(known.values())[-1]
    if asked in known.values():
        return asked
    if asked not in known:
        raise AwsError(
            "InvalidParameterValue",
            f"The parameter EngineVersion must be one of {', '.join(known)} for {engine}:"
            f" {asked!r}",
        )
    return known[asked]


def at_least(version: str, *wanted: int) -> bool:
    """Compare a full version with another one, part by part."""
    return tuple(int(part) for part in version.split(".")) >= wanted
