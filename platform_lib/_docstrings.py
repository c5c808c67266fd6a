"""The text below a field: what a person wrote about it in its class.

Read when somebody asks. Pydantic would read the source of every model whenever the library is
imported, which took a quarter of the time of `platformctl check`.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Mapping
from functools import cache
from itertools import pairwise

from pydantic import BaseModel

__all__ = ["meaning"]


def meaning(model: type[BaseModel], field: str) -> str:
    """Return the text below a field in the class that it stands in; empty if there is none."""
    for owner in model.__mro__:
        if field in vars(owner).get("__annotations__", {}):
            return _texts(owner).get(field, "")
    return ""


@cache
def _texts(owner: type) -> Mapping[str, str]:
    (written,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
    assert isinstance(written, ast.ClassDef)  # noqa: S101  # for the type checker
    return {
        statement.target.id: inspect.cleandoc(below.value.value)
        for statement, below in pairwise(written.body)
        if isinstance(statement, ast.AnnAssign)
        and isinstance(statement.target, ast.Name)
        and isinstance(below, ast.Expr)
        and isinstance(below.value, ast.Constant)
        and isinstance(below.value.value, str)
    }
