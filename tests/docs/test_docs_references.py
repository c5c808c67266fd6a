"""What pages point at exists: links, paths, commands, make targets, terms."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.session import get_session

from docs import generate
from docs._commands import commands
from docs._pages import Page

ROOT = generate.ROOT
PAGES = [Page(path) for path in generate.pages()]
TOP = 3
"""README, changelog and contribution guide come first; they set no terms."""
IDS = [str(page.path.relative_to(ROOT)) for page in PAGES]

_PATH = re.compile(
    r"(?<![\w/.-])((?:docs|tests|platform_lib|environments|services|bench|\.github)/[\w./-]*\w)"
)
READERS_OWN = "environments/shop"
"""Made by the reader of the pages, not part of the repository."""


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_internal_links_resolve(page: Page) -> None:
    """Every link inside the repository leads to a file, and to a heading where it names one."""
    broken = [target for target in page.links() if not _resolves(page.path, target)]

    assert broken == []


def _resolves(source: Path, target: str) -> bool:
    name, _, anchor = target.partition("#")
    path = (source.parent / name).resolve() if name else source
    return path.exists() and (not anchor or anchor in Page(path).anchors())


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_mentioned_paths_exist(page: Page) -> None:
    """No line names a path of the repository that is not there."""
    mentioned = set(_PATH.findall(re.sub(r"https?://\S+", "", page.text)))

    missing = {it for it in mentioned if not (ROOT / it).exists() and READERS_OWN not in it}

    assert missing == set()


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_mentioned_commands_exist(page: Page) -> None:
    """Every `platformctl` line names a command that exists, with options that it has."""
    wrong = [words for words in page.commands("platformctl") if not _is_command(words)]

    assert wrong == []


def _is_command(words: list[str]) -> bool:
    known = commands()
    name = next((it for n in (2, 1) if (it := " ".join(words[:n])) in known), None)
    if name is None:
        return words in ([], ["local"])
    options = {option for it in known[name].params for option in it.opts}
    return all(word in options for word in words if word.startswith("--"))


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_mentioned_aws_calls_exist(page: Page) -> None:
    """Every `aws` line names an operation of the service, with members that it has."""
    wrong = [words for words in page.commands("aws") if not _is_aws_call(words)]

    assert wrong == []


def _is_aws_call(words: list[str]) -> bool:
    service, operation = words[:2]
    if (service, operation) == ("sso", "login"):
        return True  # the AWS CLI's own
    model = get_session().get_service_model(service)
    names = {xform_name(it, "-"): it for it in model.operation_names}
    if operation not in names:
        return False
    shape = model.operation_model(names[operation]).input_shape
    members = {} if shape is None else shape.members
    options = {f"--{xform_name(it, '-')}" for it in members}
    return {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_mentioned_make_targets_exist(page: Page) -> None:
    """Every `make` line names a target of the Makefile."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    named = {words[0] for words in page.commands("make") if words and "=" not in words[0]}

    assert named - targets == set()


def test_the_quick_start_is_two_targets() -> None:
    """The README's quick start is `make demo` and `make test`, in blocks to copy."""
    blocks = Page(ROOT / "README.md").fences("sh")

    assert blocks[:2] == ["make demo\n", "make test\n"]


@pytest.mark.parametrize("page", PAGES[TOP:], ids=IDS[TOP:])
def test_bold_terms_are_in_the_glossary(page: Page) -> None:
    """A term that a page sets in bold has its line in the glossary."""
    known = _glossary()

    missing = {term for term in page.terms() if term not in known and term.rstrip("s") not in known}

    assert missing == set()


def test_the_glossary_is_in_order() -> None:
    """A term is found by its place in the alphabet."""
    terms = list(_glossary())

    assert terms == sorted(terms)


def _glossary() -> list[str]:
    text = Page(ROOT / "docs" / "glossary.md").text
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")]
    return [term.lower() for row in rows[2:] for term in row.split(", ")[:1]]
