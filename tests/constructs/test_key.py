"""Key: rotation, alias, and a policy that nobody can be locked out by."""

from __future__ import annotations

from pathlib import Path

import pytest
from constructs import Construct

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.iam.role import Role
from platform_lib.kms.config import KeyConfig, KeyUser
from platform_lib.kms.key import Key
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template, policy


def _statements(stack: PlatformStack) -> dict[str, Block]:
    document = policy(Template(stack).only("aws_kms_key"))
    return {statement["Sid"]: statement for statement in document["Statement"]}


def _key(scope: Construct, **config: object) -> Key:
    return Key(scope, "Data", config=KeyConfig(description="Data at rest").evolve(**config))


def test_rotates_and_is_deleted_only_after_thirty_days(stack: PlatformStack) -> None:
    """Rotation is on, and a deletion can be taken back for as long as KMS offers."""
    _key(stack)

    key = Template(stack).only("aws_kms_key")

    assert key["enable_key_rotation"] is True
    assert key["rotation_period_in_days"] == 365
    assert key["deletion_window_in_days"] == 30


def test_rotates_as_often_as_asked(stack: PlatformStack) -> None:
    """The period is the configuration's."""
    _key(stack, rotation_days=90)

    assert Template(stack).only("aws_kms_key")["rotation_period_in_days"] == 90


@pytest.mark.parametrize("days", [89, 2561])
def test_refuses_periods_that_kms_does_not_offer(days: int) -> None:
    """KMS rotates every 90 to 2560 days."""
    with pytest.raises(ValueError, match=r"(greater|less) than or equal to (90|2560)"):
        KeyConfig(description="Data at rest", rotation_days=days)


def test_has_an_alias_named_after_environment_and_construct(stack: PlatformStack) -> None:
    """People find the key by its alias, and by the same name in lists of keys."""
    _key(stack)

    alias = Template(stack).only("aws_kms_alias")

    assert Template(stack).only("aws_kms_key")["tags"] == {"Name": "shop-prod-data"}
    assert alias["name"] == "alias/shop-prod-data"
    assert alias["target_key_id"] == "${aws_kms_key.Data_666C94C7.key_id}"


@pytest.mark.parametrize("users", [(), tuple(KeyUser)], ids=["no service", "every service"])
def test_the_account_can_always_administer_it(
    stack: PlatformStack, users: tuple[KeyUser, ...]
) -> None:
    """Whatever else the policy says, the account root keeps all rights, so IAM decides."""
    _key(stack, services=users)

    statement = _statements(stack)["AccountAdministers"]

    assert statement == {
        "Sid": "AccountAdministers",
        "Effect": "Allow",
        "Action": "kms:*",
        "Resource": "*",
        "Principal": {"AWS": "arn:aws:iam::111111111111:root"},
    }


def test_names_no_service_unless_asked(stack: PlatformStack) -> None:
    """A key for data alone has one statement."""
    _key(stack)

    assert list(_statements(stack)) == ["AccountAdministers"]


def test_cloudwatch_logs_uses_it_for_log_groups_of_this_account_and_region(
    stack: PlatformStack,
) -> None:
    """CloudWatch Logs is held to the account by the encryption context."""
    _key(stack, services=(KeyUser.CLOUDWATCH_LOGS,))

    statement = _statements(stack)["CloudWatchLogsUses"]

    assert statement["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert statement["Condition"] == {
        "ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:us-east-1:111111111111:*"}
    }


@pytest.mark.parametrize(
    ("user", "sid", "principal"),
    [
        (KeyUser.LOG_DELIVERY, "LogDeliveryUses", "delivery.logs.amazonaws.com"),
        (KeyUser.SNS, "SnsUses", "sns.amazonaws.com"),
        (KeyUser.CLOUDWATCH_ALARMS, "AlarmsUse", "cloudwatch.amazonaws.com"),
        (KeyUser.EVENTBRIDGE, "EventBridgeUses", "events.amazonaws.com"),
        (KeyUser.RDS_EVENTS, "RdsEventsUse", "events.rds.amazonaws.com"),
    ],
)
def test_other_services_use_it_for_this_account(
    stack: PlatformStack, user: KeyUser, sid: str, principal: str
) -> None:
    """Each service is named by its principal and held to this account's resources."""
    _key(stack, services=(user,))

    statement = _statements(stack)[sid]

    assert statement["Principal"] == {"Service": principal}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}
    assert "kms:Decrypt" in statement["Action"]


def test_administrators_cannot_use_it(stack: PlatformStack) -> None:
    """A role that administers the key neither encrypts nor decrypts."""
    _key(stack, admin_role_arns=("arn:aws:iam::111111111111:role/admin",))

    actions = _statements(stack)["RolesAdminister"]["Action"]

    assert "kms:ScheduleKeyDeletion" in actions
    assert not {"kms:*", "kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*"} & set(actions)


def test_users_may_create_grants_only_for_aws_services(stack: PlatformStack) -> None:
    """A role from outside uses the key, and passes that on only to AWS services."""
    _key(stack, user_role_arns=("arn:aws:iam::111111111111:role/ci",))

    statements = _statements(stack)

    assert statements["RolesUse"]["Principal"] == {"AWS": "arn:aws:iam::111111111111:role/ci"}
    assert statements["RolesGrantToServices"]["Condition"] == {
        "Bool": {"kms:GrantIsForAWSResource": "true"}
    }


@pytest.mark.parametrize(
    ("verb", "actions"),
    [
        ("decrypt", ["kms:Decrypt", "kms:DescribeKey"]),
        ("encrypt", ["kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*"]),
        (
            "encrypt_decrypt",
            [
                "kms:Decrypt",
                "kms:DescribeKey",
                "kms:Encrypt",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
        ),
    ],
)
def test_grants_exactly_what_the_verb_says_on_this_key(
    stack: PlatformStack, verb: str, actions: list[str]
) -> None:
    """A grant is on the role's side, on one ARN, with no action more."""
    key = _key(stack)
    role = Role(stack, "Reader", service="ecs-tasks.amazonaws.com", description="Reads")

    getattr(key.grants, verb)(role)

    granted = policy(Template(stack).only("aws_iam_role_policy"))
    assert granted["Statement"] == [
        {"Effect": "Allow", "Action": actions, "Resource": "${aws_kms_key.Data_666C94C7.arn}"}
    ]


def test_the_same_grant_twice_is_one_policy(stack: PlatformStack) -> None:
    """Two parts of a program may both ask for what they need."""
    key = _key(stack)
    role = Role(stack, "Reader", service="ecs-tasks.amazonaws.com", description="Reads")

    first, second = key.grants.decrypt(role), key.grants.decrypt(role)

    assert first is second
    assert Template(stack).count("aws_iam_role_policy") == 1


@pytest.mark.parametrize("allow_destroy", [False, True])
def test_is_protected_unless_the_environment_allows_destroying(
    environment: Environment, tmp_path: Path, *, allow_destroy: bool
) -> None:
    """`prevent_destroy` is there exactly when the environment does not allow destroying."""
    stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path)

    _key(stack)

    lifecycle = Template(stack).only("aws_kms_key").get("lifecycle")
    assert lifecycle == (None if allow_destroy else {"prevent_destroy": True})
