"""What a person writes about a function; pure."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from platform_lib.model import Model
from platform_lib.types import LogRetentionDays


class FunctionConfig(Model):
    """One AWS Lambda function."""

    description: Annotated[str, Field(min_length=1, max_length=256)]
    """What it does; shown in the console."""

    timeout_seconds: Annotated[int, Field(ge=1, le=900)] = 30
    """Seconds until Lambda ends a call, 1 to 900.
    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html"""

    memory_mib: Annotated[int, Field(ge=128, le=10240)] = 256
    """Memory in MiB, 128 to 10240; the share of a processor grows with it, to a whole one at 1769.
    https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""

    architecture: Literal["arm64", "x86_64"] = "arm64"
    """Instruction set; pure Python runs on both, and ``arm64`` costs less."""

    log_retention_days: LogRetentionDays = 365
    """Days that its logs are kept."""

    reserved_concurrency: Annotated[int, Field(ge=1)] | None = None
    """Calls at a time that it never exceeds, taken from those of the whole account; ``None`` for no
    limit of its own. A new account has too few to reserve any."""
