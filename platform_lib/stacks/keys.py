"""The KMS keys of one environment."""

from __future__ import annotations

from constructs import Construct

from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.stacks.foundation import FoundationStack


class KeysStack(PlatformStack):
    """One key per kind of data, so that the right to read one is not the right to read another."""

    def __init__(
        self, scope: Construct, *, environment: Environment, foundation: FoundationStack
    ) -> None:
        super().__init__(scope, "keys", target=environment)
        # Nothing of an environment exists before its account is safe.
        self.add_dependency(foundation)
        keys = environment.keys
        common = KeyConfig(
            description="Data at rest",
            rotation_days=keys.rotation_days,
            admin_role_arns=keys.admin_role_arns,
        )
        self.data = Key(
            self,
            "Data",
            config=common.evolve(
                description=f"Databases, caches, buckets and topics of {environment.name}",
                services=(
                    KeyUser.SNS,
                    KeyUser.CLOUDWATCH_ALARMS,
                    KeyUser.EVENTBRIDGE,
                    KeyUser.RDS_EVENTS,
                ),
            ),
        )
        """Encrypts databases, caches, buckets and topics."""
        self.logs = Key(
            self,
            "Logs",
            config=common.evolve(
                description=f"Log groups and log buckets of {environment.name}",
                services=(KeyUser.CLOUDWATCH_LOGS, KeyUser.LOG_DELIVERY),
            ),
        )
        """Encrypts log groups and log buckets."""
        self.sops = Key(
            self,
            "Sops",
            config=common.evolve(
                description=f"SOPS files of {environment.name}",
                user_role_arns=keys.sops_user_role_arns,
            ),
        )
        """Encrypts the environment's SOPS files in git."""

        publish(self, "sops_key_arn", self.sops.arn, description="Key for .sops.yaml")
