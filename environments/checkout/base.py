"""What the checkout environments have in common."""

from environments import accounts
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
CELERY_USER = CacheUserConfig(
    authentication="password",
    key_prefixes=("",),  # Celery names its queues and unacknowledged messages without a prefix
    channel_prefixes=("",),
    url_query="ssl_cert_reqs=required",
)

# One server, and on it a database and a login for each application.
CREDENTIALS = {
    "saleor": PostgresCredentialConfig(owner="saleor"),
    "fundgate": PostgresCredentialConfig(owner="app_checkout"),
    "storefront": PostgresCredentialConfig(owner="storefront_dashboard"),
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
