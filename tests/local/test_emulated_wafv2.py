"""AWS WAF takes rules that can be, counts their units, and keeps what something uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from platform_lib.local.server import LocalAws

VISIBLE = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": True, "MetricName": "edge"}
OFFICE = ["203.0.113.0/24"]
DECODED = [{"Priority": 0, "Type": "URL_DECODE"}, {"Priority": 1, "Type": "NORMALIZE_PATH"}]
PATH = {
    "ByteMatchStatement": {
        "SearchString": b"/graphql/",
        "FieldToMatch": {"UriPath": {}},
        "PositionalConstraint": "STARTS_WITH",
        "TextTransformations": DECODED,
    }
}


@pytest.fixture
def waf(aws: LocalAws, client: Callable[[str], Any]) -> Any:
    """Return a client of the emulator's own Region, with nothing there."""
    assert aws.inventory() == []
    return client("wafv2")


@pytest.fixture
def home(shared_aws: LocalAws) -> Iterator[Callable[[str], Any]]:
    """Return a maker of clients of us-east-1."""
    session = boto3.session.Session(
        aws_access_key_id="emulated", aws_secret_access_key="emulated", region_name="us-east-1"
    )
    make: Callable[..., Any] = session.client
    made: list[Any] = []

    def client(service: str) -> Any:
        config = Config(retries={"total_max_attempts": 1}, read_timeout=20)
        made.append(make(service, endpoint_url=shared_aws.endpoint, config=config))
        return made[-1]

    yield client
    for one in made:
        one.close()


def _rule(statement: dict[str, Any], name: str = "one", priority: int = 1) -> dict[str, Any]:
    group = "ManagedRuleGroupStatement" in statement
    action: dict[str, Any] = (
        {"OverrideAction": {"None": {}}} if group else {"Action": {"Block": {}}}
    )
    visible = VISIBLE | {"MetricName": name}
    return {
        "Name": name,
        "Priority": priority,
        "Statement": statement,
        "VisibilityConfig": visible,
    } | action


def _managed(name: str = "AWSManagedRulesSQLiRuleSet") -> dict[str, Any]:
    return {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": name}}


def _rate(**given: Any) -> dict[str, Any]:
    return {"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "IP"} | given}


def _create(waf: Any, *rules: dict[str, Any], scope: str = "REGIONAL", **given: Any) -> Any:
    made = waf.create_web_acl(
        Name=given.pop("Name", "edge"),
        Scope=scope,
        DefaultAction={"Allow": {}},
        VisibilityConfig=VISIBLE,
        Rules=list(rules),
        **given,
    )
    return made["Summary"]


def _update(waf: Any, acl: Any, **given: Any) -> str:
    return str(
        waf.update_web_acl(
            Name="edge",
            Scope="REGIONAL",
            Id=acl["Id"],
            LockToken=acl["LockToken"],
            DefaultAction={"Allow": {}},
            VisibilityConfig=VISIBLE,
            **given,
        )["NextLockToken"]
    )


def _get(waf: Any, acl: Any, scope: str = "REGIONAL") -> Any:
    return waf.get_web_acl(Name=acl["Name"], Scope=scope, Id=acl["Id"])["WebACL"]


def _delete(waf: Any, acl: Any, scope: str = "REGIONAL") -> None:
    token = waf.get_web_acl(Name=acl["Name"], Scope=scope, Id=acl["Id"])["LockToken"]
    waf.delete_web_acl(Name=acl["Name"], Scope=scope, Id=acl["Id"], LockToken=token)


def _ip_set(waf: Any, addresses: list[str] | None = None, name: str = "office") -> Any:
    made = waf.create_ip_set(
        Name=name, Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=addresses or OFFICE
    )
    return made["Summary"]


def test_units_are_those_of_the_rules(waf: Any) -> None:
    """A group has its own, a limit two, a path two and ten for each transformation."""
    address = {"IPSetReferenceStatement": {"ARN": _ip_set(waf)["ARN"]}}
    rules = [
        _rule(_managed(), "sql", 1),
        _rule(_rate(), "flood", 2),
        _rule(_rate(ScopeDownStatement=PATH), "login", 3),
        _rule({"NotStatement": {"Statement": address}}, "outside", 4),
        _rule({"OrStatement": {"Statements": [address, PATH]}}, "either", 5),
    ]

    acl = _create(waf, *rules)

    assert _get(waf, acl)["Capacity"] == 200 + 2 + 24 + 1 + 23
    assert waf.check_capacity(Scope="REGIONAL", Rules=rules)["Capacity"] == 250


@pytest.mark.parametrize(
    ("statement", "units"),
    [
        (_rate(AggregateKeyType="CUSTOM_KEYS", CustomKeys=[{"IP": {}}, {"HTTPMethod": {}}]), 62),
        ({"GeoMatchStatement": {"CountryCodes": ["DE"]}}, 1),
        (
            {
                "ByteMatchStatement": PATH["ByteMatchStatement"]
                | {"PositionalConstraint": "CONTAINS", "FieldToMatch": {"AllQueryArguments": {}}}
            },
            40,
        ),
        (
            {
                "SqliMatchStatement": {
                    "FieldToMatch": {"Body": {}},
                    "SensitivityLevel": "HIGH",
                    "TextTransformations": [{"Priority": 0, "Type": "NONE"}],
                }
            },
            30,
        ),
    ],
    ids=["keys", "country", "arguments", "sql"],
)
def test_other_statements_have_units_too(waf: Any, statement: dict[str, Any], units: int) -> None:
    """As AWS lists them for each statement."""
    assert waf.check_capacity(Scope="REGIONAL", Rules=[_rule(statement)])["Capacity"] == units


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        ([_rule(_rate(), "a", 1), _rule(_rate(), "b", 1)], "WAFInvalidParameterException"),
        ([_rule(_rate(), "a", 1), _rule(_rate(), "a", 2)], "WAFInvalidParameterException"),
        ([_rule(_managed("AWSManagedRulesNone"))], "WAFNonexistentItemException"),
        ([_rule(_rate(EvaluationWindowSec=61))], "WAFInvalidParameterException"),
        ([_rule(_rate(AggregateKeyType="FORWARDED_IP"))], "WAFInvalidParameterException"),
        (
            [
                _rule(
                    {"IPSetReferenceStatement": {"ARN": "arn:aws:wafv2:eu-central-1:1:regional/x"}}
                )
            ],
            "WAFNonexistentItemException",
        ),
        ([{**_rule(_managed()), "Action": {"Block": {}}}], "WAFInvalidParameterException"),
        ([{**_rule(_rate()), "Action": {}}], "WAFInvalidParameterException"),
        (
            [
                _rule(_managed("AWSManagedRulesCommonRuleSet"), f"core{number}", number)
                for number in range(8)
            ],
            "WAFLimitsExceededException",
        ),
    ],
    ids=[
        "priority",
        "name",
        "group",
        "window",
        "header",
        "addresses",
        "two-actions",
        "no-action",
        "units",
    ],
)
def test_refuses_rules_that_cannot_be(
    waf: Any, refused: Callable[..., str], rules: list[dict[str, Any]], code: str
) -> None:
    """When a web ACL is made, and when it is changed."""
    acl = _create(waf)

    assert refused(lambda: _create(waf, *rules, Name="other")) == code
    assert refused(lambda: _update(waf, acl, Rules=rules)) == code
    assert _get(waf, acl)["Rules"] == []


def _group(waf: Any, *rules: dict[str, Any]) -> str:
    made = waf.create_rule_group(
        Name="own",
        Scope="REGIONAL",
        Capacity=50,
        VisibilityConfig=VISIBLE,
        Rules=list(rules),
        Tags=[{"Key": "Name", "Value": "own"}],
    )
    return str(made["Summary"]["ARN"])


def test_a_group_of_ones_own_takes_what_it_reserves(waf: Any, refused: Callable[..., str]) -> None:
    """Whatever its rules need; and it has to exist."""
    rule = _rule({"RuleGroupReferenceStatement": {"ARN": _group(waf)}})
    del rule["Action"]
    rule["OverrideAction"] = {"None": {}}
    unknown = {
        **rule,
        "Statement": {"RuleGroupReferenceStatement": {"ARN": "arn:aws:wafv2:group/x"}},
    }

    acl = _create(waf, rule)

    assert _get(waf, acl)["Capacity"] == 50
    code = refused(lambda: _create(waf, unknown, Name="other"))
    assert code == "WAFNonexistentItemException"


def test_units_that_are_not_known_are_not_guessed(waf: Any) -> None:
    """A statement that is newer than this extension is answered 501."""
    statement = {"AsnMatchStatement": {"AsnList": [64496]}}

    with pytest.raises(ClientError, match="capacity is not known: AsnMatchStatement"):
        _create(waf, _rule(statement))


def test_a_web_acl_is_found_by_its_arn(waf: Any, home: Callable[[str], Any]) -> None:
    """In either scope."""
    regional, world = _create(waf), _create(home("wafv2"), scope="CLOUDFRONT")

    assert waf.get_web_acl(ARN=regional["ARN"])["WebACL"]["Id"] == regional["Id"]
    assert home("wafv2").get_web_acl(ARN=world["ARN"])["WebACL"]["Id"] == world["Id"]


def test_an_update_replaces_everything(waf: Any) -> None:
    """What is left out is gone, also the last rule."""
    acl = _create(waf, _rule(_rate()), Description="old", TokenDomains=["example.com"])

    acl["LockToken"] = _update(waf, acl, Rules=[_rule(_managed())], Description="new")
    first = _get(waf, acl)
    _update(waf, acl)
    second = _get(waf, acl)

    assert (first["Description"], first["Capacity"]) == ("new", 200)
    assert "TokenDomains" not in first
    assert (second["Description"], second["Rules"], second["Capacity"]) == ("", [], 0)


def test_a_stale_token_changes_nothing(waf: Any, refused: Callable[..., str]) -> None:
    """Somebody else was first."""
    acl = _create(waf, _rule(_rate()))
    _update(waf, acl, Rules=[])

    assert refused(lambda: _update(waf, acl)) == "WAFOptimisticLockException"


def test_names_are_taken_within_a_scope(
    waf: Any, home: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """A web ACL of CloudFront may have the name of a regional one."""
    _create(waf)
    _ip_set(waf)

    assert refused(lambda: _create(waf)) == "WAFDuplicateItemException"
    assert refused(lambda: _ip_set(waf)) == "WAFDuplicateItemException"
    arn = _create(home("wafv2"), scope="CLOUDFRONT")["ARN"]
    assert arn.startswith("arn:aws:wafv2:us-east-1:210987654321:global/webacl/edge/")


def test_cloudfronts_are_in_us_east_1(waf: Any, refused: Callable[..., str]) -> None:
    """A provider of another Region is refused, as AWS does."""
    sets = {"Name": "x", "Scope": "CLOUDFRONT", "IPAddressVersion": "IPV4", "Addresses": OFFICE}

    assert refused(lambda: _create(waf, scope="CLOUDFRONT")) == "WAFInvalidParameterException"
    assert refused(waf.create_ip_set, **sets) == "WAFInvalidParameterException"


def test_what_is_not_kept_is_not_taken(waf: Any) -> None:
    """A setting that would be lost in silence is answered 501."""
    protection = {
        "DataProtections": [
            {
                "Field": {"FieldType": "SINGLE_HEADER", "FieldKeys": ["x-key"]},
                "Action": "SUBSTITUTION",
            }
        ]
    }

    with pytest.raises(ClientError, match="do not know DataProtectionConfig"):
        _create(waf, DataProtectionConfig=protection)


@pytest.mark.parametrize("address", ["0.0.0.0/0", "203.0.113.7/24", "2001:db8::/32", "office"])
def test_an_ip_set_holds_blocks_of_one_version(
    waf: Any, refused: Callable[..., str], address: str
) -> None:
    """When it is made, and when it is changed."""
    made = _ip_set(waf)
    change = {
        "Name": "office",
        "Scope": "REGIONAL",
        "Id": made["Id"],
        "LockToken": made["LockToken"],
        "Addresses": [address],
    }

    assert refused(lambda: _ip_set(waf, [address], "other")) == "WAFInvalidParameterException"
    assert refused(waf.update_ip_set, **change) == "WAFInvalidParameterException"
    waf.update_ip_set(**change | {"Addresses": ["198.51.100.0/24"]})


def test_an_ip_set_stays_while_a_rule_names_it(waf: Any, refused: Callable[..., str]) -> None:
    """Wherever in the rule that is."""
    made = _ip_set(waf)
    address = {"IPSetReferenceStatement": {"ARN": made["ARN"]}}
    acl = _create(waf, _rule({"NotStatement": {"Statement": address}}))
    asked = {it: made[it] for it in ("Name", "Id", "LockToken")} | {"Scope": "REGIONAL"}

    assert refused(waf.delete_ip_set, **asked) == "WAFAssociatedItemException"
    _update(waf, acl)
    waf.delete_ip_set(**asked)


def test_an_ip_set_stays_while_a_group_names_it(waf: Any, refused: Callable[..., str]) -> None:
    """Also where no web ACL uses the group."""
    made = _ip_set(waf)
    _group(waf, _rule({"IPSetReferenceStatement": {"ARN": made["ARN"]}}))
    asked = {it: made[it] for it in ("Name", "Id", "LockToken")} | {"Scope": "REGIONAL"}

    assert refused(waf.delete_ip_set, **asked) == "WAFAssociatedItemException"


def _load_balancer(client: Callable[[str], Any], subnets: list[str], name: str) -> str:
    made = client("elbv2").create_load_balancer(Name=name, Subnets=subnets[:2], Scheme="internal")
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def test_a_load_balancer_has_one_web_acl(
    waf: Any, client: Callable[[str], Any], subnets: list[str], refused: Callable[..., str]
) -> None:
    """The second takes the place of the first, and the first can go."""
    arn = _load_balancer(client, subnets, "public")
    first, second = _create(waf), _create(waf, Name="other")

    waf.associate_web_acl(WebACLArn=first["ARN"], ResourceArn=arn)
    in_use = refused(lambda: _delete(waf, first))
    waf.associate_web_acl(WebACLArn=second["ARN"], ResourceArn=arn)

    assert in_use == "WAFAssociatedItemException"
    assert waf.get_web_acl_for_resource(ResourceArn=arn)["WebACL"]["Name"] == "other"
    _delete(waf, first)


def test_a_load_balancer_that_is_gone_is_protected_no_more(
    waf: Any, client: Callable[[str], Any], subnets: list[str], refused: Callable[..., str]
) -> None:
    """And cannot be attached."""
    arn = _load_balancer(client, subnets, "short-lived")
    acl = _create(waf)
    waf.associate_web_acl(WebACLArn=acl["ARN"], ResourceArn=arn)

    client("elbv2").delete_load_balancer(LoadBalancerArn=arn)

    again = refused(waf.associate_web_acl, WebACLArn=acl["ARN"], ResourceArn=arn)
    assert again == "WAFNonexistentItemException"
    _delete(waf, acl)


def _log(acl_arn: str, destination: str, **given: Any) -> dict[str, Any]:
    return {
        "LoggingConfiguration": {"ResourceArn": acl_arn, "LogDestinationConfigs": [destination]}
        | given
    }


def test_a_web_acl_logs_to_a_group_of_its_region(
    waf: Any, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """Which has AWS WAF's prefix, and exists."""
    acl = _create(waf)
    groups = "arn:aws:logs:eu-central-1:210987654321:log-group:"
    client("logs").create_log_group(logGroupName="aws-waf-logs-edge")
    client("logs").create_log_group(logGroupName="edge")

    codes = [
        refused(waf.put_logging_configuration, **_log(arn, destination))
        for arn, destination in (
            (f"{acl['ARN']}x", f"{groups}aws-waf-logs-edge"),
            (acl["ARN"], f"{groups}edge"),
            (acl["ARN"], f"{groups}aws-waf-logs-none"),
            (acl["ARN"], f"{groups.replace('eu-central', 'us-east')}aws-waf-logs-edge"),
        )
    ]
    waf.put_logging_configuration(**_log(acl["ARN"], f"{groups}aws-waf-logs-edge"))

    assert codes == [
        "WAFNonexistentItemException",
        "WAFInvalidParameterException",
        "WAFLogDestinationPermissionIssueException",
        "WAFLogDestinationPermissionIssueException",
    ]
    kept = waf.get_logging_configuration(ResourceArn=acl["ARN"])["LoggingConfiguration"]
    assert kept["LogDestinationConfigs"] == [f"{groups}aws-waf-logs-edge"]


def test_bodies_cannot_be_redacted(
    waf: Any, client: Callable[[str], Any], refused: Callable[..., str]
) -> None:
    """They are not recorded at all."""
    acl = _create(waf)
    client("logs").create_log_group(logGroupName="aws-waf-logs-edge")
    group = "arn:aws:logs:eu-central-1:210987654321:log-group:aws-waf-logs-edge"
    asked = _log(acl["ARN"], group, RedactedFields=[{"Body": {}}])

    assert refused(waf.put_logging_configuration, **asked) == "WAFInvalidParameterException"
    waf.put_logging_configuration(
        **_log(acl["ARN"], group, RedactedFields=[{"SingleHeader": {"Name": "cookie"}}])
    )


@pytest.mark.parametrize("scope", ["REGIONAL", "CLOUDFRONT"])
def test_the_log_goes_with_the_web_acl(
    waf: Any,
    client: Callable[[str], Any],
    home: Callable[[str], Any],
    refused: Callable[..., str],
    scope: str,
) -> None:
    """Nothing is left to be logged."""
    clients = home if scope == "CLOUDFRONT" else client
    region = "us-east-1" if scope == "CLOUDFRONT" else "eu-central-1"
    waf = clients("wafv2")
    acl = _create(waf, scope=scope)
    clients("logs").create_log_group(logGroupName="aws-waf-logs-edge")
    group = f"arn:aws:logs:{region}:210987654321:log-group:aws-waf-logs-edge"
    waf.put_logging_configuration(**_log(acl["ARN"], group))

    _delete(waf, acl, scope)

    code = refused(waf.get_logging_configuration, ResourceArn=acl["ARN"])
    assert code == "WAFNonexistentItemException"


def test_a_web_acl_of_a_distribution_stays(
    home: Callable[[str], Any], aws: LocalAws, refused: Callable[..., str]
) -> None:
    """Until the distribution has another."""
    aws.reset()
    waf, cloudfront = home("wafv2"), home("cloudfront")
    acl = _create(waf, scope="CLOUDFRONT")
    origin = {
        "Id": "site",
        "DomainName": "origin.example.com",
        "CustomOriginConfig": {
            "HTTPPort": 80,
            "HTTPSPort": 443,
            "OriginProtocolPolicy": "https-only",
            "OriginSslProtocols": {"Quantity": 1, "Items": ["TLSv1.2"]},
        },
    }
    cloudfront.create_distribution(
        DistributionConfig={
            "CallerReference": "edge",
            "Comment": "",
            "Enabled": True,
            "WebACLId": acl["ARN"],
            "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {
                "TargetOriginId": "site",
                "ViewerProtocolPolicy": "redirect-to-https",
                "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
            },
        }
    )

    assert refused(lambda: _delete(waf, acl, "CLOUDFRONT")) == "WAFAssociatedItemException"
