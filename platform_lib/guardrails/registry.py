"""All guardrails, found by reading the ``rules`` folder; pure."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from platform_lib.guardrails import rules as _folder
from platform_lib.guardrails.rule import Rule


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule, ordered by id.

    A file in the folder is a rule by being there: no list has to be kept, so none can be forgotten.
    """
    found = [
        import_module(f"{_folder.__name__}.{module.name}").RULE
        for module in iter_modules(_folder.__path__)
    ]
    return tuple(sorted(found, key=lambda rule: rule.id))
