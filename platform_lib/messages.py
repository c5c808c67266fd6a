"""Any exception of the author's files as problems: one line each, all at once; pure.

Configuration is Python, so a traceback leads to the author's own line; this module finds it and
says the rest in a sentence. Nothing here prints or exits.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from types import CodeType, FrameType

from pydantic import ValidationError

from platform_lib._exceptions import texts_of
from platform_lib._validation import sentences_of
from platform_lib.errors import Location, PlatformError, Problem

_LIBRARY = Path(__file__).resolve().parent
_INSTALLED = {"site-packages", "dist-packages"}


def problems_of(error: BaseException, *, root: Path) -> tuple[Problem, ...]:
    """Return what ``error`` says, in the author's terms.

    Args:
        error: Whatever was raised while the author's files were read.
        root: Folder of the project; frames below it are the author's, but not those of this
            library or of installed packages.
    """
    if isinstance(error, BaseExceptionGroup):
        inner = [it for one in error.exceptions for it in problems_of(one, root=root)]
        return tuple(dict.fromkeys(inner))
    author = _author(error, root.resolve())
    where = None if author is None else author.location
    if isinstance(error, PlatformError):
        return tuple(replace(it, where=it.where or where) for it in error.problems)
    if isinstance(error, SyntaxError):
        return (_syntax_problem(error, where),)
    if isinstance(error, ValidationError):
        return tuple(
            dict.fromkeys(
                Problem(sentence.text, where if author is None else author.line_of(sentence.field))
                for sentence in sentences_of(error)
            )
        )
    names = {} if author is None else author.frame.f_globals | author.frame.f_locals
    return tuple(Problem(text, where) for text in texts_of(error, names))


class _Author:
    """The author's last frame on the way to an error."""

    def __init__(self, frame: FrameType, line: int, instruction: int) -> None:
        self.frame = frame
        self.location = Location(frame.f_code.co_filename, line)
        self._instruction = instruction

    def line_of(self, field: str | None) -> Location:
        """Return the line on which the call gives ``field``, or the line of the call."""
        call = _call_at(self.frame.f_code, self._instruction) if field is not None else None
        for keyword in () if call is None else call.keywords:
            if keyword.arg == field:
                return replace(self.location, line=keyword.lineno)
        return self.location


def _author(error: BaseException, root: Path) -> _Author | None:
    """Return the author's last frame of an error, or of what caused it."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        found = None
        traceback = current.__traceback__
        while traceback is not None:
            if _is_authors(Path(traceback.tb_frame.f_code.co_filename), root):
                found = _Author(traceback.tb_frame, traceback.tb_lineno, traceback.tb_lasti)
            traceback = traceback.tb_next
        if found is not None:
            return found
        current = current.__cause__ or current.__context__
    return None


def _is_authors(path: Path, root: Path) -> bool:
    resolved = path.resolve()
    return (
        resolved.is_relative_to(root)
        and not resolved.is_relative_to(_LIBRARY)
        and _INSTALLED.isdisjoint(resolved.parts)
    )


def _call_at(code: CodeType, instruction: int) -> ast.Call | None:
    """Return the call that an instruction of a frame makes, read from the author's file."""
    start, end, column, end_column = list(code.co_positions())[instruction // 2]
    try:
        tree = ast.parse(Path(code.co_filename).read_bytes())
    except (OSError, SyntaxError):
        return None
    place = (start, end, column, end_column)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and place == (
            node.lineno,
            node.end_lineno,
            node.col_offset,
            node.end_col_offset,
        ):
            return node
    return None


def _syntax_problem(error: SyntaxError, where: Location | None) -> Problem:
    if error.filename and error.lineno:
        where = Location(error.filename, error.lineno)
    return Problem(f"this is not valid Python: {error.msg}", where)
