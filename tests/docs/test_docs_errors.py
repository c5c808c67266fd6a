"""Every stable error code has a heading that explains it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from docs import generate
from docs._pages import Page
from platform_lib.guardrails.registry import rules

ERRORS = {"PlatformError", "OperationError", "DestroyRefusedError"}
CODE_OF_PROBLEM = 2
"""Position of the code among the arguments of `Problem`."""


def codes() -> set[str]:
    """Return the codes that the library raises or reports, read from its source."""
    return {
        code
        for file in (generate.ROOT / "platform_lib").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        for code in _codes_in(node)
    }


def _codes_in(call: ast.Call) -> Iterator[str]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name in ERRORS:
        given = call.args[:1]
    elif name == "Problem":
        given = call.args[CODE_OF_PROBLEM : CODE_OF_PROBLEM + 1]
    else:
        given = []
    given += [it.value for it in call.keywords if it.arg == "code" and name in {*ERRORS, "Problem"}]
    for value in given:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def test_every_code_has_a_heading() -> None:
    """A code that somebody meets is explained, and nothing is explained that cannot be met."""
    headings = set(Page(generate.ROOT / "docs" / "errors.md").headings(3))

    assert headings == codes()


def test_codes_are_found_in_the_source() -> None:
    """The search above finds a code of each way to report one."""
    found = codes()

    assert {"TerraformMissing", "UnknownStack", "Unsaved", "AddressOverlap"} <= found


def test_every_guardrail_has_a_heading() -> None:
    """A finding's code leads to a heading too."""
    headings = Page(generate.ROOT / "docs" / "environments.md").headings(3)

    assert headings == [rule.id for rule in rules()]


def test_every_code_says_what_to_do() -> None:
    """Each heading has at least two sentences: what it means and what to do."""
    text = Page(generate.ROOT / "docs" / "errors.md").text
    sections = text.split("\n### ")[1:]

    short = [it.splitlines()[0] for it in sections if it.split("\n## ")[0].count(".") < 2]

    assert short == []
