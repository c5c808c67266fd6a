"""A key that this configuration lets go of, and that goes on existing."""

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key


class ExampleStack(PlatformStack):
    """The stack until every environment has been applied with the call."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        Key(self, "Documents", config=KeyConfig(description="Documents of customers"))
        self.forget("Documents")
