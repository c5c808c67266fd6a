"""A name that leads to a second place while the first does not answer."""

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.alias_record import AliasRecord, AliasTarget
from platform_lib.dns.config import (
    AliasRecordConfig,
    FailoverRecordConfig,
    HealthCheckConfig,
    HostedZoneConfig,
)
from platform_lib.dns.failover_record import FailoverRecord
from platform_lib.dns.health_check import HealthCheck
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key

FIRST = AliasTarget(dns_name="first.us-east-1.elb.amazonaws.com", zone_id="Z35SXDOTRQ7X7K")
SECOND = AliasTarget(dns_name="second.us-west-2.elb.amazonaws.com", zone_id="Z1H1FL5HABSF5")


class ExampleStack(PlatformStack):
    """The name of a shop that runs in two Regions."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS)
        key = Key(self, "Data", config=KeyConfig(description="Shop", services=services))
        zone = HostedZone(self, "Zone", config=HostedZoneConfig(domain="example.com"))
        AliasRecord(
            self,
            "First",
            config=AliasRecordConfig(host="first.example.com"),
            zone=zone,
            target=FIRST,
        )
        check = HealthCheck(
            self,
            "FirstHealth",
            config=HealthCheckConfig(host="first.example.com", path="/health/"),
            alerts=Alerts(self, "Alerts", config=AlertsConfig(), key=key),
        )
        FailoverRecord(
            self,
            "Shop",
            config=FailoverRecordConfig(host="shop.example.com"),
            zone=zone,
            primary=FIRST,
            secondary=SECOND,
            health_check=check,
        )
