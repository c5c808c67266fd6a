"""A web ACL in front of a shop: large GraphQL queries, an office that always gets in, two limits."""

from ipaddress import IPv4Network

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.waf.config import BASELINE, Scope, WebAclConfig
from platform_lib.waf.rules import IpRule, LargeBodiesBelow, RateRule
from platform_lib.waf.web_acl import WebAcl


class ExampleStack(PlatformStack):
    """The web ACL of a shop's distributions."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.CLOUDWATCH_LOGS)
        key = Key(self, "Data", config=KeyConfig(description="Shop", services=services))
        self.web_acl = WebAcl(
            self,
            "Edge",
            config=WebAclConfig(
                scope=Scope.CLOUDFRONT,
                large_bodies=LargeBodiesBelow(paths=("/graphql/",), priority=250),
                rules={
                    **BASELINE,
                    "office": IpRule(
                        priority=10, addresses=(IPv4Network("203.0.113.0/24"),), action="allow"
                    ),
                    "flood": RateRule(priority=20, limit=5000),
                    "login": RateRule(
                        priority=30, limit=100, window_seconds=60, path="/account/login/"
                    ),
                },
            ),
            key=key,
            alerts=Alerts(self, "Alerts", config=AlertsConfig(), key=key),
        )
