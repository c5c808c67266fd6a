"""What a person writes about a bucket; pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from platform_lib.model import Model


class Purpose(StrEnum):
    """What a bucket is for. It decides who may write to it and how long versions are kept."""

    LOGS = "logs"
    """Logs that AWS services deliver: written once, read rarely, expired."""


class BucketConfig(Model):
    """One bucket."""

    purpose: Purpose
    """What it is for."""

    retention_days: Annotated[int, Field(ge=1)]
    """Days after which an object expires. A deleted or expired object can be had back for another
    seven days."""
