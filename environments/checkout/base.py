"""What the checkout environments have in common."""

import json

from environments import accounts
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.cloudfront import presets
from platform_lib.cloudfront.behaviours import BehaviourConfig, Forward
from platform_lib.cloudfront.config import DistributionConfig, FunctionConfig
from platform_lib.cloudfront.managed import ManagedCachePolicy
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin
from platform_lib.dynamodb.config import KeyAttribute, TableConfig
from platform_lib.elasticache.config import CacheUserConfig
from platform_lib.environment import Tags
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.secretsmanager.config import GeneratedValue, SecretConfig
from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig
from platform_lib.waf.config import Mode, Scope, WebAclConfig
from platform_lib.waf.rules import LargeBodiesBelow
from services import checkout

SYSTEM = "checkout"
REGION = "us-east-1"
TAGS: Tags = accounts.TAGS.evolve(owner="checkout", cost_center="2000")

# Clients in Python and Node: neither signs in to a cache with IAM.
CACHE_USER = CacheUserConfig(authentication="password")
# The tiers of the checkout; Celery's queues are in RabbitMQ, where no flush of a cache reaches them.
CACHE_USERS = {
    # Saleor reads its URL with django-cache-url, which drops the user name and knows a prefix.
    "saleor": CACHE_USER.evolve(signs_in_without_name=True, url_query="key_prefix=saleor"),
    **dict.fromkeys(("fundgate", "storefront", "dashboard"), CACHE_USER),
}

# External and dual-stack, as the hand-written platform has them, and locked for all but CloudFront.
LOAD_BALANCERS = {
    "api": LoadBalancerConfig(sources=("cloudfront",)),
    "storefront": LoadBalancerConfig(sources=("cloudfront",)),
}


# Files are below /media and /static for viewers, and at the root of their buckets for Saleor. Of the
# media only what is for everybody: invoices and exports lie in the same bucket.
FUNCTIONS = {
    "media-files": FunctionConfig(
        description="Finds what everybody may see, and nothing else",
        code=f"""
var FOLDERS = {json.dumps(checkout.PUBLIC_FOLDERS)};
function handler(event) {{
  var request = event.request;
  var key = request.uri.split("/").slice(2);
  if (FOLDERS.indexOf(key[0] + "/") < 0) {{
    return {{ statusCode: 403, statusDescription: "Forbidden" }};
  }}
  request.uri = "/" + key.join("/");
  return request;
}}
""".lstrip(),
    ),
    "static-files": FunctionConfig(
        description="Takes the first folder off a path",
        code="""
function handler(event) {
  var request = event.request;
  request.uri = "/" + request.uri.split("/").slice(2).join("/");
  return request;
}
""".lstrip(),
    ),
}


def distributions(domain: str) -> dict[str, DistributionConfig]:
    """Return the two distributions of an environment."""
    return {
        "saleor": DistributionConfig(
            description="Saleor's API, its files and pictures",
            aliases=(f"api.{domain}",),
            origins={
                "api": AlbOrigin(load_balancer="api"),
                "static": S3Origin(bucket="static"),
                "media": S3Origin(bucket="media"),
            },
            behaviours=(
                presets.graphql("api"),
                presets.static_assets("static").evolve(viewer_request="static-files"),
                presets.thumbnails("media"),
                presets.media("media").evolve(viewer_request="media-files"),
                presets.jwks("api"),
            ),
            functions=FUNCTIONS,
            # What the hand-written platform does with everything else; docs/adr/0005 has the danger.
            # Only GET and HEAD: whoever lets Saleor's plugins receive webhooks puts
            # presets.api("api", path="/plugins/*") before it, as a seventh behaviour.
            default=BehaviourConfig(
                origin="api",
                cache_policy=ManagedCachePolicy.CACHING_OPTIMIZED,
                origin_request_policy=Forward.KEY,
                waiver="as in the hand-written platform; the application gets nothing of the viewer"
                " but the host, so no answer is made for one customer",
            ),
        ),
        "storefront": DistributionConfig(
            description="Storefront, dashboard and payments",
            aliases=(f"storefront.{domain}", f"dashboard.{domain}", f"pay.{domain}"),
            origins={"storefront": AlbOrigin(load_balancer="storefront")},
            default=presets.api("storefront"),
        ),
    }


# GraphQL queries and uploads are larger than the 8 KB that AWS's core rules let pass.
LARGE_BODIES = LargeBodiesBelow(paths=("/graphql/",), priority=500)


def web_acl(mode: Mode) -> WebAclConfig:
    """Return the rules for all requests to the distributions."""
    return WebAclConfig(scope=Scope.CLOUDFRONT, large_bodies=LARGE_BODIES, mode=mode)


# Where the images of the checkout have the authorities of RDS.
_AUTHORITIES = "/etc/ssl/certs/rds-global-bundle.pem"

# One server, and on it a database and a login for each application.
CREDENTIALS = {
    "saleor": PostgresCredentialConfig(owner="saleor", ssl_root_certificate=_AUTHORITIES),
    "fundgate": PostgresCredentialConfig(owner="app_checkout", ssl_root_certificate=_AUTHORITIES),
    "storefront": PostgresCredentialConfig(
        owner="storefront_dashboard", ssl_root_certificate=_AUTHORITIES
    ),
}

TABLES = {"tax": TableConfig(partition_key=KeyAttribute(name="order_id"))}

BUCKETS = {
    "media": BucketConfig(purpose=Purpose.MEDIA),
    "static": BucketConfig(purpose=Purpose.STATIC),
}

SECRETS = {
    "saleor-secret-key": SecretConfig(
        description="Signs Saleor's sessions and links", generated=GeneratedValue(length=50)
    ),
    "saleor-jwt-key": SecretConfig(
        description="RSA private key that signs Saleor's tokens; made by the checkout team"
    ),
    "payment-api-key": SecretConfig(
        description="Opens the payment provider's API; from its dashboard"
    ),
    "avatax-credentials": SecretConfig(description="Opens the tax service; from its dashboard"),
}
