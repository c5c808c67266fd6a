"""Routes: what a rule takes, and which routes contradict each other."""

from __future__ import annotations

import re
from fnmatch import translate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from platform_lib.alb._patterns import takes_all_of
from platform_lib.alb.config import Route
from platform_lib.alb.routes import conflicts_of

PATTERNS = st.text(alphabet="ab*?", max_size=7)
TEXTS = st.text(alphabet="ab", max_size=9)


def _matches(pattern: str, text: str) -> bool:
    return re.match(translate(pattern), text) is not None


def _expanded(pattern: str, fills: list[str]) -> str:
    """Put something for each wildcard."""
    out = []
    for number, letter in enumerate(pattern):
        fill = fills[number % len(fills)]
        out.append(fill if letter == "*" else (fill[:1] or "a") if letter == "?" else letter)
    return "".join(out)


@given(wide=PATTERNS, narrow=PATTERNS, fills=st.lists(TEXTS, min_size=1, max_size=4))
def test_what_is_taken_by_the_narrow_is_taken_by_the_wide(
    wide: str, narrow: str, fills: list[str]
) -> None:
    """A yes is right for everything that the narrow pattern matches."""
    text = _expanded(narrow, fills)

    assert _matches(narrow, text)
    if takes_all_of(wide, narrow):
        assert _matches(wide, text)


@given(pattern=PATTERNS, text=TEXTS)
def test_a_text_without_wildcards_is_taken_exactly_if_it_matches(pattern: str, text: str) -> None:
    """A plain host or path needs no caution."""
    assert takes_all_of(pattern, text) is _matches(pattern, text)


@pytest.mark.parametrize(
    ("wide", "narrow", "takes"),
    [
        ("/*", "/api/*", True),
        ("/api/*", "/*", False),
        ("/api*", "/api/*", True),
        ("/api/*", "/api", False),
        ("*", "*", True),
        ("a?", "a*", False),
        ("?*", "*?", False),
    ],
)
def test_patterns_are_compared_as_patterns(wide: str, narrow: str, *, takes: bool) -> None:
    """Longer ones inside shorter ones; where it is not sure it says no."""
    assert takes_all_of(wide, narrow) is takes


@pytest.mark.parametrize(
    "given",
    [
        {"priority": 1},
        {"priority": 50000, "hosts": ("shop.example.com",)},
        {
            "priority": 5,
            "hosts": ("*.example.com", "a-?.example.com"),
            "paths": ("/a/*", "/b_~$.x"),
        },
        {"priority": 5, "hosts": tuple(f"h{it}.example.com" for it in range(5))},
        {"priority": 5, "paths": ("/*a*b*c*d",)},
    ],
)
def test_takes_what_a_rule_takes(given: dict[str, Any]) -> None:
    """Five values and five wildcards, hosts or paths or both."""
    assert Route(**given).model_dump(include=set(given)) == given


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"paths": ("checkout/*",)},
            (
                "'checkout/*' is not a path here; start it with a slash, with * or ? where anything"
                " may stand, as in '/checkout/*'"
            ),
        ),
        (
            {"hosts": ("Shop.example.com",)},
            (
                "'Shop.example.com' is not a host here; write it in lower case, with * or ? where"
                " anything may stand, as in 'shop.example.com' or '*.example.com'"
            ),
        ),
        (
            {"hosts": ("shop",)},
            (
                "'shop' is not a host here; write it in lower case, with * or ? where anything may"
                " stand, as in 'shop.example.com' or '*.example.com'"
            ),
        ),
        (
            {"hosts": ("a.example.com", "a.example.com")},
            "hosts has a.example.com twice; write each once",
        ),
        (
            {"paths": ()},
            "paths is empty, so the route takes nothing; leave it out to take every path",
        ),
        ({"paths": ("/a", "/a")}, "paths has /a twice; write each once"),
        (
            {"paths": ("/*", "/a")},
            "paths has '/*' beside others, which it takes too; write it alone",
        ),
        (
            {"hosts": ("a.example.com", "b.example.com"), "paths": ("/a", "/b", "/c", "/d")},
            (
                "hosts and paths have 6 values together and a rule takes 5; use wildcards, or make"
                " two routes"
            ),
        ),
        (
            {"paths": ("/*/*/*", "/a/*/*/*")},
            "hosts and paths have 6 wildcards together and a rule takes 5; make two routes",
        ),
    ],
)
def test_refuses_what_a_rule_does_not_take(given: dict[str, Any], problem: str) -> None:
    """Before anything is applied."""
    with pytest.raises(ValidationError) as refused:
        Route(priority=10, **given)

    (error,) = refused.value.errors(include_input=False)
    assert error["msg"] == f"Value error, {problem}"


@pytest.mark.parametrize("priority", [0, 50001])
def test_refuses_priorities_that_elb_does_not_have(priority: int) -> None:
    """1 to 50000."""
    with pytest.raises(ValidationError, match=r"than or equal to (1|50000)"):
        Route(priority=priority)


@pytest.mark.parametrize(
    ("routes", "problems"),
    [
        ({}, []),
        (
            {
                "api": Route(priority=10, hosts=("a.example.com",), paths=("/api/*",)),
                "shop": Route(priority=20, hosts=("a.example.com",)),
                "rest": Route(priority=30),
            },
            [],
        ),
        (
            {
                "api": Route(priority=10, hosts=("a.example.com",)),
                "shop": Route(priority=10, hosts=("b.example.com",)),
            },
            [
                (
                    "'api' and 'shop' both have priority 10; give each its own, the smaller one is"
                    " tried first"
                )
            ],
        ),
        (
            {
                "shop": Route(priority=20, hosts=("b.example.com", "a.example.com")),
                "api": Route(priority=10, hosts=("a.example.com",)),
            },
            [
                (
                    "'api' and 'shop' both claim a.example.com/*; let one of them claim another host"
                    " or path"
                )
            ],
        ),
        (
            {"api": Route(priority=10), "shop": Route(priority=20)},
            [
                "'api' and 'shop' both claim /* of any host; let one of them claim another host or path"
            ],
        ),
        (
            {
                "api": Route(priority=200, hosts=("a.example.com",), paths=("/api/*",)),
                "shop": Route(priority=100, hosts=("*.example.com",)),
            },
            [
                (
                    "'api' with priority 200 never gets a request for a.example.com/api/*, because"
                    " 'shop' with priority 100 takes them all; give 'api' the smaller priority"
                )
            ],
        ),
        (
            # One of its two hosts still reaches it.
            {
                "api": Route(priority=200, hosts=("a.example.com", "a.example.org"), paths=("/x",)),
                "shop": Route(priority=100, hosts=("*.example.com",)),
            },
            [],
        ),
    ],
)
def test_routes_that_contradict_each_other_are_named(
    routes: dict[str, Route], problems: list[str]
) -> None:
    """Both are named, with what they share."""
    assert [it.message for it in conflicts_of(routes)] == problems
    taken: dict[str, Route] = {}
    found = []
    for name, route in routes.items():
        taken[name] = route
        found += [it.message for it in conflicts_of(taken, about=name)]
    assert sorted(found) == sorted(problems), "whoever adds one after the other finds the same"


@pytest.mark.parametrize(("count", "fits"), [(100, True), (101, False)])
def test_a_load_balancer_has_at_most_a_hundred_routes(count: int, *, fits: bool) -> None:
    """The quota of AWS without a raise."""
    routes = {f"s{it}": Route(priority=it + 1, paths=(f"/s{it}/*",)) for it in range(count)}

    refused = (
        "one load balancer may have 100 routes and this one has 101; give some services a load"
        " balancer of their own"
    )
    assert [it.message for it in conflicts_of(routes)] == ([] if fits else [refused])
