"""What a target group is called by; pure."""

from __future__ import annotations

import hashlib

_LENGTH = 6


def digest_of(*fields: object) -> str:
    """Return a short hash of the fields that a change of replaces a target group.

    The successor is made before the old group goes, and two groups of one name cannot be.
    """
    text = "\n".join(str(field) for field in fields)
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]
