"""What a person writes about the alarms of a database; pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from platform_lib.model import Model

Percent = Annotated[int, Field(ge=1, le=99)]
"""A share, 1 to 99."""


class DatabaseAlarmsConfig(Model):
    """When the alarms of a database go off; every database has all that fit it."""

    cpu_percent: Percent = 80
    """P2 above this average use of the CPU for 15 minutes."""

    connections_percent: Percent = 85
    """P1 above this share of ``max_connections`` for 5 minutes: the next ones are refused."""

    free_memory_percent: Percent = 10
    """P2 below this share of the instance's memory for 15 minutes."""

    free_storage_percent: Percent = 10
    """P1 below this share of the configured storage for 15 minutes. Storage autoscaling starts at
    10 percent and needs 5 minutes, so the alarm means that it did not help."""

    read_latency_ms: Annotated[int, Field(ge=1)] = 20
    """P2 above this time of an average read from disk for 15 minutes, in milliseconds."""

    write_latency_ms: Annotated[int, Field(ge=1)] = 20
    """P2 above this time of an average write to disk for 15 minutes, in milliseconds."""

    replica_lag_seconds: Annotated[int, Field(ge=1)] = 60
    """P2 when a read replica is so far behind for 5 minutes."""

    cpu_credits_percent: Percent = 20
    """P2 when a burstable instance has less than this share of the CPU credits that it can save."""

    transaction_ids: Annotated[int, Field(ge=200_000_000, le=2_000_000_000)] = 1_000_000_000
    """P1 above this age of the oldest transaction id: near 2 billion the database stops writing.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.Autovacuum.html"""
