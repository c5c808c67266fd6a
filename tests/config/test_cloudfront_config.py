"""Distributions: what is taken, and what is refused because it would answer wrongly."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.acm.config import CertificateConfig
from platform_lib.cloudfront.behaviours import BehaviourConfig, Forward, Methods
from platform_lib.cloudfront.config import (
    Countries,
    DistributionConfig,
    ErrorPage,
    FunctionConfig,
)
from platform_lib.cloudfront.managed import (
    ManagedCachePolicy,
    ManagedOriginRequestPolicy,
    ManagedResponseHeadersPolicy,
)
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.cloudfront.policies import (
    EVERYTHING,
    CachePolicyConfig,
    OriginRequestPolicyConfig,
    ResponseHeadersPolicyConfig,
    all_except,
    only,
)

API = AlbOrigin(load_balancer="public")
OWN_NAME = AlbOrigin(load_balancer="public", keeps_host=False, domain="origin.example.com")
PRIVATE = VpcOrigin(load_balancer="private")
FILES = S3Origin(bucket="static")
NOTHING_KEPT = ManagedCachePolicy.CACHING_DISABLED
OPTIMIZED = ManagedCachePolicy.CACHING_OPTIMIZED
MINUTE = CachePolicyConfig(name="minute", default_ttl_seconds=60, max_ttl_seconds=60)
DEFAULT = BehaviourConfig(origin="api", cache_policy=NOTHING_KEPT)
REASON = "the catalog is the same for everybody"


def distribution(**given: Any) -> DistributionConfig:
    """Return a distribution of one load balancer that keeps nothing, with changes."""
    base: dict[str, Any] = {
        "description": "Shop",
        "aliases": ("shop.example.com",),
        "origins": {"api": API},
        "default": DEFAULT,
    }
    return DistributionConfig(**(base | given))


def behaviour(path: str, **given: Any) -> BehaviourConfig:
    """Return a behaviour of the load balancer that keeps nothing, with changes."""
    return DEFAULT.evolve(path=path, **given)


def refused(**given: Any) -> str:
    """Return why a distribution is refused."""
    with pytest.raises(ValidationError) as error:
        distribution(**given)
    (found,) = error.value.errors(include_input=False)
    return found["msg"].removeprefix("Value error, ")


def test_the_defaults_are_productions() -> None:
    """HTTP/3, IPv6, TLS 1.2 with the ciphers of 2021, edge locations everywhere."""
    config = distribution()

    assert (config.http3, config.ipv6, config.minimum_tls) == (True, True, "TLSv1.2_2021")
    assert (config.price_class, config.waits_for_deployment) == ("PriceClass_All", True)
    assert (config.countries, config.error_pages, config.functions) == (None, (), {})
    assert config.alarms.server_errors_percent == 1.0


def test_the_defaults_of_a_behaviour_let_viewers_only_read() -> None:
    """GET and HEAD, compressed, with security headers; the origin gets all that it can take."""
    assert (DEFAULT.path, DEFAULT.methods, DEFAULT.compress) == ("*", Methods.READ, True)
    assert DEFAULT.origin_request_policy is Forward.ALL
    assert DEFAULT.response_headers_policy is ManagedResponseHeadersPolicy.SECURITY_HEADERS
    assert (DEFAULT.viewer_request, DEFAULT.viewer_response, DEFAULT.waiver) == (None, None, None)


def test_the_default_behaviour_is_never_chosen_for_anybody() -> None:
    """What happens to all other requests is written."""
    with pytest.raises(ValidationError, match="Field required"):
        DistributionConfig(description="Shop", aliases=("a.example.com",), origins={"api": API})  # type: ignore[call-arg] # the mistake


@pytest.mark.parametrize(
    ("methods", "names"),
    [
        (Methods.READ, ("GET", "HEAD")),
        (Methods.READ_AND_OPTIONS, ("GET", "HEAD", "OPTIONS")),
        (Methods.ALL, ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE")),
    ],
)
def test_methods_are_the_three_sets_of_cloudfront(methods: Methods, names: tuple[str, ...]) -> None:
    """No other set exists."""
    assert methods.names == names


@pytest.mark.parametrize(
    "path",
    ["/a", "a", "*.jpg", "/a??.jpg", "images/*.jpg", "/_-.*$/~\"'@:+&?", "/" + "a" * 254],
)
def test_takes_path_patterns_that_cloudfront_takes(path: str) -> None:
    """With and without a slash, every character of AWS's list, 255 characters."""
    assert behaviour(path).path == path


@pytest.mark.parametrize(
    "path", ["", "/a b", "/a%20b", "/ä", "/a(b)", "/a,b", "/a=b", "/a#b", "/a;b", "/" + "a" * 255]
)
def test_refuses_path_patterns_that_cloudfront_rejects(path: str) -> None:
    """With what may be written instead."""
    with pytest.raises(ValidationError) as error:
        behaviour(path)

    (found,) = error.value.errors(include_input=False)
    assert found["msg"] == (
        f"Value error, {path!r} is not a path pattern that CloudFront takes; use 1 to 255 letters,"
        " digits and _-.$/~\"'@:+& with * for any characters and ? for one, as in '/media/*', and"
        " leave out query strings and escapes such as %20"
    )


@pytest.mark.parametrize(
    "paths",
    [
        (),
        ("/a/*", "/b/*"),
        ("/a/b*", "/a*"),
        ("*.jpg", "/media/*"),
        ("/media/*", "*.jpg"),
        ("/Media/*", "/media/*"),
        ("/a", "/a?"),
    ],
)
def test_takes_behaviours_that_each_get_requests(paths: tuple[str, ...]) -> None:
    """Paths may meet, as long as something is left for each."""
    config = distribution(behaviours=tuple(map(behaviour, paths)))

    assert [it.path for it in config.all_behaviours] == [*paths, "*"]


@pytest.mark.parametrize(
    ("paths", "problem"),
    [
        (
            ("/a/*", "/a/*"),
            "behaviours has '/a/*' twice; the first one takes every request, so leave one out",
        ),
        (
            ("/a/*", "a/*"),
            "behaviours has 'a/*' twice; the first one takes every request, so leave one out",
        ),
        (
            ("/b", "/a*", "/a/b*"),
            (
                "the behaviour '/a/b*' never gets a request, because '/a*' before it takes them all;"
                " put it first, or leave one out"
            ),
        ),
        (
            ("*.j*", "/images/*.jpg"),
            (
                "the behaviour '/images/*.jpg' never gets a request, because '*.j*' before it takes"
                " them all; put it first, or leave one out"
            ),
        ),
        (
            ("/a", "/a?*", "/a*"),
            (
                "the behaviour '/a*' never gets a request, because '/a', '/a?*' before it take them"
                " all; put it first, or leave one out"
            ),
        ),
        (
            ("/", "/?*"),
            (
                "the default behaviour never gets a request, because '/', '/?*' before it take them"
                " all; make one of them the default, or leave one out"
            ),
        ),
        (
            ("/a//b",),
            (
                "the behaviour '/a//b' matches no request: CloudFront takes repeated slashes and the"
                " segments '.' and '..' out of a path before it compares; take them out of the"
                " pattern"
            ),
        ),
        (
            ("/*", "/a"),
            (
                "behaviours has the path '/*', which takes every request, so that the default"
                " behaviour gets none; make it the default"
            ),
        ),
    ],
)
def test_refuses_behaviours_that_never_get_a_request(paths: tuple[str, ...], problem: str) -> None:
    """Shadowed by one, by several together, or matching nothing at all."""
    assert refused(behaviours=tuple(map(behaviour, paths))) == problem


def test_refuses_what_it_cannot_find_out() -> None:
    """Nobody has to trust that it would have worked."""
    paths = ("*a???????????????*", "*a????????????????b")

    assert refused(behaviours=tuple(map(behaviour, paths))) == (
        "it takes too long to find out whether the behaviour '*a????????????????b' ever gets a"
        " request; use fewer wildcards in the paths of the behaviours"
    )


def test_refuses_more_behaviours_than_a_distribution_may_have() -> None:
    """Seventy-five with the default one."""
    paths = tuple(behaviour(f"/{number}/*") for number in range(75))

    assert len(distribution(behaviours=paths[:74]).all_behaviours) == 75
    assert refused(behaviours=paths) == (
        "behaviours has 75 and a distribution may have 75 with the default one; let wildcards stand"
        " for several paths"
    )


def test_the_default_behaviour_is_for_every_path() -> None:
    """Its path cannot be another one; with a slash it is the same."""
    assert distribution(default=DEFAULT.evolve(path="/*")).default.is_default
    assert refused(default=behaviour("/a")) == (
        "default has path='/a', and it is for all paths that no other behaviour is for; leave path"
        " out, or put it among behaviours"
    )


REDIRECT = FunctionConfig(description="Redirect", code="function handler(event) {}")


def test_everything_that_is_named_exists_and_everything_is_used() -> None:
    """Origins and functions, both ways."""
    wrong = behaviour("/a", origin="app", viewer_request="redirect", viewer_response="stamp")

    problems = refused(
        behaviours=(wrong,), origins={"api": API, "files": FILES}, functions={"idle": REDIRECT}
    ).splitlines()

    assert problems == [
        "the behaviour '/a' has origin='app', which is not among origins: api, files",
        "the behaviour '/a' has viewer_request='redirect', which is not among functions: idle",
        "the behaviour '/a' has viewer_response='stamp', which is not among functions: idle",
        "origins has files, which no behaviour asks; leave it out",
        "functions has idle, which no behaviour calls; leave it out",
    ]
    right = behaviour("/a", viewer_request="redirect", viewer_response="redirect")
    assert distribution(behaviours=(right,), functions={"redirect": REDIRECT}).functions


def test_refuses_two_policies_of_one_name() -> None:
    """The same one may be given often."""
    other = MINUTE.evolve(max_ttl_seconds=120)
    first = behaviour("/a", cache_policy=MINUTE, origin_request_policy=Forward.KEY)

    assert distribution(behaviours=(first, first.evolve(path="/b"))).behaviours
    assert refused(behaviours=(first, first.evolve(path="/b", cache_policy=other))) == (
        "the behaviour '/b' has a cache_policy 'minute' that differs from another one of that name;"
        " give it a name of its own"
    )


def test_each_kind_of_policy_has_names_of_its_own() -> None:
    """An origin request policy and a response headers policy may be called alike."""
    sent = OriginRequestPolicyConfig(name="minute", headers=only("Host"))
    added = ResponseHeadersPolicyConfig(name="minute")
    one = behaviour(
        "/a", cache_policy=MINUTE, origin_request_policy=sent, response_headers_policy=added
    )

    assert distribution(behaviours=(one,)).behaviours == (one,)
    for field, other in (
        ("origin_request_policy", sent.evolve(headers=only("Host", "Accept"))),
        ("response_headers_policy", added.evolve(frame_options="DENY")),
    ):
        assert f"/b' has a {field} 'minute' that differs" in refused(
            behaviours=(one, one.evolve(path="/b", **{field: other}))
        )


@pytest.mark.parametrize(
    ("origin", "changes", "policy"),
    [
        (API, {}, ManagedOriginRequestPolicy.ALL_VIEWER),
        (PRIVATE, {}, ManagedOriginRequestPolicy.ALL_VIEWER),
        (OWN_NAME, {}, ManagedOriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER),
        (FILES, {}, None),
        (
            FILES,
            {"methods": Methods.READ_AND_OPTIONS},
            ManagedOriginRequestPolicy.CORS_S3_ORIGIN,
        ),
        (API, {"origin_request_policy": "key"}, ManagedOriginRequestPolicy.HOST_HEADER_ONLY),
        (OWN_NAME, {"origin_request_policy": "key"}, None),
        (FILES, {"origin_request_policy": "key", "methods": "read-and-options"}, None),
        (
            API,
            {"origin_request_policy": ManagedOriginRequestPolicy.HOST_HEADER_ONLY},
            ManagedOriginRequestPolicy.HOST_HEADER_ONLY,
        ),
    ],
)
def test_the_kind_of_the_origin_chooses_the_origin_request_policy(
    origin: Any, changes: dict[str, Any], policy: ManagedOriginRequestPolicy | None
) -> None:
    """A load balancer gets everything, with the host if it keeps it; a bucket what CORS needs."""
    config = distribution(origins={"api": origin}, default=DEFAULT.evolve(**changes))

    assert config.default.sends(config.origins["api"]) is policy


HOST_TO_BUCKET = (
    "the default behaviour sends the viewer's Host to the bucket 'api', which answers 403 to it; use"
    " Forward.ALL, which chooses what a bucket understands, or CORS_S3_ORIGIN"
)
NO_HOST = (
    "the default behaviour does not send the viewer's Host to 'api', which has keeps_host=True; use"
    " Forward.ALL or Forward.KEY, or put Host among the headers"
)
STRANGE_HOST = (
    "the default behaviour sends the viewer's Host to 'api', which has keeps_host=False and answers"
    " to its own name only; use Forward.ALL or Forward.KEY, and take Host out of the headers"
)


@pytest.mark.parametrize(
    ("origin", "changes", "problem"),
    [
        (FILES, {"origin_request_policy": "216adef6-5c7f-47e4-b989-5492eafa07d3"}, HOST_TO_BUCKET),
        (
            FILES,
            {"origin_request_policy": ManagedOriginRequestPolicy.HOST_HEADER_ONLY},
            HOST_TO_BUCKET,
        ),
        (
            FILES,
            {"cache_policy": ManagedCachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS},
            HOST_TO_BUCKET,
        ),
        (
            FILES,
            {"origin_request_policy": ManagedOriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER},
            (
                "the default behaviour sends all headers of the viewer to the bucket 'api', which"
                " answers 403 to it; use Forward.ALL, which chooses what a bucket understands, or"
                " CORS_S3_ORIGIN"
            ),
        ),
        (
            FILES,
            {"cache_policy": MINUTE.evolve(cookies=only("session"))},
            (
                "the default behaviour sends cookies to the bucket 'api', which cannot read them;"
                " leave them out of the cache key and of what is sent"
            ),
        ),
        (
            FILES,
            {"origin_request_policy": OriginRequestPolicyConfig(name="a", cookies=EVERYTHING)},
            (
                "the default behaviour sends cookies to the bucket 'api', which cannot read them;"
                " leave them out of the cache key and of what is sent"
            ),
        ),
        (
            FILES,
            {"methods": Methods.ALL},
            (
                "the default behaviour has methods='all' and asks the bucket 'api', which CloudFront"
                " may only read; use Methods.READ, and let people upload with signed URLs of the"
                " bucket"
            ),
        ),
        (
            API,
            {"origin_request_policy": ManagedOriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER},
            NO_HOST,
        ),
        (PRIVATE, {"origin_request_policy": OriginRequestPolicyConfig(name="none")}, NO_HOST),
        (
            OWN_NAME,
            {"origin_request_policy": ManagedOriginRequestPolicy.ALL_VIEWER},
            STRANGE_HOST,
        ),
        (OWN_NAME, {"cache_policy": MINUTE.evolve(headers=only("host"))}, STRANGE_HOST),
        (
            API,
            {
                "cache_policy": MINUTE.evolve(cookies=all_except("a")),
                "origin_request_policy": OriginRequestPolicyConfig(
                    name="most", headers=only("Host"), cookies=all_except("a", "b")
                ),
            },
            (
                "the default behaviour has cookies of kind 'all-except' in its cache policy and in"
                " its origin request policy; use 'all' or 'none' in the second one"
            ),
        ),
        (
            API,
            {
                "cache_policy": MINUTE.evolve(query_strings=all_except("a")),
                "origin_request_policy": OriginRequestPolicyConfig(
                    name="most", headers=only("Host"), query_strings=all_except("a", "b")
                ),
            },
            (
                "the default behaviour has query_strings of kind 'all-except' in its cache policy"
                " and in its origin request policy; use 'all' or 'none' in the second one"
            ),
        ),
    ],
)
def test_refuses_policies_that_do_not_go_with_an_origin(
    origin: Any, changes: dict[str, Any], problem: str
) -> None:
    """Those that give 403 and 502, or hide from an application which host was asked for."""
    message = refused(origins={"api": origin}, default=DEFAULT.evolve(**changes))

    assert message.splitlines()[0] == problem


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {"domain": "origin.example.com"},
            (
                "domain='origin.example.com' has no effect with keeps_host=True, where the viewer's"
                " name is what the certificate must be good for; leave it out, or write"
                " keeps_host=False"
            ),
        ),
        (
            {"keeps_host": False},
            (
                "keeps_host=False needs domain, the name that CloudFront calls the load balancer by;"
                " write one that its certificate is good for"
            ),
        ),
    ],
)
@pytest.mark.parametrize("kind", [AlbOrigin, VpcOrigin])
def test_a_load_balancer_is_called_by_one_name(
    kind: Any, given: dict[str, Any], problem: str
) -> None:
    """The viewer's, or one of its own."""
    with pytest.raises(ValidationError) as error:
        kind(load_balancer="public", **given)

    (found,) = error.value.errors(include_input=False)
    assert found["msg"] == f"Value error, {problem}"


@pytest.mark.parametrize("path", ["", "/release", "/a/b-c_d.e~f"])
def test_takes_folders_of_a_bucket(path: str) -> None:
    """None, one, or one in another."""
    assert S3Origin(bucket="static", path=path).path == path


@pytest.mark.parametrize("path", ["/", "release", "/release/", "/a//b", "/a*"])
def test_refuses_folders_that_cloudfront_refuses(path: str) -> None:
    """A slash at the beginning and none at the end."""
    with pytest.raises(ValidationError) as error:
        S3Origin(bucket="static", path=path)

    (found,) = error.value.errors(include_input=False)
    assert found["msg"] == (
        f"Value error, {path!r} is not a folder of a bucket; begin it with a slash and end it"
        " without one, as in '/release'"
    )


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("connection_attempts", (1, 3), (0, 4)),
        ("connection_timeout_seconds", (1, 10), (0, 11)),
        ("response_timeout_seconds", (1, 60), (0, 61)),
        ("keep_alive_seconds", (1, 60), (0, 61)),
    ],
)
def test_times_of_an_origin_are_those_that_cloudfront_offers(
    field: str, good: tuple[int, int], bad: tuple[int, int]
) -> None:
    """Both ends of each range."""
    for value in good:
        assert getattr(API.evolve(**{field: value}), field) == value
    for value in bad:
        with pytest.raises(ValidationError, match="than or equal to"):
            API.evolve(**{field: value})


FIX = (
    "; use ManagedCachePolicy.CACHING_DISABLED, or a policy of its own with min_ttl_seconds=0 and"
    " Forward.KEY, or say in waiver why viewers may share answers"
)
PRIVATE_KEPT = "keeps those marked private or no-store for 1 s (min_ttl_seconds)"
UNKEYED = "the application makes them from {} that the cache key does not have"
GRAPHQL = "is for GraphQL, which answers each user differently at one path"
QUERIES = MINUTE.evolve(query_strings=EVERYTHING)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (
            {"cache_policy": OPTIMIZED},
            (PRIVATE_KEPT, UNKEYED.format("cookies, query strings, headers such as Authorization")),
        ),
        (
            {"cache_policy": OPTIMIZED, "origin_request_policy": Forward.KEY},
            (PRIVATE_KEPT,),
        ),
        (
            {"cache_policy": QUERIES},
            (UNKEYED.format("cookies, headers such as Authorization"),),
        ),
        (
            {"cache_policy": QUERIES.evolve(cookies=EVERYTHING)},
            (UNKEYED.format("headers such as Authorization"),),
        ),
        (
            {
                "cache_policy": QUERIES,
                "origin_request_policy": OriginRequestPolicyConfig(
                    name="a", headers=only("Host"), cookies=only("session")
                ),
            },
            (UNKEYED.format("cookies"),),
        ),
        (
            {
                "cache_policy": MINUTE,
                "origin_request_policy": OriginRequestPolicyConfig(
                    name="a", headers=only("Host"), query_strings=all_except("utm_source")
                ),
            },
            (UNKEYED.format("query strings"),),
        ),
        ({"cache_policy": QUERIES, "origin_request_policy": "key", "path": "/graphql"}, (GRAPHQL,)),
        ({"cache_policy": QUERIES, "origin_request_policy": "key", "path": "/g*/"}, (GRAPHQL,)),
        (
            {"cache_policy": QUERIES, "origin_request_policy": "key", "path": "/GraphQL/v1*"},
            (GRAPHQL,),
        ),
        (
            {"cache_policy": OPTIMIZED, "path": "/graphql/*"},
            (
                GRAPHQL,
                PRIVATE_KEPT,
                UNKEYED.format("cookies, query strings, headers such as Authorization"),
            ),
        ),
    ],
)
def test_refuses_to_let_viewers_share_answers_without_a_waiver(
    given: dict[str, Any], found: tuple[str, ...]
) -> None:
    """Each danger by itself and several together; a waiver lets it pass."""
    dangerous = DEFAULT.evolve(**given)
    where: dict[str, Any] = (
        {"default": dangerous} if dangerous.is_default else {"behaviours": (dangerous,)}
    )

    assert refused(**where) == f"{dangerous} keeps answers and {'; and '.join(found)}{FIX}"
    waived = dangerous.evolve(waiver=REASON)
    assert distribution(**{it: waived if it == "default" else (waived,) for it in where})


@pytest.mark.parametrize(
    "given",
    [
        {"cache_policy": NOTHING_KEPT},
        {"cache_policy": QUERIES, "origin_request_policy": "key"},
        {
            "cache_policy": ManagedCachePolicy.USE_ORIGIN_CACHE_CONTROL_HEADERS_QUERY_STRINGS,
            "origin_request_policy": "key",
        },
        # What is named was thought of: a campaign's name is logged and changes nothing.
        {
            "cache_policy": MINUTE,
            "origin_request_policy": OriginRequestPolicyConfig(
                name="a", headers=only("Host", "Referer"), query_strings=only("utm_source")
            ),
        },
        {
            "cache_policy": QUERIES.evolve(cookies=EVERYTHING),
            "origin_request_policy": OriginRequestPolicyConfig(
                name="a", headers=only("Host"), cookies=all_except("a"), query_strings=EVERYTHING
            ),
        },
        {"path": "/graphql/*", "cache_policy": NOTHING_KEPT, "methods": Methods.ALL},
        {"path": "/catalog*", "cache_policy": QUERIES, "origin_request_policy": "key"},
    ],
)
def test_needs_no_waiver_where_answers_follow_from_the_cache_key(given: dict[str, Any]) -> None:
    """And takes none, so that a waiver always means something."""
    harmless = DEFAULT.evolve(**given)
    where = "default" if harmless.is_default else "behaviours"

    def placed(it: BehaviourConfig) -> dict[str, Any]:
        return {where: it if where == "default" else (it,)}

    assert distribution(**placed(harmless))
    assert refused(**placed(harmless.evolve(waiver=REASON))) == (
        f"{harmless} has a waiver and needs none; leave it out"
    )


def test_a_bucket_answers_everybody_alike() -> None:
    """Only GraphQL in its path makes one ask why."""
    files = BehaviourConfig(path="/static/*", origin="files", cache_policy=OPTIMIZED)
    origins = {"api": API, "files": FILES}

    assert distribution(behaviours=(files,), origins=origins)
    assert refused(behaviours=(files.evolve(path="/graphql/*"),), origins=origins) == (
        f"the behaviour '/graphql/*' keeps answers and {GRAPHQL}{FIX}"
    )
    assert distribution(behaviours=(files.evolve(path="*/"),), origins=origins)


@pytest.mark.parametrize(
    ("aliases", "shares"),
    [
        (("shop.example.com",), False),
        (("shop.example.com", "www.example.com"), True),
        (("*.example.com",), True),
    ],
)
def test_hosts_do_not_share_answers(aliases: tuple[str, ...], *, shares: bool) -> None:
    """Where there are several, the host belongs into the cache key."""
    kept = DEFAULT.evolve(cache_policy=QUERIES, origin_request_policy=Forward.KEY)
    by_host = kept.evolve(cache_policy=QUERIES.evolve(headers=only("Host")))

    assert distribution(aliases=aliases, default=by_host)
    if shares:
        assert refused(aliases=aliases, default=kept) == (
            f"the default behaviour keeps answers and {UNKEYED.format('the host')}; put Host among"
            " the headers of its cache policy, or say in waiver why viewers may share answers"
        )
    else:
        assert distribution(aliases=aliases, default=kept)


@pytest.mark.parametrize(
    ("origin", "changes", "unkeyed"),
    [
        # All headers have the host among them, which is said once.
        (API, {}, "cookies, query strings, headers such as Authorization"),
        # A load balancer that is called by its own name does not know which host was asked for.
        (OWN_NAME, {"origin_request_policy": Forward.KEY}, None),
        (
            OWN_NAME,
            {"origin_request_policy": OriginRequestPolicyConfig(name="a", headers=only("Accept"))},
            None,
        ),
    ],
)
def test_hosts_are_told_apart_only_where_the_application_knows_them(
    origin: Any, changes: dict[str, Any], unkeyed: str | None
) -> None:
    """With two aliases, which only one of these origins sees."""
    aliases = ("shop.example.com", "www.example.com")
    given: dict[str, Any] = {
        "aliases": aliases,
        "origins": {"api": origin},
        "default": DEFAULT.evolve(cache_policy=MINUTE, **changes),
    }

    if unkeyed is None:
        assert distribution(**given)
    else:
        assert refused(**given) == (
            f"the default behaviour keeps answers and {UNKEYED.format(unkeyed)}{FIX}"
        )


def test_behaviours_may_do_without_headers_of_ours() -> None:
    """Managed policies and none at all have no name that could be taken."""
    bare = behaviour("/a", response_headers_policy=None)

    assert distribution(behaviours=(bare, bare.evolve(path="/b"))).behaviours


def test_a_waiver_is_a_sentence() -> None:
    """So that a reviewer understands it."""
    with pytest.raises(ValidationError) as error:
        DEFAULT.evolve(waiver="fine so")

    (found,) = error.value.errors(include_input=False)
    assert found["msg"] == (
        "Value error, 'fine so' is not a reason that a reviewer understands; write a sentence of"
        " three words or more"
    )


def test_the_certificate_is_for_the_aliases_unless_it_is_written() -> None:
    """The first alias is its first name; a wildcard may stand for all."""
    aliases = ("shop.example.com", "www.example.com")
    wildcard = CertificateConfig(domain="*.example.com")

    assert distribution(aliases=aliases).certificate_config == CertificateConfig(
        domain="shop.example.com", alternatives=("www.example.com",)
    )
    assert distribution(aliases=aliases, certificate=wildcard).certificate_config is wildcard


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (
            {
                "aliases": ("example.com", "a.b.example.com", "shop.example.com"),
                "certificate": CertificateConfig(domain="*.example.com"),
            },
            (
                "aliases has example.com, a.b.example.com, which the certificate for *.example.com"
                " is not good for; add it to the certificate's alternatives, or leave out"
                " certificate"
            ),
        ),
        (
            {"aliases": ("a.example.com", "b.example.com", "a.example.com")},
            "aliases has a.example.com twice; write each once",
        ),
        (
            {"error_pages": (ErrorPage(code=404), ErrorPage(code=404, cache_seconds=0))},
            "error_pages has 404 twice; write each code once",
        ),
    ],
)
def test_refuses_names_and_pages_that_contradict(given: dict[str, Any], problem: str) -> None:
    """One sentence each."""
    assert refused(**given) == problem


def test_a_distribution_has_a_name_of_its_own() -> None:
    """CloudFront's own name comes with TLS 1.0."""
    with pytest.raises(ValidationError, match="at least 1 item"):
        distribution(aliases=())


def test_an_error_page_is_a_page_and_a_code() -> None:
    """Or neither, to say only how long an error is kept."""
    assert ErrorPage(code=404, path="/404.html", response_code=404).cache_seconds == 10
    assert ErrorPage(code=503, cache_seconds=0).path is None
    one_of_them: list[dict[str, Any]] = [{"path": "/404.html"}, {"response_code": 404}]
    for given in one_of_them:
        with pytest.raises(ValidationError, match="belong together; write both, or none to let"):
            ErrorPage(code=404, **given)
    with pytest.raises(ValidationError, match="is not the path of a page; begin it with a slash"):
        ErrorPage(code=404, path="404.html", response_code=404)


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        (
            "function handler() {}" + " " * 10_240,
            "code has 10261 bytes and a function may have 10240; make it smaller",
        ),
        (
            "function handle(event) {}",
            (
                "code has no function 'handler', which CloudFront calls; begin with 'function"
                " handler(event) {'"
            ),
        ),
    ],
)
def test_refuses_functions_that_cloudfront_refuses(code: str, problem: str) -> None:
    """By its size and by its name."""
    assert FunctionConfig(description="a", code="function handler() {}".ljust(10_240)).code
    with pytest.raises(ValidationError) as error:
        FunctionConfig(description="a", code=code)

    (found,) = error.value.errors(include_input=False)
    assert found["msg"] == f"Value error, {problem}"


def test_countries_are_two_letters() -> None:
    """As ISO 3166 has them."""
    assert Countries(kind="allow", codes=("DE", "AT")).codes == ("DE", "AT")
    with pytest.raises(ValidationError, match="'de' is not the code of a country; write it as in"):
        Countries(kind="deny", codes=("de",))
    with pytest.raises(ValidationError, match="at least 1 item"):
        Countries(kind="deny", codes=())
