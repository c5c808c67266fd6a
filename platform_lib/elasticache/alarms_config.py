"""When a cache alarms; pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from platform_lib.model import Model

Percent = Annotated[int, Field(ge=1, le=99)]
"""A share, 1 to 99."""

Count = Annotated[int, Field(ge=0)]
"""A number of things, 0 or more."""


class CacheAlarmsConfig(Model):
    """Thresholds of a cache's alarms; each alarm is for one node.

    The defaults follow AWS's advice where it gives a number.
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
    """

    engine_cpu_percent: Percent = 80
    """Busy time of the thread that runs all commands."""

    cpu_percent: Percent = 90
    """Busy time of the node; what tells on nodes with one or two processors."""

    memory_percent: Percent = 80
    """Used share of the memory for data. For ``role="queue"`` it is P1: the next step is that
    nothing can be written."""

    evictions_per_minute: Count = 1000
    """Keys that were thrown out because memory was full. For ``role="queue"`` any one is P1,
    whatever is written here."""

    swap_mebibytes: Count = 50
    """Memory that was moved to disk."""

    connections: Count = 10_000
    """Open connections; a node takes 65,000, the smallest ones 20,000."""

    replication_lag_seconds: Count = 10
    """How far a replica is behind; what a failover would lose."""

    authentication_failures_per_minute: Count = 10
    """Refused sign-ins."""

    refused_keys_per_minute: Count = 0
    """Attempts to reach keys that the user does not have: a wrong prefix, or somebody looking."""
