"""Plan, guard and apply stacks with Terraform."""
