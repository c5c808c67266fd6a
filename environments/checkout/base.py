"""What the checkout environments have in common."""

from environments import accounts
from platform_lib.environment import Tags

SYSTEM = "checkout"
REGION = "us-east-1"
TAGS: Tags = accounts.TAGS.evolve(owner="checkout", cost_center="2000")
