"""What a distribution does with a request: the source's six behaviours, and AWS's own examples.

Pages are named by their last part below
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/.
"""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.cloudfront import presets
from platform_lib.cloudfront.behaviours import BehaviourConfig, Forward, Methods
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.managed import ManagedCachePolicy, ManagedOriginRequestPolicy
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin
from platform_lib.cloudfront.policies import (
    EVERYTHING,
    CachePolicyConfig,
    CacheSettings,
    OriginRequestPolicyConfig,
    Selection,
    all_and,
    all_except,
    only,
)
from platform_lib.cloudfront.simulator import (
    Decision,
    Outcome,
    Ttl,
    ViewerRequest,
    as_json,
    decide,
    distribution_of,
)
from platform_lib.errors import PlatformError

API = AlbOrigin(load_balancer="public")
OPTIMIZED = ManagedCachePolicy.CACHING_OPTIMIZED
DISABLED = ManagedCachePolicy.CACHING_DISABLED

SALEOR = DistributionConfig(
    description="Saleor",
    aliases=("shop.example.com",),
    origins={"api": API, "static": S3Origin(bucket="static"), "media": S3Origin(bucket="media")},
    behaviours=(
        presets.graphql("api"),
        presets.static_assets("static"),
        presets.thumbnails("media"),
        presets.media("media"),
        presets.jwks("api"),
    ),
    default=BehaviourConfig(
        origin="api",
        cache_policy=OPTIMIZED,
        methods=Methods.ALL,
        waiver="the source platform does so; see the ADR on the default behaviour",
    ),
)
"""The six behaviours of the source platform."""


def ask(
    path: str,
    method: str = "GET",
    *,
    of: DistributionConfig = SALEOR,
    headers: dict[str, str] | None = None,
    cookies: dict[str, str] | None = None,
) -> Decision:
    """Return what a distribution does with a request for a path."""
    return decide(
        of,
        ViewerRequest(
            f"https://{of.aliases[0]}{path}", method, headers=headers or {}, cookies=cookies or {}
        ),
    )


def behind(paths: tuple[str, ...], **given: Any) -> DistributionConfig:
    """Return a distribution with behaviours for paths that keep nothing."""
    default = BehaviourConfig(origin="api", cache_policy=DISABLED)
    base: dict[str, Any] = {
        "description": "Paths",
        "aliases": ("d111111abcdef8.example.com",),
        "origins": {"api": API},
        "behaviours": tuple(default.evolve(path=path) for path in paths),
        "default": default,
    }
    return DistributionConfig(**(base | given))


def keeping(**settings: Any) -> DistributionConfig:
    """Return a distribution that keeps answers for a minute, with something in the cache key."""
    policy = CachePolicyConfig(
        name="kept", default_ttl_seconds=60, max_ttl_seconds=60, **({"compression": ()} | settings)
    )
    return behind(
        (),
        default=BehaviourConfig(
            origin="api", cache_policy=policy, origin_request_policy=Forward.KEY
        ),
    )


SENT = {"Authorization": "Bearer 1", "Accept-Encoding": "gzip, deflate, br", "Accept": "*/*"}
COOKIES = {"session": "1", "lang": "de"}
BROTLI = (("accept-encoding", "br,gzip"),)
EVERY_HEADER = (
    ("accept", "*/*"),
    ("accept-encoding", "gzip, deflate, br"),
    ("authorization", "Bearer 1"),
)
EVERY_COOKIE = (("lang", "de"), ("session", "1"))

# path, pattern, origin, GET is kept, POST is let through
SOURCE = [
    ("/graphql/", "/graphql/*", "api", False, True),
    ("/static/js/main.4f2a.js", "/static/*", "static", True, False),
    ("/thumbnail/12/256/webp/", "/thumbnail/*", "media", True, False),
    ("/media/products/shirt.jpg", "/media/*", "media", True, False),
    ("/.well-known/jwks.json", "/.well-known/jwks.json", "api", False, False),
    ("/plugins/payments/webhook/", "*", "api", True, True),
]


@pytest.mark.parametrize(("path", "pattern", "origin", "kept", "writable"), SOURCE)
@pytest.mark.parametrize("query", ["", "?page=2&sort=price"])
@pytest.mark.parametrize("cookies", [{}, COOKIES])
def test_get_through_the_behaviours_of_the_source(
    path: str,
    pattern: str,
    origin: str,
    query: str,
    cookies: dict[str, str],
    *,
    kept: bool,
    writable: bool,
) -> None:
    """Neither cookies nor query strings change which behaviour it is, nor what the key is."""
    decision = ask(path + query, cookies=cookies, headers=SENT)

    assert (decision.behaviour.path, decision.behaviour.origin) == (pattern, origin)
    assert (decision.outcome, decision.status) == (Outcome.ANSWERED, None)
    assert decision.cached is kept
    if kept:
        assert decision.key is not None
        assert (decision.key.path, decision.key.headers) == (path, BROTLI)
        assert (decision.key.query, decision.key.cookies) == ((), ())
        assert decision.ttl.seconds() == 86_400
        assert decision.ttl.seconds("private") == 1
    else:
        assert decision.key is None
        assert decision.ttl.seconds("max-age=60") == 0


@pytest.mark.parametrize(("path", "pattern", "origin", "kept", "writable"), SOURCE)
@pytest.mark.parametrize("query", ["", "?page=2&sort=price"])
@pytest.mark.parametrize("cookies", [{}, COOKIES])
def test_post_through_the_behaviours_of_the_source(
    path: str,
    pattern: str,
    origin: str,
    query: str,
    cookies: dict[str, str],
    *,
    kept: bool,
    writable: bool,
) -> None:
    """It is never kept; where only reading is meant it gets 403 and reaches no origin."""
    decision = ask(path + query, "POST", cookies=cookies, headers=SENT)

    assert (decision.behaviour.path, decision.behaviour.origin) == (pattern, origin)
    assert (decision.cached, decision.key) == (False, None)
    if writable:
        assert decision.outcome is Outcome.ANSWERED
        assert decision.sent is not None
        assert decision.sent.path == path
        assert decision.sent.query == (("page=2", "sort=price") if query else ())
        assert decision.sent.cookies == (EVERY_COOKIE if cookies else ())
    else:
        assert (decision.outcome, decision.status) == (Outcome.REFUSED, 403)
        assert decision.sent is None


@pytest.mark.parametrize(
    ("path", "host", "query", "headers", "cookies"),
    [
        ("/graphql/", "shop.example.com", ("a=1",), EVERY_HEADER, EVERY_COOKIE),
        ("/static/a.js", None, (), BROTLI, ()),
        ("/thumbnail/1", None, (), BROTLI, ()),
        ("/media/a.jpg", None, (), BROTLI, ()),
        ("/.well-known/jwks.json", "shop.example.com", (), (), ()),
        (
            "/checkout",
            "shop.example.com",
            ("a=1",),
            (EVERY_HEADER[0], *BROTLI, EVERY_HEADER[2]),
            EVERY_COOKIE,
        ),
    ],
)
def test_what_origins_get_through_the_behaviours_of_the_source(
    path: str,
    host: str | None,
    query: tuple[str, ...],
    headers: tuple[tuple[str, str], ...],
    cookies: tuple[tuple[str, str], ...],
) -> None:
    """The application everything, its keys' page the host, buckets nothing but the compression."""
    sent = ask(f"{path}?a=1", headers=SENT, cookies=COOKIES).sent

    assert sent is not None
    assert (sent.host, sent.query, sent.headers, sent.cookies) == (host, query, headers, cookies)


def test_the_default_behaviour_of_the_source_is_dangerous_and_says_so() -> None:
    """Two viewers with sessions of their own get one answer."""
    one = ask("/checkout?step=1", cookies={"session": "1"})
    other = ask("/checkout?step=2", cookies={"session": "2"})

    assert one.key == other.key
    assert one.sent != other.sent
    assert len(one.dangers) == 2
    assert one.behaviour.waiver is not None


# path, pattern of the behaviour that answers
URLS = [
    ("/graphql", "*"),
    ("/graphql/", "/graphql/*"),
    ("/graphql/?query={shop{name}}", "/graphql/*"),
    ("/graphql/schema.graphql", "/graphql/*"),
    ("/GraphQL/", "*"),
    ("/%67raphql/", "/graphql/*"),
    ("/graph%71l/", "/graphql/*"),
    ("/graphql%2F", "*"),
    ("//graphql/", "/graphql/*"),
    ("/./graphql/", "/graphql/*"),
    ("/media/../graphql/", "/graphql/*"),
    ("/media/%2e%2e/graphql/", "/graphql/*"),
    ("/media/..%2fgraphql/", "/media/*"),
    ("/graphql/../media/a.jpg", "/media/*"),
    ("/graphql/..", "*"),
    ("/graphql;a=1/", "*"),
    ("/static", "*"),
    ("/static/", "/static/*"),
    ("/static/css/a.css", "/static/*"),
    ("/Static/css/a.css", "*"),
    ("/static//a.css", "/static/*"),
    ("/static/a%20b.css", "/static/*"),
    ("/static?a=/static/", "*"),
    ("/static/#/media/", "/static/*"),
    ("/a/static/b.css", "*"),
    ("/thumbnail/", "/thumbnail/*"),
    ("/thumbnails/1", "*"),
    ("/thumbnail/1/256/", "/thumbnail/*"),
    ("/media/", "/media/*"),
    ("/media/ä.jpg", "/media/*"),
    ("/media/%C3%A4.jpg", "/media/*"),
    ("/media/a.JPG", "/media/*"),
    ("/MEDIA/a.jpg", "*"),
    ("/media/media/../a.jpg", "/media/*"),
    ("/media/a/../../b.jpg", "*"),
    ("/.well-known/jwks.json", "/.well-known/jwks.json"),
    ("/.well-known/jwks.json?v=2", "/.well-known/jwks.json"),
    ("/.well-known/jwks.json/", "*"),
    ("/.well-known/JWKS.json", "*"),
    ("/.well-known/jwks%2Ejson", "/.well-known/jwks.json"),
    ("/%2Ewell-known/jwks.json", "/.well-known/jwks.json"),
    ("/.well-known/openid-configuration", "*"),
    ("/.well-known/", "*"),
    ("/a/../.well-known/jwks.json", "/.well-known/jwks.json"),
    ("", "*"),
    ("/", "*"),
    ("/?x=/graphql/", "*"),
    ("/..", "*"),
    ("/../graphql/", "/graphql/*"),
    ("/index.html", "*"),
]


@pytest.mark.parametrize(("path", "pattern"), URLS)
def test_further_urls_through_the_behaviours_of_the_source(path: str, pattern: str) -> None:
    """Case, escapes, dots, repeated slashes, and what only looks like a path."""
    assert ask(path).behaviour.path == pattern


def test_the_origin_and_the_key_have_the_path_as_it_was_written() -> None:
    """Only the comparison is with the normalised one (DownloadDistValuesCacheBehavior)."""
    decision = ask("/media//%61/../b%20c.jpg")

    assert decision.path == "/media/b%20c.jpg"
    assert decision.key is not None
    assert decision.sent is not None
    assert decision.key.path == decision.sent.path == "/media//%61/../b%20c.jpg"


CACHE_BEHAVIOR = "DownloadDistValuesCacheBehavior.html"
KNOWLEDGE_CENTER = "https://repost.aws/knowledge-center/cloudfront-not-following-cache-behavior"
IMAGES = ("images/*.jpg", "images/*", "*.gif")

# page, patterns in their order, path, pattern that matches
EXAMPLES = [
    (CACHE_BEHAVIOR, IMAGES, "/images/sample.gif", "images/*"),
    (CACHE_BEHAVIOR, IMAGES, "/images/product1/sample.jpg", "images/*.jpg"),
    (CACHE_BEHAVIOR, IMAGES, "/images/product2/sample.jpg", "images/*.jpg"),
    (CACHE_BEHAVIOR, IMAGES, "/images/sample.jpg", "images/*.jpg"),
    (CACHE_BEHAVIOR, IMAGES, "/sample.gif", "*.gif"),
    (CACHE_BEHAVIOR, ("/images/*.jpg",), "/images/sample.jpg", "/images/*.jpg"),
    (
        CACHE_BEHAVIOR,
        ("images/product1/*.jpg", "images/*.jpg"),
        "/images/product1/a.jpg",
        "images/product1/*.jpg",
    ),
    (CACHE_BEHAVIOR, ("images/product1/*.jpg", "images/*.jpg"), "/images/a.jpg", "images/*.jpg"),
    (CACHE_BEHAVIOR, ("*.jpg",), "/LOGO.JPG", "*"),
    (CACHE_BEHAVIOR, ("*.jpg",), "/images/logo.jpg", "*.jpg"),
    (CACHE_BEHAVIOR, ("a*.jpg",), "/apple.jpg", "a*.jpg"),
    (CACHE_BEHAVIOR, ("a*.jpg",), "/appalachian_trail_2012_05_21.jpg", "a*.jpg"),
    (CACHE_BEHAVIOR, ("a??.jpg",), "/ant.jpg", "a??.jpg"),
    (CACHE_BEHAVIOR, ("a??.jpg",), "/abe.jpg", "a??.jpg"),
    (CACHE_BEHAVIOR, ("*.doc*",), "/letter.doc", "*.doc*"),
    (CACHE_BEHAVIOR, ("*.doc*",), "/letter.docx", "*.doc*"),
    (CACHE_BEHAVIOR, ("*.doc*",), "/letter.docm", "*.doc*"),
    (CACHE_BEHAVIOR, ("*.doc?",), "/letter.doc", "*"),
    (CACHE_BEHAVIOR, ("/a/b*", "/a*"), "/a/b?c=1", "/a/b*"),
    (CACHE_BEHAVIOR, ("/a/b*", "/a*"), "/a/b/..?c=1", "/a*"),
    (KNOWLEDGE_CENTER, ("test/",), "/test/file1.jpg", "*"),
    (KNOWLEDGE_CENTER, ("test/*",), "/test/file1.jpg", "test/*"),
    (
        "creating-custom-error-pages.html",
        ("/4xx-errors/*",),
        "/4xx-errors/404.html",
        "/4xx-errors/*",
    ),
]


@pytest.mark.parametrize(("page", "patterns", "path", "pattern"), EXAMPLES)
def test_examples_of_path_patterns_in_awss_documentation(
    page: str, patterns: tuple[str, ...], path: str, pattern: str
) -> None:
    """Each is answered by the behaviour that the page says."""
    assert ask(path, of=behind(patterns)).behaviour.path == pattern, page


QUERY_STRINGS = "QueryStringParameters.html"
IMAGE = "/images/image.jpg"


@pytest.mark.parametrize(
    ("page", "chosen", "paths", "keys"),
    [
        (
            QUERY_STRINGS,
            only("language"),
            [f"/main.html?language={it}" for it in ("de", "en", "es", "fr", "jp")],
            5,
        ),
        (
            QUERY_STRINGS,
            EVERYTHING,
            [f"{IMAGE}?color=red&size=large", f"{IMAGE}?size=large&color=red"],
            2,
        ),
        (
            QUERY_STRINGS,
            EVERYTHING,
            [f"{IMAGE}?{it}" for it in ("color=red", "color=Red", "Color=red", "Color=Red")],
            4,
        ),
        (
            QUERY_STRINGS,
            only("color"),
            [f"{IMAGE}?color=red&size=large", f"{IMAGE}?size=small&color=red"],
            1,
        ),
        (
            "understanding-the-cache-key.html",
            Selection(),
            [
                "/content/stories/example-story.html?ref=0123abc&split-pages=false",
                "/content/stories/example-story.html?ref=xyz987&split-pages=true",
            ],
            1,
        ),
        (
            "cache-key-understand-cache-policy.html",
            only("split-pages"),
            [
                "/content/stories/example-story.html?split-pages=false",
                "/content/stories/example-story.html?split-pages=true",
                "/content/stories/example-story.html?ref=1&split-pages=true",
            ],
            2,
        ),
    ],
)
def test_examples_of_query_strings_in_awss_documentation(
    page: str, chosen: Selection, paths: list[str], keys: int
) -> None:
    """As many answers are kept as the page says."""
    config = keeping(query_strings=chosen)

    assert len({ask(path, of=config).key for path in paths}) == keys, page


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (f"{IMAGE}?color=red;size=large", ("color=red;size=large",)),
        (f"{IMAGE}?size=large;color=red", ()),
    ],
)
def test_a_semicolon_does_not_separate_query_strings(path: str, query: tuple[str, ...]) -> None:
    """The two examples of QueryStringParameters.html, with the key on `color`."""
    key = ask(path, of=keeping(query_strings=only("color"))).key

    assert key is not None
    assert key.query == query


def test_the_example_of_cookies_in_awss_documentation() -> None:
    """Cookies.html: kept once for each country, with cookies sorted, and case matters."""
    by_country = keeping(cookies=only("country"))

    def key(**cookies: str) -> object:
        return ask("/locations.html", of=by_country, cookies=cookies).key

    assert key(country="uk") != key(country="fr")
    assert key(country="uk", session="1") == key(country="uk", session="2")
    assert key(country="uk") != key(country="UK")
    assert key(Country="uk") == key()
    every = keeping(cookies=EVERYTHING)
    one = ask("/", of=every, cookies={"b": "2", "a": "1"})
    assert one.key is not None
    assert one.key.cookies == (("a", "1"), ("b", "2"))
    assert one == ask("/", of=every, cookies={"a": "1", "b": "2"})


def test_the_examples_of_headers_in_awss_documentation() -> None:
    """header-caching.html: `Product` is Acme or Apex; names' case does not matter, values' does."""
    config = keeping(headers=only("Product"))

    def key(**headers: str) -> object:
        return ask("/logo.jpg", of=config, headers=headers).key

    assert key(Product="Acme") != key(Product="Apex")
    assert key(product="Acme") == key(PRODUCT="Acme", Accept="a")
    assert key(Product="acme") != key(Product="Acme")
    sent = ask("/logo.jpg", of=config, headers={"Product": "Acme", "Other": "1"}).sent
    assert sent is not None
    assert sent.headers == (("product", "Acme"),)


@pytest.mark.parametrize(
    ("kept", "accepted", "in_key", "sent"),
    [
        (("br", "gzip"), "gzip, deflate, br", "br,gzip", "br,gzip"),
        (("br", "gzip"), "deflate, gzip;q=0.8", "gzip", "gzip"),
        (("br", "gzip"), "br", "br", "br"),
        (("br", "gzip"), "deflate", None, "identity"),
        (("br", "gzip"), None, None, None),
        (("gzip",), "gzip, br", "gzip", "gzip"),
        (("gzip",), "br", None, "identity"),
        ((), "gzip, br", None, None),
    ],
)
def test_compression_is_normalised_as_awss_documentation_has_it(
    kept: tuple[str, ...], accepted: str | None, in_key: str | None, sent: str | None
) -> None:
    """cache-key-understand-cache-policy.html, "Compression support"."""
    headers = {} if accepted is None else {"Accept-Encoding": accepted}
    decision = ask("/", of=keeping(compression=kept), headers=headers)

    assert decision.key is not None
    assert decision.sent is not None
    assert dict(decision.key.headers).get("accept-encoding") == in_key
    assert dict(decision.sent.headers).get("accept-encoding") == sent


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/index.html", "/production/index.html"),
        ("/acme/index.html", "/production/acme/index.html"),
    ],
)
def test_the_examples_of_origin_paths_in_awss_documentation(path: str, sent: str) -> None:
    """DownloadDistValuesOrigin.html: the folder is put in front."""
    config = behind((), origins={"api": S3Origin(bucket="static", path="/production")})
    decision = ask(path, of=config)

    assert decision.sent is not None
    assert (decision.sent.path, decision.path) == (sent, path)


@pytest.mark.parametrize(
    ("method", "status"),
    [("GET", 301), ("HEAD", 301), ("OPTIONS", 307), ("POST", 307), ("DELETE", 307)],
)
def test_http_is_redirected(method: str, status: int) -> None:
    """using-https-viewers-to-cloudfront.html: 307 keeps the method and the body."""
    decision = decide(SALEOR, ViewerRequest("http://shop.example.com/graphql/", method))

    assert (decision.outcome, decision.status) == (Outcome.REDIRECTED, status)
    assert (decision.cached, decision.key, decision.sent) == (False, None, None)


@pytest.mark.parametrize(
    ("path", "method", "outcome"),
    [
        ("/graphql/", "DELETE", Outcome.ANSWERED),
        ("/graphql/", "TRACE", Outcome.REFUSED),
        ("/media/a", "HEAD", Outcome.ANSWERED),
        ("/media/a", "OPTIONS", Outcome.REFUSED),
        ("/media/a", "get", Outcome.REFUSED),
    ],
)
def test_methods_that_are_not_the_behaviours_are_refused(
    path: str, method: str, outcome: Outcome
) -> None:
    """With 403, whatever another behaviour takes."""
    assert ask(path, method).outcome is outcome


def test_head_shares_the_answer_of_get_and_options_is_never_kept() -> None:
    """DownloadDistValuesCacheBehavior.html, "Allowed HTTP methods"."""
    assert ask("/media/a", "HEAD").key == ask("/media/a").key
    assert ask("/checkout", "OPTIONS").cached is False


@pytest.mark.parametrize(
    ("method", "sent"),
    [
        ("GET", False),
        ("HEAD", False),
        ("OPTIONS", False),
        ("POST", True),
        ("PUT", True),
        ("PATCH", True),
        ("DELETE", True),
    ],
)
def test_authorization_goes_to_the_origin_with_what_changes_something(
    method: str, *, sent: bool
) -> None:
    """RequestAndResponseBehaviorCustomOrigin.html, although no policy asks for it."""
    config = behind((), default=presets.api("api").evolve(origin_request_policy=Forward.KEY))
    decision = ask("/", method, of=config, headers={"Authorization": "1", "Accept": "a"})

    assert decision.sent is not None
    assert decision.sent.headers == ((("authorization", "1"),) if sent else ())


NONE, ALL, ALLOW, BLOCK = Selection(), EVERYTHING, only("a"), all_except("a")


@pytest.mark.parametrize(
    ("cache", "policy", "sent"),
    [
        (NONE, NONE, ""),
        (NONE, ALL, "ab"),
        (NONE, ALLOW, "a"),
        (NONE, BLOCK, "b"),
        (ALL, NONE, "ab"),
        (ALL, ALL, "ab"),
        (ALL, ALLOW, "ab"),
        (ALL, BLOCK, "ab"),
        (ALLOW, NONE, "a"),
        (ALLOW, ALL, "ab"),
        (ALLOW, only("b"), "ab"),
        (ALLOW, BLOCK, "ab"),
        (BLOCK, NONE, "b"),
        (BLOCK, ALL, "ab"),
        (BLOCK, ALLOW, "ab"),
    ],
)
@pytest.mark.parametrize("kind", ["cookies", "query_strings"])
def test_both_policies_together_send_what_awss_table_says(
    cache: Selection, policy: Selection, sent: str, kind: str
) -> None:
    """understanding-how-origin-request-policies-and-cache-policies-work-together.html."""
    settings: dict[str, Any] = {kind: cache}
    config = keeping(**settings)
    more: dict[str, Any] = {"name": "more", "headers": only("Host"), kind: policy}
    behaviour = config.default.evolve(origin_request_policy=OriginRequestPolicyConfig(**more))
    # Some of these are dangers, and all of them are answered.
    distribution = config.model_copy(update={"default": behaviour})
    decision = ask("/?a=1&b=2", of=distribution, cookies={"a": "1", "b": "2"})

    assert decision.sent is not None
    names = {
        "cookies": [name for name, _ in decision.sent.cookies],
        "query_strings": [it[0] for it in decision.sent.query],
    }
    assert names[kind] == list(sent)


@pytest.mark.parametrize(
    ("chosen", "sent"),
    [
        (only("Accept", "X-Real-IP"), ("accept",)),
        (EVERYTHING, ("accept", "x-mine")),
        (all_except("accept"), ("x-mine",)),
        (all_and("CloudFront-Viewer-Country"), ("accept", "x-mine")),
    ],
)
def test_headers_that_belong_to_the_connection_reach_no_origin(
    chosen: Selection, sent: tuple[str, ...]
) -> None:
    """RequestAndResponseBehaviorCustomOrigin.html, "HTTP request headers and CloudFront behavior"."""
    headers = {
        "Accept": "a",
        "X-Mine": "1",
        "Connection": "close",
        "Proxy-Authorization": "1",
        "TE": "trailers",
        "Upgrade": "h2c",
        "X-Edge-Location": "1",
        "X-Forwarded-Proto": "http",
        "X-Real-IP": "192.0.2.1",
        "Cookie": "a=1",
    }
    policy = OriginRequestPolicyConfig(name="sent", headers=chosen)
    default = presets.api("api").evolve(origin_request_policy=policy)
    # That the host is missing from the first one is refused, and does not matter here.
    config = behind(()).model_copy(update={"default": default})
    decision = ask("/", of=config, headers=headers)

    assert decision.sent is not None
    assert tuple(name for name, _ in decision.sent.headers) == sent
    assert decision.sent.cookies == ()
    added = ("CloudFront-Viewer-Country",) if chosen.kind == "all-and" else ()
    assert decision.sent.added == added


def test_cookies_are_read_from_their_header_too() -> None:
    """What is given by name wins."""
    decision = ask("/graphql/", headers={"cookie": "a=1; b = 2;c"}, cookies={"a": "3"})

    assert decision.sent is not None
    assert decision.sent.cookies == (("a", "3"), ("b", "2"), ("c", ""))


def test_the_host_is_in_the_key_where_a_policy_has_it() -> None:
    """Otherwise all hosts of a distribution share answers."""
    by_host = keeping(headers=only("HOST"))
    one = decide(by_host, ViewerRequest("https://a.example.com/"))
    other = decide(by_host, ViewerRequest("https://B.example.com/"))

    assert one.key is not None
    assert other.key is not None
    assert one.key.headers == (("host", "a.example.com"),)
    assert other.key.headers == (("host", "b.example.com"),)
    plain = keeping()
    assert (
        decide(plain, ViewerRequest("https://a.example.com/")).key
        == decide(plain, ViewerRequest("https://b.example.com/")).key
    )


LEAST_0 = CacheSettings(default_ttl_seconds=300, max_ttl_seconds=3600)
LEAST_60 = CacheSettings(min_ttl_seconds=60, default_ttl_seconds=300, max_ttl_seconds=3600)
LEAST_LONGER = CacheSettings(min_ttl_seconds=600, default_ttl_seconds=300, max_ttl_seconds=3600)


@pytest.mark.parametrize(
    ("settings", "cache_control", "expires_in", "seconds"),
    [
        (LEAST_0, "max-age=10", None, 10),
        (LEAST_0, "max-age=7200", None, 3600),
        (LEAST_0, "public, max-age=10, s-maxage=20", None, 20),
        (LEAST_0, "s-maxage=7200, max-age=10", None, 3600),
        (LEAST_0, 'max-age="10"', None, 10),
        (LEAST_0, "Max-Age=10", None, 10),
        (LEAST_0, "max-age=0", None, 0),
        (LEAST_0, "", None, 300),
        (LEAST_0, "public", None, 300),
        (LEAST_0, "", 10, 10),
        (LEAST_0, "", 7200, 3600),
        (LEAST_0, "", -10, 0),
        (LEAST_0, "max-age=10", 20, 10),
        (LEAST_0, "no-cache", None, 0),
        (LEAST_0, "no-store", 20, 0),
        (LEAST_0, "private, max-age=10", None, 0),
        (LEAST_60, "max-age=10", None, 60),
        (LEAST_60, "max-age=100", None, 100),
        (LEAST_60, "max-age=7200", None, 3600),
        (LEAST_60, "max-age=100, s-maxage=10", None, 60),
        (LEAST_60, "", None, 300),
        (LEAST_60, "", 10, 60),
        (LEAST_60, "", 100, 100),
        (LEAST_60, "private", None, 60),
        (LEAST_60, "no-store, max-age=100", None, 60),
        (LEAST_LONGER, "", None, 600),
        (DISABLED.settings, "max-age=10", None, 0),
    ],
)
def test_answers_are_kept_as_awss_table_says(
    settings: CacheSettings, cache_control: str, expires_in: int | None, seconds: int
) -> None:
    """Expiration.html, with and without a least time."""
    assert Ttl(settings).seconds(cache_control, expires_in=expires_in) == seconds


@pytest.mark.parametrize(
    "url",
    [
        "",
        "shop.example.com/a",
        "/a",
        "ftp://shop.example.com/",
        "https://",
        "https:///a",
        "https://[::1/",
    ],
)
def test_refuses_what_is_no_url(url: str) -> None:
    """With an example of one."""
    with pytest.raises(PlatformError) as error:
        decide(SALEOR, ViewerRequest(url))

    assert str(error.value) == (
        f"{url!r} is no URL of a distribution; write all of it, as in"
        " 'https://shop.example.com/media/a.jpg?size=2' [NotAUrl]"
    )


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("shop.example.com", "saleor"),
        ("www.example.com", "storefront"),
        # CNAMEs.html: a wildcard stands for any number of levels, not for none.
        ("marketing.product-name.example.com", "storefront"),
    ],
)
def test_the_host_says_which_distribution_answers(host: str, name: str) -> None:
    """A name of its own goes before a wildcard."""
    wildcard = behind((), aliases=("*.example.com",))

    assert distribution_of(host, {"storefront": wildcard, "saleor": SALEOR}) == name
    assert distribution_of(host, {"saleor": SALEOR, "storefront": wildcard}) == name


@pytest.mark.parametrize("host", ["example.com", "shop.example.org", "ashop.example.com"])
def test_refuses_a_host_that_no_distribution_answers_for(host: str) -> None:
    """With those that there are."""
    with pytest.raises(PlatformError) as error:
        distribution_of(host, {"saleor": SALEOR})

    assert str(error.value) == (
        f"no distribution answers for {host!r}; choose from shop.example.com [NoSuchHost]"
    )


def test_a_decision_is_also_data() -> None:
    """For machines: everything that is printed."""
    decision = ask("/media/a.jpg?x=1", headers={"Accept-Encoding": "br"}, cookies={"a": "1"})

    assert as_json(decision) == {
        "url": "https://shop.example.com/media/a.jpg?x=1",
        "method": "GET",
        "path": "/media/a.jpg",
        "behaviour": "/media/*",
        "position": 4,
        "outcome": "answered",
        "status": None,
        "origin": "media",
        "cached": True,
        "ttl_seconds": {"min": 1, "default": 86_400, "max": 31_536_000},
        "cache_key": {
            "path": "/media/a.jpg",
            "query": [],
            "headers": {"accept-encoding": "br"},
            "cookies": {},
        },
        "sent": {
            "path": "/media/a.jpg",
            "host": None,
            "query": [],
            "headers": {"accept-encoding": "br"},
            "cookies": {},
            "added": [],
        },
        "dangers": [],
        "waiver": None,
    }
    assert as_json(ask("/graphql/"))["cache_key"] is None
    assert as_json(ask("/media/a", "POST"))["sent"] is None
    assert as_json(ask("/checkout"))["dangers"] == list(ask("/checkout").dangers) != []
    assert as_json(ask("/checkout"))["waiver"] == SALEOR.default.waiver


def test_a_managed_policy_may_be_written_out() -> None:
    """What is sent does not depend on how it was chosen."""
    written = presets.graphql("api").evolve(
        origin_request_policy=ManagedOriginRequestPolicy.ALL_VIEWER
    )
    config = behind((), behaviours=(written,))

    assert ask("/graphql/", "POST", of=config, headers=SENT).sent == (
        decide(
            behind((), behaviours=(presets.graphql("api"),)),
            ViewerRequest("https://d111111abcdef8.example.com/graphql/", "POST", SENT),
        ).sent
    )
