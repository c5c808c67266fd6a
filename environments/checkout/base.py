"""What the checkout environments have in common."""

from environments import accounts
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.dynamodb.config import KeyAttribute, TableConfig
from platform_lib.elasticache.config import CacheUserConfig
from platform_lib.environment import Tags
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.secretsmanager.config import GeneratedValue, SecretConfig
from platform_lib.secretsmanager.postgres_credential_config import PostgresCredentialConfig

SYSTEM = "checkout"
REGION = "us-east-1"
TAGS: Tags = accounts.TAGS.evolve(owner="checkout", cost_center="2000")

# Clients in Python and Node: neither signs in to a cache with IAM.
CACHE_USER = CacheUserConfig(authentication="password")
# The tiers of the checkout; Celery's queues are in RabbitMQ, where no flush of a cache reaches them.
CACHE_USERS = dict.fromkeys(("saleor", "fundgate", "storefront", "dashboard"), CACHE_USER)

LOAD_BALANCERS = {
    "api": LoadBalancerConfig(sources=("everybody",)),
    "storefront": LoadBalancerConfig(sources=("everybody",)),
}

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
