"""Which URL of the shop is kept, and for whom."""

import pytest

from docs.examples.edge_behaviours import SHOP
from platform_lib.cloudfront.simulator import Outcome, ViewerRequest, decide

HOST = "https://shop.example.com"


@pytest.mark.parametrize(
    ("path", "origin", "cached"),
    [
        ("/graphql/?query={me{email}}", "api", False),
        ("/static/js/main.4f2a.js", "static", True),
        ("/media/products/shirt.jpg?width=300", "media", True),
        ("/.well-known/jwks.json", "api", False),
        ("/checkout", "api", False),
        ("/Media/products/shirt.jpg", "api", False),
    ],
)
def test_who_answers(path: str, origin: str, *, cached: bool) -> None:
    """Each URL is answered by the origin that has it, and kept only where all may see it."""
    decision = decide(SHOP, ViewerRequest(HOST + path))

    assert (decision.behaviour.origin, decision.cached) == (origin, cached)


@pytest.mark.parametrize("path", ["/graphql/", "/checkout"])
def test_nobody_gets_the_answer_of_another(path: str) -> None:
    """Where the application knows the session, nothing is kept."""
    decision = decide(SHOP, ViewerRequest(HOST + path, cookies={"session": "1"}))

    assert decision.sent is not None
    assert decision.sent.cookies == (("session", "1"),)
    assert decision.dangers == ()


def test_nobody_writes_to_a_bucket() -> None:
    """Uploads do not go through the distribution."""
    decision = decide(SHOP, ViewerRequest(f"{HOST}/media/a.jpg", "PUT"))

    assert (decision.outcome, decision.status) == (Outcome.REFUSED, 403)
