"""Values as messages show them: short, and never a secret; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from enum import Enum
from ipaddress import IPv4Address, IPv4Network

from pydantic import BaseModel

HIDDEN = "<hidden>"
"""What stands in place of a value that may be secret."""

_LONGEST = 60
_SECRET = re.compile(r"password|secret|token", re.IGNORECASE)


def is_secret(name: object) -> bool:
    """Tell whether a field, key or path is called like something that must not be printed."""
    return _SECRET.search(str(name)) is not None


def shown(value: object) -> str:
    """Return ``value`` as the author would recognise it, 60 characters at most."""
    text = _written(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def _written(value: object) -> str:
    match value:
        case BaseModel():
            text = f"{type(value).__name__}(...)"
        case Enum():
            text = repr(value.value)
        case IPv4Network() | IPv4Address() | date():
            text = str(value)
        case Mapping():
            items = (
                f"{_written(key)}: {HIDDEN if is_secret(key) else _written(item)}"
                for key, item in value.items()
            )
            text = f"{{{', '.join(items)}}}"
        case tuple():
            text = f"({', '.join(map(_written, value))}{',' * (len(value) == 1)})"
        case list():
            text = f"[{', '.join(map(_written, value))}]"
        case _:
            text = " ".join(repr(value).split())
    return text


def secrets_in(value: object) -> Iterator[str]:
    """Yield the texts inside ``value`` that stand under a secret name."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if is_secret(key) and isinstance(item, str) and item:
                yield item
            else:
                yield from secrets_in(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from secrets_in(item)
