"""What the environments of the EKS platform have in common."""

from environments import accounts
from platform_lib.environment import Tags

SYSTEM = "infra"
REGION = "us-east-1"
TAGS: Tags = accounts.TAGS
