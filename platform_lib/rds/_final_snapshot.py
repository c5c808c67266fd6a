"""final_snapshot: what the last snapshot of a database is called."""

from __future__ import annotations

import hashlib

from platform_lib.rds.aurora_config import AuroraConfig
from platform_lib.rds.config import PostgresConfig
from platform_lib.types import TokenStr

_DIGITS = 6


def final_snapshot(config: PostgresConfig | AuroraConfig, *, group: TokenStr) -> TokenStr | None:
    """Return the name of the snapshot that destroying a database takes, or None for no snapshot.

    RDS refuses to destroy a database whose last snapshot has a name that is taken. So the name
    starts with the parameter group's, which is made with the database and ends in the time of
    that, and ends with a digest of what replaces a database while its group stays.

    Args:
        config: The database.
        group: Name of its parameter group.
    """
    if not config.final_snapshot:
        return None
    restored = "" if config.restore is None else config.restore.model_dump_json()
    origin = f"{config.master_username}/{config.database or ''}/{restored}"
    return f"{group}-{hashlib.sha256(origin.encode()).hexdigest()[:_DIGITS]}-final"
