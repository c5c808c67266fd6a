"""A secret that a person fills, one that is made, and a role that reads the second."""

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.secretsmanager.config import GeneratedValue, SecretConfig
from platform_lib.secretsmanager.secrets import Secrets


class ExampleStack(PlatformStack):
    """What the API of a shop needs to know and nobody else may."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        key = Key(self, "Data", config=KeyConfig(description="Secrets of the shop"))
        self.secrets = Secrets(
            self,
            "Secrets",
            configs={
                "payment-api-key": SecretConfig(description="From the payment provider"),
                "session-key": SecretConfig(
                    description="Signs sessions", generated=GeneratedValue(length=64)
                ),
            },
            key=key,
        )
        api = Role(self, "Api", service="ecs-tasks.amazonaws.com", description="The API")
        self.secrets["session-key"].grants.read(api)
