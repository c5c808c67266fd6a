"""The alert topics of one environment."""

from __future__ import annotations

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import Severity
from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.key import Key


class AlertsStack(PlatformStack):
    """Where alarms and events of the other stacks are published; who hears of them."""

    def __init__(self, scope: Construct, *, environment: Environment, key: Key) -> None:
        super().__init__(scope, "alerts", target=environment)
        self.alerts = Alerts(self, "Alerts", config=environment.alerts, key=key)

        for severity in Severity:
            publish(
                self,
                f"{severity.value}_topic_arn",
                self.alerts.topic_arn(severity),
                description=f"Topic of {severity.name} alerts",
            )
