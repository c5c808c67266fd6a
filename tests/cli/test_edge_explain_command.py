"""`platformctl edge explain`: what becomes of a request, for people and for machines, and refusals."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from platform_lib.cli.main import app
from tests.cli.conftest import DEV, Done, Shop
from tests.cli.test_bad_edge import EDGE, EDGE_ACCOUNTS

URL = "https://api.shop.example.com"


@pytest.fixture
def edge(shop: Shop) -> Shop:
    """Return a project with an environment that has a distribution."""
    shop.write("environments/accounts.py", EDGE_ACCOUNTS)
    shop.write("environments/dev.py", EDGE)
    return shop


def explain(shop: Shop, *arguments: str) -> Done:
    """Run the command for an environment."""
    return shop.run("edge", "explain", *arguments)


GRAPHQL = """\
distribution  shop
request       POST https://api.shop.example.com/graphql/?a=1
behaviour     /graphql/* (1 of 4)
origin        api: the external load balancer api
policies      cache CachingDisabled; origin request AllViewer; response headers SecurityHeadersPolicy
cached        no
origin gets   path /graphql/; query a=1; host: api.shop.example.com; authorization: Bearer 1; \
cookie currency=EUR; cookie session=1
"""

MEDIA = """\
distribution  shop
request       GET https://api.shop.example.com/media/a.jpg
behaviour     /media/* (2 of 4)
origin        media: the bucket media
policies      cache CachingOptimized; origin request none; response headers SecurityHeadersPolicy
cached        86400 s where the origin does not say, otherwise 1 to 31536000 s; 1 s where it says \
private or no-store
cache key     path /media/a.jpg
origin gets   path /media/a.jpg; host: the origin's own name
"""


def test_it_tells_where_a_request_goes_with_all_that_it_brings(edge: Shop) -> None:
    """Method, headers and cookies are those of the options, each given several times."""
    done = explain(
        edge,
        *("shop-dev", f"{URL}/graphql/?a=1", "--method", "post"),
        *("-H", "Authorization: Bearer 1", "--cookie", "session=1", "--cookie", "currency=EUR"),
    )

    assert (done.code, done.err) == (0, "")
    assert done.out == GRAPHQL


def test_it_tells_what_is_kept(edge: Shop) -> None:
    """GET is the default, and what the cache key does not have is left out."""
    done = edge.run_fresh(
        *("edge", "explain", "shop-dev", f"{URL}/media/a.jpg", "--header", "Accept-Language: de")
    )

    assert done.code == 0
    assert done.out == MEDIA


def test_json_says_the_same(edge: Shop) -> None:
    """One document with the distribution, and the decision as data."""
    done = explain(edge, "shop-dev", f"{URL}/media/a.jpg", "--json")

    assert done.code == 0
    assert done.json == {
        "distribution": "shop",
        "url": f"{URL}/media/a.jpg",
        "method": "GET",
        "path": "/media/a.jpg",
        "behaviour": "/media/*",
        "position": 2,
        "outcome": "answered",
        "status": None,
        "origin": "media",
        "cached": True,
        "ttl_seconds": {"min": 1, "default": 86400, "max": 31536000},
        "cache_key": {"path": "/media/a.jpg", "query": [], "headers": {}, "cookies": {}},
        "sent": {
            "path": "/media/a.jpg",
            "host": None,
            "query": [],
            "headers": {},
            "cookies": {},
            "added": [],
        },
        "dangers": [],
        "waiver": None,
    }


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        ((f"{URL}/media/a.jpg", "--method", "DELETE"), ("refused", 403)),
        (("http://api.shop.example.com/graphql/", "--method", "POST"), ("redirected", 307)),
    ],
)
def test_what_is_not_answered_is_no_error(
    edge: Shop, arguments: tuple[str, ...], outcome: tuple[str, int]
) -> None:
    """The question has an answer, which is CloudFront's."""
    done = explain(edge, "shop-dev", *arguments, "--json")

    assert done.code == 0
    assert (done.json["outcome"], done.json["status"]) == outcome
    assert done.json["sent"] is None


REFUSED: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "an environment without distributions": (
        ("shop-other", f"{URL}/"),
        ["shop-other has no distributions; choose from shop-dev [NoDistribution]"],
    ),
    "an account": (
        ("workloads", f"{URL}/"),
        ["workloads has no distributions; choose from shop-dev [NoDistribution]"],
    ),
    "an unknown environment": (
        ("shop-dve", f"{URL}/"),
        [
            (
                "no environment or account is called 'shop-dve'; did you mean 'shop-dev'? there are:"
                " workloads, shop-dev, shop-other [UnknownEnvironment]"
            )
        ],
    ),
    "an unknown host": (
        ("shop-dev", "https://www.shop.example.com/"),
        [
            (
                "no distribution answers for 'www.shop.example.com'; choose from"
                " api.shop.example.com [NoSuchHost]"
            )
        ],
    ),
    "a path alone": (
        ("shop-dev", "/media/a.jpg"),
        [
            (
                "'/media/a.jpg' is no URL of a distribution; write all of it, as in"
                " 'https://shop.example.com/media/a.jpg?size=2' [NotAUrl]"
            )
        ],
    ),
    "a header without a colon": (
        ("shop-dev", f"{URL}/", "-H", "Accept"),
        ["'Accept' is not a header; write it as in 'Accept-Language: de' [BadRequest]"],
    ),
    "a header without a name": (
        ("shop-dev", f"{URL}/", "-H", ": de"),
        ["': de' is not a header; write it as in 'Accept-Language: de' [BadRequest]"],
    ),
    "cookies without a value": (
        ("shop-dev", f"{URL}/", "--cookie", "session", "--cookie", "currency"),
        [
            "'session' is not a cookie; write it as in 'session=1' [BadRequest]",
            "'currency' is not a cookie; write it as in 'session=1' [BadRequest]",
        ],
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_asked_is_refused(edge: Shop, case: str) -> None:
    """Exit 2, with what to write instead."""
    arguments, sentences = REFUSED[case]
    other = DEV.replace("eu-central-1", "us-east-1").replace("shop-dev", "shop-other")
    edge.write("environments/other.py", other.replace("10.10", "10.20"))

    done = explain(edge, *arguments)

    assert (done.code, done.out) == (2, "")
    assert done.problems == sentences


def test_it_says_where_nobody_has_distributions(shop: Shop) -> None:
    """There is nothing to choose from then."""
    done = explain(shop, "shop-dev", f"{URL}/")

    assert done.code == 2
    assert done.problems == [
        "shop-dev has no distributions; no environment has any [NoDistribution]"
    ]


def test_several_environments_have_distributions(edge: Shop) -> None:
    """All of them are named."""
    stage = EDGE.replace("shop-dev", "shop-stage").replace("10.10", "10.20")
    edge.write("environments/stage.py", stage.replace("shop.example", "stage.example"))

    done = explain(edge, "workloads", f"{URL}/")

    assert done.problems == [
        "workloads has no distributions; choose from shop-dev, shop-stage [NoDistribution]"
    ]


def test_a_refusal_is_json_too(edge: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine finds the problem in one document on standard output."""
    monkeypatch.chdir(edge.root)

    done = CliRunner().invoke(app, ["edge", "explain", "shop-dev", "/media/", "--json"])

    assert done.exit_code == 2
    assert '"code": "NotAUrl"' in done.stdout
    assert done.stderr == ""
