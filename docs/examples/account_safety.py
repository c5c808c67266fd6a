"""What is set once for a whole account."""

from constructs import Construct

from platform_lib.account.safety import AccountSafety
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment


class ExampleStack(PlatformStack):
    """The safety settings of the environment's account."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment.account)
        self.safety = AccountSafety(self, "Safety")
