"""Lambda functions read back, are changed in place, and do not run."""

from __future__ import annotations

import io
import json
import secrets
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from platform_lib.local.server import LocalAws


def _code(text: str = "def handle(event, context): ...") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("code.py", text)
    return written.getvalue()


@pytest.fixture
def functions(client: Callable[[str], Any]) -> Any:
    """Return the Lambda client."""
    return client("lambda")


@pytest.fixture
def role(client: Callable[[str], Any]) -> Callable[[str], str]:
    """Return a maker of roles for a service."""

    def create(service: str = "lambda.amazonaws.com") -> str:
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
            ],
        }
        made = client("iam").create_role(
            RoleName=f"role-{secrets.token_hex(4)}", AssumeRolePolicyDocument=json.dumps(policy)
        )
        return str(made["Role"]["Arn"])

    return create


@pytest.fixture
def asked(role: Callable[[str], str]) -> dict[str, Any]:
    """Return what is asked for a function."""
    return {
        "FunctionName": f"function-{secrets.token_hex(4)}",
        "Role": role("lambda.amazonaws.com"),
        "Runtime": "python3.12",
        "Handler": "code.handle",
        "Code": {"ZipFile": _code()},
    }


@pytest.fixture
def function(functions: Any, asked: dict[str, Any]) -> Iterator[str]:
    """Return the name of a function."""
    name = functions.create_function(**asked)["FunctionName"]
    yield name
    functions.delete_function(FunctionName=name)


def _read(functions: Any, name: str) -> Any:
    return functions.get_function(FunctionName=name)["Configuration"]


def test_a_new_function_reads_back_complete(
    client: Callable[[str], Any],
    functions: Any,
    asked: dict[str, Any],
    vpc: str,
    subnets: list[str],
) -> None:
    """With the VPC that its subnets are in, and where it logs."""
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    group = client("ec2").create_security_group(GroupName="f", Description="f", VpcId=vpc)
    network = {"SubnetIds": subnets, "SecurityGroupIds": [group["GroupId"]]}

    functions.create_function(
        **asked, KMSKeyArn=key, VpcConfig=network, TracingConfig={"Mode": "Active"}
    )

    read = _read(functions, asked["FunctionName"])
    assert read["KMSKeyArn"] == key
    assert read["VpcConfig"] == network | {"VpcId": vpc, "Ipv6AllowedForDualStack": False}
    assert read["TracingConfig"] == {"Mode": "Active"}
    assert read["LoggingConfig"] == {
        "LogFormat": "Text",
        "LogGroup": f"/aws/lambda/{asked['FunctionName']}",
    }


def test_settings_change_in_place(
    client: Callable[[str], Any], functions: Any, function: str
) -> None:
    """And give the function another revision."""
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    before = _read(functions, function)

    functions.update_function_configuration(
        FunctionName=function,
        Runtime="python3.13",
        Timeout=60,
        KMSKeyArn=key,
        TracingConfig={"Mode": "Active"},
        EphemeralStorage={"Size": 1024},
        Environment={"Variables": {"STEP": "second"}},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": "/functions"},
        DeadLetterConfig={"TargetArn": "arn:aws:sqs:eu-central-1:210987654321:dead"},
    )

    read = _read(functions, function)
    assert (read["Runtime"], read["Timeout"], read["KMSKeyArn"]) == ("python3.13", 60, key)
    assert read["TracingConfig"] == {"Mode": "Active"}
    assert read["EphemeralStorage"] == {"Size": 1024}
    assert read["Environment"] == {"Variables": {"STEP": "second"}}
    assert read["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": "/functions"}
    assert read["DeadLetterConfig"]["TargetArn"].endswith(":dead")
    assert read["RevisionId"] != before["RevisionId"]


def test_settings_are_taken_away(functions: Any, asked: dict[str, Any]) -> None:
    """Variables and network."""
    functions.create_function(**asked, Environment={"Variables": {"STEP": "first"}})

    functions.update_function_configuration(
        FunctionName=asked["FunctionName"],
        Environment={},
        VpcConfig={"SubnetIds": [], "SecurityGroupIds": []},
    )

    read = _read(functions, asked["FunctionName"])
    assert "Environment" not in read
    assert read["VpcConfig"]["VpcId"] == ""


def test_code_is_replaced(functions: Any, function: str) -> None:
    """With its architecture."""
    before = _read(functions, function)

    functions.update_function_code(
        FunctionName=function, ZipFile=_code("another"), Architectures=["arm64"]
    )

    read = _read(functions, function)
    assert read["CodeSha256"] != before["CodeSha256"]
    assert read["Architectures"] == ["arm64"]
    assert read["RevisionId"] != before["RevisionId"]


@pytest.mark.parametrize(
    "changes",
    [
        {"Runtime": "python2.7"},
        {"MemorySize": 64000},
        {"Timeout": 901},
        {"KMSKeyArn": "arn:aws:kms:eu-central-1:210987654321:key/nobody"},
        {"VpcConfig": {"SubnetIds": ["subnet-0"], "SecurityGroupIds": []}},
        {"VpcConfig": {"SubnetIds": ["subnet-0"], "SecurityGroupIds": ["sg-0"]}},
        {"Role": "arn:aws:iam::210987654321:role/nobody"},
    ],
)
def test_refuses_what_does_not_exist(
    functions: Any, asked: dict[str, Any], refused: Callable[..., str], changes: dict[str, Any]
) -> None:
    """With the code that Lambda documents."""
    code = refused(functions.create_function, **(asked | changes))

    assert code == "InvalidParameterValueException"


def test_refuses_a_role_for_somebody_else(
    functions: Any,
    asked: dict[str, Any],
    role: Callable[[str], str],
    refused: Callable[..., str],
) -> None:
    """Lambda has to be trusted by it, and the function is not there afterwards."""
    code = refused(functions.create_function, **(asked | {"Role": role("ec2.amazonaws.com")}))

    assert code == "InvalidParameterValueException"
    assert (
        refused(functions.get_function, FunctionName=asked["FunctionName"])
        == "ResourceNotFoundException"
    )


def test_refuses_a_group_of_another_vpc(
    client: Callable[[str], Any],
    functions: Any,
    function: str,
    subnets: list[str],
    refused: Callable[..., str],
) -> None:
    """Subnets and groups belong together."""
    ec2 = client("ec2")
    other = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=other)["GroupId"]

    code = refused(
        functions.update_function_configuration,
        FunctionName=function,
        VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": [group]},
    )

    assert code == "InvalidParameterValueException"


def test_a_permission_is_given_once(
    functions: Any, function: str, refused: Callable[..., str]
) -> None:
    """Its id is taken then."""
    permission = {
        "FunctionName": function,
        "StatementId": "rotation",
        "Action": "lambda:InvokeFunction",
        "Principal": "secretsmanager.amazonaws.com",
    }
    functions.add_permission(**permission)

    again = refused(functions.add_permission, **permission)
    functions.remove_permission(FunctionName=function, StatementId="rotation")
    functions.add_permission(**permission)

    assert again == "ResourceConflictException"


def test_a_function_does_not_run(
    functions: Any, function: str, refused: Callable[..., str]
) -> None:
    """Who waits for a result is told so; an event is accepted, and a test passes."""
    waiting = refused(functions.invoke, FunctionName=function)
    answers = [
        functions.invoke(FunctionName=function, InvocationType=kind) for kind in ("Event", "DryRun")
    ]
    results = [answer["Payload"].read() for answer in answers]

    assert waiting == "NotImplemented"
    assert [answer["StatusCode"] for answer in answers] == [202, 204]
    assert results == [b"", b""]


def test_refuses_to_invoke_nothing(functions: Any, refused: Callable[..., str]) -> None:
    """Also as an event."""
    code = refused(functions.invoke, FunctionName="nobody", InvocationType="Event")

    assert code == "ResourceNotFoundException"


def test_messages_are_accepted_and_go_nowhere(
    client: Callable[[str], Any], functions: Any, function: str
) -> None:
    """Publishing to a topic does not fail because the emulator runs no code."""
    sns = client("sns")
    topic = sns.create_topic(Name=f"topic-{secrets.token_hex(4)}")["TopicArn"]
    arn = _read(functions, function)["FunctionArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)

    assert sns.publish(TopicArn=topic, Message="hello")["MessageId"]


def test_the_inventory_lists_functions(
    aws: LocalAws, functions: Any, asked: dict[str, Any]
) -> None:
    """By their ARN."""
    functions.create_function(**asked)

    found = [(item.kind, item.id) for item in aws.inventory() if item.service == "lambda"]

    arn = f"arn:aws:lambda:eu-central-1:210987654321:function:{asked['FunctionName']}"
    assert found == [("LambdaFunction", arn)]
