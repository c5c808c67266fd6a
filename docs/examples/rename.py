"""A key that was called ``Files`` and is called ``Documents`` now, without being replaced."""

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key


class ExampleStack(PlatformStack):
    """The stack after the rename."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        self.rename("Files", "Documents")  # before anything is constructed there
        Key(self, "Documents", config=KeyConfig(description="Documents of customers"))
