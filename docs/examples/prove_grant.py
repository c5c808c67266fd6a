"""Who may do what with the flow logs of production."""

import pytest

from platform_lib.testing.policy_evaluator import Access, Request
from platform_lib.testing.project import SynthesisedProject

GROUP = "Vpc/FlowLogs/LogGroup"
ROLE = "Vpc/FlowLogs/VpcFlowLogs"


@pytest.fixture(scope="module")
def access(synthesised: SynthesisedProject) -> Access:
    """Return what all stacks of the environment allow, together."""
    return Access.of(*synthesised.of("checkout-prod"))


@pytest.mark.parametrize(
    ("action", "allowed"), [("logs:PutLogEvents", True), ("logs:DeleteLogGroup", False)]
)
def test_the_role_only_writes(access: Access, action: str, *, allowed: bool) -> None:
    """What delivers the flow logs cannot delete them."""
    request = Request(access.arn(ROLE), action, access.arn(GROUP))

    verdict = access.evaluate(request)

    assert verdict.allowed is allowed, verdict.reason


@pytest.mark.parametrize(("key", "allowed"), [("Logs", True), ("Data", False)])
def test_cloudwatch_has_its_own_key(access: Access, key: str, *, allowed: bool) -> None:
    """CloudWatch Logs decrypts log groups, and not what is in databases."""
    request = Request(
        "logs.us-east-1.amazonaws.com",
        "kms:Decrypt",
        access.arn(f"checkout-prod-keys/{key}"),
        context={"kms:EncryptionContext:aws:logs:arn": access.arn(GROUP)},
    )

    verdict = access.evaluate(request)

    assert verdict.allowed is allowed, verdict.reason
