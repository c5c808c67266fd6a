"""WebAcl: rules in their order, a log without secrets, alarms, and what it is attached to."""

from __future__ import annotations

import json
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

import pytest
from cdktf_cdktf_provider_aws.provider import AwsProvider

from platform_lib.acm.certificate import Certificate
from platform_lib.acm.config import CertificateConfig
from platform_lib.alb.config import LoadBalancerConfig
from platform_lib.alb.load_balancer import LoadBalancer
from platform_lib.alerts.alerts import Alerts
from platform_lib.alerts.config import AlertsConfig
from platform_lib.core.stack import PlatformStack
from platform_lib.dns.config import HostedZoneConfig
from platform_lib.dns.hosted_zone import HostedZone
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.vpc import Vpc
from platform_lib.s3.bucket import Bucket
from platform_lib.s3.config import BucketConfig, Purpose
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template
from platform_lib.waf.config import BASELINE, Mode, Scope, WebAclAlarms, WebAclConfig, WebAclLogs
from platform_lib.waf.managed_groups import ManagedGroup
from platform_lib.waf.rules import IpRule, LargeBodiesBelow, ManagedGroupRule, RateRule
from platform_lib.waf.web_acl import WebAcl

RULES = {
    **BASELINE,
    "office": IpRule(
        priority=10,
        addresses=(IPv4Network("203.0.113.0/24"), IPv6Network("2001:db8::/32")),
        action="allow",
    ),
    "abusers": IpRule(
        priority=20,
        addresses=(IPv4Network("198.51.100.7/32"),),
        action="block",
        forwarded_header="X-Forwarded-For",
    ),
    "flood": RateRule(priority=30, limit=2000),
    "login": RateRule(
        priority=40,
        limit=100,
        window_seconds=60,
        path="/login/",
        forwarded_header="X-Forwarded-For",
    ),
}
GRAPHQL = LargeBodiesBelow(paths=("/graphql/", "/upload/"), priority=250)


def _acl(
    stack: PlatformStack,
    *,
    key: Key | None = None,
    provider: AwsProvider | None = None,
    **config: Any,
) -> WebAcl:
    """Return the web ACL under test, called Edge."""
    key = key or Key(stack, "Data", config=KeyConfig(description="Data"))
    given: dict[str, Any] = {"scope": Scope.CLOUDFRONT, "large_bodies": "refused"} | config
    return WebAcl(
        stack,
        "Edge",
        config=WebAclConfig(**given),
        key=key,
        alerts=Alerts(key.stack, "Alerts", config=AlertsConfig(), key=key),
        provider=provider,
    )


def _synth(stack: PlatformStack, **config: Any) -> Block:
    _acl(stack, **config)
    return Template(stack).only("aws_wafv2_web_acl")


def _rules(stack: PlatformStack, **config: Any) -> dict[str, Block]:
    return {rule["name"]: rule for rule in _synth(stack, **config)["rule"]}


def _elsewhere(environment: Environment, outdir: Path) -> PlatformStack:
    return stack_of(environment.evolve(region="eu-central-1"), outdir)


def test_what_no_rule_blocks_passes(stack: PlatformStack) -> None:
    """It is in front of a public shop; and samples, which hold cookies, are not kept."""
    acl = _synth(stack)

    assert (acl["name"], acl["scope"]) == ("shop-prod-edge", "CLOUDFRONT")
    assert acl["default_action"] == {"allow": {}}
    assert acl["visibility_config"] == {
        "metric_name": "shop-prod-edge",
        "cloudwatch_metrics_enabled": True,
        "sampled_requests_enabled": False,
    }


def test_rules_stand_in_their_order(stack: PlatformStack) -> None:
    """Each has a metric of its own name, and no samples."""
    rules = _synth(stack, rules=RULES, large_bodies=GRAPHQL)["rule"]

    order = sorted((rule["priority"], rule["name"]) for rule in rules)
    assert order == [
        (10, "office"),
        (20, "abusers"),
        (30, "flood"),
        (40, "login"),
        (100, "ip-reputation"),
        (200, "core"),
        (250, "large-bodies"),
        (300, "known-bad-inputs"),
        (400, "sql-injection"),
    ]
    for rule in rules:
        assert rule["visibility_config"] == {
            "metric_name": rule["name"],
            "cloudwatch_metrics_enabled": True,
            "sampled_requests_enabled": False,
        }


def test_a_managed_group_does_what_aws_wrote(stack: PlatformStack) -> None:
    """Nothing is overridden."""
    rule = _rules(stack)["sql-injection"]

    assert rule["override_action"] == {"none": {}}
    assert "action" not in rule
    assert rule["statement"] == {
        "managed_rule_group_statement": {"vendor_name": "AWS", "name": "AWSManagedRulesSQLiRuleSet"}
    }


def test_single_rules_of_a_group_count(stack: PlatformStack) -> None:
    """The others go on blocking, in the version that was tried."""
    rule = ManagedGroupRule(
        priority=1,
        group=ManagedGroup.KNOWN_BAD_INPUTS,
        count=("PROPFIND_METHOD", "Host_localhost_HEADER"),
        version="Version_1.22",
    )

    block = _rules(stack, rules={"bad": rule}, large_bodies="allowed")["bad"]

    assert block["override_action"] == {"none": {}}
    statement = block["statement"]["managed_rule_group_statement"]
    assert statement["version"] == "Version_1.22"
    assert statement["rule_action_override"] == [
        {"name": "Host_localhost_HEADER", "action_to_use": {"count": {}}},
        {"name": "PROPFIND_METHOD", "action_to_use": {"count": {}}},
    ]


def test_a_group_can_count_as_a_whole(stack: PlatformStack) -> None:
    """How one group is introduced beside others that block."""
    rule = ManagedGroupRule(priority=1, group=ManagedGroup.ANONYMOUS_IP, action="count")

    block = _rules(stack, rules={"anonymous": rule}, large_bodies="allowed")["anonymous"]

    assert block["override_action"] == {"count": {}}


@pytest.mark.parametrize(
    ("decision", "overrides"),
    [
        ("refused", None),
        ("allowed", [{"name": "SizeRestrictions_BODY", "action_to_use": {"count": {}}}]),
        (GRAPHQL, [{"name": "SizeRestrictions_BODY", "action_to_use": {"count": {}}}]),
    ],
    ids=["refused", "allowed", "below"],
)
def test_large_bodies_decide_on_one_rule_of_the_core_group(
    stack: PlatformStack, decision: Any, overrides: Any
) -> None:
    """Only that group has it, and the rest of the group stays as it is."""
    rules = _rules(stack, large_bodies=decision)

    core = rules["core"]["statement"]["managed_rule_group_statement"]
    assert core.get("rule_action_override") == overrides
    others = rules["known-bad-inputs"]["statement"]["managed_rule_group_statement"]
    assert "rule_action_override" not in others


def test_large_bodies_are_refused_outside_their_paths(stack: PlatformStack) -> None:
    """By the label, and by the path as the application will see it."""
    rule = _rules(stack, large_bodies=GRAPHQL)["large-bodies"]

    assert rule["action"] == {"block": {}}
    label, elsewhere = rule["statement"]["and_statement"]["statement"]
    assert label == {
        "label_match_statement": {
            "scope": "LABEL",
            "key": "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body",
        }
    }
    (below,) = elsewhere["not_statement"]["statement"]
    first, second = below["or_statement"]["statement"]
    assert first["byte_match_statement"] == {
        "field_to_match": {"uri_path": {}},
        "positional_constraint": "STARTS_WITH",
        "search_string": "/graphql/",
        "text_transformation": [
            {"priority": 0, "type": "URL_DECODE"},
            {"priority": 1, "type": "NORMALIZE_PATH"},
        ],
    }
    assert second["byte_match_statement"]["search_string"] == "/upload/"


def test_one_path_needs_no_choice(stack: PlatformStack) -> None:
    """AWS WAF wants two statements at least in an OR."""
    decision = GRAPHQL.evolve(paths=("/graphql/",))

    statement = _rules(stack, large_bodies=decision)["large-bodies"]["statement"]

    (below,) = statement["and_statement"]["statement"][1]["not_statement"]["statement"]
    assert below["byte_match_statement"]["search_string"] == "/graphql/"


def test_a_limit_answers_429(stack: PlatformStack) -> None:
    """A client that is well-behaved waits."""
    rule = _rules(stack, rules=RULES)["flood"]

    assert rule["action"] == {"block": {"custom_response": {"response_code": 429}}}
    assert rule["statement"] == {
        "rate_based_statement": {
            "limit": 2000,
            "evaluation_window_sec": 300,
            "aggregate_key_type": "IP",
        }
    }


def test_a_limit_may_be_for_a_path_and_for_forwarded_addresses(stack: PlatformStack) -> None:
    """A header that holds no address counts as one that is too fast."""
    statement = _rules(stack, rules=RULES)["login"]["statement"]["rate_based_statement"]

    assert (statement["limit"], statement["evaluation_window_sec"]) == (100, 60)
    assert statement["aggregate_key_type"] == "FORWARDED_IP"
    assert statement["forwarded_ip_config"] == {
        "header_name": "X-Forwarded-For",
        "fallback_behavior": "MATCH",
    }
    path = statement["scope_down_statement"]["byte_match_statement"]
    assert (path["search_string"], path["positional_constraint"]) == ("/login/", "STARTS_WITH")


def test_addresses_are_in_a_set_for_each_version(stack: PlatformStack) -> None:
    """One set holds one version; the rule asks both."""
    rule = _rules(stack, rules=RULES)["office"]
    template = Template(stack)

    v4 = template.only("aws_wafv2_ip_set", path="Edge/OfficeV4")
    v6 = template.only("aws_wafv2_ip_set", path="Edge/OfficeV6")
    assert (v4["name"], v4["ip_address_version"]) == ("shop-prod-edge-office-v4", "IPV4")
    assert v4["addresses"] == ["203.0.113.0/24"]
    assert (v6["ip_address_version"], v6["addresses"]) == ("IPV6", ["2001:db8::/32"])
    assert (v4["scope"], v6["scope"]) == ("CLOUDFRONT", "CLOUDFRONT")
    assert v4["lifecycle"] == v6["lifecycle"] == {"create_before_destroy": True}
    assert rule["action"] == {"allow": {}}
    asked = rule["statement"]["or_statement"]["statement"]
    assert [it["ip_set_reference_statement"]["arn"].rsplit(".", 1)[1] for it in asked] == [
        "arn}",
        "arn}",
    ]


@pytest.mark.parametrize(
    ("outside", "fallback"), [(False, "MATCH"), (True, "NO_MATCH")], ids=["inside", "outside"]
)
def test_rubbish_in_a_header_gets_nobody_around_a_rule(
    stack: PlatformStack, fallback: str, *, outside: bool
) -> None:
    """It is in a set of abusers, and not in a set of partners."""
    rule = RULES["abusers"].evolve(outside=outside)

    statement = _rules(stack, rules={"abusers": rule}, large_bodies="allowed")["abusers"][
        "statement"
    ]

    if outside:
        (statement,) = statement["not_statement"]["statement"]
    assert statement["ip_set_reference_statement"]["ip_set_forwarded_ip_config"] == {
        "header_name": "X-Forwarded-For",
        "fallback_behavior": fallback,
        "position": "LAST",
    }


def test_counting_first_blocks_nothing(stack: PlatformStack) -> None:
    """Every rule counts that would block; what allows goes on, so that the counts are right."""
    rules = _rules(stack, mode=Mode.COUNT, rules=RULES, large_bodies=GRAPHQL)

    actions = {
        name: rule.get("action", rule.get("override_action")) for name, rule in rules.items()
    }
    assert actions.pop("office") == {"allow": {}}
    assert list(actions.values()) == [{"count": {}}] * 8


def test_standing_by_keeps_the_rules_as_they_will_be(stack: PlatformStack) -> None:
    """Only the attachment is missing."""
    rules = _rules(stack, mode=Mode.STANDBY, rules=RULES)

    assert rules["core"]["override_action"] == {"none": {}}
    assert "block" in rules["flood"]["action"]


@pytest.mark.parametrize("size", [16, 32, 48, 64])
def test_cloudfront_passes_on_what_is_inspected(stack: PlatformStack, size: int) -> None:
    """Written also where it is AWS's default, so that going back is a change."""
    acl = _synth(stack, inspected_body_kib=size)

    assert acl["association_config"] == {
        "request_body": [{"cloudfront": {"default_size_inspection_limit": f"KB_{size}"}}]
    }


def test_a_load_balancers_web_acl_has_no_such_choice(stack: PlatformStack) -> None:
    """AWS fixes it at 8 KB."""
    acl = _synth(stack, scope=Scope.REGIONAL)

    assert acl["scope"] == "REGIONAL"
    assert "association_config" not in acl


def test_the_log_is_encrypted_and_expires(stack: PlatformStack) -> None:
    """In the group whose name AWS WAF asks for."""
    _acl(stack, logs=WebAclLogs(retention_days=365))
    template = Template(stack)

    group = template.only("aws_cloudwatch_log_group")
    assert group["name"] == "aws-waf-logs-shop-prod-edge"
    assert group["retention_in_days"] == 365
    assert group["kms_key_id"].startswith("${aws_kms_key.Data_")
    logging = template.only("aws_wafv2_web_acl_logging_configuration")
    assert logging["resource_arn"].startswith("${aws_wafv2_web_acl.Edge_")
    assert logging["log_destination_configs"][0].startswith("${aws_cloudwatch_log_group.Edge_")


def test_only_log_delivery_of_this_account_writes_it(stack: PlatformStack) -> None:
    """A policy of ours, before AWS WAF tries: its own would only ever grow."""
    _acl(stack)
    template = Template(stack)

    policy = template.only("aws_cloudwatch_log_resource_policy")
    assert policy["policy_name"] == "aws-waf-logs-shop-prod-edge"
    (statement,) = json.loads(policy["policy_document"])["Statement"]
    assert statement["Principal"] == {"Service": "delivery.logs.amazonaws.com"}
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    logs = "arn:aws:logs:us-east-1:111111111111"
    assert statement["Resource"] == f"{logs}:log-group:aws-waf-logs-shop-prod-edge:*"
    assert statement["Condition"] == {
        "ArnLike": {"aws:SourceArn": f"{logs}:*"},
        "StringEquals": {"aws:SourceAccount": "111111111111"},
    }
    (needed,) = template.only("aws_wafv2_web_acl_logging_configuration")["depends_on"]
    assert needed.startswith("aws_cloudwatch_log_resource_policy.Edge_LogPolicy")


def test_what_is_as_good_as_a_password_is_not_recorded(stack: PlatformStack) -> None:
    """Two headers always, and what the author adds."""
    _acl(stack, logs=WebAclLogs(redacted_headers=("x-api-key",), redact_query=True))

    logging = Template(stack).only("aws_wafv2_web_acl_logging_configuration")
    assert logging["redacted_fields"] == [
        {"single_header": {"name": "authorization"}},
        {"single_header": {"name": "cookie"}},
        {"single_header": {"name": "x-api-key"}},
        {"query_string": {}},
    ]


def test_query_strings_are_recorded_unless_asked(stack: PlatformStack) -> None:
    """Attacks are in them."""
    _acl(stack)

    logging = Template(stack).only("aws_wafv2_web_acl_logging_configuration")
    assert [list(it) for it in logging["redacted_fields"]] == [["single_header"]] * 2


def test_what_was_refused_or_counted_is_recorded(stack: PlatformStack) -> None:
    """Whatever passed untouched is dropped."""
    _acl(stack)

    logging = Template(stack).only("aws_wafv2_web_acl_logging_configuration")
    (kept,) = logging["logging_filter"]["filter"]
    assert logging["logging_filter"]["default_behavior"] == "DROP"
    assert (kept["behavior"], kept["requirement"]) == ("KEEP", "MEETS_ANY")
    assert [it["action_condition"]["action"] for it in kept["condition"]] == [
        "BLOCK",
        "COUNT",
        "EXCLUDED_AS_COUNT",
    ]


def test_everything_is_recorded_where_asked(stack: PlatformStack) -> None:
    """Without a filter."""
    _acl(stack, logs=WebAclLogs(records="all"))

    assert "logging_filter" not in Template(stack).only("aws_wafv2_web_acl_logging_configuration")


@pytest.mark.parametrize(
    ("scope", "dimensions"),
    [
        (Scope.CLOUDFRONT, {"WebACL": "shop-prod-edge", "Rule": "ALL"}),
        (Scope.REGIONAL, {"WebACL": "shop-prod-edge", "Rule": "ALL", "Region": "us-east-1"}),
    ],
)
def test_many_refusals_alarm(
    stack: PlatformStack, scope: Scope, dimensions: dict[str, str]
) -> None:
    """Metrics of CloudFront have no Region."""
    _acl(stack, scope=scope, alarms=WebAclAlarms(refused=500))

    alarm = Template(stack).only("aws_cloudwatch_metric_alarm", path="Edge/Refused/Resource")
    assert alarm["alarm_name"] == "shop-prod-edge-refused-p2"
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/WAFV2", "BlockedRequests")
    assert alarm["dimensions"] == dimensions
    assert (alarm["statistic"], alarm["period"], alarm["evaluation_periods"]) == ("Sum", 300, 3)
    assert (alarm["threshold"], alarm["treat_missing_data"]) == (500, "notBreaching")


def test_a_large_share_of_refusals_alarms(stack: PlatformStack) -> None:
    """A rule that refuses customers shows there at any time of the day."""
    _acl(stack, alarms=WebAclAlarms(refused_per_100=20))

    alarm = Template(stack).only("aws_cloudwatch_metric_alarm", path="Edge/RefusedShare/Resource")
    part, whole, share = alarm["metric_query"]
    assert part["metric"]["metric_name"] == "BlockedRequests"
    assert whole["metric"]["metric_name"] == "AllowedRequests"
    assert share["expression"] == "100 * part / whole"
    assert alarm["threshold"] == 20


def test_outside_us_east_1_cloudfronts_needs_a_provider(
    environment: Environment, tmp_path: Path
) -> None:
    """It would be refused by AWS at apply."""
    with pytest.raises(PlatformError) as refused:
        _acl(_elsewhere(environment, tmp_path))

    assert str(refused.value) == (
        "shop-prod-test/Edge: a web ACL with scope CLOUDFRONT lives in us-east-1, and this one would"
        " be made in eu-central-1; give a provider of us-east-1 [WebAclElsewhere]"
    )


def test_the_provider_is_one_of_us_east_1(stack: PlatformStack) -> None:
    """Another Region's is as wrong as none."""
    provider = AwsProvider(stack, "Ireland", alias="ireland", region="eu-west-1")

    with pytest.raises(PlatformError, match="would be made in eu-west-1; give a provider"):
        _acl(stack, provider=provider)


def test_a_load_balancers_takes_no_provider(stack: PlatformStack) -> None:
    """It is where the load balancer is."""
    provider = AwsProvider(stack, "Global", alias="global", region="us-east-1")

    with pytest.raises(PlatformError) as refused:
        _acl(stack, provider=provider, scope=Scope.REGIONAL)

    assert str(refused.value) == (
        "shop-prod-test/Edge: a provider was given, and a web ACL with scope REGIONAL is in the"
        " Region of its load balancers; leave provider out [WebAclElsewhere]"
    )


def test_key_and_alerts_are_of_the_same_region(environment: Environment, tmp_path: Path) -> None:
    """A log group uses a key of its Region, and an alarm a topic of its own."""
    stack = _elsewhere(environment, tmp_path)
    provider = AwsProvider(stack, "Global", alias="global", region="us-east-1")

    with pytest.raises(PlatformError) as refused:
        _acl(stack, provider=provider)

    assert str(refused.value) == (
        "shop-prod-test/Edge: its log and metrics are in us-east-1, and key is in eu-central-1,"
        " where they cannot use it; give one of us-east-1 [WebAclElsewhere]"
    )


def test_alerts_are_of_the_same_region(environment: Environment, tmp_path: Path) -> None:
    """The key alone is not enough."""
    stack = _elsewhere(environment, tmp_path)
    provider = AwsProvider(stack, "Global", alias="global", region="us-east-1")
    home = stack_of(environment, tmp_path / "home", "home")
    key = Key(stack, "Data", config=KeyConfig(description="Data"))

    with pytest.raises(PlatformError, match="and alerts is in eu-central-1, where they cannot"):
        WebAcl(
            stack,
            "Edge",
            config=WebAclConfig(scope=Scope.CLOUDFRONT, large_bodies="refused"),
            key=Key(home, "Global", config=KeyConfig(description="Global")),
            alerts=Alerts(stack, "Alerts", config=AlertsConfig(), key=key),
            provider=provider,
        )


def test_everything_is_made_by_the_given_provider(stack: PlatformStack) -> None:
    """Web ACL, sets, log, policy and alarms: one left behind would be in the wrong Region."""
    provider = AwsProvider(stack, "Global", alias="global", region="us-east-1")

    _acl(stack, provider=provider, rules=RULES)

    template = Template(stack)
    blocks = [
        block
        for kind in (
            "aws_wafv2_web_acl",
            "aws_wafv2_ip_set",
            "aws_wafv2_web_acl_logging_configuration",
            "aws_cloudwatch_log_group",
            "aws_cloudwatch_log_resource_policy",
            "aws_cloudwatch_metric_alarm",
        )
        for block in template.all(kind).values()
    ]
    assert len(blocks) == 9
    assert {block.get("provider") for block in blocks} == {"aws.global"}


@pytest.mark.parametrize(("mode", "given"), [(Mode.ACTIVE, True), (Mode.COUNT, True)])
def test_a_distribution_is_given_its_arn(stack: PlatformStack, mode: Mode, *, given: bool) -> None:
    """Counting needs requests too."""
    acl = _acl(stack, mode=mode)

    assert (acl.distribution_arn == acl.arn) is given


def test_in_standby_a_distribution_is_given_nothing(stack: PlatformStack) -> None:
    """The web ACL is there, and looks at nothing."""
    acl = _acl(stack, mode=Mode.STANDBY)

    assert acl.distribution_arn is None
    assert acl.mode is Mode.STANDBY
    assert Template(stack).count("aws_wafv2_web_acl") == 1


def _load_balancer(stack: PlatformStack, key: Key) -> LoadBalancer:
    network = VpcConfig(
        cidr=IPv4Network("10.30.0.0/16"), zones=("a", "b"), endpoints=(), flow_logs=None
    )
    zone = HostedZone(stack, "Zone", config=HostedZoneConfig(domain="example.com"))
    logs = BucketConfig(purpose=Purpose.LOAD_BALANCER_LOGS, retention_days=365)
    return LoadBalancer(
        stack,
        "Public",
        config=LoadBalancerConfig(sources=("everybody",), dual_stack=False),
        vpc=Vpc(stack, "Vpc", config=network, key=key),
        certificate=Certificate(
            stack, "Certificate", config=CertificateConfig(domain="shop.example.com"), zone=zone
        ),
        logs=Bucket(stack, "Logs", config=logs, key=key),
        alerts=Alerts(stack, "BalancerAlerts", config=AlertsConfig(), key=key),
    )


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("fail_open", [False, True])
def test_a_load_balancer_is_protected_unless_it_stands_by(
    stack: PlatformStack, mode: Mode, *, fail_open: bool
) -> None:
    """One association, or none."""
    key = Key(stack, "Data", config=KeyConfig(description="Data"))
    balancer = _load_balancer(stack, key)
    acl = _acl(stack, key=key, scope=Scope.REGIONAL, mode=mode)

    acl.protect_load_balancer(balancer, fail_open=fail_open)

    template = Template(stack)
    attached = template.all("aws_wafv2_web_acl_association").values()
    standby = mode is Mode.STANDBY
    assert len(attached) == (0 if standby else 1)
    assert all(it["web_acl_arn"].startswith("${aws_wafv2_web_acl.Edge_") for it in attached)
    assert template.only("aws_lb")["enable_waf_fail_open"] is (fail_open and not standby)


@pytest.mark.parametrize("mode", [Mode.ACTIVE, Mode.STANDBY])
def test_a_web_acl_of_cloudfront_protects_no_load_balancer(
    stack: PlatformStack, mode: Mode
) -> None:
    """AWS refuses it; in standby it would show on the day when it is needed."""
    key = Key(stack, "Data", config=KeyConfig(description="Data"))
    balancer = _load_balancer(stack, key)

    with pytest.raises(PlatformError) as refused:
        _acl(stack, key=key, mode=mode).protect_load_balancer(balancer, fail_open=False)

    assert str(refused.value) == (
        "shop-prod-test/Edge: a load balancer needs a web ACL with scope REGIONAL, and this one has"
        " CLOUDFRONT; make one for each [WebAclScope]"
    )


def test_a_regional_web_acl_protects_no_distribution(stack: PlatformStack) -> None:
    """The other way around."""
    acl = _acl(stack, scope=Scope.REGIONAL)

    with pytest.raises(PlatformError, match="a distribution needs a web ACL with scope CLOUDFRONT"):
        _ = acl.distribution_arn
