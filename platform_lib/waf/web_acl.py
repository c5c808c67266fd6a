"""WebAcl: rules of AWS WAF that look at every request of a distribution or a load balancer."""

from __future__ import annotations

from collections.abc import Iterator

import cdktf_cdktf_provider_aws.provider as aws_provider
import cdktf_cdktf_provider_aws.wafv2_ip_set as aws_ip_set
import cdktf_cdktf_provider_aws.wafv2_web_acl as aws_web_acl
from cdktf import TerraformProvider, TerraformResourceLifecycle
from constructs import Construct

from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alerts.alerts import Alerts
from platform_lib.core.construct import PlatformConstruct
from platform_lib.errors import PlatformError
from platform_lib.kms.key import Key
from platform_lib.naming import Kind, pascal
from platform_lib.types import TokenStr
from platform_lib.waf import _statements as statements
from platform_lib.waf._alarms import watch_web_acl
from platform_lib.waf._log import record
from platform_lib.waf.capacity import LARGE_BODIES
from platform_lib.waf.config import Mode, Scope, WebAclConfig
from platform_lib.waf.rules import IpRule, LargeBodiesBelow, ManagedGroupRule, RateRule

_GLOBAL_REGION = "us-east-1"
"""Where web ACLs of CloudFront live, with their log and their metrics.
https://docs.aws.amazon.com/waf/latest/developerguide/how-aws-waf-works-resources.html"""

_TOO_MANY_REQUESTS = 429


class WebAcl(PlatformConstruct):
    """A web ACL with its log and its alarms; what no rule blocks passes.

    Defines:
        aws_wafv2_web_acl, aws_wafv2_ip_set, aws_wafv2_web_acl_logging_configuration,
        aws_cloudwatch_log_group, aws_cloudwatch_log_resource_policy, aws_cloudwatch_metric_alarm

    Args:
        config: What it protects, its rules, and whether they block, count or stand by.
        key: Encrypts the log. Its policy must let CloudWatch Logs use it.
        alerts: Hears of its alarms.
        provider: Provider of us-east-1, for ``CLOUDFRONT`` in an environment of another Region;
            key and alerts have to be of us-east-1 then.

    Raises:
        PlatformError: ``WebAclElsewhere`` if something is not in the web ACL's Region.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        config: WebAclConfig,
        key: Key,
        alerts: Alerts,
        provider: TerraformProvider | None = None,
    ) -> None:
        super().__init__(scope, id)
        self._config = config
        self._provider = provider
        self._region = self._region_of(config.scope)
        self._check(key, alerts)
        self._metric = self.physical_name(Kind.WEB_ACL)
        self._resource = self._define()
        record(
            self,
            arn=self._resource.arn,
            config=config.logs,
            region=self._region,
            key=key,
            provider=provider,
        )
        watch_web_acl(
            self,
            name=self._metric,
            region=None if config.scope is Scope.CLOUDFRONT else self._region,
            config=config.alarms,
            alerts=alerts,
            provider=provider,
        )

        self.arn: TokenStr = self._resource.arn
        """ARN of the web ACL."""
        self.mode = config.mode
        """Whether it protects, counts, or stands by."""

    @property
    def distribution_arn(self) -> TokenStr | None:
        """What a distribution is given as its web ACL: the ARN, or None in standby.

        Raises:
            PlatformError: ``WebAclScope`` if it is for load balancers.
        """
        self._check_scope(Scope.CLOUDFRONT, "a distribution")
        return None if self.mode is Mode.STANDBY else self.arn

    def protect_load_balancer(self, load_balancer: LoadBalancer, *, fail_open: bool) -> None:
        """Look at every request of a load balancer, unless this one stands by.

        Args:
            load_balancer: What is protected.
            fail_open: Whether requests pass (or are refused) while AWS WAF does not answer.

        Raises:
            PlatformError: ``WebAclScope`` if it is for distributions, ``WebAclTaken`` if the load
                balancer has a web ACL.
        """
        self._check_scope(Scope.REGIONAL, "a load balancer")
        if self.mode is not Mode.STANDBY:
            load_balancer.add_web_acl(self, web_acl=self, fail_open=fail_open)

    def _check_scope(self, needed: Scope, what: str) -> None:
        if self._config.scope is not needed:
            raise PlatformError(
                "WebAclScope",
                f"{what} needs a web ACL with scope {needed.value}, and this one has"
                f" {self._config.scope.value}; make one for each",
                where=self.node.path,
            )

    def _region_of(self, scope: Scope) -> str:
        own = self.stack.target.region
        if scope is Scope.REGIONAL:
            if self._provider is not None:
                raise self._elsewhere(
                    "a provider was given, and a web ACL with scope REGIONAL is in the Region of"
                    " its load balancers; leave provider out"
                )
            return own
        given = self._provider
        region = given.region if isinstance(given, aws_provider.AwsProvider) else own
        if region != _GLOBAL_REGION:
            raise self._elsewhere(
                f"a web ACL with scope CLOUDFRONT lives in {_GLOBAL_REGION}, and this one would be"
                f" made in {region}; give a provider of {_GLOBAL_REGION}"
            )
        return _GLOBAL_REGION

    def _check(self, key: Key, alerts: Alerts) -> None:
        for what, where in (
            ("key", key.stack.target.region),
            ("alerts", alerts.stack.target.region),
        ):
            if where != self._region:
                raise self._elsewhere(
                    f"its log and metrics are in {self._region}, and {what} is in {where}, where"
                    f" they cannot use it; give one of {self._region}"
                )

    def _elsewhere(self, message: str) -> PlatformError:
        return PlatformError("WebAclElsewhere", message, where=self.node.path)

    def _define(self) -> aws_web_acl.Wafv2WebAcl:
        config = self._config
        return aws_web_acl.Wafv2WebAcl(
            self,
            "Resource",
            name=self._metric,
            description=f"Rules of {self.stack.target.name}",
            scope=config.scope.value,
            default_action=aws_web_acl.Wafv2WebAclDefaultAction(
                allow=aws_web_acl.Wafv2WebAclDefaultActionAllow()
            ),
            rule=list(self._rules()),
            visibility_config=aws_web_acl.Wafv2WebAclVisibilityConfig(
                metric_name=self._metric, **_VISIBILITY
            ),
            association_config=self._inspection(),
            provider=self._provider,
            tags={"Name": self.physical_name(Kind.TAG)},
        )

    def _inspection(self) -> aws_web_acl.Wafv2WebAclAssociationConfig | None:
        size = self._config.inspected_body_kib
        if self._config.scope is Scope.REGIONAL:
            return None
        waf = aws_web_acl
        limit = waf.Wafv2WebAclAssociationConfigRequestBodyCloudfront(
            default_size_inspection_limit=f"KB_{size}"
        )
        return waf.Wafv2WebAclAssociationConfig(
            request_body=[waf.Wafv2WebAclAssociationConfigRequestBody(cloudfront=limit)]
        )

    def _rules(self) -> Iterator[aws_web_acl.Wafv2WebAclRule]:
        config = self._config
        for name, rule in sorted(config.rules.items(), key=lambda it: it[1].priority):
            if isinstance(rule, ManagedGroupRule):
                yield self._group(name, rule)
            else:
                yield self._own(name, rule)
        if isinstance(config.large_bodies, LargeBodiesBelow):
            yield aws_web_acl.Wafv2WebAclRule(
                name=LARGE_BODIES,
                priority=config.large_bodies.priority,
                action=self._action("block"),
                statement=statements.large_bodies_elsewhere(config.large_bodies),
                visibility_config=_visible(LARGE_BODIES),
            )

    def _group(self, name: str, rule: ManagedGroupRule) -> aws_web_acl.Wafv2WebAclRule:
        waf = aws_web_acl
        counts = rule.action == "count" or self._config.mode is Mode.COUNT
        return waf.Wafv2WebAclRule(
            name=name,
            priority=rule.priority,
            override_action=waf.Wafv2WebAclRuleOverrideAction(
                count=waf.Wafv2WebAclRuleOverrideActionCount() if counts else None,
                none=None if counts else waf.Wafv2WebAclRuleOverrideActionNone(),
            ),
            statement=statements.managed_group(
                rule, large_bodies_count=self._config.large_bodies != "refused"
            ),
            visibility_config=_visible(name),
        )

    def _own(self, name: str, rule: IpRule | RateRule) -> aws_web_acl.Wafv2WebAclRule:
        return aws_web_acl.Wafv2WebAclRule(
            name=name,
            priority=rule.priority,
            action=self._action(
                rule.action, status=_TOO_MANY_REQUESTS if isinstance(rule, RateRule) else None
            ),
            statement=statements.rate(rule)
            if isinstance(rule, RateRule)
            else statements.addresses(rule, self._address_sets(name, rule)),
            visibility_config=_visible(name),
        )

    def _action(
        self, action: str, *, status: int | None = None
    ) -> aws_web_acl.Wafv2WebAclRuleAction:
        waf = aws_web_acl
        if action == "allow":
            return waf.Wafv2WebAclRuleAction(allow=waf.Wafv2WebAclRuleActionAllow())
        if action == "count" or self._config.mode is Mode.COUNT:
            return waf.Wafv2WebAclRuleAction(count=waf.Wafv2WebAclRuleActionCount())
        answer = waf.Wafv2WebAclRuleActionBlockCustomResponse
        return waf.Wafv2WebAclRuleAction(
            block=waf.Wafv2WebAclRuleActionBlock(
                custom_response=None if status is None else answer(response_code=status)
            )
        )

    def _address_sets(self, name: str, rule: IpRule) -> list[TokenStr]:
        """Define one set for each version, because AWS WAF does not mix them."""
        arns = []
        for version in sorted({block.version for block in rule.addresses}):
            blocks = sorted(str(block) for block in rule.addresses if block.version == version)
            address_set = aws_ip_set.Wafv2IpSet(
                self,
                f"{pascal(name)}V{version}",
                name=self.physical_name(Kind.IP_SET, name, f"v{version}"),
                description=f"Addresses of the rule {name}",
                scope=self._config.scope.value,
                ip_address_version=f"IPV{version}",
                addresses=blocks,
                provider=self._provider,
                # So that a set of a rule that is taken out goes after the web ACL has let go of it,
                # and not before, which AWS refuses.
                lifecycle=TerraformResourceLifecycle(create_before_destroy=True),
            )
            arns.append(address_set.arn)
        return arns


_VISIBILITY = {
    "cloudwatch_metrics_enabled": True,
    # Samples hold what the log redacts, for whoever may look at the web ACL; the log has the same.
    # https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html
    "sampled_requests_enabled": False,
}


def _visible(name: str) -> aws_web_acl.Wafv2WebAclRuleVisibilityConfig:
    return aws_web_acl.Wafv2WebAclRuleVisibilityConfig(metric_name=name, **_VISIBILITY)
