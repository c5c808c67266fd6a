"""LoadBalancer: an Application Load Balancer that speaks HTTPS and forwards what has a route."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

import cdktf_cdktf_provider_aws.data_aws_ec2_managed_prefix_list as aws_prefix_list
import cdktf_cdktf_provider_aws.lb as aws_lb
import cdktf_cdktf_provider_aws.lb_listener as aws_listener
import cdktf_cdktf_provider_aws.lb_listener_certificate as aws_listener_certificate
import cdktf_cdktf_provider_aws.wafv2_web_acl_association as aws_web_acl_association
from constructs import Construct

from platform_lib.acm.certificate import Certificate
from platform_lib.alb.alarms import watch_load_balancer
from platform_lib.alb.config import LoadBalancerConfig, Route
from platform_lib.alb.origin_lock import OriginLock
from platform_lib.alb.routes import conflicts_of
from platform_lib.alerts.alerts import Alerts
from platform_lib.core.connections import HTTPS, Connections, Port
from platform_lib.core.construct import PlatformConstruct
from platform_lib.core.protection import protect
from platform_lib.dns.alias_record import AliasRecord, AliasTarget
from platform_lib.dns.config import AliasRecordConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.errors import PlatformError
from platform_lib.kms.key import Key
from platform_lib.naming import Kind
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import Purpose
from platform_lib.types import TokenStr

_HTTP = Port(80)
_TLS_POLICIES = {
    "1.2": "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "1.3": "ELBSecurityPolicy-TLS13-1-3-2021-06",
}
_CLOUDFRONT = "com.amazonaws.global.cloudfront.origin-facing"
"""Addresses from which CloudFront calls origins, IPv4 only: it calls by IPv6 where that is asked
for, which provider 5.100 cannot.
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html"""

_EVERYBODY = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))
_MOST_FURTHER_CERTIFICATES = 25
"""https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""


class WebAcl(Protocol):
    """A regional web ACL of AWS WAF, as far as a load balancer needs it."""

    @property
    def arn(self) -> TokenStr:
        """ARN of the web ACL."""


class LoadBalancer(PlatformConstruct):
    """Redirects HTTP to HTTPS, and answers 404 to what no `ListenerRule` takes.

    Defines:
        aws_lb, aws_lb_listener, aws_lb_listener_certificate, aws_security_group,
        aws_vpc_security_group_ingress_rule, aws_route53_record, aws_wafv2_web_acl_association,
        aws_cloudwatch_metric_alarm; for CloudFront alone also aws_secretsmanager_secret and
        aws_secretsmanager_secret_version

    Args:
        config: Who may call it, and how.
        vpc: Network; it stands in the public subnets, or in the private ones if it is internal.
        certificate: Shown to clients that ask for a host of no other certificate.
        logs: Bucket for load balancers' logs; receives one record per request and per connection.
        alerts: Hears of its alarms.
        key: Encrypts the secret header, where there is one.

    Raises:
        PlatformError: ``NoIpv6`` if it is dual-stack and the VPC is not, ``NotForTheseLogs`` if the
            bucket is for something else, ``NoKeyForHeader`` if only CloudFront calls it, it is
            external, and there is no key.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: LoadBalancerConfig,
        vpc: Vpc,
        certificate: Certificate,
        logs: Bucket,
        alerts: Alerts,
        key: Key | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._check(vpc, logs)
        self.lock: OriginLock | None = self._lock(key)
        """The secret header that every request needs; None where there is none."""
        self.vpc = vpc
        """The network that it and its targets are in."""
        self.connections = Connections(
            self,
            vpc=vpc,
            description=f"Load balancer {self.physical_name(Kind.LOAD_BALANCER)}",
            listens_on=HTTPS,
        )
        """Its security group; it listens on 443, and on 80 only to redirect."""
        self._open_to_sources()
        self._resource = self._define(vpc, logs)
        protect(self, self._resource)
        self._certificates = [certificate]
        self._routes: dict[str, Route] = {}
        self._watched_by: str | None = None

        self.arn: TokenStr = self._resource.arn
        """ARN of the load balancer."""
        self.arn_suffix: TokenStr = self._resource.arn_suffix
        """The part of the ARN that metrics and scaling policies name it by."""
        self.alias = AliasTarget(
            dns_name=self._resource.dns_name, zone_id=self._resource.zone_id, ipv6=config.dual_stack
        )
        """What an `AliasRecord` needs of it."""
        self.listener_arn: TokenStr = self._listen(certificate)
        """ARN of the HTTPS listener."""
        watch_load_balancer(self, arn_suffix=self.arn_suffix, config=config.alarms, alerts=alerts)

    @property
    def internal(self) -> bool:
        """Whether it is reached in the private subnets instead of from the internet."""
        return self._config.internal

    @property
    def only_cloudfront(self) -> bool:
        """Whether only distributions call it."""
        return self._config.only_cloudfront

    def covers(self, host: str) -> bool:
        """Tell whether a certificate that it has by now is good for ``host``."""
        return any(it.covers(host) for it in self._certificates)

    def add_certificate(self, certificate: Certificate) -> None:
        """Show ``certificate`` to clients that ask for one of its hosts (SNI).

        Raises:
            PlatformError: ``TooManyCertificates`` if it is the 26th beside the first.
        """
        if len(self._certificates) > _MOST_FURTHER_CERTIFICATES:
            raise PlatformError(
                "TooManyCertificates",
                f"a load balancer has {_MOST_FURTHER_CERTIFICATES} certificates beside its first, and"
                f" {certificate.node.path!r} is one more; put names together into one certificate",
                where=self.node.path,
            )
        self._certificates.append(certificate)
        aws_listener_certificate.LbListenerCertificate(
            self,
            f"Certificate{certificate.identity}",
            listener_arn=self.listener_arn,
            certificate_arn=certificate.arn,
        )

    def add_host(self, host: str, *, zone: HostedZone) -> AliasRecord:
        """Let a name lead here, with Route 53 asking for the load balancer's health.

        Raises:
            PlatformError: ``HostWithoutCertificate`` if no certificate that it has by now is good
                for the name, ``OutsideZone`` if the name is not in the zone.
        """
        if not self.covers(host):
            names = ", ".join(name for it in self._certificates for name in it.names)
            raise PlatformError(
                "HostWithoutCertificate",
                f"no certificate is good for {host!r}, so browsers would refuse it; there are {names}:"
                " add the name to one of them, or add a certificate first",
                where=self.node.path,
            )
        return AliasRecord(
            self,
            f"Alias_{host.replace('.', '_').replace('*', 'Any')}",
            config=AliasRecordConfig(host=host),
            zone=zone,
            target=self.alias,
        )

    def add_web_acl(self, scope: PlatformConstruct, *, web_acl: WebAcl, fail_open: bool) -> None:
        """Let AWS WAF look at every request first.

        Args:
            scope: Construct in whose stack the association lives: that of the web ACL, if later.
            web_acl: What decides.
            fail_open: Whether requests pass (or are refused) while AWS WAF does not answer.

        Raises:
            PlatformError: ``WebAclTaken`` if it has one; AWS allows one.
        """
        if self._watched_by is not None:
            raise PlatformError(
                "WebAclTaken",
                f"{self.node.path!r} has a web ACL by {self._watched_by!r} already, and AWS allows"
                " one; put the rules into that one",
                where=scope.node.path,
            )
        self._watched_by = scope.node.path
        self._resource.enable_waf_fail_open = fail_open
        aws_web_acl_association.Wafv2WebAclAssociation(
            scope,
            f"WebAclOf{self.identity}",
            resource_arn=self.arn,
            web_acl_arn=web_acl.arn,
        )

    def claim(self, name: str, route: Route, *, where: PlatformConstruct) -> None:
        """Take a route for ``name``; a `ListenerRule` calls this.

        Raises:
            PlatformError: ``RouteTaken`` if it contradicts one that is taken.
        """
        self._routes[name] = route
        conflicts = conflicts_of(self._routes, about=name)
        if conflicts:
            messages = "; ".join(it.message for it in conflicts)
            raise PlatformError("RouteTaken", messages, where=where.node.path)

    def _check(self, vpc: Vpc, logs: Bucket) -> None:
        if self._config.dual_stack and not vpc.ipv6:
            raise PlatformError(
                "NoIpv6",
                f"a dual-stack load balancer cannot stand in {vpc.node.path!r}, which has no IPv6"
                " addresses; set ipv6=True there, or dual_stack=False here",
                where=self.node.path,
            )
        if logs.purpose is not Purpose.LOAD_BALANCER_LOGS:
            raise PlatformError(
                "NotForTheseLogs",
                f"{logs.node.path!r} is a bucket for {logs.purpose.value}, so load balancers cannot"
                f" write to it; give one for {Purpose.LOAD_BALANCER_LOGS.value}",
                where=self.node.path,
            )

    def _lock(self, key: Key | None) -> OriginLock | None:
        if not self._config.has_secret_header:
            return None
        if key is None:
            raise PlatformError(
                "NoKeyForHeader",
                "sources=('cloudfront',) needs a key that encrypts the secret header; give key",
                where=self.node.path,
            )
        return OriginLock(self, "OriginLock", config=self._config.secret_header, key=key)

    def _open_to_sources(self) -> None:
        everybody = _EVERYBODY if self._config.dual_stack else _EVERYBODY[:1]
        for source in self._config.sources:
            if not isinstance(source, str):
                self._open_to((source,), f"from {source}")
            elif source == "everybody":
                self._open_to(everybody, "from everybody")
            elif source == "cloudfront":
                self.connections.allow_from_prefix_list(
                    aws_prefix_list.DataAwsEc2ManagedPrefixList(
                        self, "CloudFront", name=_CLOUDFRONT
                    ).id,
                    description="HTTPS, from CloudFront",
                    name="CloudFront",
                )
            else:
                # Each entry of a list counts as a rule, and CloudFront's has 55 of the 60 that a
                # group may have: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html
                self.connections.allow_from_prefix_list(source, description=f"HTTPS, from {source}")

    def _open_to(self, blocks: Iterable[IPv4Network | IPv6Network], who: str) -> None:
        for block in blocks:
            self.connections.allow_from_cidr(block, description=f"HTTPS, {who}")
            self.connections.allow_from_cidr(
                block, description=f"HTTP, to be redirected, {who}", port=_HTTP
            )

    def _define(self, vpc: Vpc, logs: Bucket) -> aws_lb.Lb:
        config = self._config
        name = self.physical_name(Kind.LOAD_BALANCER)
        tier = Tier.PRIVATE if config.internal else Tier.PUBLIC
        return aws_lb.Lb(
            self,
            "Resource",
            name=name,
            load_balancer_type="application",
            internal=config.internal,
            ip_address_type="dualstack" if config.dual_stack else "ipv4",
            subnets=list(vpc.subnet_ids(tier).values()),
            security_groups=[self.connections.security_group_id],
            enable_deletion_protection=self.stack.protected,
            # Requests that servers read in different ways are how one client's reaches another.
            # https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
            drop_invalid_header_fields=True,
            desync_mitigation_mode="defensive",
            enable_http2=config.http2,
            idle_timeout=config.idle_timeout_seconds,
            client_keep_alive=config.client_keep_alive_seconds,
            xff_header_processing_mode=config.forwarded_for,
            # `add_web_acl` says otherwise where that is wanted.
            enable_waf_fail_open=False,
            access_logs=aws_lb.LbAccessLogs(
                bucket=logs.name, prefix=f"{name}/access", enabled=True
            ),
            connection_logs=aws_lb.LbConnectionLogs(
                bucket=logs.name, prefix=f"{name}/connections", enabled=True
            ),
            # It tries to write at once, which the bucket's policy has to allow by then.
            depends_on=[logs.policy] if logs.stack is self.stack else None,
        )

    def _listen(self, certificate: Certificate) -> TokenStr:
        aws_listener.LbListener(
            self,
            "Http",
            load_balancer_arn=self.arn,
            port=_HTTP.number,
            protocol="HTTP",
            default_action=[
                aws_listener.LbListenerDefaultAction(
                    type="redirect",
                    redirect=aws_listener.LbListenerDefaultActionRedirect(
                        protocol="HTTPS", port=str(HTTPS.number), status_code="HTTP_301"
                    ),
                )
            ],
        )
        listener = aws_listener.LbListener(
            self,
            "Https",
            load_balancer_arn=self.arn,
            port=HTTPS.number,
            protocol="HTTPS",
            ssl_policy=_TLS_POLICIES[self._config.minimum_tls],
            certificate_arn=certificate.arn,
            default_action=[
                aws_listener.LbListenerDefaultAction(
                    type="fixed-response",
                    fixed_response=aws_listener.LbListenerDefaultActionFixedResponse(
                        content_type="text/plain", message_body="Not found", status_code="404"
                    ),
                )
            ],
        )
        return listener.arn
