"""A bucket for what people upload, a record of its requests, and a role with a folder of its own."""

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, CorsRule, Purpose


class ExampleStack(PlatformStack):
    """Product pictures that the dashboard uploads from a browser."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        key = Key(self, "Data", config=KeyConfig(description="Media"))
        records = Bucket(
            self,
            "AccessLogs",
            config=BucketConfig(purpose=Purpose.ACCESS_LOGS, retention_days=365),
            key=key,
        )
        dashboard = CorsRule(origins=("https://dashboard.example.com",), methods=("GET", "PUT"))
        self.media = Bucket(
            self,
            "Media",
            config=BucketConfig(purpose=Purpose.MEDIA, cors=(dashboard,)),
            key=key,
            access_logs=records,
        )
        api = Role(self, "Api", service="ecs-tasks.amazonaws.com", description="The API")
        self.media.grants.read_write(api, prefix="products/")
