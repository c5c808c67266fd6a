"""Formulas that RDS computes from the instance class; pure.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ParamValuesRef.html
"""

from __future__ import annotations

import re

_VARIABLES = ("AllocatedStorage", "DBInstanceClassMemory", "DBInstanceVCPU", "EndPointPort")
_FUNCTIONS = ("GREATEST", "LEAST", "SUM", "IF", "log")
_TOKEN = re.compile(r"\s*([A-Za-z]\w*|\d+(?:\.\d+)?|[{}(),*/+-])")
_PAIRS = {"{": "}", "(": ")"}


def is_formula(text: str) -> bool:
    """Tell whether a value is meant to be computed."""
    return "{" in text or "(" in text


def problem_in_formula(text: str) -> str | None:
    """Say what RDS would not understand in a formula, or return None.

    Names, characters and brackets are checked, not the grammar between them.
    """
    open_brackets, position = [], 0
    text = text.rstrip()
    while position < len(text):
        token = _TOKEN.match(text, position)
        if token is None:
            return f"{text[position:].strip()[:1]!r} is not part of one"
        position, word = token.end(), token[1]
        if word[0].isalpha() and word not in (*_VARIABLES, *_FUNCTIONS):
            variables, functions = ", ".join(_VARIABLES), ", ".join(_FUNCTIONS)
            return f"{word!r} is neither a variable ({variables}) nor a function ({functions})"
        if word in _PAIRS:
            open_brackets.append(_PAIRS[word])
        elif word in _PAIRS.values() and (not open_brackets or open_brackets.pop() != word):
            return f"{word!r} closes no bracket"
    return f"{open_brackets[-1]!r} is missing" if open_brackets else None
