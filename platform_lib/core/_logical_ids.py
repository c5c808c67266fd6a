"""The Terraform name that CDKTF gives to a construct path; pure.

Needed to say where a resource was before a rename. A test compares it with the names that CDKTF
itself gives to every resource of every environment.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

_HIDDEN = "Default"
_HIDDEN_FROM_PEOPLE = "Resource"
_HASH_LENGTH = 8
_LONGEST_HUMAN_PART = 240
_LONGEST = 255
_DISALLOWED = re.compile(r"[^A-Za-z0-9_-]")


def logical_id(path: Sequence[str]) -> str:
    """Return the resource name for the ids below the stack, for example ``Vpc_8378EB38``."""
    ids = [step for step in path if step != _HIDDEN]
    if len(ids) == 1:
        name = _DISALLOWED.sub("", ids[0])
        if len(name) <= _LONGEST:
            return name
    digest = hashlib.md5("/".join(ids).encode(), usedforsecurity=False).hexdigest()
    shown: list[str] = []
    for step in ids:
        if not shown or not shown[-1].endswith(step):
            shown.append(step)
    human = "_".join(_DISALLOWED.sub("", step) for step in shown if step != _HIDDEN_FROM_PEOPLE)
    return f"{human[:_LONGEST_HUMAN_PART]}_{digest[:_HASH_LENGTH].upper()}"
