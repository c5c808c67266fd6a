"""What stands between the viewers and one environment: distributions, and the web ACL before them."""

from __future__ import annotations

from constructs import Construct

from platform_lib.alerts.alerts import Alerts
from platform_lib.cloudfront.distribution import Distribution
from platform_lib.core.outputs import publish
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.kms.key import Key
from platform_lib.naming import pascal
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.stacks.data import DataStack
from platform_lib.stacks.ecs import EcsStack
from platform_lib.waf.web_acl import WebAcl

_LOG_DAYS = 365
"""A year, as for the logs of load balancers."""


class EdgeStack(PlatformStack):
    """Distributions of CloudFront with their certificates, names, logs, and one web ACL for all."""

    def __init__(
        self,
        scope: Construct,
        *,
        environment: Environment,
        zone: HostedZone,
        ecs: EcsStack | None,
        data: DataStack | None,
        logs_key: Key,
        alerts: Alerts,
    ) -> None:
        super().__init__(scope, "edge", target=environment)
        self.web_acl = (
            None
            if environment.web_acl is None
            else WebAcl(self, "WebAcl", config=environment.web_acl, key=logs_key, alerts=alerts)
        )
        """Looks at every request first; None where nothing does."""
        logs = Bucket(
            self,
            "EdgeLogs",
            config=BucketConfig(purpose=Purpose.LOGS, retention_days=_LOG_DAYS),
            key=logs_key,
        )
        self.distributions = {
            name: Distribution(
                self,
                f"{pascal(name)}Distribution",
                config=config,
                zone=zone,
                logs=logs,
                alerts=alerts,
                buckets={} if data is None else data.buckets,
                load_balancers={} if ecs is None else ecs.load_balancers,
                web_acl=self.web_acl,
            )
            for name, config in environment.distributions.items()
        }
        """Distributions by name."""
        publish(
            self,
            "distribution_ids",
            {name: it.distribution_id for name, it in self.distributions.items()},
            description="Ids of the distributions, for invalidations",
        )
        publish(
            self,
            "distribution_domains",
            {name: it.domain_name for name, it in self.distributions.items()},
            description="Names that CloudFront gave the distributions",
        )
