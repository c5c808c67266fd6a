"""Pydantic's errors as sentences in the author's terms; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import IPv4Network
from typing import Any

from pydantic import ValidationError

from platform_lib._docstrings import meaning
from platform_lib._validation_paths import Path, path_of
from platform_lib._validation_values import HIDDEN, is_secret, secrets_in, shown
from platform_lib.model import Model

_NUMBER = ("is not a whole number", "write one without quotes")
_TRUTH = ("is not a truth value", "use True or False")
_DATE = ("is not a date", "write it as in date(2026, 1, 31)")
_SEVERAL = ("is not a tuple", "write the values in parentheses, as in ('a', 'b') or ('a',)")
_MAPPING = ("is not a mapping", "write it as in {{'name': value}}")
_CLOSED = ("is not allowed", "use {expected}")
_OBJECT = ("is not allowed", "write {class_name}(...)")

_SENTENCES: Mapping[str, tuple[str, str]] = {
    # pydantic's type: what is wrong, what to do; with the values of its context
    "bool_parsing": _TRUTH,
    "bool_type": _TRUTH,
    "dataclass_type": _OBJECT,
    "date_from_datetime_inexact": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_parsing": _DATE,
    "date_type": _DATE,
    "dict_type": _MAPPING,
    "enum": _CLOSED,
    "float_parsing": ("is not a number", "write one without quotes"),
    "float_type": ("is not a number", "write one without quotes"),
    "greater_than": ("is too small", "use more than {gt}"),
    "greater_than_equal": ("is too small", "use {ge} or more"),
    "int_from_float": _NUMBER,
    "int_parsing": _NUMBER,
    "int_type": _NUMBER,
    "ip_v4_address": ("is not an IPv4 address", "write it as in '10.0.0.1'"),
    "ip_v4_network": ("is not an IPv4 block", "write it as in '10.0.0.0/16'"),
    "is_instance_of": ("is not allowed", "give a {class}"),
    "less_than": ("is too large", "use less than {lt}"),
    "less_than_equal": ("is too large", "use {le} or less"),
    "list_type": _SEVERAL,
    "literal_error": _CLOSED,
    "mapping_type": _MAPPING,
    "model_attributes_type": _OBJECT,
    "model_type": _OBJECT,
    "multiple_of": ("is not allowed", "use a multiple of {multiple_of}"),
    "none_required": ("is not allowed", "use None"),
    "string_pattern_mismatch": ("is not in the right form", "match {pattern}"),
    "string_too_long": ("is too long", "use at most {max_length} characters"),
    "string_too_short": ("is too short", "use at least {min_length} characters"),
    "string_type": ("is not text", "write it in quotes"),
    "tuple_type": _SEVERAL,
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing that is wrong with a configuration object."""

    field: str | None
    """Field of the object that the author wrote, or None where it is about the object."""

    text: str
    """The sentence, starting with the name of the model."""


def sentences_of(error: ValidationError) -> list[Sentence]:
    """Return everything that is wrong, each thing once."""
    model = _model_called(error.title)
    found = [
        _Wrong(path_of(model, details["loc"]), dict(details))
        for details in error.errors(include_url=False)
        if not _only_counts_refused_items(dict(details))
    ]
    return [
        Sentence(wrongs[0].path.field, f"{error.title}: {text}")
        for wrongs in _without_branches(found)
        for text in _texts(wrongs)
    ]


@dataclass(frozen=True, slots=True)
class _Wrong:
    path: Path
    details: dict[str, Any]

    @property
    def given(self) -> str:
        """Return the field and its value, as the author would recognise them."""
        value = HIDDEN if is_secret(self.path) else shown(self.details["input"])
        if self.path.names_key:
            return f"key {value} of {self.path}"
        return f"{self.path}={value}" if str(self.path) else value


def _model_called(title: str) -> type[Model] | None:
    """Return the model with this name: pydantic's error carries the name and not the class."""
    waiting = Model.__subclasses__()
    while waiting:
        model = waiting.pop()
        if model.__name__ == title:
            return model
        waiting += model.__subclasses__()
    return None


def _only_counts_refused_items(details: dict[str, Any]) -> bool:
    """Tell whether a value is too short for pydantic only without the items that it refused."""
    try:
        length = len(details["input"])
    except TypeError:
        return False
    return bool(details["type"] == "too_short" and length >= details["ctx"]["min_length"])


def _without_branches(wrongs: Sequence[_Wrong]) -> Iterator[list[_Wrong]]:
    """Put what the members of one union say about one value together.

    Where the value has the shape of a member, only that member's objections are kept: the author
    meant that one.
    """
    groups: dict[object, list[_Wrong]] = {}
    for number, wrong in enumerate(wrongs):
        groups.setdefault(wrong.path.before_branch() or number, []).append(wrong)
    for group in groups.values():
        branches: dict[str | None, list[_Wrong]] = {}
        for wrong in group:
            branches.setdefault(wrong.path.branch, []).append(wrong)
        meant = [members for members in branches.values() if members[0].path.goes_past_branch]
        if not meant:
            yield group
            continue
        likeliest = min(meant, key=len)
        yield from _without_branches(
            [_Wrong(wrong.path.past_branch(), wrong.details) for wrong in likeliest]
        )


def _texts(wrongs: list[_Wrong]) -> list[str]:
    if len(wrongs) > 1:
        fixes = dict.fromkeys(_clauses(wrong)[1] for wrong in wrongs)
        return [f"{wrongs[0].given} is not allowed; {' or '.join(fixes)}"]
    (wrong,) = wrongs
    kind = wrong.details["type"]
    if kind in {"value_error", "assertion_error"}:
        return _own_texts(wrong)
    if kind == "extra_forbidden":
        return [_unknown_field(wrong.path)]
    if kind == "missing":
        return [f"field {str(wrong.path)!r} is missing; {_what_it_is(wrong.path)}"]
    if kind in {"frozen_instance", "frozen_field"}:
        return [f"{wrong.path} cannot be changed; make a copy with evolve({wrong.path}=...)"]
    what, fix = _clauses(wrong)
    return [f"{wrong.given} {what}" + (f"; {fix}" if fix else "")]


def _clauses(wrong: _Wrong) -> tuple[str, str]:
    """Return what is wrong with the value, and what to write instead."""
    kind, context = wrong.details["type"], wrong.details.get("ctx", {})
    if kind in {"too_short", "too_long"}:
        unit = "character" if isinstance(wrong.details["input"], str) else "item"
        length = context["actual_length"]
        few = kind == "too_short"
        bound = context["min_length" if few else "max_length"]
        return (
            f"has {length} {unit}{'' if length == 1 else 's'}",
            f"give at {'least' if few else 'most'} {bound}",
        )
    if kind == "ip_v4_network":
        near = _block_around(wrong.details["input"])
        if near is not None:
            return "has bits set after its prefix", f"write '{near}'"
    if kind not in _SENTENCES:
        message = str(wrong.details["msg"]).rstrip(".")
        return f"is not allowed: {message[:1].lower()}{message[1:]}", ""
    what, fix = _SENTENCES[kind]
    return what, fix.format_map(context)


def _own_texts(wrong: _Wrong) -> list[str]:
    """Return what one of our validators said; every line is a problem of its own."""
    text = str(wrong.details["ctx"]["error"]) or "this is not allowed"
    own = wrong.details["input"]
    hidden = [own] if is_secret(wrong.path) and own != "" else []
    for secret in (*hidden, *secrets_in(wrong.details["input"])):
        text = text.replace(repr(secret), HIDDEN).replace(str(secret), HIDDEN)
    place = f"{wrong.path}: " if str(wrong.path) else ""
    return [f"{place}{line.strip()}" for line in text.splitlines() if line.strip()]


def _unknown_field(path: Path) -> str:
    model = path.owner
    names = list(model.model_fields) if model is not None else []
    name = path.last
    # A low cutoff, because every allowed field is listed behind the guess anyway.
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    inside = "" if model is None or str(path) == name else f" in {model.__name__}"
    hint = f"did you mean {near[0]!r}? " if near else ""
    allowed = f"allowed: {', '.join(names)}" if names else "remove it"
    return f"unknown field {str(path)!r}{inside}; {hint}{allowed}"


def _what_it_is(path: Path) -> str:
    text = meaning(path.owner, path.last) if path.owner is not None else ""
    if not text:
        return "add it"
    first = " ".join(text.split()).split(". ")[0].rstrip(".")
    return f"add it: {first[:1].lower()}{first[1:]}"


def _block_around(value: object) -> IPv4Network | None:
    try:
        return IPv4Network(str(value), strict=False)
    except ValueError:
        return None
