"""What a person writes about the alarms of an Aurora cluster as a whole; pure."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from platform_lib.model import Model
from platform_lib.rds.alarms_config import Percent


class AuroraAlarmsConfig(Model):
    """When the alarms of a cluster go off, beside those of its instances."""

    replica_lag_ms: Annotated[int, Field(ge=1)] = 2000
    """P2 when the slowest reader is so far behind for 5 minutes, in milliseconds; 20 are usual."""

    acu_percent: Percent = 90
    """P2 when a serverless instance has used so much of ``maximum_acu`` for 15 minutes."""

    free_local_storage_gib: Annotated[float, Field(gt=0)] = 2
    """P2 when an instance has less disk for temporary files for 5 minutes, in GiB. How much it has
    follows from its class.
    https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.Managing.html"""

    deadlocks_per_second: Annotated[float, Field(gt=0)] = 0.1
    """P2 above this rate for 5 minutes."""
