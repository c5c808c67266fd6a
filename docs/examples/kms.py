"""A key, and a role that may read and write with it."""

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key


class ExampleStack(PlatformStack):
    """A key for topics, and a Lambda role that publishes to them."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        self.key = Key(
            self,
            "Topics",
            config=KeyConfig(
                description="Encrypted topics",
                services=(KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS),
            ),
        )
        publisher = Role(
            self, "Publisher", service="lambda.amazonaws.com", description="Publishes to the topics"
        )
        self.key.grants.encrypt_decrypt(publisher)
