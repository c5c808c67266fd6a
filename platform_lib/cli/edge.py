"""`platformctl edge explain`: what the distributions of an environment do with a request."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from platform_lib.cli.console import Output
from platform_lib.cloudfront.explain import explain as rendered
from platform_lib.cloudfront.simulator import ViewerRequest, as_json, decide, distribution_of
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError, Problem
from platform_lib.project import Project


def explain(
    project: Project,
    name: str,
    request: tuple[str, str],
    output: Output,
    *,
    headers: Sequence[str],
    cookies: Sequence[str],
) -> int:
    """Print the behaviour, the origin, the cache key, what is forwarded and for how long it is kept.

    Args:
        project: The project.
        name: The environment.
        request: Method and URL.
        output: Where it is printed.
        headers: ``Name: value`` each.
        cookies: ``name=value`` each.
    """
    (target,) = project.select([name])
    if not isinstance(target, Environment) or not target.distributions:
        having = [it.name for it in project.environments if it.distributions]
        known = f"choose from {', '.join(having)}" if having else "no environment has any"
        raise PlatformError("NoDistribution", f"{name} has no distributions; {known}")
    method, url = request
    asked = ViewerRequest(
        url,
        method.upper(),
        headers=_pairs("header", headers, ":"),
        cookies=_pairs("cookie", cookies, "="),
    )
    text = rendered(target.distributions, asked)
    distribution = distribution_of(urlsplit(url).hostname or "", target.distributions)
    output.result(
        {
            "distribution": distribution,
            **as_json(decide(target.distributions[distribution], asked)),
        },
        lambda: output.line(text),
    )
    return 0


def _pairs(kind: str, given: Sequence[str], separator: str) -> dict[str, str]:
    wrong = [it for it in given if it.find(separator) < 1]
    if wrong:
        raise PlatformError.of(
            Problem(
                f"{it!r} is not a {kind}; write it as in {_EXAMPLES[kind]!r}", code="BadRequest"
            )
            for it in wrong
        )
    pairs = (it.partition(separator) for it in given)
    return {name.strip(): value.strip() for name, _, value in pairs}


_EXAMPLES = {"header": "Accept-Language: de", "cookie": "session=1"}
