"""Repositories of an account for two environments, and what pulls and pushes."""

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.ecr.config import RegistryScanningConfig, RepositoriesConfig, RepositoryConfig
from platform_lib.ecr.registry_scanning import RegistryScanning
from platform_lib.ecr.repositories import Repositories
from platform_lib.ecr.repository import Repository
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key


class ExampleStack(PlatformStack):
    """A repository that all share, and two for each environment."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        key = Key(self, "Images", config=KeyConfig(description="Container images"))
        RegistryScanning(self, "Scanning", config=RegistryScanningConfig())
        self.base = Repository(
            self,
            "Base",
            config=RepositoryConfig(
                name="platform/base",
                # Releases are counted by themselves: builds cannot push them out.
                keep_tagged={"v*": 30, "*": 50},
                pull_account_ids=("222222222222",),
            ),
            key=key,
        )
        self.checkout = Repositories(
            self,
            "Checkout",
            config=RepositoriesConfig(
                images=("api", "storefront"), environments=("shop-dev", "shop-prod")
            ),
            key=key,
        )
        builder = Role(
            self, "Builder", service="codebuild.amazonaws.com", description="Builds the API"
        )
        self.base.grants.pull(builder)
        self.checkout.of("shop-dev")["api"].grants.push(builder)
