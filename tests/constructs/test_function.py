"""Function: our code, its own role, log and security group, and no right that it does not need."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zipfile
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from platform_lib.core.stack import PlatformStack
from platform_lib.environment import Environment
from platform_lib.errors import PlatformError
from platform_lib.functions.asset import Code
from platform_lib.functions.config import FunctionConfig
from platform_lib.functions.function import Function
from platform_lib.kms.config import KeyConfig
from platform_lib.kms.key import Key
from platform_lib.network.config import VpcConfig
from platform_lib.network.tiers import Tier
from platform_lib.network.vpc import Vpc
from platform_lib.testing.fixtures import stack_of
from platform_lib.testing.template import Block, Template, policy

ARN = "arn:aws:lambda:us-east-1:111111111111:function:shop-prod-notifier"
PLAIN = FunctionConfig(description="Tells people")


def _code(folder: Path, text: str = "def handle(event, context): ...\n") -> Code:
    package = folder / "notifier"
    package.mkdir(exist_ok=True)
    (package / "handler.py").write_text(text)
    return Code(handler="notifier.handler.handle", packages=(package,))


def _function(
    stack: PlatformStack,
    folder: Path,
    *,
    environment: dict[str, str] | None = None,
    vpc: dict[str, Any] | None = None,
    **config: Any,
) -> Function:
    logs_key = Key(stack, "Logs", config=KeyConfig(description="Logs"))
    network = VpcConfig(
        cidr=IPv4Network("10.10.0.0/16"), nat_zones=(), endpoints=(), flow_logs=None
    )
    return Function(
        stack,
        "Notifier",
        config=PLAIN.evolve(**config),
        code=_code(folder),
        environment=environment or {},
        vpc=Vpc(stack, "Vpc", config=network.evolve(**(vpc or {})), key=logs_key),
        key=Key(stack, "Data", config=KeyConfig(description="Data")),
        logs_key=logs_key,
    )


def _policies(stack: PlatformStack) -> dict[str, list[Block]]:
    found = Template(stack).all("aws_iam_role_policy").values()
    return {it["name"]: policy(it)["Statement"] for it in found}


class TestFunction:
    """The function itself."""

    def test_runs_our_code_on_a_supported_python(
        self, stack: PlatformStack, tmp_path: Path
    ) -> None:
        """Named after environment and construct."""
        _function(stack, tmp_path)

        function = Template(stack).only("aws_lambda_function")

        assert function["function_name"] == "shop-prod-notifier"
        assert function["runtime"] == "python3.13"
        assert function["handler"] == "notifier.handler.handle"

    def test_has_what_production_needs(self, stack: PlatformStack, tmp_path: Path) -> None:
        """The defaults."""
        _function(stack, tmp_path)

        function = Template(stack).only("aws_lambda_function")

        assert function["timeout"] == 30
        assert function["memory_size"] == 256
        assert function["architectures"] == ["arm64"]
        assert "reserved_concurrent_executions" not in function
        assert function["tracing_config"] == {"mode": "Active"}

    def test_has_what_is_asked_for(self, stack: PlatformStack, tmp_path: Path) -> None:
        """Every option arrives."""
        _function(
            stack,
            tmp_path,
            timeout_seconds=120,
            memory_mib=1024,
            architecture="x86_64",
            reserved_concurrency=2,
            log_retention_days=30,
        )

        function = Template(stack).only("aws_lambda_function")

        assert function["timeout"] == 120
        assert function["memory_size"] == 1024
        assert function["architectures"] == ["x86_64"]
        assert function["reserved_concurrent_executions"] == 2
        assert Template(stack).only("aws_cloudwatch_log_group")["retention_in_days"] == 30

    @pytest.mark.parametrize(
        ("field", "value", "problem"),
        [
            ("timeout_seconds", 0, "greater than or equal to 1"),
            ("timeout_seconds", 901, "less than or equal to 900"),
            ("memory_mib", 127, "greater than or equal to 128"),
            ("memory_mib", 10241, "less than or equal to 10240"),
            ("reserved_concurrency", 0, "greater than or equal to 1"),
            ("architecture", "riscv", "'arm64' or 'x86_64'"),
            ("log_retention_days", 31, "31 days is not a retention"),
            ("description", "", "at least 1 character"),
        ],
    )
    def test_refuses_what_lambda_does_not_offer(
        self, field: str, value: object, problem: str
    ) -> None:
        """Each field's range."""
        with pytest.raises(ValidationError, match=problem):
            PLAIN.evolve(**{field: value})

    def test_stands_in_the_private_subnets(self, stack: PlatformStack, tmp_path: Path) -> None:
        """One interface in each zone, in a group that lets nothing in."""
        _function(stack, tmp_path)

        template = Template(stack)
        network = template.only("aws_lambda_function")["vpc_config"]

        assert network["subnet_ids"] == [
            f"${{aws_subnet.{name}.id}}"
            for name in sorted(template.all("aws_subnet"))
            if name.startswith("Vpc_Private_")
        ]
        assert len(network["subnet_ids"]) == 3
        (group,) = network["security_group_ids"]
        assert group.startswith("${aws_security_group.Notifier_Connections_")
        assert template.count("aws_vpc_security_group_ingress_rule") == 0
        assert template.count("aws_vpc_security_group_egress_rule") == 0

    def test_needs_private_subnets(self, stack: PlatformStack, tmp_path: Path) -> None:
        """A VPC without that tier cannot hold it, and says so."""
        tiers = (Tier.DATABASE,)

        with pytest.raises(PlatformError, match="NoSuchTier"):
            _function(stack, tmp_path, vpc={"tiers": tiers, "nat_zones": ()})

    def test_variables_are_encrypted_with_our_key(
        self, stack: PlatformStack, tmp_path: Path
    ) -> None:
        """And only this function may read them, as its own."""
        _function(stack, tmp_path, environment={"B": "2", "A": "1"})

        function = Template(stack).only("aws_lambda_function")

        assert function["environment"] == {"variables": {"A": "1", "B": "2"}}
        assert function["kms_key_arn"] == "${aws_kms_key.Data_666C94C7.arn}"
        assert _policies(stack)["ReadEnvironment"] == [
            {
                "Effect": "Allow",
                "Action": "kms:Decrypt",
                "Resource": "${aws_kms_key.Data_666C94C7.arn}",
                "Condition": {
                    "StringEquals": {"kms:EncryptionContext:aws:lambda:FunctionArn": ARN}
                },
            }
        ]

    def test_without_variables_there_is_nothing_to_encrypt(
        self, stack: PlatformStack, tmp_path: Path
    ) -> None:
        """Lambda forgets the key then, and each plan would set it again."""
        _function(stack, tmp_path)

        function = Template(stack).only("aws_lambda_function")

        assert {"environment", "kms_key_arn"}.isdisjoint(function)
        assert "ReadEnvironment" not in _policies(stack)

    @pytest.mark.parametrize("allow_destroy", [False, True])
    def test_logs_to_a_group_of_its_own(
        self, environment: Environment, tmp_path: Path, *, allow_destroy: bool
    ) -> None:
        """Encrypted, with a retention, protected; Lambda's own would be none of that."""
        stack = stack_of(environment.evolve(allow_destroy=allow_destroy), tmp_path / "out")
        _function(stack, tmp_path)

        template = Template(stack)
        group = template.only("aws_cloudwatch_log_group")

        assert group["name"] == "/aws/lambda/shop-prod-notifier"
        assert group["kms_key_id"] == "${aws_kms_key.Logs_6819BB44.arn}"
        assert group["retention_in_days"] == 365
        assert group.get("lifecycle") == (None if allow_destroy else {"prevent_destroy": True})
        (name,) = template.all("aws_cloudwatch_log_group")
        assert template.only("aws_lambda_function")["logging_config"] == {
            "log_format": "JSON",
            "log_group": f"${{aws_cloudwatch_log_group.{name}.name}}",
            "application_log_level": "INFO",
            "system_log_level": "WARN",
        }


class TestRole:
    """What it may do."""

    def test_only_lambda_in_this_account_assumes_it(
        self, stack: PlatformStack, tmp_path: Path
    ) -> None:
        """And nobody else."""
        _function(stack, tmp_path)

        (trust,) = policy(Template(stack).only("aws_iam_role"), "assume_role_policy")["Statement"]

        assert trust["Principal"] == {"Service": "lambda.amazonaws.com"}
        assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "111111111111"}}

    def test_starts_with_log_traces_and_network(self, stack: PlatformStack, tmp_path: Path) -> None:
        """No action has a wildcard; a resource has one where the action knows no resources."""
        _function(stack, tmp_path)

        policies = _policies(stack)

        assert sorted(policies) == ["Trace", "UseNetwork", "WriteLogs"]
        (group,) = Template(stack).all("aws_cloudwatch_log_group")
        assert policies["WriteLogs"] == [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": f"${{aws_cloudwatch_log_group.{group}.arn}}:*",
            }
        ]
        assert policies["Trace"] == [
            {
                "Effect": "Allow",
                "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                "Resource": "*",
            }
        ]
        assert "*" not in json.dumps([it["Action"] for some in policies.values() for it in some])

    def test_makes_interfaces_only_in_its_own_place(
        self, stack: PlatformStack, tmp_path: Path
    ) -> None:
        """Its subnets and its security group; reading lists knows no resources."""
        _function(stack, tmp_path)

        allowed = {
            action: it["Resource"]
            for it in _policies(stack)["UseNetwork"]
            for action in it["Action"]
            if it["Effect"] == "Allow" and isinstance(it["Action"], list)
        }
        (place,) = [
            it["Resource"]
            for it in _policies(stack)["UseNetwork"]
            if it["Action"] == "ec2:CreateNetworkInterface"
        ]

        interfaces = "arn:aws:ec2:us-east-1:111111111111:network-interface/*"
        assert allowed == {
            "ec2:DescribeNetworkInterfaces": "*",
            "ec2:DescribeSubnets": "*",
            "ec2:AssignPrivateIpAddresses": interfaces,
            "ec2:CreateNetworkInterface": interfaces,
            "ec2:DeleteNetworkInterface": interfaces,
            "ec2:UnassignPrivateIpAddresses": interfaces,
        }
        kinds = [re.split(r"[:/]", it)[5] for it in place]
        assert sorted(kinds) == ["security-group", "subnet", "subnet", "subnet"]

    def test_its_code_may_not_touch_the_network(self, stack: PlatformStack, tmp_path: Path) -> None:
        """Lambda needs these rights and shares the role with the code."""
        _function(stack, tmp_path)

        (denied,) = [it for it in _policies(stack)["UseNetwork"] if it["Effect"] == "Deny"]

        assert denied["Condition"] == {"ArnEquals": {"lambda:SourceFunctionArn": ARN}}
        assert denied["Resource"] == "*"
        assert denied["Action"] == [
            "ec2:AssignPrivateIpAddresses",
            "ec2:CreateNetworkInterface",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:UnassignPrivateIpAddresses",
        ]

    def test_is_complete_before_the_function_is_made(
        self, stack: PlatformStack, tmp_path: Path
    ) -> None:
        """Lambda tries to make the interfaces at once."""
        _function(stack, tmp_path, environment={"A": "1"})

        template = Template(stack)

        assert sorted(template.only("aws_lambda_function")["depends_on"]) == sorted(
            f"aws_iam_role_policy.{name}" for name in template.all("aws_iam_role_policy")
        )


def test_a_service_calls_it_for_this_account_only(stack: PlatformStack, tmp_path: Path) -> None:
    """Another account that names our function is refused."""
    function = _function(stack, tmp_path)

    function.allow_invoke("Topic", service="sns.amazonaws.com")

    permission = Template(stack).only("aws_lambda_permission")
    assert permission["action"] == "lambda:InvokeFunction"
    assert permission["principal"] == "sns.amazonaws.com"
    assert permission["source_account"] == "111111111111"


class TestAsset:
    """The zip in the stack's folder."""

    def _synthesised(self, environment: Environment, folder: Path, out: Path) -> Path:
        stack = stack_of(environment, out)
        _function(stack, folder)
        stack.node.root.synth()  # type: ignore[attr-defined] # the root is an App
        return out / "stacks" / stack.id

    def test_lies_where_the_json_says(self, environment: Environment, tmp_path: Path) -> None:
        """Relative to the stack's folder, so that plain Terraform finds it in any clone."""
        folder = self._synthesised(environment, tmp_path, tmp_path / "out")
        function = Template(json.loads((folder / "cdk.tf.json").read_text())).only(
            "aws_lambda_function"
        )

        path = folder / function["filename"]

        assert not Path(function["filename"]).is_absolute()
        digest = hashlib.sha256(path.read_bytes())
        assert function["filename"].split("/")[2] == digest.hexdigest()[:32]
        assert function["source_code_hash"] == base64.b64encode(digest.digest()).decode()
        assert zipfile.ZipFile(path).namelist() == ["notifier/handler.py"]

    def test_two_synths_write_the_same(self, environment: Environment, tmp_path: Path) -> None:
        """Another clone, another time, another place: the same bytes under the same name."""
        written = []
        for name in ("one", "two"):
            sources = tmp_path / name
            sources.mkdir()
            folder = self._synthesised(environment, sources, tmp_path / f"out-{name}")
            files = (path for path in sorted(folder.rglob("*")) if path.is_file())
            written.append({path.relative_to(folder): path.read_bytes() for path in files})

        assert written[0] == written[1]

    def test_other_code_lies_elsewhere(self, stack: PlatformStack, tmp_path: Path) -> None:
        """A changed path is what a saved plan and Terraform notice."""
        first = _function(stack, tmp_path)
        network = Vpc(
            stack,
            "Other",
            config=VpcConfig(cidr=IPv4Network("10.11.0.0/16"), endpoints=(), flow_logs=None),
            key=Key(stack, "More", config=KeyConfig(description="More")),
        )
        key = Key(stack, "OtherKey", config=KeyConfig(description="Other"))
        Function(
            stack,
            "Changed",
            config=PLAIN,
            code=_code(tmp_path, "def handle(event, context): raise\n"),
            environment={},
            vpc=network,
            key=key,
            logs_key=key,
        )

        blocks = Template(stack).all("aws_lambda_function").values()

        assert first.name
        assert len({it["filename"].split("/")[2] for it in blocks}) == 2
        assert len({it["source_code_hash"] for it in blocks}) == 2
