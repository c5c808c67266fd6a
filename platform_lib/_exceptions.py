"""Python's own exceptions as sentences for the author of a configuration; pure."""

from __future__ import annotations

import builtins
import ipaddress
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import singledispatch
from pkgutil import iter_modules
from typing import Any

_CANNOT_IMPORT = re.compile(r"cannot import name '(\w+)' from (partially initialized module )?'")
_HOST_BITS = re.compile(r"(\S+) has host bits set")


def texts_of(error: BaseException, names: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what ``error`` says, one text per problem.

    Args:
        error: Any exception but those of pydantic, of this library and of the parser.
        names: What is defined on the author's line, for guesses about misspelt names.
    """
    if isinstance(error, NameError) and error.name is not None:
        hint = _did_you_mean(error.name, (*names, *dir(builtins)))
        return (f"the name {error.name!r} is not defined; {hint or 'define or import it'}",)
    return tuple(_texts(error))


@singledispatch
def _texts(error: BaseException) -> Iterator[str]:
    yield ": ".join(part for part in (type(error).__name__, _one_line(error)) if part)


@_texts.register
def _(error: AttributeError) -> Iterator[str]:
    if error.name is None:
        yield _one_line(error)
        return
    kind = error.obj if isinstance(error.obj, type) else type(error.obj)
    called = getattr(error.obj, "__name__", kind.__name__)
    names = (it for it in dir(error.obj) if not it.startswith(("_", "model_")))
    hint = _did_you_mean(error.name, (*getattr(kind, "model_fields", ()), *names))
    yield f"{called} has no {error.name!r}; {hint or 'correct the name'}"


@_texts.register
def _(error: ImportError) -> Iterator[str]:
    found = _CANNOT_IMPORT.match(str(error))
    if found is None:
        yield _one_line(error)
        return
    name, module = found.group(1), error.name or ""
    if found.group(2):
        yield (
            f"{name!r} cannot be imported from {module!r}, which is itself still being imported;"
            " move what both need into a third module"
        )
        return
    hint = _did_you_mean(name, dir(sys.modules[module]) if module in sys.modules else ())
    yield f"{module!r} has no {name!r}; {hint or 'correct the import'}"


@_texts.register
def _(error: ModuleNotFoundError) -> Iterator[str]:
    name = error.name or ""
    package = name.rpartition(".")[0]
    beside = iter_modules(getattr(sys.modules.get(package), "__path__", []))
    hint = _did_you_mean(name, (f"{package}.{module.name}" for module in beside))
    yield f"there is no module {name!r}; {hint or 'correct the import, or install it'}"


@_texts.register
def _(error: KeyError) -> Iterator[str]:
    key = repr(error.args[0]) if error.args else "like this"
    yield f"there is no key {key} here; use one that exists"


@_texts.register
def _(error: OSError) -> Iterator[str]:
    reason = (error.strerror or type(error).__name__).lower()
    yield f"{error.filename}: {reason}" if error.filename is not None else _one_line(error)


@_texts.register
def _(error: ValueError) -> Iterator[str]:
    bits = _HOST_BITS.fullmatch(str(error))
    if bits is not None:
        # Python says what is wrong, and not which block the author may have meant.
        near = ipaddress.ip_network(bits.group(1), strict=False)
        yield f"{bits.group(1)} has bits set after its prefix; write '{near}'"
        return
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    yield from lines or [type(error).__name__]


@_texts.register
def _(error: TypeError) -> Iterator[str]:
    if "BaseModel.__init__() takes 1 positional argument" in str(error):
        yield "a value is given without its field; write each as field=value"
        return
    yield _one_line(error) or type(error).__name__


def _did_you_mean(name: str, names: Iterable[str]) -> str:
    near = get_close_matches(name, list(names), n=1)
    return f"did you mean {near[0]!r}?" if near else ""


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split()).rstrip(".")
