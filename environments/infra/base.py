"""What the environments of the EKS platform have in common."""

from environments import accounts
from platform_lib.elasticache.config import CacheUserConfig
from platform_lib.environment import Tags
from platform_lib.secretsmanager.config import SecretConfig

SYSTEM = "infra"
REGION = "us-east-1"
TAGS: Tags = accounts.TAGS

# Redis OSS 6 knows no sign-in with IAM.
CACHE_USERS = {
    "payflow": CacheUserConfig(authentication="password"),
    "listing-sync": CacheUserConfig(authentication="password"),
}

SECRETS = {
    "payflow-provider": SecretConfig(
        description="Opens the payment provider's API; from its dashboard"
    ),
    "listing-sync-marketplace": SecretConfig(
        description="Opens the marketplace's API; from its dashboard"
    ),
}
