"""Which URLs of the checkout are kept at the edge: the source platform's table, in each environment."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from bench.programs import node
from platform_lib.cloudfront.managed import ManagedCachePolicy
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin
from platform_lib.cloudfront.simulator import Outcome, ViewerRequest, decide
from platform_lib.environment import Environment
from platform_lib.project import load

ENVIRONMENTS = [it for it in load(Path(__file__).parents[2]).environments if it.distributions]
OPTIMIZED = ManagedCachePolicy.CACHING_OPTIMIZED
DISABLED = ManagedCachePolicy.CACHING_DISABLED

TABLE = [
    ("/graphql/*", "/graphql/", "load balancer api", DISABLED),
    ("/static/*", "/static/js/main.4f2a.js", "bucket static", OPTIMIZED),
    ("/thumbnail/*", "/thumbnail/12/256/", "bucket media", OPTIMIZED),
    ("/media/*", "/media/products/shirt.jpg", "bucket media", OPTIMIZED),
    ("/.well-known/jwks.json", "/.well-known/jwks.json", "load balancer api", DISABLED),
    ("*", "/plugins/payments/", "load balancer api", OPTIMIZED),
]


def _shown(origin: object) -> str:
    if isinstance(origin, S3Origin):
        return f"bucket {origin.bucket}"
    assert isinstance(origin, AlbOrigin)
    return f"load balancer {origin.load_balancer}"


def test_there_are_environments_with_distributions() -> None:
    """Each of the checkout has two."""
    assert {it.name: sorted(it.distributions) for it in ENVIRONMENTS} == {
        f"checkout-{stage}": ["saleor", "storefront"] for stage in ("dev", "stage", "prod")
    }


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda it: it.name)
@pytest.mark.parametrize(("pattern", "path", "origin", "cache_policy"), TABLE)
def test_saleor_is_answered_as_in_the_source(
    environment: Environment,
    pattern: str,
    path: str,
    origin: str,
    cache_policy: ManagedCachePolicy,
) -> None:
    """Six behaviours, each with its origin and its cache policy, compressed."""
    saleor = environment.distributions["saleor"]
    decision = decide(saleor, ViewerRequest(f"https://{saleor.aliases[0]}{path}"))

    assert decision.behaviour.path == pattern
    assert _shown(saleor.origins[decision.behaviour.origin]) == origin
    assert decision.behaviour.cache_policy is cache_policy
    assert decision.cached is (cache_policy is OPTIMIZED)
    assert decision.behaviour.compress is True
    assert len(saleor.all_behaviours) == len(TABLE)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda it: it.name)
def test_no_application_answers_from_what_the_key_does_not_have(environment: Environment) -> None:
    """Where an answer is kept, the application knows nothing of who asks."""
    for distribution in environment.distributions.values():
        for path in ("/", "/checkout?step=2", "/account/", *(row[1] for row in TABLE)):
            request = ViewerRequest(
                f"https://{distribution.aliases[0]}{path}",
                headers={"Authorization": "Bearer 1", "Accept-Language": "de"},
                cookies={"session": "1"},
            )
            decision = decide(distribution, request)
            if decision.cached:
                assert decision.sent is not None
                assert (decision.sent.cookies, decision.sent.headers) == ((), ())
                assert decision.sent.query == ()


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda it: it.name)
def test_graphql_takes_mutations_with_everything_that_they_come_with(
    environment: Environment,
) -> None:
    """Cookies, tokens and query strings reach the application, and its name is the viewer's."""
    saleor = environment.distributions["saleor"]
    host = saleor.aliases[0]
    request = ViewerRequest(
        f"https://{host}/graphql/?a=1",
        "POST",
        headers={"Authorization": "Bearer 1"},
        cookies={"session": "1"},
    )
    decision = decide(saleor, request)

    assert (decision.outcome, decision.cached) == (Outcome.ANSWERED, False)
    assert decision.sent is not None
    assert (decision.sent.host, decision.sent.query) == (host, ("a=1",))
    assert decision.sent.headers == (("authorization", "Bearer 1"),)
    assert decision.sent.cookies == (("session", "1"),)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ("/media/products/shirt.jpg", "/products/shirt.jpg"),
        ("/media/thumbnails/products/a%2Fb.jpg", "/thumbnails/products/a%2Fb.jpg"),
        ("/static/js/main.4f2a.js", "/js/main.4f2a.js"),
        ("/static/static/a.js", "/static/a.js"),
        ("/media/invoices/1.pdf", None),
        ("/media/export_files/customers.csv", None),
        ("/media/%69nvoices/1.pdf", None),
        ("/media//invoices/1.pdf", None),
        ("/media/products", "/products"),
        ("/media/", None),
    ],
)
def test_files_are_at_the_root_of_their_buckets(asked: str, key: str | None) -> None:
    """Viewers ask below /media and /static; what only the API hands out is refused before the cache."""
    for environment in ENVIRONMENTS:
        saleor = environment.distributions["saleor"]
        called = {it.path: it.viewer_request for it in saleor.behaviours if it.viewer_request}
        assert called == {"/media/*": "media-files", "/static/*": "static-files"}
        code = saleor.functions[called[f"/{asked.split('/')[1]}/*"]].code
        call = f"console.log(JSON.stringify(handler({{request: {{uri: {asked!r}}}}})))"

        ran = subprocess.run(
            [node(), "-e", code + call], capture_output=True, text=True, check=True
        )

        answer = json.loads(ran.stdout)
        assert answer.get("uri") == key
        assert answer.get("statusCode") == (403 if key is None else None)
