"""A bucket that AWS delivers logs to."""

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose


class ExampleStack(PlatformStack):
    """A log bucket and its key."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        key = Key(
            self,
            "Logs",
            config=KeyConfig(description="Delivered logs", services=(KeyUser.LOG_DELIVERY,)),
        )
        self.bucket = Bucket(
            self,
            "AccessLogs",
            config=BucketConfig(purpose=Purpose.LOGS, retention_days=365),
            key=key,
        )
