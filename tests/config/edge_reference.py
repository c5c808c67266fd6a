"""A second simulator, written from AWS's documentation in the plainest way, to hold ours against.

Pages are named by their last part below
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from platform_lib.cloudfront.behaviours import BehaviourConfig
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.managed import ManagedCachePolicy
from platform_lib.cloudfront.policies import OriginRequestPolicyConfig, Selection
from platform_lib.cloudfront.simulator import ViewerRequest


@dataclass
class Naive:
    """What AWS's pages say about one request, as they say it."""

    behaviour: BehaviourConfig
    status: int | None
    cached: bool
    key: object
    sent: object


def answer(config: DistributionConfig, request: ViewerRequest) -> Naive:
    """Answer a request by reading the documentation from top to bottom."""
    found = re.fullmatch(r"(https?)://([^/]*)(/[^?]*)(?:\?(.*))?", request.url)
    assert found is not None
    scheme, host, path, query = found.groups()
    # DownloadDistValuesCacheBehavior.html: the first match in the list, else the default.
    paths = [it.path for it in config.behaviours]
    behaviour = config.all_behaviours[first_match(paths, flattened(path))]
    if request.method not in behaviour.methods.names:
        return Naive(behaviour, 403, cached=False, key=None, sent=None)
    if scheme == "http":
        status = 301 if request.method in {"GET", "HEAD"} else 307
        return Naive(behaviour, status, cached=False, key=None, sent=None)
    policy = behaviour.cache_policy
    cache = policy.settings if isinstance(policy, ManagedCachePolicy) else policy
    origin = config.origins[behaviour.origin]
    more = behaviour.sends(origin)
    sent = more if isinstance(more, OriginRequestPolicyConfig) else getattr(more, "settings", None)
    sent = sent or OriginRequestPolicyConfig(name="nothing")
    queries = query.split("&") if query else []
    lower = {name.lower(): value for name, value in request.headers.items()}

    # cache-key-understand-cache-policy.html, "Compression support".
    encodings = [it for it in ("br", "gzip") if it in cache.compression]
    asked = lower.get("accept-encoding", "")
    encoding = ",".join(it for it in encodings if it in asked.split(", "))
    in_key = {name: lower[name] for name in lower if allowed(lowered(cache.headers), name)}
    if allowed(lowered(cache.headers), "host"):
        in_key["host"] = host
    if encoding:
        in_key["accept-encoding"] = encoding
    # DownloadDistValuesCacheBehavior.html, "Allowed HTTP methods"; a zero TTL keeps nothing.
    cached = cache.max_ttl_seconds > 0 and request.method in {"GET", "HEAD"}
    key = (
        path,
        [it for it in queries if allowed(cache.query_strings, it.split("=")[0])],
        in_key,
        {name: it for name, it in request.cookies.items() if allowed(cache.cookies, name)},
    )

    # understanding-how-origin-request-policies-and-cache-policies-work-together.html.
    def both(kind: str, names: Iterable[str]) -> list[str]:
        one, other = getattr(cache, kind), getattr(sent, kind)
        if kind == "headers":
            one, other = lowered(one), lowered(other)
        return [name for name in names if allowed(one, name) or allowed(other, name)]

    headers = {name: lower[name] for name in both("headers", lower)}
    # RequestAndResponseBehaviorCustomOrigin.html.
    if request.method == "POST" and "authorization" in lower:
        headers["authorization"] = lower["authorization"]
    if encodings and "accept-encoding" in lower:
        headers["accept-encoding"] = encoding or "identity"
    names = [it.split("=")[0] for it in queries]
    kept = set(both("query_strings", names))
    return Naive(
        behaviour,
        None,
        cached=cached,
        key=key if cached else None,
        sent=(
            ("/v1" if behaviour.origin == "files" else "") + path,
            host if both("headers", ["host"]) else None,
            [it for it, name in zip(queries, names, strict=True) if name in kept],
            headers,
            {name: request.cookies[name] for name in both("cookies", request.cookies)},
        ),
    )


def first_match(patterns: Sequence[str], path: str) -> int:
    """Return which pattern is the first that a path matches; the number behind them for none."""
    return next((number for number, it in enumerate(patterns) if glob(it, path)), len(patterns))


def allowed(selection: Selection, name: str) -> bool:
    """None, all, those that are named, or all but those."""
    return {
        "none": False,
        "all": True,
        "only": name in selection.names,
        "all-except": name not in selection.names,
    }[selection.kind]


def lowered(selection: Selection) -> Selection:
    """Return a selection with its names in lower case."""
    return Selection(kind=selection.kind, names=tuple(it.lower() for it in selection.names))


def glob(pattern: str, path: str) -> bool:
    """Match by trying everything."""
    if not pattern.startswith("/"):
        pattern = "/" + pattern
    return _glob(pattern, path)


def _glob(pattern: str, path: str) -> bool:
    if not pattern:
        return not path
    if pattern[0] == "*":
        return any(_glob(pattern[1:], path[it:]) for it in range(len(path) + 1))
    return bool(path) and pattern[0] in ("?", path[0]) and _glob(pattern[1:], path[1:])


def flattened(path: str) -> str:
    """Take out what normalising takes out."""
    return dots_removed(re.sub("/{2,}", "/", path))


def dots_removed(path: str) -> str:
    """Remove dot segments as RFC 3986 writes it down in 5.2.4, step by step."""
    source, output = path, ""
    while source:
        if source.startswith(("/./", "/../")):
            output = output if source[2] == "/" else output.rpartition("/")[0]
            source = source[source.index("/", 1) :]
        elif source in ("/.", "/.."):
            output = output if source == "/." else output.rpartition("/")[0]
            source = "/"
        else:
            end = source.find("/", 1)
            end = len(source) if end < 0 else end
            output, source = output + source[:end], source[end:]
    return output
