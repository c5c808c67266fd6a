"""The tests that the how-to about grants shows pass."""

from docs.examples.prove_grant import (
    access,
    test_cloudwatch_has_its_own_key,
    test_the_role_only_writes,
)

__all__ = ["access", "test_cloudwatch_has_its_own_key", "test_the_role_only_writes"]
