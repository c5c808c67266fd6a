"""Where the services of one environment run, and how requests reach them."""

from __future__ import annotations

from constructs import Construct

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alerts.alerts import Alerts
from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.ecs.cluster import EcsCluster
from platform_lib.ecs.config import ClusterConfig
from platform_lib.environment import Environment
from platform_lib.kms.key import Key
from platform_lib.naming import pascal
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.ses.email_identity import EmailIdentity
from platform_lib.stacks.foundation import FoundationStack

_ACCESS_LOG_DAYS = 365
"""A year, as for the access logs of buckets."""


class EcsStack(PlatformStack):
    """The cluster, the load balancers with their certificate, and the domain that mail is sent from.

    Hosts and routes belong to the services, and so to their stack: the certificate is for every
    host one level below the environment's domain, so that a new service changes nothing here.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        cluster: ClusterConfig,
        foundation: FoundationStack,
        vpc: Vpc,
        key: Key,
        logs_key: Key,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, "ecs", target=environment)
        self._environment, self._foundation = environment, foundation
        self._vpc, self._key, self._alerts = vpc, key, alerts
        self.cluster = EcsCluster(
            self, "Cluster", config=cluster, vpc=vpc, key=key, logs_key=logs_key
        )
        """Where tasks run."""
        self.zone = foundation.zone_of(environment.domain)
        """Zone of the environment's hosts; None without a domain."""
        self.load_balancers = self._define_load_balancers()
        """Load balancers by name."""
        self.email = self._define_email()
        """The domain that mail is sent from; None where no mail is sent."""
        publish(self, "cluster_name", self.cluster.name, description="Name of the ECS cluster")
        if self.load_balancers:
            publish(
                self,
                "load_balancer_names",
                {name: it.alias.dns_name for name, it in self.load_balancers.items()},
                description="Names that AWS gave the load balancers",
            )

    def _define_load_balancers(self) -> dict[str, LoadBalancer]:
        configs, domain = self._environment.load_balancers, self._environment.domain
        if not configs or domain is None or self.zone is None:
            return {}
        certificate = Certificate(
            self,
            "Certificate",
            config=CertificateConfig(domain=domain, alternatives=(f"*.{domain}",)),
            zone=self.zone,
        )
        logs = Bucket(
            self,
            "LoadBalancerLogs",
            config=BucketConfig(
                purpose=Purpose.LOAD_BALANCER_LOGS, retention_days=_ACCESS_LOG_DAYS
            ),
            key=self._key,
        )
        return {
            name: LoadBalancer(
                self,
                f"{pascal(name)}LoadBalancer",
                config=config,
                vpc=self._vpc,
                certificate=certificate,
                logs=logs,
                alerts=self._alerts,
                key=self._key,
            )
            for name, config in configs.items()
        }

    def _define_email(self) -> EmailIdentity | None:
        config = self._environment.email
        if config is None:
            return None
        zone = self._foundation.zone_of(config.domain)
        return (
            None
            if zone is None
            else EmailIdentity(self, "Email", config=config, zone=zone, alerts=self._alerts)
        )
