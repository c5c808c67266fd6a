"""What `platformctl edge explain` prints, word for word."""

from __future__ import annotations

import pytest

from platform_lib.cloudfront import presets
from platform_lib.cloudfront.behaviours import BehaviourConfig, Methods
from platform_lib.cloudfront.config import DistributionConfig, FunctionConfig
from platform_lib.cloudfront.explain import explain, named
from platform_lib.cloudfront.managed import ManagedCachePolicy, ManagedOriginRequestPolicy
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin, VpcOrigin
from platform_lib.cloudfront.policies import (
    OriginRequestPolicyConfig,
    ResponseHeadersPolicyConfig,
    all_and,
)
from platform_lib.cloudfront.simulator import ViewerRequest
from platform_lib.errors import PlatformError

SHOP = DistributionConfig(
    description="Shop",
    aliases=("shop.example.com",),
    origins={
        "api": AlbOrigin(load_balancer="public"),
        "admin": VpcOrigin(load_balancer="private", keeps_host=False, domain="admin.example.com"),
        "media": S3Origin(bucket="media", path="/live"),
    },
    behaviours=(
        presets.graphql("api").evolve(viewer_request="redirect"),
        presets.media("media").evolve(viewer_response="redirect"),
        presets.catalog_api("api", path="/catalog/*", headers=("Host",)),
        presets.api("admin", path="/admin/*").evolve(
            response_headers_policy=None,
            origin_request_policy=ManagedOriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
        ),
    ),
    default=BehaviourConfig(
        origin="api",
        cache_policy=ManagedCachePolicy.CACHING_OPTIMIZED,
        methods=Methods.ALL,
        waiver="nobody signs in at this shop",
    ),
    functions={"redirect": FunctionConfig(description="a", code="function handler(event) {}")},
)
OTHER = SHOP.evolve(aliases=("*.example.com",))
ENVIRONMENT = {"storefront": OTHER, "saleor": SHOP}


@pytest.mark.parametrize(
    ("request_", "printed"),
    [
        (
            ViewerRequest(
                "https://shop.example.com/%67raphql/?a=1",
                "POST",
                headers={"Authorization": "Bearer 1"},
                cookies={"session": "1"},
            ),
            """\
distribution  saleor
request       POST https://shop.example.com/%67raphql/?a=1
path          /graphql/, once normalised; the origin gets it as it is written
behaviour     /graphql/* (1 of 5)
origin        api: the external load balancer public
policies      cache CachingDisabled; origin request AllViewer; response headers SecurityHeadersPolicy
function      redirect on viewer_request, which may change what is written here
cached        no
origin gets   path /%67raphql/; query a=1; host: shop.example.com; authorization: Bearer 1; cookie session=1""",
        ),
        (
            ViewerRequest(
                "https://shop.example.com/media/a.jpg?a=1", headers={"Accept-Encoding": "br"}
            ),
            """\
distribution  saleor
request       GET https://shop.example.com/media/a.jpg?a=1
behaviour     /media/* (2 of 5)
origin        media: the bucket media
policies      cache CachingOptimized; origin request none; response headers SecurityHeadersPolicy
function      redirect on viewer_response, which may change what is written here
cached        86400 s where the origin does not say, otherwise 1 to 31536000 s; 1 s where it says private or no-store
cache key     path /media/a.jpg; accept-encoding: br
origin gets   path /live/media/a.jpg; host: the origin's own name; accept-encoding: br""",
        ),
        (
            ViewerRequest("https://shop.example.com/media/a.jpg", "POST"),
            """\
distribution  saleor
request       POST https://shop.example.com/media/a.jpg
behaviour     /media/* (2 of 5)
answer        403: methods are GET, HEAD""",
        ),
        (
            ViewerRequest("http://www.example.com/"),
            """\
distribution  storefront
request       GET http://www.example.com/
behaviour     * (5 of 5)
answer        301: the same URL with https""",
        ),
        (
            ViewerRequest("https://shop.example.com/catalog/?b=2&a=1", "OPTIONS"),
            """\
distribution  saleor
request       OPTIONS https://shop.example.com/catalog/?b=2&a=1
behaviour     /catalog/* (3 of 5)
origin        api: the external load balancer public
policies      cache catalog (our own); origin request HostHeaderOnly; response headers SecurityHeadersPolicy
cached        no: only GET and HEAD are
origin gets   path /catalog/; query b=2&a=1; host: shop.example.com""",
        ),
        (
            ViewerRequest("https://shop.example.com/admin/"),
            """\
distribution  saleor
request       GET https://shop.example.com/admin/
behaviour     /admin/* (4 of 5)
origin        admin: the internal load balancer private
policies      cache CachingDisabled; origin request AllViewerExceptHostHeader; response headers none
cached        no
origin gets   path /admin/; host: the origin's own name""",
        ),
        (
            ViewerRequest("https://shop.example.com", cookies={"session": "1"}),
            """\
distribution  saleor
request       GET https://shop.example.com
behaviour     * (5 of 5)
origin        api: the external load balancer public
policies      cache CachingOptimized; origin request AllViewer; response headers SecurityHeadersPolicy
cached        86400 s where the origin does not say, otherwise 1 to 31536000 s; 1 s where it says private or no-store
cache key     path /
origin gets   path /; host: shop.example.com; cookie session=1
danger        keeps those marked private or no-store for 1 s (min_ttl_seconds)
danger        the application makes them from cookies, query strings, headers such as Authorization that the cache key does not have
waiver        nobody signs in at this shop""",
        ),
    ],
)
def test_explains_what_becomes_of_a_request(request_: ViewerRequest, printed: str) -> None:
    """One thing on each line, and nothing about what does not happen."""
    assert explain(ENVIRONMENT, request_) == printed


def test_names_headers_that_cloudfront_makes() -> None:
    """Their values are known when a request comes."""
    policy = OriginRequestPolicyConfig(name="where", headers=all_and("CloudFront-Viewer-Country"))
    behaviour = presets.api("api").evolve(origin_request_policy=policy)
    config = DistributionConfig(
        description="Shop",
        aliases=("shop.example.com",),
        origins={"api": AlbOrigin(load_balancer="public")},
        default=behaviour,
    )

    assert explain({"saleor": config}, ViewerRequest("https://shop.example.com/")).splitlines()[
        -1
    ] == ("origin gets   path /; host: shop.example.com; CloudFront-Viewer-Country: by CloudFront")


def test_policies_of_our_own_are_called_so() -> None:
    """AWS's have the names that AWS gave them."""
    assert named(ResponseHeadersPolicyConfig(name="strict")) == "strict (our own)"
    assert named(ManagedCachePolicy.CACHING_OPTIMIZED) == "CachingOptimized"
    assert named(None) == "none"


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("/graphql/", "NotAUrl"),
        ("https://[", "NotAUrl"),
        ("https://shop.example.org/graphql/", "NoSuchHost"),
    ],
)
def test_refuses_what_no_distribution_answers(url: str, problem: str) -> None:
    """A path alone does not say which distribution is meant."""
    with pytest.raises(PlatformError) as error:
        explain(ENVIRONMENT, ViewerRequest(url))

    assert error.value.problems[0].code == problem
