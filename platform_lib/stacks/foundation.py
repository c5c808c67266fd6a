"""What exists once per AWS account."""

from __future__ import annotations

from constructs import Construct

from platform_lib.account.safety import AccountSafety
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Account


class FoundationStack(PlatformStack):
    """Account-wide safety settings; applied before every environment of the account."""

    def __init__(self, scope: Construct, *, account: Account) -> None:
        super().__init__(scope, "foundation", target=account)
        self.safety = AccountSafety(self, "Safety")
