"""What the pages say about behaviours of CloudFront."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module

from docs._tables import table
from platform_lib.cloudfront import presets as _presets
from platform_lib.cloudfront.behaviours import BehaviourConfig, Forward
from platform_lib.cloudfront.explain import explain as _explain
from platform_lib.cloudfront.explain import named
from platform_lib.cloudfront.simulator import ViewerRequest

_ORDER = ("graphql", "jwks", "static_assets", "media", "thumbnails", "catalog_api", "api")
_SENT = {
    Forward.ALL: "all that it can take",
    Forward.KEY: "what is in the cache key, and the host",
}


def presets() -> str:
    """Describe every preset: paths, methods, what is kept for how long, what the origin gets."""
    found = {
        name: function
        for name, function in inspect.getmembers(_presets, inspect.isfunction)
        if function.__module__ == _presets.__name__
    }
    rows = []
    for name in sorted(found, key=_ORDER.index):
        needs_path = (
            inspect.signature(found[name]).parameters["path"].default is inspect.Parameter.empty
        )
        behaviour = found[name]("origin", **({"path": "*"} if needs_path else {}))
        rows.append(
            (
                f"`{name}`",
                "yours" if needs_path else f"`{behaviour.path}`",
                ", ".join(behaviour.methods.names),
                named(behaviour.cache_policy),
                _kept(behaviour),
                _sent(behaviour),
            )
        )
    headings = ("preset", "paths", "methods", "cache policy", "kept", "the origin gets")
    return table(headings, rows)


def _kept(behaviour: BehaviourConfig) -> str:
    settings = behaviour.cache_settings
    if not settings.caches:
        return "nothing"
    times = (settings.min_ttl_seconds, settings.default_ttl_seconds, settings.max_ttl_seconds)
    key = ", ".join(_key(behaviour))
    return f"{times[1]} s unless the origin says, {times[0]} to {times[2]} s, for each {key}"


def _key(behaviour: BehaviourConfig) -> Iterator[str]:
    settings = behaviour.cache_settings
    yield "path"
    for word, selection in (
        ("query string", settings.query_strings),
        ("header", settings.headers),
        ("cookie", settings.cookies),
    ):
        if selection.kind != "none":
            yield word


def _sent(behaviour: BehaviourConfig) -> str:
    policy = behaviour.origin_request_policy
    return _SENT[policy] if isinstance(policy, Forward) else named(policy)


def explain(dotted: str, url: str, method: str = "GET", *cookies: str) -> str:
    """Show what `platformctl edge explain` prints about a distribution of the examples."""
    module, _, name = dotted.rpartition(".")
    distribution = getattr(import_module(f"docs.examples.{module}"), name)
    given = dict(it.split("=") for it in cookies)
    printed = _explain({"shop": distribution}, ViewerRequest(url, method, cookies=given))
    return f"```text\n{printed}\n```"
