"""A domain that mail is sent from: by a task's role, and by software that only knows SMTP."""

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.ses.config import EmailIdentityConfig, SmtpUserConfig
from platform_lib.ses.email_identity import EmailIdentity
from platform_lib.ses.smtp_user import SmtpUser


class ExampleStack(PlatformStack):
    """The mail of a shop."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS)
        key = Key(self, "Data", config=KeyConfig(description="Data", services=services))
        zone = HostedZone(self, "Shop", config=HostedZoneConfig(domain="shop.example.com"))
        self.mail = EmailIdentity(
            self,
            "Mail",
            config=EmailIdentityConfig(domain="shop.example.com"),
            zone=zone,
            alerts=Alerts(self, "Alerts", config=AlertsConfig(), key=key),
        )
        mailer = Role(self, "Mailer", service="ecs-tasks.amazonaws.com", description="The mailer")
        self.mail.grants.send(mailer, from_addresses=("orders@shop.example.com",))
        helpdesk = SmtpUser(
            self,
            "Helpdesk",
            config=SmtpUserConfig(
                description="SMTP for the helpdesk, bought software without an API client",
                from_addresses=("help@shop.example.com",),
            ),
            identity=self.mail,
            key=key,
        )
        support = Role(self, "Support", service="ecs-tasks.amazonaws.com", description="Helpdesk")
        helpdesk.credential.grants.read(support)
