"""A zone, a zone below it, and a name for a host outside AWS."""

from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.dns.cname_record import CnameRecord
from platform_lib.dns.config import CnameRecordConfig, HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment


class ExampleStack(PlatformStack):
    """The names of a shop."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        self.zone = HostedZone(
            self,
            "Shop",
            config=HostedZoneConfig(
                domain="shop.example.com", certificate_authorities=("amazon.com",)
            ),
        )
        HostedZone(
            self,
            "Labs",
            config=HostedZoneConfig(domain="labs.shop.example.com"),
            parent=self.zone,
        )
        CnameRecord(
            self,
            "Status",
            config=CnameRecordConfig(host="status.shop.example.com"),
            zone=self.zone,
            target="shop.statuspage.example.net",
        )
