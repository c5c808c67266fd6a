"""A public load balancer, a service behind it, and the name that people type."""

from ipaddress import IPv4Network

from constructs import Construct

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.alb.config import LoadBalancerConfig, Route
from platform_lib.alb.listener_rule import ListenerRule
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alb.target_config import TargetGroupConfig, TargetHealthCheck
from platform_lib.alb.target_group import TargetGroup
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.connections import Connections, Port
from platform_lib.core.construct import PlatformConstruct
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


class Service(PlatformConstruct):
    """Something that listens on a port."""

    def __init__(self, scope: Construct, id: str, *, vpc: Vpc) -> None:
        super().__init__(scope, id)
        self.connections = Connections(
            self, vpc=vpc, description="API of the shop", listens_on=Port(8000)
        )


class ExampleStack(PlatformStack):
    """The load balancer of a shop, with one route."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "example", target=environment)
        services = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.CLOUDWATCH_LOGS)
        key = Key(self, "Data", config=KeyConfig(description="Shop", services=services))
        network = VpcConfig(cidr=IPv4Network("10.30.0.0/16"), ipv6=True)
        vpc = Vpc(self, "Vpc", config=network, key=key)
        zone = HostedZone(self, "Zone", config=HostedZoneConfig(domain="example.com"))
        alerts = Alerts(self, "Alerts", config=AlertsConfig(), key=key)

        self.load_balancer = LoadBalancer(
            self,
            "Public",
            config=LoadBalancerConfig(sources=("everybody",)),
            vpc=vpc,
            certificate=Certificate(
                self,
                "Certificate",
                config=CertificateConfig(domain="api.example.com"),
                zone=zone,
            ),
            logs=Bucket(
                self,
                "Logs",
                config=BucketConfig(purpose=Purpose.LOAD_BALANCER_LOGS, retention_days=365),
                key=key,
            ),
            alerts=alerts,
        )
        self.load_balancer.add_host("api.example.com", zone=zone)

        targets = TargetGroup(
            self,
            "Api",
            config=TargetGroupConfig(port=8000, health_check=TargetHealthCheck(path="/health/")),
            load_balancer=self.load_balancer,
            alerts=alerts,
        )
        ListenerRule(
            self,
            "ApiRule",
            config=Route(priority=100, hosts=("api.example.com",)),
            target_group=targets,
        )
        service = Service(self, "ApiService", vpc=vpc)
        service.connections.allow_from(
            self.load_balancer, description="The load balancer forwards requests"
        )
