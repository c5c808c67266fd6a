"""The AWS accounts: production alone, everything else beside each other."""

from platform_lib.dns.config import HostedZoneConfig
from platform_lib.ecr.config import RepositoriesConfig
from platform_lib.environment import Account, S3State, Tags
from platform_lib.services.catalogue import images_of
from services import checkout

TAGS = Tags(owner="platform", cost_center="1000", repository="acme/platform")

WORKLOADS = Account(
    name="workloads",
    id="111111111111",
    region="us-east-1",
    organization="acme",
    state=S3State(bucket="acme-workloads-terraform-state"),
    zones={"main": HostedZoneConfig(domain="workloads.acme.example")},
    repositories=RepositoriesConfig(
        images=images_of(checkout.SERVICES), environments=("checkout-dev", "checkout-stage")
    ),
    tags=TAGS,
)

PRODUCTION = Account(
    name="production",
    id="222222222222",
    region="us-east-1",
    organization="acme",
    state=S3State(bucket="acme-production-terraform-state"),
    zones={"main": HostedZoneConfig(domain="acme.example")},
    repositories=RepositoriesConfig(
        images=images_of(checkout.SERVICES), environments=("checkout-prod",)
    ),
    tags=TAGS,
)

ACCOUNTS = (WORKLOADS, PRODUCTION)
