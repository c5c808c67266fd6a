"""What an interrupted run may have made is asked for by its tags, its properties or its name."""

from __future__ import annotations

from typing import Any

import pytest

from platform_lib.terraform.import_ids import is_taken_over, natural_id
from platform_lib.terraform.lookup import requests, stack_tag
from platform_lib.terraform.stack import Document

PROVIDERS: list[dict[str, Any]] = [
    {
        "region": "eu-west-1",
        "allowed_account_ids": ["111111111111"],
        "default_tags": [{"tags": {"Stack": "shop-network"}}],
        "assume_role": [{"role_arn": "arn:aws:iam::111111111111:role/apply", "external_id": None}],
    },
    {"alias": "edge", "region": "us-east-1", "default_tags": [{"tags": {"Stack": "shop-network"}}]},
]
RULE = {
    "security_group_id": "${aws_security_group.web.id}",
    "ip_protocol": "tcp",
    "from_port": 443,
    "to_port": 443,
    "cidr_ipv4": "10.0.0.0/8",
}
DOCUMENT = Document(
    {
        "provider": {"aws": PROVIDERS},
        "resource": {
            "aws_vpc": {
                "main": {"tags": {"Name": "shop"}},
                "edge": {"tags": {"Name": "shop"}, "provider": "aws.edge"},
                "unnamed": {},
                "computed": {"tags": {"Name": "${var.name}"}},
                "elsewhere": {"tags": {"Name": "shop"}, "provider": "aws.unknown"},
            },
            "aws_flow_log": {"main": {"tags": {"Name": "shop"}}},
            "aws_elasticache_user": {"u": {"user_id": "api"}},
            "aws_elasticache_user_group": {"g": {"user_group_id": "shop"}},
            "aws_elasticache_user_group_association": {
                "a": {"user_group_id": "shop", "user_id": "api"}
            },
            "aws_mq_broker": {"b": {"broker_name": "jobs"}, "prefixed": {}},
            "aws_nat_gateway": {"a": {"tags": {"Name": "shop-a"}}},
            "aws_kms_key": {"data": {"tags": {"Name": "shop-data"}}},
            "aws_vpc_security_group_ingress_rule": {
                "web": RULE,
                "all": {**RULE, "ip_protocol": "-1"},
            },
            "aws_vpc_security_group_egress_rule": {
                "elsewhere": {
                    **RULE,
                    "security_group_id": "${data.terraform_remote_state.x.outputs.y}",
                }
            },
            "aws_db_event_subscription": {"e": {"name": "failures"}},
            "aws_db_proxy": {"p": {"name": "pool"}},
            "aws_ecs_cluster": {"shop": {"name": "shop"}},
            "aws_ecs_cluster_capacity_providers": {
                "shop": {"cluster_name": "${aws_ecs_cluster.shop.name}"}
            },
            "aws_ecs_service": {
                "api": {
                    "name": "api",
                    "cluster": "${aws_ecs_cluster_capacity_providers.shop.cluster_name}",
                }
            },
            "aws_scheduler_schedule": {
                "s": {"name": "nightly", "group_name": "${aws_scheduler_schedule_group.g.name}"}
            },
            "aws_scheduler_schedule_group": {"g": {"name": "cleanup"}},
            "aws_lambda_invocation": {"i": {"function_name": "migration"}},
            "aws_iam_role": {"r": {"name": "reader"}, "prefixed": {"name_prefix": "reader-"}},
            "aws_rds_cluster_instance": {"i": {"identifier": "shop-writer"}},
            "aws_rds_cluster_parameter_group": {"g": {"name": "shop"}},
            "aws_route": {
                "v4": {
                    "route_table_id": "${aws_route_table.a.id}",
                    "destination_cidr_block": "0.0.0.0/0",
                }
            },
            "aws_wafv2_web_acl": {"edge": {"name": "edge", "scope": "CLOUDFRONT"}},
        },
    }
)
IDS = {"aws_security_group.web": "sg-1", "aws_route_table.a": "rtb-1"}


def question(address: str) -> Any:
    """Return the one question that is asked for an address."""
    (request,) = requests((address,), DOCUMENT, IDS)
    return request.questions[address]


def test_a_thing_is_asked_for_by_its_tags() -> None:
    """EC2 filters by the stack's tag and the name; the parameter is spelt as the operation has it."""
    assert question("aws_vpc.main") == {
        "service": "ec2",
        "operation": "describe_vpcs",
        "parameters": {
            "Filters": [
                {"Name": "tag:Stack", "Values": ["shop-network"]},
                {"Name": "tag:Name", "Values": ["shop"]},
            ]
        },
        "items": "Vpcs",
        "id": "VpcId",
        "tags": {"Stack": "shop-network", "Name": "shop"},
        "wanted": {},
    }
    assert list(question("aws_flow_log.main")["parameters"]) == ["Filter"]


def test_what_has_ended_is_not_taken_for_alive() -> None:
    """NAT gateways and keys are listed long after their end, with the state that says so."""
    assert question("aws_nat_gateway.a")["wanted"] == {"State": ["pending", "available"]}
    assert "PendingDeletion" not in question("aws_kms_key.data")["wanted"]["KeyState"]
    assert question("aws_kms_key.data")["parameters"] == {}


def test_a_broker_is_asked_for_by_its_own_name() -> None:
    """It needs no tag `Name`; the stack's tag says whose it is."""
    asked = question("aws_mq_broker.b")

    assert asked["tags"] == {"Stack": "shop-network"}
    assert asked["wanted"]["BrokerName"] == ["jobs"]
    assert requests(("aws_mq_broker.prefixed",), DOCUMENT, IDS) == ()


def test_a_rule_is_asked_for_by_what_it_allows() -> None:
    """A rule has no name; group, direction, protocol, ports and peer make it the only one."""
    assert question("aws_vpc_security_group_ingress_rule.web")["wanted"] == {
        "IpProtocol": ["tcp"],
        "FromPort": [443],
        "ToPort": [443],
        "CidrIpv4": ["10.0.0.0/8"],
        "CidrIpv6": [None],
        "PrefixListId": [None],
        "GroupId": ["sg-1"],
        "ReferencedGroupInfo.GroupId": [None],
        "IsEgress": [False],
    }


def test_a_rule_leaves_open_what_is_not_known() -> None:
    """The group of another stack, and the ports that AWS fills in, are not compared."""
    assert "GroupId" not in question("aws_vpc_security_group_egress_rule.elsewhere")["wanted"]
    assert "FromPort" not in question("aws_vpc_security_group_ingress_rule.all")["wanted"]


@pytest.mark.parametrize(
    "address",
    ["aws_vpc.unnamed", "aws_vpc.computed", "aws_vpc.elsewhere", "aws_iam_role.r", "module.m.x.y"],
)
def test_what_cannot_be_asked_for_is_left_out(address: str) -> None:
    """Without a name in the code, a provider block or a way to list it nothing is asked."""
    assert requests((address,), DOCUMENT, IDS) == ()


def test_nothing_is_asked_without_the_stacks_tag() -> None:
    """A name alone could be another stack's."""
    document = Document({**DOCUMENT.content, "provider": {"aws": [{"region": "eu-west-1"}]}})

    assert requests(("aws_vpc.main",), document, IDS) == ()
    assert stack_tag(document, "aws_vpc.main") is None


def test_each_provider_is_asked_for_its_own() -> None:
    """Region, accounts and role come from the block that makes the resource."""
    asked = [r.to_json() for r in requests(("aws_vpc.main", "aws_vpc.edge"), DOCUMENT, IDS)]

    assert [(a["region"], a["accounts"], a["roles"], list(a["questions"])) for a in asked] == [
        (
            "eu-west-1",
            ["111111111111"],
            [
                {
                    "RoleSessionName": "terraform",
                    "RoleArn": "arn:aws:iam::111111111111:role/apply",
                }
            ],
            ["aws_vpc.main"],
        ),
        ("us-east-1", [], [], ["aws_vpc.edge"]),
    ]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("aws_db_event_subscription.e", "failures"),
        ("aws_db_proxy.p", "pool"),
        ("aws_elasticache_user.u", "api"),
        ("aws_elasticache_user_group.g", "shop"),
        ("aws_elasticache_user_group_association.a", "shop,api"),
        ("aws_iam_role.r", "reader"),
        ("aws_iam_role.prefixed", None),
        ("aws_rds_cluster_instance.i", "shop-writer"),
        ("aws_rds_cluster_parameter_group.g", "shop"),
        ("aws_route.v4", "rtb-1_0.0.0.0/0"),
        ("aws_vpc.main", None),
        ("aws_wafv2_web_acl.edge", None),
        ("aws_ecs_cluster.shop", "shop"),
        ("aws_ecs_service.api", "shop/api"),
        ("aws_ecs_task_definition.a", None),
        ("aws_lambda_invocation.i", None),
        ("aws_scheduler_schedule.s", "cleanup/nightly"),
        ("aws_scheduler_schedule_group.g", "cleanup"),
    ],
)
def test_a_name_given_out_once_is_an_id(address: str, expected: str | None) -> None:
    """It is known before the thing is made; a generated id is not."""
    assert natural_id(address, DOCUMENT, IDS) == expected


@pytest.mark.parametrize(
    ("address", "taken_over"),
    [
        ("aws_db_proxy_default_target_group.main", True),
        ("aws_default_route_table.main", True),
        ("aws_appautoscaling_scheduled_action.a", True),
        ("aws_ecs_cluster_capacity_providers.shop", True),
        ("aws_ecs_cluster.shop", False),
        ("aws_lambda_invocation.i", True),
        ("aws_s3_bucket_policy.state", True),
        ("aws_s3_bucket.state", False),
        ("aws_iam_role_policy.p", True),
        ("aws_iam_role.r", False),
        ("aws_secretsmanager_secret_rotation.main", True),
        ("aws_secretsmanager_secret.main", False),
        ("aws_secretsmanager_secret_policy.main", True),
        ("aws_cloudwatch_metric_alarm.memory", True),
        ("aws_cloudwatch_log_group.main", False),
        ("aws_cloudwatch_log_delivery_source.shop", True),
        ("aws_cloudwatch_log_delivery_destination.shop", True),
        ("aws_cloudwatch_log_delivery.shop", False),
        ("aws_s3_bucket_cors_configuration.media", True),
        ("aws_sns_topic.alerts", True),
        ("aws_sns_topic_subscription.email", True),
        ("aws_elasticache_user_group_association.a", False),
        ("aws_wafv2_web_acl.edge", False),
        ("aws_wafv2_web_acl_association.balancer", True),
        ("aws_wafv2_web_acl_logging_configuration.edge", True),
        ("aws_vpc.main", False),
    ],
)
def test_what_is_taken_over_needs_no_import(address: str, taken_over: bool) -> None:  # noqa: FBT001
    """Creating it again changes what is there, and makes no second one."""
    assert is_taken_over(address) is taken_over
