"""The behaviours of a shop: six rows of a table, tried from top to bottom."""

from platform_lib.cloudfront import presets
from platform_lib.cloudfront.behaviours import BehaviourConfig, Forward, Methods
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.managed import ManagedCachePolicy
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin

SHOP = DistributionConfig(
    description="Shop",
    aliases=("shop.example.com",),
    origins={
        "api": AlbOrigin(load_balancer="public"),
        "static": S3Origin(bucket="static"),
        "media": S3Origin(bucket="media"),
    },
    behaviours=(
        presets.graphql("api"),
        presets.static_assets("static"),
        presets.thumbnails("media"),
        presets.media("media"),
        presets.jwks("api"),
    ),
    default=presets.api("api"),
)

KEEPING = SHOP.evolve(
    default=BehaviourConfig(
        origin="api",
        cache_policy=ManagedCachePolicy.CACHING_OPTIMIZED,
        origin_request_policy=Forward.KEY,
        methods=Methods.ALL,
        waiver="every other page of this shop is the same for everybody",
    )
)

SHARING = KEEPING.evolve(
    default=KEEPING.default.evolve(origin_request_policy=Forward.ALL),
)
