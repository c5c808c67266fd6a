"""The simulator held against a second one, for any behaviours and any request."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from platform_lib.cloudfront._paths import path_only_of
from platform_lib.cloudfront.behaviours import BehaviourConfig, Forward, Methods
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.managed import ManagedCachePolicy
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.cloudfront.policies import (
    CachePolicyConfig,
    OriginRequestPolicyConfig,
    Selection,
)
from platform_lib.cloudfront.simulator import Outcome, ViewerRequest, decide
from tests.config.edge_reference import answer, first_match, flattened

NAMES = ("a", "b", "c")
PATTERNS = st.text(alphabet="ab/.*?", min_size=1, max_size=6)
ORIGINS: dict[str, S3Origin | AlbOrigin | VpcOrigin] = {
    "api": AlbOrigin(load_balancer="public"),
    "files": S3Origin(bucket="files", path="/v1"),
}
WAIVER = "any answer will do here"
patient = settings(deadline=None, max_examples=150)


def selections(*kinds: str) -> st.SearchStrategy[Selection]:
    """Return selections of some kinds."""
    return st.sampled_from(kinds).flatmap(
        lambda kind: (
            st.builds(
                lambda names: Selection(kind=kind, names=tuple(sorted(names))),  # type: ignore[arg-type] # one of the kinds
                st.sets(st.sampled_from(NAMES), min_size=1),
            )
            if kind in ("only", "all-except")
            else st.just(Selection(kind=kind))  # type: ignore[arg-type] # one of the kinds
        )
    )


@st.composite
def policies(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """Return a cache policy and what is sent besides: managed, ours, or by the kind of the origin."""
    if draw(st.booleans()):
        return {"cache_policy": draw(st.sampled_from(ManagedCachePolicy))}
    ttls = sorted(draw(st.lists(st.integers(0, 99), min_size=3, max_size=3)))
    names = {"cookies": selections("none", "all", "only", "all-except")}
    names["query_strings"] = names["cookies"]
    cache = CachePolicyConfig(
        name=f"cache-{number}",
        min_ttl_seconds=ttls[0],
        default_ttl_seconds=ttls[1],
        max_ttl_seconds=max(1, ttls[2]),
        headers=draw(selections("none", "only")),
        compression=draw(st.sampled_from([(), ("gzip",), ("br", "gzip")])),
        **{kind: draw(it) for kind, it in names.items()},
    )
    sent = OriginRequestPolicyConfig(
        name=f"sent-{number}",
        headers=draw(selections("none", "all", "only", "all-except")),
        **{kind: draw(it) for kind, it in names.items()},
    )
    return {
        "cache_policy": cache,
        "origin_request_policy": draw(st.sampled_from([Forward.ALL, Forward.KEY, sent])),
    }


@st.composite
def behaviours(draw: st.DrawFn, path: str, number: int) -> BehaviourConfig:
    """Return a behaviour for a path."""
    return BehaviourConfig(
        path=path,
        origin=draw(st.sampled_from(sorted(ORIGINS))),
        methods=draw(st.sampled_from(Methods)),
        waiver=draw(st.sampled_from([None, WAIVER])),
        **draw(policies(number)),
    )


@st.composite
def distributions(draw: st.DrawFn) -> DistributionConfig:
    """Return any list of behaviours; those that would be refused are answered too."""
    paths = draw(st.lists(PATTERNS, max_size=5))
    config = DistributionConfig(
        description="Any",
        aliases=("shop.example.com",),
        origins={"api": ORIGINS["api"]},
        default=BehaviourConfig(origin="api", cache_policy=ManagedCachePolicy.CACHING_DISABLED),
    )
    return config.model_copy(
        update={
            "origins": ORIGINS,
            "behaviours": tuple(draw(behaviours(it, number)) for number, it in enumerate(paths)),
            "default": draw(behaviours("*", len(paths))),
        }
    )


pairs = st.lists(st.tuples(st.sampled_from([*NAMES, "d"]), st.sampled_from("12")), max_size=4)
requests = st.builds(
    lambda scheme, path, query, method, headers, cookies: ViewerRequest(
        f"{scheme}://shop.example.com/{path}"
        + ("?" + "&".join(f"{name}={value}" for name, value in query) if query else ""),
        method,
        headers=dict(headers),
        cookies=dict(cookies),
    ),
    st.sampled_from(["https", "https", "https", "http"]),
    st.text(alphabet="ab/.", max_size=8),
    pairs,
    st.sampled_from(["GET", "GET", "HEAD", "OPTIONS", "POST", "TRACE"]),
    st.lists(
        st.tuples(
            st.sampled_from([*NAMES, "D", "Accept-Encoding", "Authorization"]),
            st.sampled_from(["gzip", "gzip, br", "identity"]),
        ),
        max_size=4,
        unique_by=lambda it: it[0],
    ),
    pairs,
)


@patient
@given(config=distributions(), request=requests)
def test_the_simulator_agrees_with_the_documentation(
    config: DistributionConfig, request: ViewerRequest
) -> None:
    """Behaviour, code, what is kept, the cache key, and what the origin gets."""
    decision, expected = decide(config, request), answer(config, request)

    assert decision.behaviour is expected.behaviour
    assert (decision.status, decision.cached) == (expected.status, expected.cached)
    assert (decision.outcome is Outcome.ANSWERED) is (expected.status is None)
    key, sent = decision.key, decision.sent
    assert expected.key == (
        None if key is None else (key.path, list(key.query), dict(key.headers), dict(key.cookies))
    )
    assert expected.sent == (
        None
        if sent is None
        else (sent.path, sent.host, list(sent.query), dict(sent.headers), dict(sent.cookies))
    )


PATHS = sorted(
    {
        flattened("/" + "".join(letters))
        for length in range(6)
        for letters in product("ab/.=", repeat=length)
    }
)
"""What becomes of all paths of up to six characters; ``=`` is in no pattern."""


@settings(deadline=None, max_examples=50)
@given(paths=st.lists(PATTERNS, max_size=4))
def test_a_behaviour_that_no_request_reaches_is_always_refused(paths: list[str]) -> None:
    """What is refused, no URL reaches; what is taken, one reaches that can be named."""
    default = BehaviourConfig(origin="api", cache_policy=ManagedCachePolicy.CACHING_DISABLED)
    config = DistributionConfig(
        description="Any",
        aliases=("shop.example.com",),
        origins={"api": ORIGINS["api"]},
        default=default,
    )

    try:
        taken = config.evolve(behaviours=tuple(default.evolve(path=it) for it in paths))
    except ValidationError:
        assert len({first_match(paths, it) for it in PATHS}) <= len(paths)
    else:
        for number, behaviour in enumerate(taken.all_behaviours):
            path = path_only_of(behaviour.path, paths[:number])
            assert path is not None
            assert first_match(paths, path) == number
            assert (
                decide(taken, ViewerRequest(f"https://a.example.com{path}")).position == number + 1
            )
