"""Path patterns of CloudFront: what they match, and whether one can ever match."""

from __future__ import annotations

import re
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_lib.cloudfront._paths import (
    TooComplicatedError,
    canonical,
    matches,
    normalised,
    path_only_of,
)
from tests.config.edge_reference import flattened

ALPHABET = "ab/."
PATTERNS = st.text(alphabet=f"{ALPHABET}*?", min_size=1, max_size=7)
PATHS = st.text(alphabet=ALPHABET, max_size=9).map(lambda rest: f"/{rest}")
SHORT_PATHS = [
    path
    for length in range(6)
    for letters in product("ab/.=", repeat=length)
    if (path := "/" + "".join(letters)) == normalised(path)
]
"""Every normalised path of up to six characters; ``=`` is none that a pattern could name."""

patient = settings(deadline=None, max_examples=200)


def naive(pattern: str, path: str) -> bool:
    """Match as AWS's page says it, in the words of another program."""
    return expression(pattern).fullmatch(path) is not None


@cache
def expression(pattern: str) -> re.Pattern[str]:
    """Return a pattern as a regular expression."""
    slashed = pattern if pattern[0] == "/" else "/" + pattern
    written = "".join({"*": ".*", "?": "."}.get(it, re.escape(it)) for it in slashed)
    return re.compile(written, re.DOTALL)


@patient
@given(pattern=PATTERNS, path=PATHS)
def test_a_pattern_matches_what_the_page_says(pattern: str, path: str) -> None:
    """A star is any characters, a question mark exactly one, and everything else itself."""
    assert matches(pattern, path) is naive(pattern, path)


@patient
@given(pattern=PATTERNS, path=PATHS)
def test_the_slash_at_the_beginning_may_be_left_out(pattern: str, path: str) -> None:
    """CloudFront does the same with it and without."""
    assert matches(pattern, path) is matches(canonical(pattern), path)
    assert canonical(canonical(pattern)) == canonical(pattern)


@patient
@given(path=PATHS)
def test_a_normalised_path_is_what_rfc_3986_makes_of_it(path: str) -> None:
    """Repeated slashes and dot segments are gone, and doing it again changes nothing."""
    assert normalised(path) == flattened(path)
    assert normalised(normalised(path)) == normalised(path)


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("", "/"),
        ("/", "/"),
        ("/a/b/..", "/a/"),
        ("/a/b/.", "/a/b/"),
        ("/a/../../b", "/b"),
        ("//a///b/", "/a/b/"),
        ("/a/...", "/a/..."),
        ("/%67raphql/", "/graphql/"),
        ("/a%2db%5fc%7Ed%2e", "/a-b_c~d."),
        ("/a/%2E%2e/b", "/b"),
        ("/a%2fb", "/a%2Fb"),
        ("/a%20b%c3%a4", "/a%20b%C3%A4"),
        ("/100%", "/100%"),
        ("/A", "/A"),
    ],
)
def test_a_path_is_normalised_before_it_is_compared(written: str, path: str) -> None:
    """Letters, digits and -._~ are decoded, other escapes stay with their digits in capitals."""
    assert normalised(written) == path


@settings(deadline=None, max_examples=300)
@given(pattern=PATTERNS, before=st.lists(PATTERNS, max_size=4))
def test_a_pattern_that_is_taken_by_others_is_always_found(pattern: str, before: list[str]) -> None:
    """Where a path is named it proves itself; where none is, no path of up to six characters is one."""
    path = path_only_of(pattern, before)

    if path is not None:
        assert normalised(path) == path
        assert naive(pattern, path)
        assert not any(naive(it, path) for it in before)
    else:
        assert [
            it
            for it in SHORT_PATHS
            if naive(pattern, it) and not any(naive(other, it) for other in before)
        ] == []


@pytest.mark.parametrize(
    ("pattern", "before", "path"),
    [
        ("/media/*", (), "/media/"),
        ("/media/a.jpg", ("*.jpg",), None),
        ("*.jpg", ("/media/*",), "/.jpg"),
        ("/media/*", ("/media/?*",), "/media/"),
        # Three that take all of a fourth one only together.
        ("/a*", ("/a", "/a?", "/a??*"), None),
        ("/a*", ("/a", "/a??*"), "/a."),
        ("/a?b", ("/a/b", "/a.b", "/aab", "/abb"), "/a=b"),
        ("*", ("/?*",), "/"),
        ("*", ("/", "/?*"), None),
        # No path is like these once it is normalised.
        ("/a//b", (), None),
        ("/a/./b", (), None),
        ("/a/..", (), None),
        ("/a/...", (), "/a/..."),
        ("?/b", (), "/=/b"),
    ],
)
def test_a_path_that_only_this_pattern_matches(
    pattern: str, before: tuple[str, ...], path: str | None
) -> None:
    """The shortest one, or none at all."""
    assert path_only_of(pattern, before) == path


def test_patterns_that_would_take_too_long_are_not_guessed_at() -> None:
    """It says that it does not know, which is then refused."""
    with pytest.raises(TooComplicatedError):
        path_only_of("*a????????????????b", ["*a???????????????*"])


@pytest.mark.parametrize(
    ("pattern", "before"),
    [
        ("*a????????????????*b*", ()),
        ("/x/*.zip", [f"/p{number}/*.{it}" for number in range(35) for it in ("jpg", "png")]),
        ("*.zip", [f"*.{it}" for it in ("jpg", "png", "gif", "css", "js", "woff2", "svg", "txt")]),
        ("/a*b*c*d*e*f*g", [f"*{it}x*" for it in "abcdefghijkl"]),
    ],
)
def test_what_people_write_is_found_out(pattern: str, before: list[str]) -> None:
    """Seventy behaviours, endings of files, and more wildcards than anybody needs."""
    path = path_only_of(pattern, before)

    assert path is not None
    assert naive(pattern, path)
    assert not any(naive(it, path) for it in before)
