"""The AWS accounts: production alone, everything else beside each other."""

from platform_lib.environment import Account, S3State, Tags

TAGS = Tags(owner="platform", cost_center="1000", repository="acme/platform")

WORKLOADS = Account(
    name="workloads",
    id="111111111111",
    region="us-east-1",
    organization="acme",
    state=S3State(bucket="acme-workloads-terraform-state"),
    tags=TAGS,
)

PRODUCTION = Account(
    name="production",
    id="222222222222",
    region="us-east-1",
    organization="acme",
    state=S3State(bucket="acme-production-terraform-state"),
    tags=TAGS,
)

ACCOUNTS = (WORKLOADS, PRODUCTION)
