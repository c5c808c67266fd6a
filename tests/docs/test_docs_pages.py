"""Pages are complete and say what the code says."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import BaseModel

from docs import generate
from docs._commands import commands
from docs._pages import Page

ROOT = generate.ROOT
LIBRARY = ROOT / "platform_lib"
CONSTRUCT_PAGES = sorted((ROOT / "docs" / "constructs").glob("*.md"))
PAGE_OF_PACKAGE = {"iam": "core", "services": "../services"}
"""Packages that are described on the page of another one."""

SECTIONS = (
    "Terminology",
    "Smallest complete example",
    "Resources",
    "How environments differ",
    "Operating it",
    "Error codes",
)


def page_of(package: str) -> Page:
    """Return the page that describes a package."""
    name = PAGE_OF_PACKAGE.get(package, package)
    return Page(ROOT / "docs" / "constructs" / f"{name}.md")


def public_constructs() -> Iterator[tuple[str, str]]:
    """Yield package and name of every construct that a person may use."""
    for file in sorted(LIBRARY.glob("*/*.py")):
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                bases = [base.id for base in node.bases if isinstance(base, ast.Name)]
                if "PlatformConstruct" in bases and not file.name.startswith("_"):
                    yield file.parent.name, node.name


def models() -> Iterator[tuple[str, type[BaseModel]]]:
    """Yield package and class of every model that configures a construct."""
    for file in sorted(LIBRARY.glob("*/config.py")):
        module = import_module(f"platform_lib.{file.parent.name}.config")
        own = [it for it in vars(module).values() if _is_defined_in(it, module.__name__)]
        yield from ((file.parent.name, model) for model in own)


def _is_defined_in(value: object, module: str) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel) and value.__module__ == module


def test_generated_parts_are_current() -> None:
    """What `make docs` would write is what is there: tables, examples and the picture."""
    stale = generate.stale()

    assert [str(path.relative_to(ROOT)) for path in stale] == []


@pytest.mark.parametrize(("package", "name"), sorted(public_constructs()))
def test_every_public_construct_is_on_a_page(package: str, name: str) -> None:
    """A construct that a person may use is named on the page of its package."""
    page = page_of(package)

    assert f"`{name}`" in page.written


@pytest.mark.parametrize(("package", "model"), sorted(models(), key=str))
def test_every_config_field_is_on_the_page(package: str, model: type[BaseModel]) -> None:
    """No field of a configuration is without its line in a table."""
    text = page_of(package).text

    missing = [name for name in model.model_fields if f"| `{name}` |" not in text]

    assert missing == []


@pytest.mark.parametrize("path", CONSTRUCT_PAGES, ids=lambda path: path.stem)
def test_construct_pages_have_one_order(path: Path) -> None:
    """A reader finds the same sections in the same order on every construct's page."""
    headings = Page(path).headings(2)

    places = [headings.index(section) for section in SECTIONS]

    assert all(one < other for one, other in pairwise(places))


def test_every_command_is_described() -> None:
    """The page of the commands has a heading for each, and no other."""
    headings = set(Page(ROOT / "docs" / "cli.md").headings(2))

    assert headings - {"Exit codes", "JSON"} == set(commands())


def test_every_page_can_be_found() -> None:
    """Each page below docs/ is linked from its index."""
    folder = ROOT / "docs"

    linked = {
        (folder / target.split("#")[0]).resolve() for target in Page(folder / "index.md").links()
    }

    assert set(folder.rglob("*.md")) - linked == {folder / "index.md"}


def test_environment_variables_are_described() -> None:
    """Every variable of ours that the library reads is in the table, and no other."""
    used = {
        node.value
        for file in LIBRARY.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.startswith("PLATFORM_") and node.value.isupper() and " " not in node.value
    }
    text = Page(ROOT / "docs" / "architecture.md").text

    described = {
        line.split("`")[1] for line in text.splitlines() if line.startswith("| `PLATFORM_")
    }

    assert described - {"PLATFORM_ENV"} == used - {"PLATFORM_"}
