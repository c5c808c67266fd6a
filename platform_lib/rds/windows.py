"""The hours in which RDS backs up and maintains a database; pure.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.Maintenance.html
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from platform_lib.windows import daily, weekly, window_check

_LEAST = 30

BackupWindow = Annotated[
    str, AfterValidator(window_check(daily, service="RDS", least_minutes=_LEAST))
]
"""A daily window in UTC, at least 30 minutes long, for example ``02:00-03:00``."""

MaintenanceWindow = Annotated[
    str, AfterValidator(window_check(weekly, service="RDS", least_minutes=_LEAST))
]
"""A weekly window in UTC, 30 minutes to 24 hours, for example ``sun:04:00-sun:05:00``."""
