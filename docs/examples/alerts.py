"""Two topics, and an alarm that tells one of them."""

from constructs import Construct

from platform_lib.alerts.alarm import Alarm, Metric, Threshold
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig, Severity
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key


class ExampleStack(PlatformStack):
    """Somebody is woken when a function of the shop fails again and again."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.RDS_EVENTS)
        key = Key(self, "Topics", config=KeyConfig(description="Alerts", services=services))
        self.alerts = Alerts(
            self,
            "Alerts",
            config=AlertsConfig(p1_emails=("on-call@example.com",)),
            key=key,
        )
        Alarm(
            self.alerts,
            "CheckoutErrors",
            metric=Metric("AWS/Lambda", "Errors", {"FunctionName": "shop-checkout"}, "Sum"),
            threshold=Threshold(10, periods=3),
            severity=Severity.P1,
            description="Orders fail. Look at the function's log for the first error of the hour.",
            alerts=self.alerts,
            missing="notBreaching",
        )
