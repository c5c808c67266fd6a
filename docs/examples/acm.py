"""A certificate for a domain and everything one level below it."""

from constructs import Construct

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment


class ExampleStack(PlatformStack):
    """The certificate of a shop, proven in the shop's zone."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        zone = HostedZone(self, "Zone", config=HostedZoneConfig(domain="shop.example.com"))
        self.certificate = Certificate(
            self,
            "Public",
            config=CertificateConfig(
                domain="shop.example.com",
                alternatives=("*.shop.example.com", "api.eu.shop.example.com"),
            ),
            zone=zone,
        )
