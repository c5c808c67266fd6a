"""A distribution in front of a bucket and of a load balancer that nobody else reaches."""

from ipaddress import IPv4Network

from constructs import Construct

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.cloudfront import presets
from platform_lib.cloudfront.config import DistributionConfig
from platform_lib.cloudfront.distribution import Distribution
from platform_lib.cloudfront.origins import AlbOrigin, S3Origin
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose


class ExampleStack(PlatformStack):
    """A shop's pages from its load balancer, and its pictures from a bucket."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.LOG_DELIVERY)
        key = Key(self, "Data", config=KeyConfig(description="Shop", services=services))
        network = VpcConfig(
            cidr=IPv4Network("10.30.0.0/16"), ipv6=True, endpoints=(), flow_logs=None
        )
        zone = HostedZone(self, "Zone", config=HostedZoneConfig(domain="example.com"))
        alerts = Alerts(self, "Alerts", config=AlertsConfig(), key=key)
        media = Bucket(self, "Media", config=BucketConfig(purpose=Purpose.MEDIA), key=key)
        logs, records = (
            Bucket(self, name, config=BucketConfig(purpose=purpose, retention_days=365), key=key)
            for name, purpose in (
                ("Logs", Purpose.LOGS),
                ("LoadBalancerLogs", Purpose.LOAD_BALANCER_LOGS),
            )
        )
        # CloudFront passes on the host that the viewer typed.
        names = CertificateConfig(domain="shop.example.com")
        certificate = Certificate(self, "Certificate", config=names, zone=zone)
        load_balancer = LoadBalancer(
            self,
            "Public",
            config=LoadBalancerConfig(sources=("cloudfront",)),
            vpc=Vpc(self, "Vpc", config=network, key=key),
            certificate=certificate,
            logs=records,
            alerts=alerts,
            key=key,
        )

        self.distribution = Distribution(
            self,
            "Shop",
            config=DistributionConfig(
                description="Shop",
                aliases=("shop.example.com",),
                origins={
                    "pages": AlbOrigin(load_balancer="public"),
                    "pictures": S3Origin(bucket="media"),
                },
                behaviours=(presets.media("pictures"),),
                default=presets.api("pages"),
            ),
            zone=zone,
            logs=logs,
            alerts=alerts,
            buckets={"media": media},
            load_balancers={"public": load_balancer},
            proven_by=certificate,
        )
