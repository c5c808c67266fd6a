"""The Terraform that the emitted JSON needs; pure."""

OLDEST_TERRAFORM = (1, 11, 0)
"""Write-only arguments, which keep secrets out of plans and states, came with Terraform 1.11.
https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only"""

REQUIRED_TERRAFORM = ">= {}.{}.{}, < 2.0.0".format(*OLDEST_TERRAFORM)
"""``required_version`` of every stack."""
