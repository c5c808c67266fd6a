"""Secrets are rotated by schedule: recorded for functions, really done for what RDS owns."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def manager(client: Callable[[str], Any]) -> Any:
    """Return the Secrets Manager client."""
    return client("secretsmanager")


@pytest.fixture
def secret(manager: Any) -> str:
    """Return the ARN of a secret with a value."""
    made = manager.create_secret(Name=f"secret-{secrets.token_hex(4)}", SecretString="planted")
    return str(made["ARN"])


@pytest.fixture
def function(client: Callable[[str], Any]) -> str:
    """Return the ARN of a function."""
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "lambda.amazonaws.com"},
            }
        ],
    }
    name = f"rotate-{secrets.token_hex(4)}"
    role = client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(policy))
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("code.py", "def handle(event, context): ...")
    made = client("lambda").create_function(
        FunctionName=name,
        Role=role["Role"]["Arn"],
        Runtime="python3.12",
        Handler="code.handle",
        Code={"ZipFile": code.getvalue()},
    )
    return str(made["FunctionArn"])


@pytest.fixture
def allow(client: Callable[[str], Any], function: str) -> Callable[..., None]:
    """Return a caller that lets Secrets Manager invoke the function."""

    def permit(**more: str) -> None:
        client("lambda").add_permission(
            FunctionName=function,
            StatementId=secrets.token_hex(4),
            Action="lambda:InvokeFunction",
            Principal="secretsmanager.amazonaws.com",
            **more,
        )

    return permit


@pytest.fixture
def owned(client: Callable[[str], Any]) -> Iterator[str]:
    """Return the ARN of a secret that RDS owns."""
    rds = client("rds")
    name = f"db-{secrets.token_hex(4)}"
    made = rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBInstanceClass="db.m7g.large",
        Engine="postgres",
        AllocatedStorage=20,
        MasterUsername="platform",
        ManageMasterUserPassword=True,
    )
    yield made["DBInstance"]["MasterUserSecret"]["SecretArn"]
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)


def _value(manager: Any, secret: str) -> str:
    return str(manager.get_secret_value(SecretId=secret)["SecretString"])


@pytest.mark.parametrize("at_once", [True, False])
def test_a_function_is_recorded_and_not_run(
    manager: Any, secret: str, function: str, allow: Callable[..., None], *, at_once: bool
) -> None:
    """The current version stays, and no version without a value is left behind."""
    allow(SourceAccount="210987654321")

    manager.rotate_secret(
        SecretId=secret,
        RotationLambdaARN=function,
        RotationRules={"AutomaticallyAfterDays": 30},
        RotateImmediately=at_once,
    )

    described = manager.describe_secret(SecretId=secret)
    assert described["RotationEnabled"] is True
    assert described["RotationLambdaARN"] == function
    assert described["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert "NextRotationDate" in described
    assert list(described["VersionIdsToStages"].values()) == [["AWSCURRENT"]]
    assert _value(manager, secret) == "planted"


@pytest.mark.parametrize(
    ("rules", "dated"),
    [
        ({"ScheduleExpression": "cron(0 4 ? * SUN *)", "Duration": "3h"}, False),
        ({"ScheduleExpression": "rate(10 days)"}, True),
        ({"ScheduleExpression": "rate(4 hours)"}, True),
        ({"AutomaticallyAfterDays": 1000}, True),
    ],
)
def test_schedules_read_back(
    manager: Any,
    secret: str,
    function: str,
    allow: Callable[..., None],
    rules: dict[str, Any],
    *,
    dated: bool,
) -> None:
    """As they were given; the next date of a cron expression is not computed."""
    allow()

    manager.rotate_secret(SecretId=secret, RotationLambdaARN=function, RotationRules=rules)

    described = manager.describe_secret(SecretId=secret)
    assert described["RotationRules"] == rules
    assert ("NextRotationDate" in described) is dated


@pytest.mark.parametrize(
    "rules",
    [
        {},
        {"AutomaticallyAfterDays": 30, "ScheduleExpression": "rate(30 days)"},
        {"ScheduleExpression": "rate(3 hours)"},
        {"ScheduleExpression": "rate(1001 days)"},
        {"ScheduleExpression": "every sunday"},
        {"AutomaticallyAfterDays": 30, "Duration": "25h"},
    ],
)
def test_refuses_schedules_that_do_not_exist(
    manager: Any,
    secret: str,
    function: str,
    allow: Callable[..., None],
    refused: Callable[..., str],
    rules: dict[str, Any],
) -> None:
    """With the code that Secrets Manager documents."""
    allow()

    code = refused(
        manager.rotate_secret,
        SecretId=secret,
        RotationLambdaARN=function,
        RotationRules=rules or {"Duration": "3h"},
    )

    assert code == "InvalidParameterException"


def test_refuses_a_function_that_it_may_not_invoke(
    manager: Any,
    secret: str,
    function: str,
    allow: Callable[..., None],
    refused: Callable[..., str],
) -> None:
    """A permission for another account or secret is none."""
    rotate = {"SecretId": secret, "RotationLambdaARN": function}

    none = refused(manager.rotate_secret, **rotate)
    allow(SourceAccount="111111111111")
    other = refused(manager.rotate_secret, **rotate)
    allow(SourceArn=f"{secret}x")
    wrong = refused(manager.rotate_secret, **rotate)
    allow(SourceArn=f"{secret[:-6]}*", SourceAccount="210987654321")
    manager.rotate_secret(**rotate)

    assert {none, other, wrong} == {"AccessDeniedException"}


def test_refuses_a_function_that_is_not_there(
    manager: Any, secret: str, refused: Callable[..., str]
) -> None:
    """And a secret without any."""
    arn = "arn:aws:lambda:eu-central-1:210987654321:function:nobody"

    unknown = refused(manager.rotate_secret, SecretId=secret, RotationLambdaARN=arn)
    none = refused(
        manager.rotate_secret, SecretId=secret, RotationRules={"AutomaticallyAfterDays": 30}
    )

    assert (unknown, none) == ("ResourceNotFoundException", "InvalidRequestException")


def test_refuses_a_secret_without_a_value(
    manager: Any, function: str, allow: Callable[..., None], refused: Callable[..., str]
) -> None:
    """There is nothing to rotate."""
    allow()
    empty = manager.create_secret(Name=f"secret-{secrets.token_hex(4)}")["ARN"]

    code = refused(manager.rotate_secret, SecretId=empty, RotationLambdaARN=function)

    assert code == "ResourceNotFoundException"


def test_rotation_is_cancelled(
    manager: Any,
    secret: str,
    function: str,
    allow: Callable[..., None],
    refused: Callable[..., str],
) -> None:
    """What was set stays for the next time; what was never set cannot be cancelled."""
    allow()
    never = refused(manager.cancel_rotate_secret, SecretId=secret)
    manager.rotate_secret(
        SecretId=secret, RotationLambdaARN=function, RotationRules={"AutomaticallyAfterDays": 30}
    )

    manager.cancel_rotate_secret(SecretId=secret)
    off = manager.describe_secret(SecretId=secret)
    manager.rotate_secret(SecretId=secret)

    assert never == "InvalidRequestException"
    assert off["RotationEnabled"] is False
    assert "NextRotationDate" not in off
    assert manager.describe_secret(SecretId=secret)["RotationEnabled"] is True


def test_rds_rotates_its_own(manager: Any, owned: str, refused: Callable[..., str]) -> None:
    """Without a function, with a new password, and by the schedule that is asked for."""
    before = json.loads(_value(manager, owned))

    manager.rotate_secret(
        SecretId=owned, RotationRules={"AutomaticallyAfterDays": 60}, RotateImmediately=False
    )
    later = json.loads(_value(manager, owned))
    manager.rotate_secret(SecretId=owned)

    now = json.loads(_value(manager, owned))
    arn = "arn:aws:lambda:eu-central-1:210987654321:function:nobody"
    assert later == before
    assert now["password"] != before["password"]
    assert now["username"] == "platform"
    assert manager.describe_secret(SecretId=owned)["RotationRules"] == {
        "AutomaticallyAfterDays": 60
    }
    assert (
        refused(manager.rotate_secret, SecretId=owned, RotationLambdaARN=arn)
        == "InvalidRequestException"
    )


def test_the_rotation_of_an_owned_secret_is_cancelled(manager: Any, owned: str) -> None:
    """Which turns off what RDS turned on."""
    manager.cancel_rotate_secret(SecretId=owned)

    assert manager.describe_secret(SecretId=owned)["RotationEnabled"] is False


def test_nobody_else_touches_an_owned_secret(
    manager: Any, owned: str, refused: Callable[..., str]
) -> None:
    """Neither its value nor itself."""
    codes = {
        refused(manager.put_secret_value, SecretId=owned, SecretString="mine"),
        refused(manager.update_secret, SecretId=owned, SecretString="mine"),
        refused(manager.delete_secret, SecretId=owned, ForceDeleteWithoutRecovery=True),
    }

    assert codes == {"InvalidRequestException"}


def test_a_secret_of_ones_own_is_ones_own(manager: Any, secret: str) -> None:
    """It is written and deleted as ever."""
    manager.put_secret_value(SecretId=secret, SecretString="mine")
    value = _value(manager, secret)
    manager.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)

    assert value == "mine"
