"""The base of everything a person writes: immutable, closed, and aware of where it was written."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Self

import pydantic
from pydantic import BaseModel, ConfigDict

from platform_lib.errors import Location

_LIBRARY = str(Path(__file__).parent) + os.sep
_PYDANTIC = str(Path(pydantic.__file__).parent) + os.sep


class Model(BaseModel):
    """A frozen, closed configuration object that remembers the author's lines.

    An unknown field is refused, because a misspelt key in infrastructure is a security setting
    that is silently ignored. The line is taken from the caller's frame, so that a finding of a
    guardrail can name it long after the object was made.
    """

    # A program uses few of the models, and building them all takes a tenth of a second.
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, defer_build=True)

    # A slot and not a private attribute: pydantic compares private attributes, and two equal
    # objects written on different lines are still equal.
    __slots__ = ("_lines",)

    def model_post_init(self, context: Any, /) -> None:
        """Remember the author's line."""
        super().model_post_init(context)
        object.__setattr__(self, "_lines", {"": _author_line()})

    def evolve(self, **changes: Any) -> Self:
        """Return a copy with ``changes`` applied and every validator run again.

        The copy remembers where the original was written and, for each changed field, the line
        of this call.

        Raises:
            ValidationError: A changed value is not allowed, or a field does not exist.
        """
        # Not dict(self): a field may be called `keys`, which dict() takes for the mapping protocol.
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        copy = type(self).model_validate({**fields, **changes})
        lines: dict[str, Location | None] = getattr(self, "_lines", {})
        changed = _author_line()
        object.__setattr__(copy, "_lines", {**lines, **dict.fromkeys(changes, changed)})
        return copy

    def written_at(self, field: str = "") -> Location | None:
        """Return the author's line of ``field``, or of the object where the field was not evolved."""
        lines: dict[str, Location | None] = getattr(self, "_lines", {})
        return lines.get(field, lines.get(""))


def _author_line() -> Location | None:
    """Return the first frame outside this library and pydantic: the line a person wrote."""
    frame = sys._getframe(1)  # noqa: SLF001 - the documented way to see the caller
    while frame is not None:
        path = frame.f_code.co_filename
        if path.startswith(_LIBRARY) and frame.f_code.co_name == "<module>":
            # A default that the library makes when it is imported: nobody wrote it.
            return None
        if not path.startswith((_LIBRARY, _PYDANTIC, "<")):
            return Location(path, frame.f_lineno)
        frame = frame.f_back  # type: ignore[assignment] # None ends the loop
    return None
