"""A worker that may call a store, and nothing else: one connection and one grant."""

from constructs import Construct

from docs.examples.network import ExampleStack as NetworkStack
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc


class Store(PlatformConstruct):
    """Something that listens on a port and encrypts what it keeps."""

    def __init__(self, scope: Construct, id: str, *, vpc: Vpc) -> None:
        super().__init__(scope, id)
        self.key = Key(self, "Key", config=KeyConfig(description="Data of the store"))
        self.connections = Connections(
            self, vpc=vpc, description="Store of the shop", listens_on=Port(6379)
        )


class Worker(PlatformConstruct):
    """Something that calls others and is called by nobody."""

    def __init__(self, scope: Construct, id: str, *, vpc: Vpc) -> None:
        super().__init__(scope, id)
        self.connections = Connections(self, vpc=vpc, description="Worker of the shop")
        self.role = Role(
            self, "Role", service="ecs-tasks.amazonaws.com", description="Task role of the worker"
        )


class ExampleStack(PlatformStack):
    """The later stack: it owns both halves of the rule, and the policy of the role."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        network = NetworkStack(scope, environment=environment)
        super().__init__(scope, "services", target=environment)
        store = Store(self, "Store", vpc=network.vpc)
        worker = Worker(self, "Worker", vpc=network.vpc)

        worker.connections.allow_to(store, description="The worker reads and writes the store")
        store.key.grants.decrypt(worker.role)
