"""A stack with what stands in front of services: names, certificates, a load balancer, mail, images."""

from __future__ import annotations

import json
from pathlib import Path

from cdktf import Testing
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
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.ecr.config import RegistryScanningConfig, RepositoriesConfig
from platform_lib.ecr.registry_scanning import RegistryScanning
from platform_lib.ecr.repositories import Repositories
from platform_lib.environment import Environment
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.ses.config import EmailIdentityConfig, SmtpUserConfig
from platform_lib.ses.email_identity import EmailIdentity
from platform_lib.ses.smtp_user import SmtpUser
from platform_lib.testing.template import Template
from tests.local.shop import shop

DOMAIN = "dev.example.com"


def write(folder: Path, *, account_id: str, region: str) -> None:
    """Synthesise the stack into ``folder``, with its state beside it."""
    environment = shop(account_id=account_id, region=region, ipv6=True)
    folder.mkdir(parents=True)
    app = Testing.app(outdir=str(folder.with_suffix(".out")))
    stack = EdgeServices(app, environment=environment)
    written = Template(stack).json
    del written["terraform"]["backend"]
    (folder / "cdk.tf.json").write_text(json.dumps(written, indent=2))


class EdgeServices(PlatformStack):
    """Every construct that asks ACM, Elastic Load Balancing, Route 53, SES or ECR for something."""

    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "edge", target=environment)
        users = (KeyUser.SNS, KeyUser.CLOUDWATCH_ALARMS, KeyUser.CLOUDWATCH_LOGS)
        key = Key(self, "Data", config=KeyConfig(description="Shop", services=users))
        assert environment.vpc is not None
        vpc = Vpc(self, "Vpc", config=environment.vpc, key=key)
        alerts = Alerts(self, "Alerts", config=AlertsConfig(), key=key)
        parent = HostedZone(
            self,
            "Parent",
            config=HostedZoneConfig(
                domain="example.com", certificate_authorities=("amazon.com", "letsencrypt.org")
            ),
        )
        zone = HostedZone(self, "Zone", config=HostedZoneConfig(domain=DOMAIN), parent=parent)
        self._serve(vpc, zone, parent, alerts, key)
        mail = EmailIdentity(
            self, "Mail", config=EmailIdentityConfig(domain=DOMAIN), zone=zone, alerts=alerts
        )
        SmtpUser(
            self,
            "Helpdesk",
            config=SmtpUserConfig(description="Helpdesk", from_addresses=(f"help@{DOMAIN}",)),
            identity=mail,
            key=key,
        )
        RegistryScanning(self, "Scanning", config=RegistryScanningConfig())
        Repositories(
            self,
            "Images",
            config=RepositoriesConfig(
                images=("checkout/api", "checkout/storefront"),
                environments=("shop-dev", "shop-stage"),
                keep_tagged={"v*": 30, "*": 50},
                pull_account_ids=("222222222222",),
                lambda_account_ids=(environment.account.id,),
            ),
            key=key,
        )

    def _serve(
        self,
        vpc: Vpc,
        zone: HostedZone,
        parent: HostedZone,
        alerts: Alerts,
        key: Key,
    ) -> None:
        logs = Bucket(
            self,
            "Logs",
            config=BucketConfig(purpose=Purpose.LOAD_BALANCER_LOGS, retention_days=365),
            key=key,
        )
        names = CertificateConfig(domain=f"api.{DOMAIN}", alternatives=(f"*.api.{DOMAIN}",))
        balancer = LoadBalancer(
            self,
            "Public",
            config=LoadBalancerConfig(sources=("everybody",)),
            vpc=vpc,
            certificate=Certificate(self, "Certificate", config=names, zone=zone),
            logs=logs,
            alerts=alerts,
        )
        further = CertificateConfig(domain="shop.example.com", key_algorithm="EC_prime256v1")
        balancer.add_certificate(Certificate(self, "Further", config=further, zone=parent))
        balancer.add_host(f"api.{DOMAIN}", zone=zone)
        balancer.add_host("shop.example.com", zone=parent)
        targets = TargetGroup(
            self,
            "Api",
            config=TargetGroupConfig(port=8000, health_check=TargetHealthCheck(path="/health/")),
            load_balancer=balancer,
            alerts=alerts,
        )
        ListenerRule(
            self,
            "ApiRule",
            config=Route(priority=100, hosts=(f"api.{DOMAIN}",), paths=("/graphql/", "/health/")),
            target_group=targets,
        )
